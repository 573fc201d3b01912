/**
 * Where an utterance starts and stops, from one speech probability for each 32 ms. Pure: positions are samples at 16 kHz.
 */
import { VAD_FRAME } from "./silero.ts";

export const EAR_RATE = 16_000;
/** Whole frames, in samples. */
const framesOf = (ms: number) => Math.round((ms * EAR_RATE) / 1000 / VAD_FRAME) * VAD_FRAME;

/**
 * Speech starts when the last three frames together are this sure. A clear voice gets there in two frames, a soft onset in
 * three or four; noise, hum and keys stay below 0.2, a click fills one frame. (Three frames above 0.7 each, the usual rule,
 * take 50 ms longer.)
 */
const EVIDENCE = 1.25;
/** The frame before the newest must be a little sure too: the hiss and the stop of "Stop" give no more. */
const AGREES = 0.15;
/** The newest frame must itself be above this, and surer while Luna speaks: her echo must not pass for the caller. */
const STARTS = 0.5;
const STARTS_OVER_LUNA = 0.6;
/** Each time Luna was taken in by her own echo, more is asked for while she speaks, up to three almost certain frames. */
const DISTRUST = 0.5;
const MOST_EVIDENCE = 2.6;
/** Below this a frame is silent. */
const STOPS = 0.35;
/** Silence after which the words are worth a first guess, and silence that ends the utterance. */
const PAUSE = framesOf(320);
const END = framesOf(704);
/** The room goes on sounding for a moment after Luna has stopped. */
const ECHO_TAIL = framesOf(300);
/** Longer speech is recognised piece by piece. */
const LONGEST = framesOf(28_000);

export interface Span {
  /** First sample of speech. */
  from: number;
  /** End of the last frame of speech. */
  to: number;
}
export type Endpoint =
  | { type: "started"; from: number; overLuna: boolean }
  /** Perhaps the end: nothing was said for 320 ms. */
  | ({ type: "paused" } & Span)
  /** It was not: the caller goes on. */
  | { type: "resumed" }
  | ({ type: "stopped" } & Span);

export class Endpointer {
  /** End of the last frame taken. */
  #now = 0;
  readonly #frames = new Onset();
  readonly #glances = new Onset();
  #inSpeech = false;
  #paused = false;
  #first = 0;
  #last = 0;
  #luna = false;
  #lunaStopped = Number.NEGATIVE_INFINITY;
  #evidenceOverLuna = EVIDENCE;

  /** Luna's voice is sounding or not. */
  speaking(on: boolean): void {
    if (this.#luna && !on) this.#lunaStopped = this.#now;
    this.#luna = on;
  }

  /** What was heard over Luna was Luna. */
  distrust(): void {
    this.#evidenceOverLuna = Math.min(MOST_EVIDENCE, this.#evidenceOverLuna + DISTRUST);
  }

  /** Whether Luna sounds or has sounded a moment ago. */
  get overLuna(): boolean {
    return this.#luna || this.#now - this.#lunaStopped < ECHO_TAIL;
  }

  /** Takes the probability of the frame whose first sample is `at`. */
  push(probability: number, at: number): Endpoint | undefined {
    this.#now = at + VAD_FRAME;
    this.#frames.push(probability);
    if (this.#inSpeech) return this.#listen(probability);
    return this.#isOnset(this.#frames) ? this.#start(this.#frames) : undefined;
  }

  /** Whether it pays to look at the frames in between, half a frame later each: only for a caller breaking in. */
  get wantsGlances(): boolean {
    return !this.#inSpeech && this.overLuna;
  }

  /** Takes the probability of a frame in between: speech may start on it too, which is 16 ms sooner every other time. */
  glance(probability: number, at: number): Endpoint | undefined {
    this.#glances.push(probability);
    if (this.#inSpeech || !this.#isOnset(this.#glances)) return undefined;
    this.#now = at + VAD_FRAME;
    return this.#start(this.#glances);
  }

  /** Forgets an utterance under way. */
  reset(): void {
    this.#inSpeech = false;
    this.#paused = false;
    this.#frames.reset();
    this.#glances.reset();
  }

  #isOnset(onset: Onset): boolean {
    return this.overLuna ? onset.isSure(STARTS_OVER_LUNA, this.#evidenceOverLuna) : onset.isSure(STARTS, EVIDENCE);
  }

  #start(onset: Onset): Endpoint {
    const overLuna = this.overLuna;
    this.#inSpeech = true;
    this.#paused = false;
    this.#first = Math.max(0, this.#now - VAD_FRAME * onset.frames);
    this.#last = this.#now;
    this.#frames.reset();
    this.#glances.reset();
    return { type: "started", from: this.#first, overLuna };
  }

  #listen(probability: number): Endpoint | undefined {
    if (probability >= STOPS) {
      this.#last = this.#now;
      const resumed = this.#paused;
      this.#paused = false;
      if (this.#now - this.#first >= LONGEST) return this.#stop();
      return resumed ? { type: "resumed" } : undefined;
    }
    const silent = this.#now - this.#last;
    if (silent >= END) return this.#stop();
    if (silent < PAUSE || this.#paused) return undefined;
    this.#paused = true;
    return { type: "paused", ...this.#span() };
  }

  #stop(): Endpoint {
    this.#inSpeech = false;
    this.#paused = false;
    return { type: "stopped", ...this.#span() };
  }

  #span(): Span {
    return { from: this.#first, to: this.#last };
  }
}

/** The last three probabilities of one row of frames. */
class Onset {
  #first = 0;
  #second = 0;
  #newest = 0;

  push(probability: number): void {
    this.#first = this.#second;
    this.#second = this.#newest;
    this.#newest = probability;
  }

  isSure(newest: number, evidence: number): boolean {
    return this.#newest > newest && this.#second > AGREES && this.#first + this.#second + this.#newest >= evidence;
  }

  /** How many of them are speech. */
  get frames(): number {
    return this.#first > STOPS ? 3 : 2;
  }

  reset(): void {
    this.#first = this.#second = this.#newest = 0;
  }
}

/**
 * How much around the speech is given to recognition. Of 27 short utterances in three voices, each cut at slightly different
 * places, 100 ms before and 300 ms after left 5 without any words, 50 and 100 ms none, and nothing at all none.
 */
const LEAD = 0.05;
const TAIL = 0.1;

/** The samples to recognise; on a second try, after an empty answer, cut to the very speech. */
export function trim({ from, to }: Span, second = false): Span {
  const lead = second ? 0 : Math.round(LEAD * EAR_RATE);
  const tail = second ? 0 : Math.round(TAIL * EAR_RATE);
  return { from: Math.max(0, from - lead), to: to + tail };
}
