/**
 * Numbers in free speech: "twenty-five hundred", "a hundred and twenty", "two fifty", "one point five million", "2k".
 *
 * Speech leaves out words, so some readings have a rival: "two fifty" is 250 in a bank but may be 2.50. The likelier
 * reading is `value`, the rival is `or`.
 */

import { table } from "./table.ts";
import { breaksBefore, isNumeral, numeralValue, type Token, tokens } from "./tokens.ts";

export interface NumberSpan {
  value: number;
  /** Offsets in the text, end exclusive. */
  start: number;
  end: number;
  /** The other reading of a loose form: 2.5 for "two fifty". */
  or?: number;
}

/** A number read from token `i` up to (not including) token `next`. */
export interface Reading {
  value: number;
  next: number;
  or?: number;
  /** True if the number names dollars by itself: "two grand". */
  grand?: boolean;
  /** True if the words hold "hundred", "thousand" or larger. */
  scaled?: boolean;
}

export const UNITS = table<number>({
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
});

export const TEENS = table<number>({
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
});

export const TENS = table<number>({
  twenty: 20,
  thirty: 30,
  forty: 40,
  fourty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  ninty: 90,
});

const SCALES = table<number>({ thousand: 1e3, grand: 1e3, million: 1e6, billion: 1e9 });
const LETTER_SCALES = table<number>({ k: 1e3, m: 1e6 });

/** Recognisers write "to hundred" for "two hundred": before a scale word these are digits. */
const BEFORE_SCALE = table<number>({
  to: 2,
  too: 2,
  for: 4,
  fore: 4,
  won: 1,
  tree: 3,
  ate: 8,
});

/** Words after which "one" stands for a thing, not a number. */
const POINTING = new Set(
  "this that the other which no new old last first another any every each right wrong same second third only".split(
    " ",
  ),
);

interface Group {
  value: number;
  next: number;
  or?: number;
  scaled?: boolean;
}

function isScale(word: string | undefined): boolean {
  return word !== undefined && (word === "hundred" || word in SCALES);
}

/** 0..99 in words or a numeral of any size. */
function smallAt(t: readonly Token[], i: number): { value: number; next: number; numeral: boolean } | undefined {
  const word = t[i]?.text;
  if (word === undefined) return undefined;
  if (isNumeral(word)) return { value: numeralValue(word), next: i + 1, numeral: true };
  const single = UNITS[word] ?? TEENS[word];
  if (single !== undefined) return { value: single, next: i + 1, numeral: false };
  const tens = TENS[word];
  if (tens === undefined) return undefined;
  const unit = UNITS[t[i + 1]?.text ?? ""];
  if (unit && !breaksBefore(t[i + 1])) return { value: tens + unit, next: i + 2, numeral: false };
  return { value: tens, next: i + 1, numeral: false };
}

/** Starts that are only numbers because of the scale word after them: "a hundred", "half a million", "to hundred". */
function impliedAt(t: readonly Token[], i: number): Group | undefined {
  const [a, b, c] = [t[i]?.text ?? "", t[i + 1]?.text, t[i + 2]?.text];
  if ((a === "a" || a === "an") && b === "couple") {
    const next = c === "of" ? i + 3 : i + 2;
    return isScale(t[next]?.text) ? { value: 2, next } : undefined;
  }
  if (a === "couple" && isScale(b)) return { value: 2, next: i + 1 };
  if (a === "couple" && b === "of" && isScale(c)) return { value: 2, next: i + 2 };
  if ((a === "a" || a === "an") && isScale(b)) return { value: 1, next: i + 1 };
  if (a === "half" && b === "a" && isScale(c)) return { value: 0.5, next: i + 2 };
  if (a in BEFORE_SCALE && isScale(b)) return { value: BEFORE_SCALE[a] ?? 0, next: i + 1 };
  if (a === "hundred" || a === "thousand") return { value: 1, next: i };
  return undefined;
}

/** "two fifty", "twelve fifty", "two oh five": a number said without its "hundred". */
function looseAt(t: readonly Token[], first: number, next: number): Group | undefined {
  if (!Number.isInteger(first) || first < 1 || first > 99 || breaksBefore(t[next])) return undefined;
  const word = t[next]?.text ?? "";
  if (word === "oh" || word === "o" || word === "zero") {
    const unit = UNITS[t[next + 1]?.text ?? ""];
    // "nine oh four seven" is a run of digits, not a number.
    if (!unit || (t[next + 2]?.text ?? "") in UNITS || first % 10 === 0) return undefined;
    return { value: first * 100 + unit, next: next + 2, or: first + unit / 100 };
  }
  const second = smallAt(t, next);
  if (!second || second.value < 10 || second.value > 99 || !Number.isInteger(second.value)) return undefined;
  if (t[second.next]?.text === "hundred") return undefined;
  return { value: first * 100 + second.value, next: second.next, or: first + second.value / 100 };
}

/** "point five oh" after a whole number. */
function decimalsAt(t: readonly Token[], i: number): { digits: string; next: number } | undefined {
  if (t[i]?.text !== "point") return undefined;
  let digits = "";
  let next = i + 1;
  for (; ; next++) {
    const word = t[next]?.text ?? "";
    if (word === "oh" || word === "o") digits += "0";
    else if (word in UNITS) digits += UNITS[word];
    else if (/^\d+$/.test(word)) digits += word;
    else break;
  }
  const small = digits === "" ? smallAt(t, next) : undefined;
  // "one point 1.25" has two points: what it means nobody knows.
  if (small && Number.isInteger(small.value)) return { digits: String(small.value), next: small.next };
  return digits === "" ? undefined : { digits, next };
}

