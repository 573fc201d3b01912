/**
 * Amounts of money in free speech, in integer US cents: "a hundred and twenty dollars fifty" is 12050.
 *
 * A number counts as money when it carries its own sign or word ($, dollars, bucks, cents, grand). Where money was
 * asked for, `bare` also takes plain numbers, but not counts, percentages, dates, times or runs of card digits.
 */
import { type Reading, readNumber, startsNumber, UNITS } from "./numbers.ts";
import { table } from "./table.ts";
import { breaksBefore, isNumeral, type Token, tokens } from "./tokens.ts";

export interface MoneySpan {
  cents: number;
  /** Offsets in the text, end exclusive. */
  start: number;
  end: number;
  /** The rival reading in cents: 250 ($2.50) for "two fifty". */
  or?: number;
}

export interface MoneyOptions {
  /** Take numbers without a money word too. */
  bare?: boolean;
}

const DOLLARS = new Set(["dollar", "dollars", "buck", "bucks", "usd", "doller", "dollers", "dollar's"]);
const CENTS = new Set(["cent", "cents", "¢", "penny", "pennies", "sense"]);
const FOREIGN = table<string>({
  "€": "EUR",
  euro: "EUR",
  euros: "EUR",
  eur: "EUR",
  "£": "GBP",
  pound: "GBP",
  pounds: "GBP",
  gbp: "GBP",
  yen: "JPY",
  jpy: "JPY",
  francs: "CHF",
  chf: "CHF",
  kronor: "SEK",
  sek: "SEK",
  pesos: "MXN",
  rupees: "INR",
});
/** Words after a number that say it is not an amount. */
const OTHER_UNITS = new Set(
  (
    "% percent per cent times time months month weeks week days day years year hours hour minutes minute seconds " +
    "moment second sec secs thing things question questions o'clock am pm th st nd rd cards card accounts account points digits digit transactions charges payments of"
  ).split(" "),
);
/** Words before a number that say it names a card, an account or a day. */
const NAMING = new Set(
  (
    "in card account number ending ends digits four code ssn january february march april may june july august " +
    "september october november december jan feb mar apr jun jul aug sep sept oct nov dec # €  £"
  ).split(/\s+/),
);

interface Amount {
  cents: number;
  next: number;
  or?: number;
}

/** An amount that may be one or another, and is none before it was said again. */
interface Unclear {
  unclear: true;
  next: number;
}

/** The two words of money that begin at token `i`: "fifty cents", "$120.50", "a hundred dollars and ten cents". */
function amountAt(t: readonly Token[], i: number, bare: boolean): Amount | Unclear | undefined {
  const unclear = unclearAt(t, i);
  if (unclear) return unclear;
  const run = digitRunAt(t, i);
  if (run && DOLLARS.has(t[run.next]?.text ?? "") && !breaksBefore(t[run.next]))
    return withCents(t, { cents: toCents(Number(run.digits)), next: run.next + 1 });
  if (t[i]?.text === "$") {
    const reading = readNumber(t, i + 1);
    if (!reading) return undefined;
    const next = DOLLARS.has(t[reading.next]?.text ?? "") ? reading.next + 1 : reading.next;
    return withCents(t, { cents: toCents(reading.value), next }, true);
  }
  const moved = afterMoving(t, i);
  if (moved && (bare || DOLLARS.has(t[moved.next]?.text ?? ""))) {
    return { ...moved, next: DOLLARS.has(t[moved.next]?.text ?? "") ? moved.next + 1 : moved.next };
  }
  const one = singleAt(t, i);
  if (one) return withCents(t, one);
  const reading = readNumber(t, i);
  if (!reading) return undefined;
  return namedAmount(t, reading) ?? (bare ? bareAmount(t, i, reading) : undefined);
}

function isDigit(token: Token | undefined): boolean {
  const word = token?.text ?? "";
  return word in UNITS || word === "oh" || word === "o" || /^\d$/.test(word);
}

