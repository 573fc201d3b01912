/**
 * The voice worker: one program, started twice. As "ears" it listens and recognises, as "mouth" it speaks, so that making
 * a sentence never keeps Luna from noticing that the caller has begun to talk.
 */
import { Ears } from "./ears.ts";
import { Flite } from "./flite.ts";
import { Moonshine } from "./moonshine.ts";
import { Mouth } from "./mouth.ts";
import { prepareRuntime } from "./ort.ts";
import { Silero, VAD_FRAME } from "./silero.ts";
import { dropOldVoiceFiles, voiceFile } from "./voice-files.ts";
import { type FromVoice, type ToVoice, VOICE_RATE, type VoiceFile, type VoiceManifest } from "./voice-messages.ts";

type Load = Extract<ToVoice, { type: "load" }>;

let ears: Ears | undefined;
let mouth: Mouth | undefined;
/** Given back with all sound, so that the page can tell what was made before it said stop. */
let era = 0;

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets messages in: a whole task, not a microtask, and without the 4 ms that nested timers wait. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });
}

function post(message: FromVoice, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

self.onmessage = ({ data }: MessageEvent<ToVoice>) => receive(data);

function receive(message: ToVoice): void {
  switch (message.type) {
    case "load":
      load(message).catch((error: unknown) => post({ type: "failed", message: plain(error) }));
      return;
    case "hear":
      ears
        ?.hear(new Int16Array(message.pcm))
        .catch((error: unknown) => post({ type: "trouble", message: plain(error) }));
      return;
    case "speaking":
      ears?.speaking(message.on);
      return;
    case "echo":
      ears?.distrust();
      return;
    case "deafen":
      ears?.deafen();
      return;
    case "say":
      mouth?.say({ item_id: message.item_id, content_index: message.content_index }, message.delta);
      return;
    case "say_done":
      mouth?.sayDone(message.item_id);
      return;
    case "stop":
      era = message.era;
      mouth?.stop();
      return;
    case "voice":
      mouth?.setVoice({ voice: message.voice, speed: message.speed });
  }
}

async function load({ role, manifest, threads }: Load): Promise<void> {
  if (role === "ears") ears = await loadEars(manifest, threads);
  else mouth = await loadMouth(manifest);
  await dropOldVoiceFiles(manifest).catch(() => undefined);
  post({ type: "ready" });
}

function fetcher(manifest: VoiceManifest): (file: VoiceFile) => Promise<ArrayBuffer> {
  let loaded = 0;
  return (file) =>
    voiceFile(manifest.files[file], (bytes) => {
      loaded += bytes;
      post({ type: "progress", loaded });
    });
}

async function loadEars(manifest: VoiceManifest, threads: number): Promise<Ears> {
  const get = fetcher(manifest);
  const [runtime, vadModel, encoder, decoder] = await Promise.all([
    get("runtime"),
    get("vad"),
    get("encoder"),
    get("decoder"),
  ]);
  post({ type: "prepare" });
  prepareRuntime({ wasm: runtime, mjs: new URL(manifest.files.glue.url, self.location.href).href, threads });
  const vad = await Silero.open(vadModel);
  const recogniser = await Moonshine.open({ encoder, decoder });
  await warmUp(vad, recogniser);
  return new Ears({
    vad,
    recogniser,
    breathe,
    now: () => performance.now(),
    rate: VOICE_RATE,
    events: {
      speech: (state, at_ms, overLuna) => post({ type: "speech", state, at_ms, overLuna }),
      words: (text, ms, ended_ms, overLuna) => post({ type: "words", text, ms, ended_ms, overLuna }),
      trouble: (error) => post({ type: "trouble", message: plain(error) }),
    },
  });
}

/**
 * The first run of a model takes several times as long as the next ones. The ears are ready when the detector has had its
 * first runs; the recogniser has its own while Luna greets.
 */
async function warmUp(vad: Silero, recogniser: Moonshine): Promise<void> {
  const noise = Float32Array.from({ length: 16_000 }, () => (Math.random() - 0.5) * 0.02);
  for (let i = 0; i < 4; i++) await vad.probability(noise.subarray(i * VAD_FRAME, (i + 1) * VAD_FRAME));
  vad.reset();
  recogniser.recognise(noise, { breathe }).catch((error: unknown) => post({ type: "trouble", message: plain(error) }));
}

async function loadMouth(manifest: VoiceManifest): Promise<Mouth> {
  const program = await fetcher(manifest)("flite");
  post({ type: "prepare" });
  const voice = new Flite(await WebAssembly.compile(program));
  voice.speak("Hello.", { voice: "slt" });
  return new Mouth({
    voice,
    breathe,
    events: {
      audio: (part, sentence, pcm) => {
        const buffer = pcm.buffer as ArrayBuffer;
        post({ type: "audio", ...part, sentence, pcm: buffer, era }, [buffer]);
      },
      done: (part) => post({ type: "audio_done", ...part, era }),
      trouble: (error) => post({ type: "trouble", message: plain(error) }),
    },
  });
}

function plain(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
