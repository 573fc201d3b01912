/**
 * Luna's ears: microphone sound in, the caller's words out. Runs in the voice worker and, for tests, in Node.
 *
 * Listening never waits for recognising: the recogniser lets go between its steps, and it starts on a guess as soon as the
 * caller pauses, so that most answers are ready when the pause turns out to be the end.
 */
import { toFloat } from "../../audio/pcm.ts";
import { Resampler } from "../../audio/resample.ts";
import { EAR_RATE, type Endpoint, Endpointer, type Span, trim } from "./endpointing.ts";
import type { RecogniseOptions } from "./moonshine.ts";
import { VAD_FRAME } from "./silero.ts";

export interface EarEvents {
  /** The caller started or stopped; `at_ms` counts from the first sound ever given to `hear`. */
  speech(state: "started" | "stopped", at_ms: number, overLuna: boolean): void;
  /** What was said, "" when it made no words. `ms`: from the detected end of speech to the words. */
  words(text: string, ms: number, ended_ms: number, overLuna: boolean): void;
  /** Recognition broke down; `words` with "" follows. */
  trouble(error: unknown): void;
}
export interface Hearing {
  probability(frame: Float32Array): Promise<number>;
  reset(): void;
  /** The same for another stream. */
  twin(): Hearing;
}
export interface Recogniser {
  recognise(speech: Float32Array, options?: RecogniseOptions): Promise<string>;
}

interface Guess {
  span: Span;
  abandoned: boolean;
  text: Promise<string>;
}

/** Longest utterance plus pre-roll and tail. */
const MEMORY = EAR_RATE * 32;

export class Ears {
  readonly #vad: Hearing;
  /** Looks at the frames in between while Luna speaks. */
  readonly #glancer: Hearing;
  readonly #recogniser: Recogniser;
  readonly #events: EarEvents;
  readonly #breathe: () => Promise<void>;
  readonly #now: () => number;
  readonly #endpointer = new Endpointer();
  readonly #resampler: Resampler;
  readonly #memory = new Float32Array(MEMORY);
  readonly #frame = new Float32Array(VAD_FRAME);
  #input = new Float32Array(4096);
  #resampled = new Float32Array(4096);
  /** Samples written to and judged of the memory, since the beginning. */
  #written = 0;
  #judged = 0;
  /** Where the last frame in between began. */
  #glanced = -VAD_FRAME;
  #draining: Promise<void> | undefined;
  #overLuna = false;
  #guess: Guess | undefined;
  #recognising: Promise<unknown> = Promise.resolve();
  /** Goes up when all that is under way is to be forgotten. */
  #era = 0;

  constructor(parts: {
    vad: Hearing;
    recogniser: Recogniser;
    events: EarEvents;
    /** Lets other work in; awaited between the steps of recognition. */
    breathe: () => Promise<void>;
    now: () => number;
    /** Rate of what `hear` gets. */
    rate: number;
  }) {
    this.#vad = parts.vad;
    this.#glancer = parts.vad.twin();
    this.#recogniser = parts.recogniser;
    this.#events = parts.events;
    this.#breathe = parts.breathe;
    this.#now = parts.now;
    this.#resampler = new Resampler(parts.rate, EAR_RATE);
  }

