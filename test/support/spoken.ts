/** Callers with a voice, and a listener who writes down what the page said. */
import { floatsOf } from "../../src/audio/pcm.ts";
import { writeWav } from "../../src/audio/wav.ts";
import { standingOf, type Utter } from "./caller.ts";
import type { LunaPage } from "./page.ts";
import {
  addNoise,
  atRate,
  concat,
  moonshine,
  probabilities,
  silence,
  speak,
  speechIn,
  type TestVoice,
} from "./speech.ts";

const MICROPHONE_RATE = 48_000;
/** Silence before and after the words in a sound, ms. */
const LEAD_MS = 150;
const TAIL_MS = 250;
/** A sentence that makes no words is said again, as a person would. */
const TRIES = 3;
const UNDERSTOOD_WITHIN_MS = 9_000;

export interface SpeakerOptions {
  voice: TestVoice;
  /** Noise of the room behind the words, RMS 0..1; none when not given. */
  noise?: number;
}

/** The words as a microphone would give them: 48 kHz WAV, and when in it the voice begins, ms. */
export async function sayable(
  words: string,
  { voice, noise }: SpeakerOptions,
): Promise<{ wav: Uint8Array; onsetMs: number }> {
  const said = await speak(words, voice, MICROPHONE_RATE);
  const quiet = concat(silence(LEAD_MS, MICROPHONE_RATE), said, silence(TAIL_MS, MICROPHONE_RATE));
  const sound = noise === undefined ? quiet : addNoise(quiet, noise, words.length);
  return { wav: writeWav(sound, MICROPHONE_RATE), onsetMs: onset(quiet) };
}

/** Where 10 ms are first as loud as a soft voice, ms. */
function onset(sound: Int16Array): number {
  const step = MICROPHONE_RATE / 100;
  for (let at = 0; at + step <= sound.length; at += step) {
    let sum = 0;
    for (let i = at; i < at + step; i++) sum += ((sound[i] ?? 0) / 32_768) ** 2;
    if (Math.sqrt(sum / step) > 0.02) return (at / MICROPHONE_RATE) * 1_000;
  }
  return 0;
}

/** Speaks into the page's microphone until the words have arrived as a turn of the call. */
export function speaking(luna: LunaPage, speaker: SpeakerOptions): Utter {
  return async (words) => {
    const before = await callerTurns(luna);
    const { wav } = await sayable(words, speaker);
    for (let attempt = 1; ; attempt++) {
      await luna.say(wav);
      const understood = await luna
        .until("the caller's words", async () => (await callerTurns(luna)) > before, UNDERSTOOD_WITHIN_MS)
        .catch(() => false);
      if (understood) return;
      if (attempt === TRIES) throw new Error(`"${words}" was never understood.\n${await luna.story()}`);
    }
  };
}

/** Waits until the page's own ears hear: they are loaded last, often after the greeting. Luna has to be silent. */
export async function ears(luna: LunaPage, withinMs: number): Promise<void> {
  await luna.page.getByRole("status").getByText("Listening", { exact: true }).waitFor({ timeout: withinMs });
}

async function callerTurns(luna: LunaPage): Promise<number> {
  const { turns } = await standingOf(luna);
  return turns.filter((turn) => turn.who === "caller" && turn.state === "final" && turn.text !== "").length;
}

const RATE = 16_000;
/** Silence left before and after the words, ms: what empties the recogniser once mostly does not with another margin. */
const MARGINS = [
  [50, 100],
  [0, 0],
  [100, 300],
  [200, 200],
] as const;

/** A model takes one sound at a time. */
let listening: Promise<unknown> = Promise.resolve();

/** The words of one utterance, for ears of a provider: one at a time, and with other margins when there seem to be none. */
export function understand(pcm: Int16Array, rate: number): Promise<string> {
  const words = listening.then(() => wordsOf(atRate(pcm, rate, RATE)));
  listening = words.catch(() => undefined);
  return words;
}

async function wordsOf(sound: Int16Array): Promise<string> {
  const [from, to] = await speechIn(sound);
  if (to === from) return "";
  const model = await moonshine();
  for (const [lead, tail] of MARGINS) {
    const piece = sound.subarray(Math.max(0, from - lead * 16), to + tail * 16);
    const text = await model.recognise(floatsOf(piece));
    if (text !== "") return text;
  }
  return "";
}

const FRAME = 512;
/** Silence that parts two utterances, and the longest piece the recogniser likes. */
const GAP_FRAMES = 14;
const LONGEST_FRAMES = 300;

/** Everything understood in a recording of any length, utterance by utterance. */
export async function wordsIn({ pcm, rate }: { pcm: Int16Array; rate: number }): Promise<string> {
  const sound = atRate(pcm, rate, RATE);
  const likely = await probabilities(sound);
  const texts: string[] = [];
  let from = -1;
  let quiet = 0;
  for (let at = 0; at <= likely.length; at++) {
    const speech = (likely[at] ?? 0) > 0.4;
    quiet = speech ? 0 : quiet + 1;
    if (speech && from < 0) from = at;
    if (from < 0) continue;
    const long = at - from > LONGEST_FRAMES && quiet > 2;
    if (quiet < GAP_FRAMES && !long && at < likely.length) continue;
    const piece = sound.subarray(Math.max(0, from - 3) * FRAME, (at - quiet + 4) * FRAME);
    texts.push(await understand(piece, RATE));
    from = -1;
  }
  return texts.join(" ");
}
