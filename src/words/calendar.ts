/**
 * The calendar under spoken dates: days as midnight UTC in ms, and the words for months, days of the month and years.
 * Nothing here reads the clock.
 */
import { readNumber, TEENS, TENS, UNITS } from "./numbers.ts";
import { table } from "./table.ts";
import { isNumeral, type Token } from "./tokens.ts";

export interface Found {
  /** Midnight UTC in ms. */
  day: number;
  next: number;
}

export interface Frame {
  t: readonly Token[];
  today: number;
  past: boolean;
}

export const DAY = 86_400_000;
const MONTHS = "january february march april may june july august september october november december".split(" ");
export const WEEKDAYS = "sunday monday tuesday wednesday thursday friday saturday".split(" ");
export const WEEKDAY_SHORT = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const ORDINALS = table<number>({
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  fifth: 5,
  sixth: 6,
  seventh: 7,
  eighth: 8,
  ninth: 9,
  tenth: 10,
  eleventh: 11,
  twelfth: 12,
  thirteenth: 13,
  fourteenth: 14,
  fifteenth: 15,
  sixteenth: 16,
  seventeenth: 17,
  eighteenth: 18,
  nineteenth: 19,
  twentieth: 20,
  thirtieth: 30,
});

export function utc(year: number, month: number, day: number): number | undefined {
  const time = Date.UTC(year, month - 1, day);
  const date = new Date(time);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? time : undefined;
}

export function partsOf(day: number): { year: number; month: number; day: number; weekday: number } {
  const date = new Date(day);
  const weekday = date.getUTCDay();
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate(), weekday };
}

export function lastOfMonth(year: number, month: number): number {
  return Date.UTC(year, month, 0);
}

/** The same day some months on; the 31st becomes the last day where a month is shorter. */
export function addMonths(day: number, months: number): number {
  const { year, month, day: dayOfMonth } = partsOf(day);
  const last = lastOfMonth(year, month + months);
  return Math.min(last, Date.UTC(year, month - 1 + months, 1) + (dayOfMonth - 1) * DAY);
}

export function word(f: Frame, i: number): string {
  return f.t[i]?.text ?? "";
}

export function said(f: Frame, i: number, count: number): string {
  return f.t
    .slice(i, i + count)
    .map((token) => token.text)
    .join(" ");
}

export function monthAt(f: Frame, i: number): number | undefined {
  const name = word(f, i);
  if (name.length < 3) return undefined;
  const found = MONTHS.findIndex((month) => month === name || (name.length <= 4 && month.startsWith(name)));
  return found < 0 ? undefined : found + 1;
}

/** A day of the month: "third", "twenty-first", "3rd", and with `plain` also "3" and "three". */
export function dayAt(
  f: Frame,
  i: number,
  plain: boolean,
): { day: number; next: number; ordinal: boolean } | undefined {
  const name = word(f, i);
  if (/^\d{1,2}$/.test(name)) {
    const suffix = f.t[i + 1];
    const ordinal = suffix !== undefined && suffix.gap === "" && /^(?:st|nd|rd|th)$/.test(suffix.text);
    if (!ordinal && (!plain || suffix?.gap === "")) return undefined;
    return inMonth({ day: Number(name), next: ordinal ? i + 2 : i + 1, ordinal });
  }
  const single = ORDINALS[name];
  if (single) return { day: single, next: i + 1, ordinal: true };
  const second = TENS[name] ? ORDINALS[word(f, i + 1)] : undefined;
  if (second && second < 10) return inMonth({ day: (TENS[name] ?? 0) + second, next: i + 2, ordinal: true });
  if (!plain) return undefined;
  return plainDay(f, i);
}

function plainDay(f: Frame, i: number): { day: number; next: number; ordinal: boolean } | undefined {
  const name = word(f, i);
  const unit = TENS[name] ? UNITS[word(f, i + 1)] : undefined;
  if (unit) return inMonth({ day: (TENS[name] ?? 0) + unit, next: i + 2, ordinal: false });
  const small = UNITS[name] ?? TEENS[name] ?? TENS[name];
  return small === undefined ? undefined : inMonth({ day: small, next: i + 1, ordinal: false });
}

function inMonth<T extends { day: number }>(found: T): T | undefined {
  return found.day >= 1 && found.day <= 31 ? found : undefined;
}

/** A year: "2026", "twenty twenty-six", "two thousand twenty six". */
export function yearAt(f: Frame, i: number): { year: number; next: number } | undefined {
  const from = word(f, i) === "of" || word(f, i) === "in" ? i + 1 : i;
  if (isNumeral(word(f, from)) && !/^\d{4}$/.test(word(f, from))) return undefined;
  const reading = readNumber(f.t, from);
  if (!reading || reading.value < 1990 || reading.value > 2099) return undefined;
  return { year: reading.value, next: reading.next };
}

/** The nearest year in which month and day lie on the wished side of today; today itself counts. */
export function withoutYear(f: Frame, month: number, day: number): number | undefined {
  const { year } = partsOf(f.today);
  // Nine years reach the next 29 February from anywhere.
  for (let k = 0; k < 9; k++) {
    const time = utc(f.past ? year - k : year + k, month, day);
    if (time !== undefined && (f.past ? time <= f.today : time >= f.today)) return time;
  }
  return undefined;
}

export function monthDay(f: Frame, month: number, day: number, next: number): Found | undefined {
  const year = yearAt(f, next);
  const time = year ? utc(year.year, month, day) : withoutYear(f, month, day);
  return time === undefined ? undefined : { day: time, next: year?.next ?? next };
}

/** No year has such a day, or not the year that is said: "February 30th". */
export function neverIs(f: Frame, month: number, day: number, next: number): boolean {
  // 2028 is a leap year.
  return utc(yearAt(f, next)?.year ?? 2028, month, day) === undefined;
}

export function atDay(day: number | undefined, next: number): Found | undefined {
  return day === undefined ? undefined : { day, next };
}