/** Single digits side by side: "four eight two nine". */
function digitRunAt(t: readonly Token[], i: number): { digits: string; next: number } | undefined {
  let next = i;
  let digits = "";
  while (isDigit(t[next]) && (next === i || !breaksBefore(t[next]))) {
    const word = t[next]?.text ?? "";
    digits += /\d/.test(word) ? word : (UNITS[word] ?? 0);
    next++;
  }
  return digits.length > 1 ? { digits, next } : undefined;
}

/**
 * Numbers that run into each other: "a hundred twenty fifty", "four four seven one fifty dollars", "one two dollars"; "too
 * fifty", which may be two fifty; "two dozen"; "one point 1.5"; and numerals written as elsewhere: "1.250", "1250,50".
 */
function unclearAt(t: readonly Token[], i: number): Unclear | undefined {
  const too = t[i]?.text === "too" && !breaksBefore(t[i + 1]);
  const run = digitRunAt(t, i);
  const reading = readNumber(t, run ? run.next - 1 : too || t[i]?.text === "$" ? i + 1 : i);
  if (!reading) return undefined;
  const { next } = reading;
  const short = run !== undefined && run.digits.length < 3 && next === run.next && isMoney(t[next]);
  const joined = run !== undefined && next > run.next;
  const bold = too && !reading.scaled && reading.value >= 10 && reading.value < 100;
  const foreign = /^\d{1,3}\.\d{3}$/.test(t[next - 1]?.text ?? "") || cutOff(t, next);
  const twice = t[next]?.text === "point" && isNumeral(t[next + 1]?.text);
  if (twice) return { unclear: true, next: endOfNumbers(t, next + 1) };
  if (!short && !joined && !bold && !foreign && !follows(t, next) && t[next]?.text !== "dozen") return undefined;
  return { unclear: true, next: endOfNumbers(t, next) };
}

function isMoney(token: Token | undefined): boolean {
  return DOLLARS.has(token?.text ?? "") || CENTS.has(token?.text ?? "");
}

/** A number begins right where one ends; "the twelve fifty one" only points. */
function follows(t: readonly Token[], next: number): boolean {
  if (isDigit(t[next - 1]) && isDigit(t[next])) return false;
  return (
    !breaksBefore(t[next]) && startsNumber(t[next]) && t[next]?.text !== "one" && !/^\d/.test(t[next - 1]?.text ?? "")
  );
}

/** "1250" of "1250,50". */
function cutOff(t: readonly Token[], next: number): boolean {
  const [last, after] = [t[next - 1]?.text ?? "", t[next]];
  return /^\d/.test(last) && after?.gap === "," && /^\d{1,2}$/.test(after.text);
}

/** Past everything that belongs to an unclear number, with its word of money. */
function endOfNumbers(t: readonly Token[], from: number): number {
  let next = from;
  while (t[next] && !/[.;:!?]/.test(t[next]?.gap ?? "")) {
    const after = readNumber(t, next)?.next ?? (t[next]?.text === "dozen" || isMoney(t[next]) ? next + 1 : next);
    if (after === next) break;
    next = after;
  }
  return next;
}

const MOVING = new Set("move send transfer pay take put shift wire give".split(" "));

/** "move to fifty" is what recognisers make of "move two fifty"; "fifty" stays as the rival reading. */
function afterMoving(t: readonly Token[], i: number): Amount | undefined {
  const word = t[i]?.text;
  if ((word !== "to" && word !== "too") || !MOVING.has(t[i - 1]?.text ?? "")) return undefined;
  const reading = readNumber(t, i + 1);
  if (!reading || reading.scaled || reading.value < 10 || reading.value > 99) return undefined;
  if (!Number.isInteger(reading.value) || bareAmount(t, i + 1, reading) === undefined) return undefined;
  return { cents: toCents(200 + reading.value), or: toCents(reading.value), next: reading.next };
}

/** "a dollar", "a buck". */
function singleAt(t: readonly Token[], i: number): Amount | undefined {
  const [a, b] = [t[i]?.text, t[i + 1]?.text ?? ""];
  return a === "a" && (b === "dollar" || b === "buck") ? { cents: 100, next: i + 2 } : undefined;
}

