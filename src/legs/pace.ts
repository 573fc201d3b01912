/** How fast and how much one caller may say: words, because a call keeps all of them; sound, because somebody pays for it. */
import { BYTES_PER_MS } from "../audio/pcm.ts";

/** So many messages with words may come at once, and so many a second in the long run: nobody speaks or types faster. */
const WORDS_AT_ONCE = 20;
const WORDS_PER_SECOND = 2;
/** A call is kept in memory and in one record whole. An hour of talk without a pause has some 50,000 characters. */
const WORDS_PER_CALL = 1_500;
const CHARS_PER_CALL = 150_000;

/** Sound comes as fast as it is spoken; clocks of sound cards differ by far less than this. */
const SOUND_RATE = 1.25;
/** Of sound, what may come at once to begin with, ms: a socket that has just opened gets what was waiting for it. */
const SOUND_AT_FIRST_MS = 5_000;
/** And later, ms: a network that hung gives all of it back at once. A page takes a line that hung for longer for dead. */
const SOUND_AT_MOST_MS = 30_000;

export type Refusal = "too_fast" | "too_much" | "sound_too_fast";
/** What to do about it, for the person who meets it. */
export const REFUSALS: Record<Refusal, string> = {
  too_fast: "Too many messages at once: this one was not taken. Wait a moment and say it again.",
  too_much: "This call has taken in all the words it can. End it and start a new one.",
  sound_too_fast:
    "Sound came faster than anybody speaks, and what was too much is lost. Send one second of sound in a second.",
};

/** What a caller may say and in which time: of the call, however often its page comes back. */
export interface Pace {
  readonly words: WordPace;
  readonly sound: SoundPace;
}

/** What a call has taken in so far. */
export interface Said {
  messages: number;
  chars: number;
}

/** How many words of the caller a call takes in: a bucket that fills with time, and an end to it. */
export class WordPace {
  readonly #said: Said;
  #left = WORDS_AT_ONCE;
  #at: number;

  /**
   * @param said counted on here, and kept by the call: its end must not move when the object is rebuilt.
   * @param now Unix ms, here and in `take`.
   */
  constructor(said: Said, now: number) {
    this.#said = said;
    this.#at = now;
  }

  /** Takes one message of so many characters in, or says why not. */
  take(chars: number, now: number): Refusal | undefined {
    // A clock that is set back must not empty the bucket.
    const passed = Math.max(0, now - this.#at) / 1_000;
    this.#left = Math.min(WORDS_AT_ONCE, this.#left + passed * WORDS_PER_SECOND);
    this.#at = now;
    const said = this.#said;
    if (said.messages >= WORDS_PER_CALL || said.chars + chars > CHARS_PER_CALL) return "too_much";
    if (this.#left < 1) return "too_fast";
    this.#left -= 1;
    said.messages += 1;
    said.chars += chars;
    return undefined;
  }
}

/**
 * How much sound of the caller a call takes in: without this, minutes of recorded speech sent in seconds become one turn, and one
 * turn is what the caps on money may be passed by. Numbers only: each frame of the caller comes by here.
 */
export class SoundPace {
  #leftMs: number;
  #at: number;

  /**
   * @param now Unix ms, here and in `take`.
   * @param later the call has gone on for a while: what waits in the network may have woken this very object.
   */
  constructor(now: number, later = false) {
    this.#at = now;
    this.#leftMs = later ? SOUND_AT_MOST_MS : SOUND_AT_FIRST_MS;
  }

  /** Takes one frame of so many bytes in; false where it is too much, and has to be dropped. */
  take(bytes: number, now: number): boolean {
    const passed = Math.max(0, now - this.#at);
    this.#at = now;
    this.#leftMs = Math.min(SOUND_AT_MOST_MS, this.#leftMs + passed * SOUND_RATE);
    const ms = bytes / BYTES_PER_MS;
    if (ms > this.#leftMs) return false;
    this.#leftMs -= ms;
    return true;
  }
}
