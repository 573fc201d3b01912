/**
 * Spelled names: "M-A-Y-A", "em ay why ay", "M as in Mike, A as in apple", "double l", and the radio alphabet.
 *
 * Letters that sound like words ("are", "you", "why") count only in a run of at least three letters of which half are
 * plain letters, so that ordinary sentences are not spelled names.
 */

import { table } from "./table.ts";
import { type Token, tokens } from "./tokens.ts";

/** Words that can only be letters. */
const LETTER_NAMES = table<string>({
  ay: "a",
  cee: "c",
  dee: "d",
  ef: "f",
  eff: "f",
  gee: "g",
  aitch: "h",
  haitch: "h",
  jay: "j",
  kay: "k",
  el: "l",
  ell: "l",
  em: "m",
  en: "n",
  pee: "p",
  cue: "q",
  queue: "q",
  ess: "s",
  tee: "t",
  vee: "v",
  ex: "x",
  wye: "y",
  zee: "z",
  zed: "z",
});
/** Words that may be letters among letters. */
const LETTER_WORDS = table<string>({
  a: "a",
  eh: "a",
  hey: "a",
  be: "b",
  bee: "b",
  see: "c",
  sea: "c",
  he: "e",
  age: "h",
  i: "i",
  eye: "i",
  elle: "l",
  am: "m",
  and: "n",
  end: "n",
  an: "n",
  oh: "o",
  owe: "o",
  pea: "p",
  are: "r",
  our: "r",
  as: "s",
  tea: "t",
  you: "u",
  yew: "u",
  why: "y",
});
const RADIO = (
  "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo " +
  "sierra tango uniform victor whiskey xray yankee zulu"
).split(" ");
const RADIO_SPELLINGS = table<string>({ alfa: "a", juliett: "j", whisky: "w" });
/** Words between letters that mean nothing. */
const BETWEEN = new Set(["capital", "big", "small", "letter", "um", "uh", "then", "dash"]);

interface Letter {
  text: string;
  next: number;
  /** Surely a letter, not a word that sounds like one. */
  plain: boolean;
  radio?: boolean;
  /** Another name begins with it. */
  begins?: boolean;
}

/** "M as in Mike", "A like apple", "B for Bravo": the word's first letter is what counts. */
function exampleAt(t: readonly Token[], i: number): Letter | undefined {
  if (!singleAt(t, i)) return undefined;
  const [a, b, c, d] = [1, 2, 3, 4].map((k) => t[i + k]?.text ?? "");
  const asIn = (a === "as" || a === "is" || a === "has" || a === "s") && (b === "in" || b === "an");
  if (asIn && c) {
    const at = c === "the" && d ? i + 4 : i + 3;
    return { text: (t[at]?.text ?? "").charAt(0), next: at + 1, plain: true };
  }
  if (a === "in" && b && singleAt(t, i)?.plain) return { text: b.charAt(0), next: i + 3, plain: true };
  const like = a === "like" || (a === "for" && (b ?? "").length > 2);
  const starts = singleAt(t, i)?.text === (b ?? "").charAt(0);
  return like && b && (a === "like" || starts) ? { text: b.charAt(0), next: i + 3, plain: true } : undefined;
}

function singleAt(t: readonly Token[], i: number): Letter | undefined {
  const word = t[i]?.text ?? "";
  if (/^[b-hj-z]$/.test(word)) return { text: word, next: i + 1, plain: true };
  const named = LETTER_NAMES[word];
  if (named) return { text: named, next: i + 1, plain: true };
  if ((word === "double" || word === "dub") && /^(?:u|you|yew)$/.test(t[i + 1]?.text ?? "")) {
    return { text: "w", next: i + 2, plain: true };
  }
  const weak = LETTER_WORDS[word];
  if (!weak) return undefined;
  // "M-A-Y-A": the hyphens make plain letters of A and I.
  const hyphen = t[i]?.gap === "-" || t[i + 1]?.gap === "-" || t[i]?.gap === "." || t[i + 1]?.gap === ".";
  return { text: weak, next: i + 1, plain: word.length === 1 && hyphen };
}

