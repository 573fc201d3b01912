/**
 * Long runs of digits cut down to their last four before anything is stored or logged: card numbers, account numbers
 * and phone numbers, written or spoken. Dates, amounts and phone numbers that are kept free for stories stay readable.
 */
import { DIGIT_WORDS, ibansIn, UNSURE_DIGIT_WORDS } from "./account-numbers.ts";
import { CARD, CARD_CODE, holdsCard, isCard, isNamed } from "./named-numbers.ts";
import { TEENS, TENS, UNITS } from "./numbers.ts";
import { readableIn } from "./readable-digits.ts";

/** Runs of this many digits and more are masked: the shortest account numbers. */
const SHORTEST = 8;
/** Words between the groups of one card number: "4111, yes, then 1111". */
const WORDS_BETWEEN = 4;
/** Words between the groups of one number that was named: "account 1234 and 5678". */
const GOES_ON = /^[\s.,;:-]{0,3}(?:(?:and|then|yes|okay|ok|next|um|uh|followed by)[\s.,;:-]{1,3}){1,2}$/i;
const DOTS = "••••";
const SPOKEN_ZERO = new Set(["oh", "o", "nought"]);
const REPEATS: ReadonlyMap<string, number> = new Map([
  ["double", 2],
  ["triple", 3],
  ["treble", 3],
]);
/** Recognisers write these for digits; they count between digits only. */
const HOMOPHONES: ReadonlyMap<string, string> = new Map([
  ["to", "2"],
  ["too", "2"],
  ["for", "4"],
  ["ate", "8"],
  ["won", "1"],
  ["tree", "3"],
]);
/** Between groups of digits these are what they are: "4829 for 300 to 3052". */
const PREPOSITIONS = new Set(["to", "too", "for"]);
const FILLERS = new Set(["um", "uh", "er", "dash", "hyphen", "then", "space", "dot"]);

interface Piece {
  digits: string;
  start: number;
  end: number;
  /** Counts only between other digits. */
  weak: boolean;
}

const PIECE = /\p{Nd}+|\p{L}[\p{L}\p{M}]*/gu;
const GROUP = /^\p{Nd}{3,}$/u;
/** Also what nobody sees: joiners, the frame of a keycap. */
const NOTHING_SAID = /^[\s.,\-–—/()+•_*\p{Cf}\p{M}]*$/u;

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

function wordDigits(word: string, next: string | undefined): Pick<Piece, "digits" | "weak"> | undefined {
  if (Object.hasOwn(UNITS, word)) return { digits: String(UNITS[word]), weak: false };
  if (Object.hasOwn(TEENS, word)) return { digits: String(TEENS[word]), weak: false };
  if (Object.hasOwn(TENS, word)) {
    const tens = String(TENS[word]);
    return { digits: next && Object.hasOwn(UNITS, next) && UNITS[next] ? tens.charAt(0) : tens, weak: false };
  }
  if (SPOKEN_ZERO.has(word)) return { digits: "0", weak: true };
  const near = HOMOPHONES.get(word) ?? UNSURE_DIGIT_WORDS.get(word);
  if (near) return { digits: near, weak: true };
  const other = DIGIT_WORDS.get(word);
  return other ? { digits: other, weak: false } : undefined;
}

interface Found {
  start: number;
  end: number;
  word: string;
}

function wordsOf(text: string): Found[] {
  return [...text.matchAll(PIECE)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    word: match[0].normalize("NFC").toLowerCase(),
  }));
}

function digitsAt(words: readonly Found[], k: number): Pick<Piece, "digits" | "weak"> | undefined {
  const word = words[k]?.word ?? "";
  if (/\p{Nd}/u.test(word)) return { digits: plainDigits(word), weak: false };
  const [before, after] = [words[k - 1]?.word ?? "", words[k + 1]?.word];
  if (PREPOSITIONS.has(word) && (GROUP.test(before) || GROUP.test(after ?? ""))) return undefined;
  return wordDigits(word, after);
}

/** Every stretch of the text that is or may be digits, with "break" for words that may not stand between. */
function piecesOf(text: string): (Piece | "break")[] {
  const words = wordsOf(text);
  const pieces: (Piece | "break")[] = [];
  let times = 1;
  let timesFrom: number | undefined;
  for (const [k, found] of words.entries()) {
    const between = text.slice(words[k - 1]?.end ?? found.start, found.start);
    if (!NOTHING_SAID.test(between) || between.length > 6) pieces.push("break");
    const repeat = REPEATS.get(found.word);
    if (repeat) {
      times = repeat;
      timesFrom = found.start;
      continue;
    }
    const read = digitsAt(words, k);
    if (read) {
      pieces.push({ ...read, digits: read.digits.repeat(times), start: timesFrom ?? found.start, end: found.end });
    } else if (!FILLERS.has(found.word)) pieces.push("break");
    times = 1;
    timesFrom = undefined;
  }
  return pieces;
}

