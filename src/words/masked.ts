/**
 * Long runs of digits cut down to their last four before anything is stored or logged: card numbers, account numbers
 * and phone numbers, written or spoken. Dates and amounts with thousands commas stay readable.
 */
import { TEENS, TENS, UNITS } from "./numbers.ts";

/** Runs of this many digits and more are masked: the shortest account numbers. */
const SHORTEST = 8;
const DOTS = "••••";
const SPOKEN_ZERO = new Set(["oh", "o", "nought"]);
const REPEATS: Readonly<Record<string, number>> = { double: 2, triple: 3, treble: 3 };
/** Recognisers write these for digits; they count between digits only. */
const HOMOPHONES: Readonly<Record<string, string>> = {
  to: "2",
  too: "2",
  for: "4",
  ate: "8",
  won: "1",
  tree: "3",
};
const FILLERS = new Set(["um", "uh", "er", "dash", "hyphen", "then", "space", "dot"]);

interface Piece {
  digits: string;
  start: number;
  end: number;
  /** Counts only between other digits. */
  weak: boolean;
}

const PIECE = /\p{Nd}+|[a-z]+/giu;
const DATE =
  /(?<![\p{Nd}-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\p{Nd}-])|(?<![\p{Nd}/])(?:0?[1-9]|1[0-2])\/(?:0?[1-9]|[12]\d|3[01])\/(?:19|20)\d\d(?![\p{Nd}/])/gu;

/** Digits of any script as 0-9. */
function plainDigits(text: string): string {
  return [...text.normalize("NFKC")].map((char) => (/\d/.test(char) ? char : digitValue(char))).join("");
}

/** In every script the ten digits stand in a row with the zero first: count back to it. */
function digitValue(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  let back = 0;
  while (back < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - back - 1))) back++;
  return String(back);
}

function wordDigits(word: string, next: string | undefined): { digits: string; weak: boolean } | undefined {
  if (word in UNITS) return { digits: String(UNITS[word]), weak: false };
  if (word in TEENS) return { digits: String(TEENS[word]), weak: false };
  if (word in TENS) {
    const tens = String(TENS[word]);
    return { digits: next && UNITS[next] ? tens.charAt(0) : tens, weak: false };
  }
  if (SPOKEN_ZERO.has(word)) return { digits: "0", weak: true };
  const near = HOMOPHONES[word];
  return near ? { digits: near, weak: true } : undefined;
}

interface Found {
  start: number;
  end: number;
  word: string;
}

/** Every stretch of the text that is or may be digits, with "" for words that may stand between. */
function piecesOf(text: string): (Piece | "break")[] {
  const words: Found[] = [...text.matchAll(PIECE)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    word: match[0].toLowerCase(),
  }));
  const pieces: (Piece | "break")[] = [];
  let times = 1;
  let timesFrom: number | undefined;
  for (const [k, found] of words.entries()) {
    const between = text.slice(words[k - 1]?.end ?? found.start, found.start);
    if (!/^[\s.,\-–—/()+•]*$/u.test(between) || between.length > 6) pieces.push("break");
    const repeat = REPEATS[found.word];
    if (repeat) {
      times = repeat;
      timesFrom = found.start;
      continue;
    }
    const numeral = /\p{Nd}/u.test(found.word);
    const read = numeral
      ? { digits: plainDigits(found.word), weak: false }
      : wordDigits(found.word, words[k + 1]?.word);
    if (read) {
      pieces.push({
        ...read,
        digits: read.digits.repeat(times),
        start: timesFrom ?? found.start,
        end: found.end,
      });
    } else if (!FILLERS.has(found.word)) pieces.push("break");
    times = 1;
    timesFrom = undefined;
  }
  return pieces;
}

/** Amounts such as "12,345,678" and lists of amounts such as "120, 45, 300" are no account numbers. */
function isAmounts(text: string, run: readonly Piece[]): boolean {
  const [first, last] = [run[0], run.at(-1)];
  const written = text.slice(first?.start, last?.end);
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?$/.test(written)) return true;
  const parts = written.split(/,\s*/);
  if (parts.length < 2 || !/^[\d,.\s]+$/.test(written)) return false;
  const sizes = new Set(parts.map((part) => part.length));
  return parts.every((part) => part.length > 1 && part.length < SHORTEST) && (sizes.size > 1 || parts[0]?.length === 3);
}

function runsOf(text: string): Piece[][] {
  const runs: Piece[][] = [];
  let run: Piece[] = [];
  for (const piece of [...piecesOf(text), "break" as const]) {
    if (piece !== "break") {
      run.push(piece);
      continue;
    }
    if (run.length > 0) runs.push(edged(run));
    run = [];
  }
  return runs;
}

/** Little words at the edges ("to 1234...") stay; two in a row ("for ate one two ...") are digits. */
function edged(run: readonly Piece[]): Piece[] {
  let from = run.findIndex((piece) => !piece.weak);
  if (from < 0) return [];
  let to = run.length - [...run].reverse().findIndex((piece) => !piece.weak);
  if (from >= 2) from = 0;
  if (run.length - to >= 2) to = run.length;
  return run.slice(from, to);
}

function maskPart(text: string): string {
  let masked = "";
  let last = 0;
  for (const run of runsOf(text)) {
    const digits = run.map((piece) => piece.digits).join("");
    const [first, end] = [run[0], run.at(-1)];
    if (digits.length < SHORTEST || !first || !end || isAmounts(text, run)) continue;
    masked += `${text.slice(last, first.start)}${DOTS} ${digits.slice(-4)}`;
    last = end.end;
  }
  return masked + text.slice(last);
}

/** The text with every run of eight or more digits, written or spoken, replaced by "•••• " and its last four. */
export function maskDigits(text: string): string {
  let masked = "";
  let last = 0;
  for (const date of text.matchAll(DATE)) {
    masked += maskPart(text.slice(last, date.index)) + date[0];
    last = date.index + date[0].length;
  }
  return masked + maskPart(text.slice(last));
}

/** A JSON value with `maskDigits` applied to every string in it; whole numbers of eight and more digits become strings. */
export function maskValue(value: unknown): unknown {
  if (typeof value === "string") return maskDigits(value);
  if (typeof value === "number") return Math.abs(value) >= 10 ** (SHORTEST - 1) ? maskDigits(String(value)) : value;
  if (Array.isArray(value)) return value.map(maskValue);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, maskValue(inner)]));
}
