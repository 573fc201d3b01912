/**
 * Numbers, money, dates and digits written out in English words, the way they are said on the phone.
 * Amounts are integer US cents; dates are ISO "YYYY-MM-DD".
 */
import { table } from "./table.ts";

const SMALL = (
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
  "eighteen nineteen"
).split(" ");
const TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SCALES = ["", "thousand", "million", "billion", "trillion"];
export const MONTH_NAMES =
  "January February March April May June July August September October November December".split(" ");

const ODD_ORDINALS = table<string>({
  one: "first",
  two: "second",
  three: "third",
  five: "fifth",
  eight: "eighth",
  nine: "ninth",
  twelve: "twelfth",
});

function belowHundred(n: number): string {
  if (n < 20) return SMALL[n] ?? "";
  const tens = TENS[Math.floor(n / 10)] ?? "";
  return n % 10 === 0 ? tens : `${tens}-${SMALL[n % 10]}`;
}

function belowThousand(n: number): string {
  if (n < 100) return belowHundred(n);
  const hundreds = `${SMALL[Math.floor(n / 100)]} hundred`;
  return n % 100 === 0 ? hundreds : `${hundreds} ${belowHundred(n % 100)}`;
}

/** A whole number in words: 1250 is "one thousand two hundred fifty". Throws RangeError at 10^15 and beyond. */
export function numberWords(n: number): string {
  if (!Number.isInteger(n) || Math.abs(n) >= 1e15) throw new RangeError(`no words for ${n}`);
  if (n < 0) return `minus ${numberWords(-n)}`;
  if (n === 0) return "zero";
  const groups: string[] = [];
  for (let rest = n, scale = 0; rest > 0; rest = Math.floor(rest / 1000), scale++) {
    if (rest % 1000 > 0) groups.unshift(`${belowThousand(rest % 1000)} ${SCALES[scale]}`.trim());
  }
  return groups.join(" ");
}

/** A decimal as written ("6.25") in words: "six point two five". */
export function decimalWords(written: string): string {
  const [whole = "0", fraction] = written.replaceAll(",", "").split(".");
  // Longer than any amount or count: an identifier, said digit by digit.
  const start = whole.length > 15 ? digitWords(whole) : numberWords(Number(whole));
  return fraction ? `${start} point ${[...fraction].map((digit) => SMALL[Number(digit)]).join(" ")}` : start;
}

/** 21 is "twenty-first". */
export function ordinalWords(n: number): string {
  const words = numberWords(n);
  const at = Math.max(words.lastIndexOf(" "), words.lastIndexOf("-")) + 1;
  const last = words.slice(at);
  const ordinal = ODD_ORDINALS[last] ?? (last.endsWith("y") ? `${last.slice(0, -1)}ieth` : `${last}th`);
  return words.slice(0, at) + ordinal;
}

/** US cents in words: 125050 is "one thousand two hundred fifty dollars and fifty cents". */
export function moneyWords(cents: number): string {
  if (cents < 0) return `minus ${moneyWords(-cents)}`;
  const dollars = Math.floor(cents / 100);
  const rest = cents % 100;
  const big = `${numberWords(dollars)} ${dollars === 1 ? "dollar" : "dollars"}`;
  const small = `${numberWords(rest)} ${rest === 1 ? "cent" : "cents"}`;
  if (rest === 0) return big;
  return dollars === 0 ? small : `${big} and ${small}`;
}

/** Digits one by one with commas, the form synthesisers read and recognisers hear best: "four, eight, two, nine". */
export function digitWords(digits: string): string {
  return [...digits].map((digit) => SMALL[Number(digit)]).join(", ");
}

/** A year: 2026 is "twenty twenty-six", 2005 "two thousand five", 1900 "nineteen hundred". */
export function yearWords(year: number): string {
  const [century, rest] = [Math.floor(year / 100), year % 100];
  if (year < 1000 || year > 9999 || (year >= 2000 && year < 2010)) return numberWords(year);
  if (rest === 0) return year % 1000 === 0 ? numberWords(year) : `${numberWords(century)} hundred`;
  return `${numberWords(century)} ${rest < 10 ? `oh ${SMALL[rest]}` : numberWords(rest)}`;
}

/** "December first, twenty twenty-six"; without a year "December first". */
export function dateWords(year: number | undefined, month: number, day: number): string {
  const start = `${MONTH_NAMES[month - 1]} ${ordinalWords(day)}`;
  return year === undefined ? start : `${start}, ${yearWords(year)}`;
}

/** A time of day: "three thirty P M", "nine o'clock", "nine oh five A M". `half` is "am", "pm" or nothing. */
export function timeWords(hour: number, minute: number, half?: string): string {
  const suffix = half ? ` ${[...half.toUpperCase()].join(" ")}` : "";
  if (minute === 0) return `${numberWords(hour)}${half ? suffix : " o'clock"}`;
  return `${numberWords(hour)} ${minute < 10 ? `oh ${SMALL[minute]}` : numberWords(minute)}${suffix}`;
}