function namedAmount(t: readonly Token[], reading: Reading): Amount | undefined {
  let next = reading.next;
  if (t[next]?.text === "us" || t[next]?.text === "u") next++;
  const unit = t[next]?.text ?? "";
  if (DOLLARS.has(unit)) return withCents(t, { cents: toCents(reading.value), next: next + 1 });
  if (CENTS.has(t[reading.next]?.text ?? "") && !breaksBefore(t[reading.next])) {
    return { cents: Math.round(reading.value), next: reading.next + 1 };
  }
  return reading.grand ? { cents: toCents(reading.value), next: reading.next } : undefined;
}

/** Adds what follows the dollars: "and ten cents", "and fifty", "fifty". */
function withCents(t: readonly Token[], amount: Amount, written = false): Amount {
  const joint = t[amount.next]?.text;
  // Recognisers write "in ten cents" for "and ten cents".
  const and =
    joint === "and" || (joint === "in" && CENTS.has(t[readNumber(t, amount.next + 1)?.next ?? -1]?.text ?? ""));
  const from = and ? amount.next + 1 : amount.next;
  if (/[.;:!?]/.test(t[from]?.gap ?? "") || !t[from]) return amount;
  const oh = t[from]?.text === "oh" || t[from]?.text === "zero";
  const reading = readNumber(t, oh ? from + 1 : from);
  if (!reading || reading.value > 99 || !Number.isInteger(reading.value)) return amount;
  const after = t[reading.next]?.text ?? "";
  if (CENTS.has(after)) return { ...amount, cents: amount.cents + reading.value, next: reading.next + 1 };
  // "$120 fifty" is not said; without the word "cents" two digits are needed: "dollars fifty", "dollars oh five".
  const plain = !written && amount.cents % 100 === 0 && (oh ? reading.value < 10 : reading.value >= 10);
  if (!plain || breaksBefore(t[from]) || DOLLARS.has(after) || OTHER_UNITS.has(after) || after in FOREIGN)
    return amount;
  if (and && isNumeral(t[from]?.text)) return amount;
  return { ...amount, cents: amount.cents + reading.value, next: reading.next };
}

function bareAmount(t: readonly Token[], i: number, reading: Reading): Amount | undefined {
  const after = t[reading.next];
  if (after && !breaksBefore(after) && (OTHER_UNITS.has(after.text) || after.text in FOREIGN)) return undefined;
  if (after && /^(?:th|st|nd|rd)$/.test(after.text) && after.gap === "") return undefined;
  if (/[:/]/.test(after?.gap ?? "") || /[:/]/.test(t[i]?.gap ?? "")) return undefined;
  if (NAMING.has(t[i - 1]?.text ?? "") && !breaksBefore(t[i]) && !reading.scaled) return undefined;
  if (inDigitRun(t, i, reading)) return undefined;
  const amount: Amount = { cents: toCents(reading.value), next: reading.next };
  if (reading.or !== undefined) amount.or = toCents(reading.or);
  return amount;
}

/** "four eight two nine": single digits side by side name something, they are not an amount. */
function inDigitRun(t: readonly Token[], i: number, reading: Reading): boolean {
  const digit = (k: number) => isDigit(t[k]);
  const single = reading.next === i + 1 && digit(i);
  if (!single) return !reading.scaled && (digit(i - 1) || (digit(reading.next) && reading.value < 100));
  return digit(i - 1) || digit(i + 1);
}

function toCents(dollars: number): number {
  return Math.round(dollars * 100);
}

/** All amounts of a text in US cents, from left to right. Other currencies are left out, and so is what is unclear. */
export function moneyIn(text: string, options: MoneyOptions = {}): MoneySpan[] {
  return readAmounts(text, options).spans;
}

/** A number was said that may be one amount or another, so that it has to be said again. */
export function unclearMoneyIn(text: string): boolean {
  return readAmounts(text, { bare: true }).unclear;
}

