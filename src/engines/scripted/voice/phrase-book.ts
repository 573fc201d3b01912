/**
 * The phrases that were spoken once, at build time: one file of sound, and an index that tells which piece of it says what.
 * Whatever is to be said is put together from the longest pieces there are; what no piece says is spelled.
 */
import { decodeG711 } from "../../../audio/g711.ts";

export interface PhraseIndex {
  /** Hz; the sound is mu-law, one byte a sample. */
  rate: number;
  /** Path of the sound among the static files. */
  file: string;
  /** First byte and number of bytes of each phrase, by its words. */
  phrases: Record<string, [from: number, bytes: number]>;
}

/** Part of something to say: a phrase that is in the book, or a pause. */
export type Piece = { phrase: string } | { pause_ms: number };

/** Between two phrases, within a sentence: their edges are cut close. */
const JOINT_MS = 12;
const COMMA_MS = 160;
const LETTER_MS = 40;

/** The words of a text as they are looked up: small letters and apostrophes, one blank between two. */
export function phraseKey(text: string): string {
  return (text.toLowerCase().match(/[a-z']*[a-z][a-z']*/g) ?? []).join(" ");
}

export class PhraseBook {
  readonly rate: number;
  #index: PhraseIndex;
  #sound: Uint8Array;
  /** Words of the longest phrase. */
  #longest: number;

  /** @throws RangeError when the sound is shorter than the index says. */
  constructor(index: PhraseIndex, sound: Uint8Array) {
    this.rate = index.rate;
    this.#index = index;
    this.#sound = sound;
    const entries = Object.entries(index.phrases);
    const end = Math.max(0, ...entries.map(([, [from, bytes]]) => from + bytes));
    if (end > sound.length) throw new RangeError(`The phrases end at byte ${end}, the sound at ${sound.length}.`);
    this.#longest = Math.max(0, ...entries.map(([key]) => key.split(" ").length));
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#index.phrases, key);
  }

  /** 16-bit samples of a phrase, at `rate`; none where it is not in the book. */
  sound(key: string): Int16Array {
    const [from, bytes] = this.has(key) ? (this.#index.phrases[key] ?? [0, 0]) : [0, 0];
    return decodeG711("mu", this.#sound.subarray(from, from + bytes));
  }

  /** A sentence, already written out in words, in pieces. */
  pieces(sentence: string): Piece[] {
    const words = [...sentence.matchAll(/([A-Za-z']*[A-Za-z][A-Za-z']*)([^A-Za-z']*)/g)].map((match) => ({
      key: phraseKey(match[1] ?? ""),
      comma: /[,;:]|\s-\s/.test(match[2] ?? ""),
    }));
    const pieces: Piece[] = [];
    for (let at = 0; at < words.length; ) {
      const length = this.#match(words, at);
      const phrase = words.slice(at, at + Math.max(1, length)).map(({ key }) => key);
      if (length > 0) pieces.push({ phrase: phrase.join(" ") });
      else pieces.push(...this.#spelled(phrase[0] ?? ""));
      at += phrase.length;
      if (at < words.length) pieces.push({ pause_ms: words[at - 1]?.comma ? COMMA_MS : JOINT_MS });
    }
    return pieces;
  }

  /** How many words from here the longest phrase that fits has. */
  #match(words: readonly { key: string }[], at: number): number {
    for (let length = Math.min(this.#longest, words.length - at); length > 0; length--) {
      const key = words.slice(at, at + length).map((word) => word.key);
      if (this.has(key.join(" "))) return length;
    }
    return 0;
  }

  #spelled(word: string): Piece[] {
    return [...word.replaceAll("'", "")].flatMap((letter) => [{ phrase: letter }, { pause_ms: LETTER_MS }]);
  }
}