function fractionAt(t: readonly Token[], group: Group): Group {
  const decimals = decimalsAt(t, group.next);
  if (decimals && Number.isInteger(group.value)) {
    return {
      ...group,
      value: Number(`${group.value}.${decimals.digits}`),
      next: decimals.next,
      or: undefined,
    };
  }
  const said = [0, 1, 2].map((k) => t[group.next + k]?.text).join(" ");
  if (said === "and a half") return { ...group, value: group.value + 0.5, next: group.next + 3 };
  if (said === "and a quarter") return { ...group, value: group.value + 0.25, next: group.next + 3 };
  return group;
}

/** The rest of a number after "hundred": "and twenty" of "a hundred and twenty". */
function afterHundred(t: readonly Token[], next: number): { value: number; next: number } | undefined {
  const and = t[next]?.text === "and";
  const rest = smallAt(t, and ? next + 1 : next);
  if (!rest || rest.value < 1 || rest.value > 99 || !Number.isInteger(rest.value)) return undefined;
  // "two hundred and three hundred" are two numbers.
  if (t[rest.next]?.text === "hundred" || /[.;:!?]/.test(t[next]?.gap ?? "")) return undefined;
  // "one hundred and a half" aside, "a hundred and two fifty" would be two numbers as well.
  if (and && !rest.numeral && rest.value < 10 && looseAt(t, rest.value, rest.next)) return undefined;
  return rest;
}

function groupAt(t: readonly Token[], i: number): Group | undefined {
  const implied = impliedAt(t, i);
  const small = implied ? undefined : smallAt(t, i);
  let group: Group | undefined = implied ?? (small && { value: small.value, next: small.next });
  if (!group) return undefined;
  group = fractionAt(t, group);
  if (t[group.next]?.text === "hundred" && group.value < 100 && !breaksBefore(t[group.next])) {
    const hundreds = Math.round(group.value * 100);
    const rest = afterHundred(t, group.next + 1);
    const whole = { value: hundreds + (rest?.value ?? 0), next: rest?.next ?? group.next + 1, scaled: true };
    return fractionAt(t, whole);
  }
  if (!implied && !(t[group.next]?.text ?? "").match(/^(?:thousand|grand|million|billion)$/)) {
    const loose = looseAt(t, group.value, group.next);
    if (loose) return fractionAt(t, loose);
  }
  return group;
}

function scaleAt(t: readonly Token[], i: number): { scale: number; grand: boolean } | undefined {
  const token = t[i];
  if (!token) return undefined;
  const scale = SCALES[token.text];
  if (scale) return { scale, grand: token.text === "grand" };
  const letter = LETTER_SCALES[token.text];
  // "m" apart from its numeral may be anything; "k" is always a thousand.
  const attached = token.gap === "" ? isNumeral(t[i - 1]?.text) : token.gap === " " && token.text === "k";
  return letter && attached ? { scale: letter, grand: false } : undefined;
}

/** Reads the number that begins at token `i`, or nothing. "one" as in "that one" is not a number. */
export function readNumber(t: readonly Token[], i: number): Reading | undefined {
  return readBelow(t, i, Number.POSITIVE_INFINITY);
}

const MONEY_WORD = /^(?:point|dollars?|bucks?|usd|cents?|grand)$/;

/** "That one", "no one"; but "no, one fifty" and "no one fifty" are numbers. */
function pointsAt(t: readonly Token[], i: number): boolean {
  const before = t[i - 1]?.text ?? "";
  const after = t[i + 1];
  if (t[i]?.text !== "one" || !POINTING.has(before) || isScale(after?.text)) return false;
  const goesOn = !breaksBefore(after) && (MONEY_WORD.test(after?.text ?? "") || startsNumber(after));
  return before !== "no" || !goesOn;
}

/** A word that begins a number. */
export function startsNumber(token: Token | undefined): boolean {
  const word = token?.text ?? "";
  return word in UNITS || word in TEENS || word in TENS;
}

/** Reads a number that is smaller than `limit`; larger scale words are not even looked into. */
function readBelow(t: readonly Token[], i: number, limit: number): Reading | undefined {
  if (pointsAt(t, i)) return undefined;
  const group = groupAt(t, i);
  if (!group) return undefined;
  const scaled = scaleAt(t, group.next);
  if (!scaled) return group.next > i && group.value < limit ? group : undefined;
  if (scaled.scale >= limit) return undefined;
  const value = Math.round(group.value * scaled.scale);
  const reading: Reading = { value, next: group.next + 1, scaled: true };
  if (scaled.grand) reading.grand = true;
  const rest = restAfter(t, reading.next, scaled.scale);
  return rest ? { ...reading, value: value + rest.value, next: rest.next } : reading;
}

function restAfter(t: readonly Token[], next: number, scale: number): Reading | undefined {
  if (/[.;:!?]/.test(t[next]?.gap ?? "")) return undefined;
  const start = t[next]?.text === "and" ? next + 1 : next;
  // After a scale the words "a hundred" or "to hundred" begin something else: "a thousand to hundred people".
  if ((t[start]?.text ?? "") in BEFORE_SCALE) return undefined;
  const rest = readBelow(t, start, scale);
  return rest && rest.value < scale ? rest : undefined;
}

/** All numbers of a text from left to right, with their places. */
export function numbersIn(text: string): NumberSpan[] {
  const t = tokens(text);
  const found: NumberSpan[] = [];
  for (let i = 0; i < t.length; ) {
    const reading = readNumber(t, i);
    const [first, last] = [t[i], t[(reading?.next ?? 0) - 1]];
    if (!reading || !first || !last) {
      i++;
      continue;
    }
    const span: NumberSpan = { value: reading.value, start: first.start, end: last.end };
    if (reading.or !== undefined) span.or = reading.or;
    found.push(span);
    i = reading.next;
  }
  return found;
}