  /** Takes sound of any length. Resolves when all of it has been judged (recognition may go on). */
  hear(pcm: Int16Array): Promise<void> {
    this.#remember(pcm);
    this.#draining ??= this.#drain().finally(() => {
      this.#draining = undefined;
    });
    return this.#draining;
  }

  speaking(on: boolean): void {
    this.#endpointer.speaking(on);
  }

  /** What was taken for the caller was Luna's echo: be harder to convince while she speaks. */
  distrust(): void {
    this.#endpointer.distrust();
  }

  /** Forgets what is being heard: no words will come of it. */
  deafen(): void {
    this.#era++;
    this.#dropGuess();
    this.#endpointer.reset();
    this.#vad.reset();
    this.#glancer.reset();
  }

  /** Resolves when no recognition is under way. */
  async settled(): Promise<void> {
    await this.#draining;
    await this.#recognising;
  }

  #remember(pcm: Int16Array): void {
    if (pcm.length > this.#input.length) this.#input = new Float32Array(pcm.length);
    toFloat(pcm, this.#input);
    const most = this.#resampler.mostOutputs(pcm.length);
    if (most > this.#resampled.length) this.#resampled = new Float32Array(most);
    const count = this.#resampler.process(this.#input, this.#resampled, pcm.length);
    for (let i = 0; i < count; i++) this.#memory[(this.#written + i) % MEMORY] = this.#resampled[i] as number;
    this.#written += count;
    // A worker that was held up for half a minute has lost the start: judge only what is still there.
    this.#judged = Math.max(this.#judged, this.#written - MEMORY);
  }

  async #drain(): Promise<void> {
    for (;;) {
      const between = this.#judged - VAD_FRAME / 2;
      if (this.#endpointer.wantsGlances && this.#glanced < between && this.#written >= between + VAD_FRAME)
        await this.#glance(between);
      else if (this.#written - this.#judged >= VAD_FRAME) await this.#judge();
      else return;
    }
  }

  async #judge(): Promise<void> {
    const at = this.#judged;
    this.#judged += VAD_FRAME;
    const era = this.#era;
    const probability = await this.#vad.probability(this.#frameAt(at));
    if (era === this.#era) this.#meet(this.#endpointer.push(probability, at));
  }

  async #glance(at: number): Promise<void> {
    this.#glanced = at;
    const era = this.#era;
    const probability = await this.#glancer.probability(this.#frameAt(Math.max(0, at)));
    if (era === this.#era) this.#meet(this.#endpointer.glance(probability, at));
  }

  #frameAt(at: number): Float32Array {
    for (let i = 0; i < VAD_FRAME; i++) this.#frame[i] = this.#memory[(at + i) % MEMORY] as number;
    return this.#frame;
  }

  #meet(endpoint: Endpoint | undefined): void {
    switch (endpoint?.type) {
      case "started":
        this.#overLuna = endpoint.overLuna;
        this.#events.speech("started", toMs(endpoint.from), endpoint.overLuna);
        return;
      case "paused":
        this.#makeGuess(endpoint);
        return;
      case "resumed":
        this.#dropGuess();
        return;
      case "stopped": {
        const guess = this.#guess ?? this.#makeGuess(endpoint);
        this.#guess = undefined;
        this.#events.speech("stopped", toMs(endpoint.to), this.#overLuna);
        void this.#tell(guess, this.#overLuna);
      }
    }
  }

  #makeGuess({ from, to }: Span): Guess {
    const guess: Guess = { span: { from, to }, abandoned: false, text: Promise.resolve("") };
    const work = this.#recognising.then(() => this.#recognise(guess));
    this.#recognising = work.catch(() => undefined);
    guess.text = work;
    work.catch(() => undefined);
    this.#guess = guess;
    return guess;
  }

  #dropGuess(): void {
    if (this.#guess) this.#guess.abandoned = true;
    this.#guess = undefined;
  }

  async #recognise(guess: Guess): Promise<string> {
    const options = { breathe: this.#breathe, abandoned: () => guess.abandoned };
    const first = await this.#recogniser.recognise(this.#sound(trim(guess.span)), options);
    if (guess.abandoned || hasWords(first)) return first;
    const second = await this.#recogniser.recognise(this.#sound(trim(guess.span, true)), options);
    return hasWords(second) ? second : "";
  }

  async #tell(guess: Guess, overLuna: boolean): Promise<void> {
    const era = this.#era;
    const stopped = this.#now();
    const text = await guess.text.catch((error: unknown) => {
      this.#events.trouble(error);
      return "";
    });
    if (era === this.#era) this.#events.words(text, this.#now() - stopped, toMs(guess.span.to), overLuna);
  }

  #sound({ from, to }: Span): Float32Array {
    const end = Math.min(to, this.#written);
    const start = Math.max(from, end - MEMORY, this.#written - MEMORY, 0);
    const sound = new Float32Array(Math.max(0, end - start));
    for (let i = 0; i < sound.length; i++) sound[i] = this.#memory[(start + i) % MEMORY] as number;
    return sound;
  }
}

function toMs(sample: number): number {
  return (sample * 1000) / EAR_RATE;
}

/** Silence sometimes comes out as a lone full stop. */
function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}