function readAmounts(text: string, options: MoneyOptions): { spans: MoneySpan[]; unclear: boolean } {
  const t = tokens(text);
  const spans: MoneySpan[] = [];
  let unclear = false;
  for (let i = 0; i < t.length; ) {
    const amount = amountAt(t, i, options.bare === true);
    const [first, last] = [t[i], t[(amount?.next ?? 0) - 1]];
    if (amount && "unclear" in amount) {
      unclear = true;
      i = amount.next;
    } else if (!amount || !first || !last) {
      i = Math.max(i + 1, skipped(t, i));
    } else {
      const span: MoneySpan = { cents: amount.cents, start: first.start, end: last.end };
      if (amount.or !== undefined) span.or = amount.or;
      spans.push(span);
      i = amount.next;
    }
  }
  return { spans, unclear };
}

/** A number that is no amount is passed over whole, so that "five hundred euros" does not leave "hundred" behind. */
function skipped(t: readonly Token[], i: number): number {
  return readNumber(t, i)?.next ?? i + 1;
}

const TAKEN_BACK = /\b(?:no|sorry|i mean|i meant|actually|rather|make (?:it|that)|correction|scratch that|wait)\b/i;

/** Before an amount that is not to be moved: "not two hundred", "instead of two hundred", "everything except five hundred". */
const NOT_MEANT =
  /(?:\b(?:not|instead of|rather than|except(?: for)?|excluding|apart from|other than|(?:all|everything) but|minus|negative|less than|leave|leaving|keep|keeping)\s+(?:just\s+|only\s+)?\$?|(?<![\w\d]\s?)[-–−]\$?)$/i;
/** Between an amount with its money word and the bare one it is put right to. */
const PUT_RIGHT =
  /^[\s,.;!-]*(?:(?:no|nope|sorry|wait|actually|i|mean|meant|make|it|that|rather|correction|scratch|forget|hold|on|just|only|oh|um|uh|well|let's|say|should|be|instead|change|to)[\s,.;!-]+)+$/i;

/**
 * The one amount a caller means: the last after a correction ("two hundred, no, three hundred"), never one that is
 * refused ("not two hundred", "instead of two hundred"); otherwise the first.
 */
export function amountIn(text: string, options: MoneyOptions = {}): number | undefined {
  const spans = moneyIn(text, options).filter((span) => !NOT_MEANT.test(text.slice(0, span.start)));
  let at = 0;
  for (const [k, span] of spans.entries()) {
    const before = spans[k - 1];
    if (before && TAKEN_BACK.test(text.slice(before.end, span.start))) at = k;
  }
  const meant = spans[at];
  return (meant && !options.bare ? putRight(text, meant) : undefined) ?? meant?.cents;
}

/** "A hundred dollars, no, one fifty": the money word is not said twice. */
function putRight(text: string, meant: MoneySpan): number | undefined {
  const next = moneyIn(text, { bare: true }).find((span) => span.start >= meant.end);
  const between = next && text.slice(meant.end, next.start);
  return between && TAKEN_BACK.test(between) && PUT_RIGHT.test(between) ? next.cents : undefined;
}

/** ISO code of a currency named in the text other than the US dollar, or "USD" if dollars are named. */
export function currencyIn(text: string): string | undefined {
  for (const token of tokens(text)) {
    const foreign = FOREIGN[token.text];
    if (foreign) return foreign;
    if (token.text === "$" || DOLLARS.has(token.text)) return "USD";
  }
  return undefined;
}

const SYMBOLS = /[€£]/g;
const WORDS = new RegExp(
  `\\b(?:(?:${Object.keys(FOREIGN)
    .filter((name) => /^\w+$/.test(name))
    .join("|")})(?: sterling)?)\\b`,
  "gi",
);

/** The same text with every currency called dollars, so that amounts of any currency can be read, each in its own cents. Places stay. */
export function asDollars(text: string): string {
  return text.replace(SYMBOLS, "$").replace(WORDS, (name) => "usd".padEnd(name.length));
}