function letterAt(t: readonly Token[], i: number): Letter | undefined {
  const word = t[i]?.text ?? "";
  const example = exampleAt(t, i);
  if (example) return example;
  if (word === "double" && !/^(?:u|you|yew)$/.test(t[i + 1]?.text ?? "")) {
    const twice = t[i + 1]?.text === "double" ? undefined : letterAt(t, i + 1);
    return twice ? { ...twice, text: twice.text.repeat(2), plain: true } : undefined;
  }
  if (word === "hyphen") return { text: "-", next: i + 1, plain: true };
  if (word === "apostrophe") return { text: "'", next: i + 1, plain: true };
  const radio = RADIO_SPELLINGS[word] ?? (RADIO.includes(word) ? word.charAt(0) : undefined);
  return radio ? { text: radio, next: i + 1, plain: true, radio: true } : singleAt(t, i);
}

interface Run {
  letters: Letter[];
  /** The token each letter begins at. */
  places: number[];
  next: number;
}

function runAt(t: readonly Token[], i: number): Run {
  const letters: Letter[] = [];
  const places: number[] = [];
  let next = i;
  for (let k = i; k < t.length; ) {
    const letter = letterAt(t, k);
    if (letter) {
      letters.push(letter);
      places.push(k);
      k = letter.next;
      next = k;
    } else if (letters.length > 0 && BETWEEN.has(t[k]?.text ?? "")) k++;
    else if (letters.length === 0 && BETWEEN.has(t[k]?.text ?? "") && letterAt(t, k + 1)) k++;
    else break;
  }
  markNames(t, places, letters);
  return { letters, places, next: Math.max(next, i + 1) };
}

/** Weak words at the ends of a run belong to the sentence around it: "I | m a y a". */
function trimmed(letters: readonly Letter[]): Letter[] {
  const first = letters.findIndex((letter) => letter.plain);
  if (first < 0) return [];
  // One weak letter before the first plain one may belong to the name ("a n n a"), more rarely do.
  const from = first <= 1 ? 0 : first - 1;
  return letters.slice(from);
}

function spelledName(letters: readonly Letter[], whole: boolean): string | undefined {
  const kept = trimmed(letters);
  const text = kept.map((letter) => (letter.begins ? " " : "") + letter.text).join("");
  const plain = kept.reduce((sum, letter) => sum + (letter.plain ? letter.text.length : 0), 0);
  if (kept.every((letter) => letter.radio) && kept.length < 3) return undefined;
  if (text.replace(/[^a-z]/g, "").length < (whole ? 2 : 3) || plain * 2 < text.length) return undefined;
  return text.trim().replace(/(^|[-' ])([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}

/** "E L I N A, K O R H O N E N": where only some letters are set off by a comma, a new name begins there. */
function markNames(t: readonly Token[], places: readonly number[], letters: Letter[]): void {
  const setOff = places.map((place, k) => k > 0 && /[,.;]\s/.test(t[place]?.gap ?? ""));
  const count = setOff.filter(Boolean).length;
  if (count > 0 && count * 2 < letters.length) {
    for (const [k, letter] of letters.entries()) if (setOff[k]) letters[k] = { ...letter, begins: true };
  }
}

export interface SpelledSpan {
  name: string;
  /** Offsets in the text, end exclusive. */
  start: number;
  end: number;
}

/** The name spelled out in a text, with a capital ("Maya") and its place; the longest if there are several, nothing if none is. */
export function spelledSpanIn(text: string): SpelledSpan | undefined {
  const t = tokens(text);
  let found: SpelledSpan | undefined;
  for (let i = 0; i < t.length; ) {
    const run = runAt(t, i);
    const name = spelledName(run.letters, i === 0 && run.next >= t.length);
    if (name && name.length > (found?.name.length ?? 0)) {
      const first = run.letters.length - trimmed(run.letters).length;
      const start = t[run.places[first] ?? i]?.start ?? 0;
      found = { name, start, end: t[run.next - 1]?.end ?? text.length };
    }
    i = run.next;
  }
  return found;
}
