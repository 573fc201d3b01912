/**
 * Luna's mouth: text as it streams in, sound sentence by sentence. Runs in the voice worker and, for tests, in Node.
 * One sentence is made at a time and others are let in between, so that "stop" is obeyed before the next one.
 */
import { floatsOf, int16Of } from "../../audio/pcm.ts";
import { resample } from "../../audio/resample.ts";
import { rmsOfInt16 } from "../../audio/rms.ts";
import { SentenceStream } from "../../words/sentences.ts";
import { speakable } from "../../words/speakable.ts";
import type { SpeakOptions, Spoken, VoiceName } from "./flite.ts";
import type { SpokenSentence } from "./heard-text.ts";
import { VOICE_RATE } from "./voice-messages.ts";

export interface SpokenPart {
  item_id: string;
  content_index: number;
}
export interface MouthEvents {
  /** The next sentence of a part, PCM16 at 24 kHz; empty for one that cannot be spoken. */
  audio(part: SpokenPart, sentence: SpokenSentence, pcm: Int16Array): void;
  /** All of the part has been handed over. */
  done(part: SpokenPart): void;
  trouble(error: unknown): void;
}
export interface Synthesiser {
  speak(text: string, options: SpeakOptions): Spoken;
}

interface Piece {
  text: string;
  start: number;
  end: number;
}
type Job = { part: SpokenPart; piece: Piece; options: SpeakOptions } | { part: SpokenPart; piece: undefined };

/** Silence between two sentences, ms. */
const PAUSE = 180;
/** Flite's voices differ in loudness; so much each is turned up or down. */
const GAIN: Record<VoiceName, number> = { slt: 0.8, rms: 1.5, awb: 1, kal: 1, kal16: 1 };
/** Parts that were stopped, remembered so that the rest of their text is not spoken either. */
const REMEMBERED = 64;

export class Mouth {
  readonly #voice: Synthesiser;
  readonly #events: MouthEvents;
  readonly #breathe: () => Promise<void>;
  readonly #parts = new Map<string, { part: SpokenPart; stream: SentenceStream }>();
  readonly #stopped = new Set<string>();
  #jobs: Job[] = [];
  #working = false;
  #options: SpeakOptions = { voice: "slt", speed: 1 };

  constructor(parts: { voice: Synthesiser; events: MouthEvents; breathe: () => Promise<void> }) {
    this.#voice = parts.voice;
    this.#events = parts.events;
    this.#breathe = parts.breathe;
  }

  /** Counts for what is said from now on. */
  setVoice(options: SpeakOptions): void {
    this.#options = options;
  }

  say(part: SpokenPart, delta: string): void {
    if (this.#stopped.has(part.item_id)) return;
    const key = `${part.content_index} ${part.item_id}`;
    const open = this.#parts.get(key) ?? { part, stream: new SentenceStream() };
    this.#parts.set(key, open);
    this.#enqueue(part, open.stream.add(delta));
  }

  sayDone(item_id: string): void {
    for (const [key, { part, stream }] of this.#parts) {
      if (part.item_id !== item_id) continue;
      this.#parts.delete(key);
      this.#enqueue(part, stream.end());
      this.#jobs.push({ part, piece: undefined });
    }
    void this.#work();
  }

  /** Drops all that has not been spoken, also what is still to come of the items begun. */
  stop(): void {
    for (const { part } of this.#parts.values()) this.#remember(part.item_id);
    for (const { part } of this.#jobs) this.#remember(part.item_id);
    this.#parts.clear();
    this.#jobs = [];
  }

  #remember(item_id: string): void {
    this.#stopped.add(item_id);
    if (this.#stopped.size <= REMEMBERED) return;
    const [oldest] = this.#stopped;
    if (oldest !== undefined) this.#stopped.delete(oldest);
  }

  #enqueue(part: SpokenPart, pieces: readonly Piece[]): void {
    for (const piece of pieces) this.#jobs.push({ part, piece, options: this.#options });
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) {
      if (job.piece) this.#speak(job.part, job.piece, job.options);
      else this.#events.done(job.part);
      await this.#breathe();
    }
    this.#working = false;
  }

  #speak(part: SpokenPart, { text, start, end }: Piece, options: SpeakOptions): void {
    const spoken = speakable(text).trim();
    const silent = { start, end, spoken, ms: 0, speech_ms: 0 };
    if (!/[\p{L}\p{N}]/u.test(spoken)) return this.#events.audio(part, silent, new Int16Array(0));
    try {
      const pcm = sounding(this.#voice.speak(spoken, options), GAIN[options.voice]);
      const speech_ms = (pcm.speech * 1000) / VOICE_RATE;
      const ms = (pcm.samples.length * 1000) / VOICE_RATE;
      this.#events.audio(part, { start, end, spoken, ms, speech_ms }, pcm.samples);
    } catch (error) {
      this.#events.trouble(error);
      this.#events.audio(part, silent, new Int16Array(0));
    }
  }
}

/** The speech alone, at 24 kHz and one loudness, with a pause after it. `speech`: samples before the pause. */
function sounding({ samples, rate }: Spoken, gain: number): { samples: Int16Array; speech: number } {
  const [from, to] = speechWithin(samples, rate);
  const louder = floatsOf(samples.subarray(from, to));
  for (let i = 0; i < louder.length; i++) louder[i] = (louder[i] as number) * gain;
  const speech = int16Of(resample(louder, rate, VOICE_RATE));
  const out = new Int16Array(speech.length + (PAUSE * VOICE_RATE) / 1000);
  out.set(speech);
  return { samples: out, speech: speech.length };
}

/** Flite puts about 0.2 s of silence before and after: first and last sample that is part of the speech. */
function speechWithin(samples: Int16Array, rate: number): [number, number] {
  const step = Math.round(rate / 100);
  const loud = (at: number) => rmsOfInt16(samples, at, Math.min(step, samples.length - at)) > 0.004;
  let from = 0;
  while (from < samples.length && !loud(from)) from += step;
  let to = Math.floor(samples.length / step) * step;
  while (to > from && !loud(Math.max(0, to - step))) to -= step;
  return [Math.max(0, from - step), Math.min(samples.length, to + 2 * step)];
}