/** 1,250,000.50 */
const GROUPED = /^[1-9]\d{0,2}(?:,\d{3})+(?:\.\d{1,2})?$/;
/** 2019, 2020, 2021 */
const YEARS = /^(?:19|20)\d\d(?:,\s*(?:19|20)\d\d)+$/;

/**
 * Amounts such as "12,345,678" and lists of amounts such as "120, 45, 300" are no account numbers. Groups with the check digit of
 * a card, and groups that are named as the number of an account, are no amounts.
 */
function isAmounts(text: string, run: readonly Piece[]): boolean {
  const [start, end] = [run[0]?.start ?? 0, run.at(-1)?.end ?? 0];
  const written = text.slice(start, end);
  if (!/^[\d,.\s]+$/.test(written) || holdsCard(run.map((piece) => piece.digits))) return false;
  if (isNamed(text, start) && !isMoney(text, run)) return false;
  if (GROUPED.test(written) || YEARS.test(written)) return true;
  const items = written.split(/,\s+/);
  if (items.every((item) => GROUPED.test(item) || isAmount(item)) && items.some((item) => /[.,]/.test(item)))
    return true;
  const parts = written.split(/,\s*/);
  const sizes = new Set(parts.map((part) => part.length));
  return parts.every(isAmount) && parts.length > 1 && (sizes.size > 1 || parts[0]?.length === 3);
}

