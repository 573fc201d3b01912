/**
 * Whole sentences out of a text or a stream of it, for a voice that speaks sentence by sentence.
 * The pieces cover the text without gaps (white space belongs to the sentence before it), so that places in what is
 * spoken are places in what was written.
 */

export interface Sentence {
  /** The piece as it stands in the original, white space included. */
  text: string;
  /** Offsets in the original text, end exclusive. */
  start: number;
  end: number;
}

/** A sentence longer than this many characters is cut at a comma, so that the first sound does not wait for all of it. */
const LONGEST = 240;

/** After these a stop never ends the sentence. */
const TITLES = new Set("mr mrs ms dr prof st vs approx e.g i.e cf dept acct ave blvd hon rev sgt capt".split(" "));
/** After these it does not end the sentence if a number follows: "No. 5", "Dec. 1". */
const NUMBERED = new Set("no nos ext apt fig jan feb mar apr jun jul aug sep sept oct nov dec".split(" "));
/** After these it ends the sentence only if a capital follows. */
const EITHER = new Set("etc inc ltd corp co jr sr a.m p.m am pm u.s u.k ph.d b.a p.s".split(" "));

/** Terminators with the closing quotes and brackets after them, then white space. */
const ENDING = /[.!?…]{1,8}["'”’)\]]{0,4}(?=\s)|[。！？]["'”’）」』]{0,4}|\n/g;

function wordBefore(text: string, from: number, stop: number): string {
  return /[\p{L}\p{N}.]*$/u.exec(text.slice(Math.max(from, stop - 24), stop))?.[0].toLowerCase() ?? "";
}

/** Whether the stop at `stop` ends the sentence that began at `from`; `next` is the first character after the space. */
function ends(text: string, from: number, stop: number, marks: string, next: string): boolean {
  if (marks.startsWith("…") || marks.startsWith("..")) return !/\p{Ll}/u.test(next);
  if (!marks.startsWith(".") || marks.startsWith(".!") || marks.startsWith(".?")) return true;
  const word = wordBefore(text, from, stop);
  if (TITLES.has(word) || /\p{Ll}/u.test(next)) return false;
  if (NUMBERED.has(word)) return !/[\p{N}#]/u.test(next);
  if (EITHER.has(word)) return /[\p{Lu}\p{N}"“'(]/u.test(next);
  // Initials ("J. Doe"); "I." may end a sentence. Numbers of a list ("1. Call us").
  if (/^\p{L}$/u.test(word)) return word === "i" && /\p{Lu}/u.test(next);
  return !(/^\d{1,2}$/.test(word) && text.slice(from, stop).trim() === word);
}

function spaceEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text.charAt(at))) at++;
  return at;
}

/** Where an overlong sentence is cut: after its last comma or the like within reach, else at its last space. */
function softCut(text: string, from: number): number {
  const reach = text.slice(from, from + LONGEST);
  const comma = /^[\s\S]{40,}[,;:—–]\s/u.exec(reach)?.[0].length;
  const space = comma ?? /^[\s\S]*\s/u.exec(reach)?.[0].length;
  return from + (space ?? LONGEST);
}

/**
 * The end (exclusive, white space included) of the sentence that begins at `from`, or nothing if the text so far
 * cannot tell. It never depends on more than it has seen: more text later gives the same answer.
 */
function endOf(text: string, from: number, complete: boolean): number | undefined {
  ENDING.lastIndex = from;
  for (let match = ENDING.exec(text); match; match = ENDING.exec(text)) {
    const stop = match.index;
    if (stop - from > LONGEST) break;
    const after = spaceEnd(text, stop + match[0].length);
    if (after >= text.length) return complete ? text.length : undefined;
    if (text.slice(from, stop).trim() === "") continue;
    if (match[0] === "\n" || ends(text, from, stop, match[0], text.charAt(after))) return after;
  }
  if (text.length - from > LONGEST + 32) {
    const cut = spaceEnd(text, softCut(text, from));
    return cut < text.length || complete ? cut : undefined;
  }
  return complete && from < text.length ? text.length : undefined;
}

/** Cuts a growing text into sentences. Feed pieces as they come; what is certain comes out, the rest at the end. */
export class SentenceStream {
  #pending = "";
  /** Offset of the pending text in the whole. */
  #start = 0;

  /** Adds a piece of text and gives the sentences that are now whole, with places in the whole text. */
  add(delta: string): Sentence[] {
    this.#pending += delta;
    return this.#take(false);
  }

  /** No more text comes: gives what is left. The stream begins anew at the next place. */
  end(): Sentence[] {
    return this.#take(true);
  }

  #take(complete: boolean): Sentence[] {
    const found: Sentence[] = [];
    for (let end = endOf(this.#pending, 0, complete); end; end = endOf(this.#pending, 0, complete)) {
      const text = this.#pending.slice(0, end);
      found.push({ text, start: this.#start, end: this.#start + end });
      this.#pending = this.#pending.slice(end);
      this.#start += end;
    }
    return found;
  }
}

/** All sentences of a text; their pieces put together are the text again. */
export function sentences(text: string): Sentence[] {
  const stream = new SentenceStream();
  return [...stream.add(text), ...stream.end()];
}
