/** How fast and how much one caller may say in words: a call keeps all of them. */

/** So many messages with words may come at once, and so many a second in the long run: nobody speaks or types faster. */
const WORDS_AT_ONCE = 20;
const WORDS_PER_SECOND = 2;
/** A call is kept in memory and in one record whole. An hour of talk without a pause has some 50,000 characters. */
const WORDS_PER_CALL = 1_500;
const CHARS_PER_CALL = 150_000;

export type Refusal = "too_fast" | "too_much";
/** What to do about it, for the person who meets it. */
export const REFUSALS: Record<Refusal, string> = {
  too_fast: "Too many messages at once: this one was not taken. Wait a moment and say it again.",
  too_much: "This call has taken in all the words it can. End it and start a new one.",
};

/** How many words of the caller a call takes in: a bucket that fills with time, and an end to it. */
export class WordPace {
  #left = WORDS_AT_ONCE;
  #at: number;
  #messages = 0;
  #chars = 0;

  /** @param now Unix ms, here and in `take`. */
  constructor(now: number) {
    this.#at = now;
  }

  /** Takes one message of so many characters in, or says why not. */
  take(chars: number, now: number): Refusal | undefined {
    // A clock that is set back must not empty the bucket.
    const passed = Math.max(0, now - this.#at) / 1_000;
    this.#left = Math.min(WORDS_AT_ONCE, this.#left + passed * WORDS_PER_SECOND);
    this.#at = now;
    if (this.#messages >= WORDS_PER_CALL || this.#chars + chars > CHARS_PER_CALL) return "too_much";
    if (this.#left < 1) return "too_fast";
    this.#left -= 1;
    this.#messages += 1;
    this.#chars += chars;
    return undefined;
  }
}