/** No amount is written with a zero before other digits. */
function isAmount(part: string): boolean {
  return /^(?:[1-9]\d{1,6}|\d{1,6}\.\d{1,2})$/.test(part) && !/^0\d/.test(part);
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
  return runs.filter((one) => one.length > 0);
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

function digitsOf(run: readonly Piece[]): string {
  return run.map((piece) => piece.digits).join("");
}

/** A part of the text, and what stands there instead. */
interface Cut {
  start: number;
  end: number;
  kept: string;
}

function cutInto(text: string, cuts: readonly Cut[]): string {
  let masked = "";
  let last = 0;
  for (const { start, end, kept } of cuts) {
    masked += text.slice(last, start) + kept;
    last = end;
  }
  return masked + text.slice(last);
}

function longRuns(text: string): Cut[] {
  return runsOf(text).flatMap((run) => {
    const digits = digitsOf(run);
    const [first, last] = [run[0], run.at(-1)];
    if (digits.length < SHORTEST || !first || !last || isAmounts(text, run)) return [];
    return [{ start: first.start, end: last.end, kept: `${DOTS} ${digits.slice(-4)}` }];
  });
}

/**
 * A number with words between its groups. Four numbers in a sentence may be anything, so only what passes the check of a card
 * number counts, and what is named as an account's; and nothing that is money.
 */
function scattered(text: string): Cut[] {
  const runs = runsOf(text);
  const cuts: Cut[] = [];
  for (let from = 0; from < runs.length; from++) {
    const to = cardFrom(text, runs, from) ?? namedFrom(text, runs, from);
    if (to === undefined) continue;
    const last_4 = digitsOf(runs.slice(from, to + 1).flat()).slice(-4);
    for (let k = from; k <= to; k++) {
      const kept = k < to ? DOTS : `${DOTS} ${last_4}`;
      cuts.push({ start: runs[k]?.[0]?.start ?? 0, end: runs[k]?.at(-1)?.end ?? 0, kept });
    }
    from = to;
  }
  return cuts;
}

/** The run with which a card number ends that begins with this one. */
function cardFrom(text: string, runs: readonly Piece[][], from: number): number | undefined {
  let digits = "";
  let longest: number | undefined;
  for (let k = from; k < runs.length; k++) {
    const [run, before] = [runs[k] ?? [], runs[k - 1]];
    if (isMoney(text, run) || isLastFour(text, run)) break;
    if (k > from && !near(text, before ?? [], run)) break;
    digits += digitsOf(run);
    if (digits.length > CARD.longest) break;
    if (k > from && isCard(digits)) longest = k;
  }
  return longest;
}

/** The run with which a number ends that was named before this one. */
function namedFrom(text: string, runs: readonly Piece[][], from: number): number | undefined {
  if (!isNamed(text, runs[from]?.[0]?.start ?? 0)) return undefined;
  let digits = "";
  let to = from;
  for (let k = from; k < runs.length; k++) {
    const run = runs[k] ?? [];
    const goesOn = k === from || GOES_ON.test(text.slice(runs[k - 1]?.at(-1)?.end, run[0]?.start));
    if (!goesOn || isMoney(text, run) || isLastFour(text, run)) break;
    digits += digitsOf(run);
    to = k;
  }
  return to > from && digits.length >= SHORTEST ? to : undefined;
}

function near(text: string, before: readonly Piece[], run: readonly Piece[]): boolean {
  const between = text.slice(before.at(-1)?.end, run[0]?.start);
  return wordsOf(between).length <= WORDS_BETWEEN && between.length <= 40;
}

function isMoney(text: string, run: readonly Piece[]): boolean {
  const [start, end] = [run[0]?.start ?? 0, run.at(-1)?.end ?? 0];
  const after = /^\s*(?:dollars?|euros?|pounds?|bucks|cents?|percent|thousand|hundred|million|%)/i;
  return /[$€£]\s?[\d.,]*$/.test(text.slice(Math.max(0, start - 16), start)) || after.test(text.slice(end, end + 12));
}

/** Masked already. */
function isLastFour(text: string, run: readonly Piece[]): boolean {
  return text.slice(0, run[0]?.start).endsWith(`${DOTS} `);
}

function maskPart(text: string): string {
  const kept = cutInto(text, longRuns(text));
  return cutInto(kept, scattered(kept));
}

/** The text with every run of eight or more digits, written or spoken, replaced by "•••• " and its last four. */
export function maskDigits(text: string): string {
  if (text.length < 3) return text;
  const codes = text.replace(CARD_CODE, "•••");
  const plain = cutInto(
    codes,
    ibansIn(codes).map(({ start, end, last_4 }) => ({ start, end, kept: `${DOTS} ${last_4}` })),
  );
  let masked = "";
  let last = 0;
  for (const { start, end } of readableIn(plain)) {
    masked += maskPart(plain.slice(last, start)) + plain.slice(start, end);
    last = end;
  }
  return masked + maskPart(plain.slice(last));
}

const LONGEST_READ_OUT = 120;
/** What is left of a number while it is being said: nobody knows yet whether it is a card's. */
const OPEN_END = 5;

/** `maskDigits`, for words that go on: a number of five digits and more at their end is left out until its end is known. */
export function maskUnfinished(text: string): string {
  const masked = maskDigits(text);
  const run = runsOf(masked).at(-1);
  const [first, last] = [run?.[0], run?.at(-1)];
  if (!run || !first || !last || isLastFour(masked, run)) return masked;
  // The last word may be half of one.
  const ends = wordsOf(masked.slice(last.end)).length <= 1;
  return ends && digitsOf(run).length >= OPEN_END ? `${masked.slice(0, first.start)}${DOTS}` : masked;
}

/** What a caller says beside the digits of a number: "it's", "and then". */
const BESIDE = 4;

/**
 * Turns of one caller, one after the other. A card number that was said in several of them is masked in each, but for its last
 * four digits: who reads out a card makes pauses, and a pause ends a turn.
 */
export function maskTurns(turns: readonly string[]): string[] {
  const masked = turns.map(maskDigits);
  for (let to = masked.length - 1; to > 0; to--) {
    let digits = "";
    for (
      let from = to;
      from >= 0 && (isReadOut(masked[from] ?? "") || (from < to && isNod(masked[from] ?? "")));
      from--
    ) {
      digits = digitsOf(runsOf(masked[from] ?? "").flat()) + digits;
      if (digits.length > CARD.longest) break;
      if (from === to || !isCard(digits)) continue;
      for (let k = from; k <= to; k++) masked[k] = withoutDigits(masked[k] ?? "", k === to ? digits.slice(-4) : "");
      break;
    }
  }
  return masked;
}

/** Hardly anything but digits. */
function isReadOut(text: string): boolean {
  if (text.length > LONGEST_READ_OUT) return false;
  const runs = runsOf(text);
  const said = wordsOf(text).length - runs.reduce((sum, run) => sum + run.length, 0);
  return runs.length > 0 && said <= BESIDE && !runs.some((run) => isMoney(text, run) || isLastFour(text, run));
}

/** "Yes", "go on": a word between two groups. */
function isNod(text: string): boolean {
  return text.length <= LONGEST_READ_OUT && wordsOf(text).length <= 2;
}

function withoutDigits(text: string, last_4: string): string {
  const runs = runsOf(text);
  return cutInto(
    text,
    runs.map((run, k) => ({
      start: run[0]?.start ?? 0,
      end: run.at(-1)?.end ?? 0,
      kept: last_4 !== "" && k === runs.length - 1 ? `${DOTS} ${last_4}` : DOTS,
    })),
  );
}

/** A JSON value with `maskDigits` applied to every string in it; whole numbers of eight and more digits become strings. */
export function maskValue(value: unknown): unknown {
  if (typeof value === "string") return maskDigits(value);
  if (typeof value === "number") return Math.abs(value) >= 10 ** (SHORTEST - 1) ? maskDigits(String(value)) : value;
  if (Array.isArray(value)) return value.map(maskValue);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [maskDigits(name), maskValue(inner)]));
}

/** JSON text, masked inside so that it stays JSON; other text as text. */
export function maskJson(text: string): string {
  try {
    return JSON.stringify(maskValue(JSON.parse(text)));
  } catch {
    return maskDigits(text);
  }
}
