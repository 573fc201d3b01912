/**
 * Dates in free speech, as ISO "YYYY-MM-DD": "tomorrow", "the fifteenth", "March third", "next Friday", "in two weeks".
 *
 * Days without a year or month are the nearest to come; with `past` the nearest gone by (for "what was that payment on
 * the third?"). Today itself counts for days of the month, not for weekdays. "Next Friday" is the Friday of next week
 * (weeks begin on Monday); "last Tuesday" is the most recent one before today. The clock is never read: today is given.
 */
import {
  addMonths,
  atDay,
  DAY,
  dayAt,
  type Found,
  type Frame,
  lastOfMonth,
  monthAt,
  monthDay,
  neverIs,
  partsOf,
  said,
  utc,
  WEEKDAY_SHORT,
  WEEKDAYS,
  withoutYear,
  word,
  yearAt,
} from "./calendar.ts";
import { readNumber } from "./numbers.ts";
import { table } from "./table.ts";
import { breaksBefore, isNumeral, numeralValue, tokens } from "./tokens.ts";

export interface DateOptions {
  /** Take days without a year or month from the past. */
  past?: boolean;
}

export interface DateSpan {
  /** "YYYY-MM-DD". */
  date: string;
  /** Offsets in the text, end exclusive. */
  start: number;
  end: number;
}

const HOLIDAYS = table<readonly [number, number]>({
  "new year's eve": [12, 31],
  "new year's day": [1, 1],
  "christmas eve": [12, 24],
  "christmas day": [12, 25],
  christmas: [12, 25],
  halloween: [10, 31],
});
/** After these words an ordinal is no day: "the second card". */
const COUNTED = new Set(
  (
    "one card account loan payment time thing option transaction charge question two three four digits digit number " +
    "name half person step part item choice party"
  ).split(" "),
);
const BEFORE_DAY = new Set(
  "on by for until till before after from since through around to of is was it's due".split(" "),
);

/** "2026-12-01", "12/15", "12/15/2026", "12-15-2026". */
function written(f: Frame, i: number): Found | undefined {
  const [a, b, c] = [word(f, i), word(f, i + 1), word(f, i + 2)];
  const [ab, bc] = [f.t[i + 1]?.gap, f.t[i + 2]?.gap];
  if (/^\d{4}$/.test(a) && ab === "-" && bc === "-" && /^\d{2}$/.test(b) && /^\d{2}$/.test(c)) {
    return atDay(utc(Number(a), Number(b), Number(c)), i + 3);
  }
  if (!/^\d{1,2}$/.test(a) || !/^\d{1,2}$/.test(b) || (ab !== "/" && ab !== "-")) return undefined;
  if (bc === ab && /^(?:\d{2}|\d{4})$/.test(c)) {
    return atDay(utc(c.length === 2 ? 2000 + Number(c) : Number(c), Number(a), Number(b)), i + 3);
  }
  if (ab !== "/" || f.t[i]?.gap === "/" || bc === "/") return undefined;
  return atDay(Number(a) > 12 ? undefined : withoutYear(f, Number(a), Number(b)), i + 2);
}

/** "March third", "Dec 1, 2026", "March the 3rd", "the third of March". */
function named(f: Frame, i: number): Found | undefined {
  const month = monthAt(f, i);
  if (month) {
    const at = word(f, i + 1) === "the" ? i + 2 : i + 1;
    const day = dayAt(f, at, true);
    if (!day || (breaksBefore(f.t[at]) && f.t[at]?.gap.trim() !== ".")) return undefined;
    return monthDay(f, month, day.day, day.next);
  }
  const at = word(f, i) === "the" ? i + 1 : i;
  const day = dayAt(f, at, true);
  if (!day) return undefined;
  const of = word(f, day.next) === "of" ? day.next + 1 : day.next;
  const later = monthAt(f, of);
  // "two may" is no date; "2 May", "second of May" and "second May" are.
  if (!later || (of === day.next && !day.ordinal && !isNumeral(word(f, at)))) return undefined;
  return monthDay(f, later, day.day, of + 1);
}

/** Where a day ends that is in no calendar: "February 30th", "the thirty-first of June", "2/30". */
function afterNoDay(f: Frame, i: number): number | undefined {
  const month = monthAt(f, i);
  const at = word(f, i) === "the" || (month && word(f, i + 1) === "the") ? i + 1 : i;
  const day = dayAt(f, month ? at + 1 : at, true);
  if (day && month) return !breaksBefore(f.t[i + 1]) && neverIs(f, month, day.day, day.next) ? day.next : undefined;
  const of = day && word(f, day.next) === "of" ? day.next + 1 : day?.next;
  const later = of === undefined ? undefined : monthAt(f, of);
  if (day && later && of !== undefined && (of > day.next || day.ordinal || isNumeral(word(f, at))))
    return neverIs(f, later, day.day, of + 1) ? of + 1 : undefined;
  const [a, b] = [Number(word(f, i)), Number(word(f, i + 1))];
  const slashed = f.t[i + 1]?.gap === "/" && f.t[i]?.gap !== "/" && f.t[i + 2]?.gap !== "/";
  return slashed && a >= 1 && a <= 12 && b >= 1 && b <= 31 && neverIs(f, a, b, f.t.length) ? i + 2 : undefined;
}

function near(f: Frame, i: number): Found | undefined {
  const name = word(f, i);
  if (said(f, i, 4) === "day after tomorrow" || said(f, i, 3) === "day after tomorrow") {
    return { day: f.today + 2 * DAY, next: i + 3 };
  }
  if (said(f, i, 3) === "day before yesterday") return { day: f.today - 2 * DAY, next: i + 3 };
  if (name === "today" || name === "tonight") return { day: f.today, next: i + 1 };
  if (name === "tomorrow") return { day: f.today + DAY, next: i + 1 };
  if (name === "yesterday") return { day: f.today - DAY, next: i + 1 };
  for (const [holiday, [month, day]] of Object.entries(HOLIDAYS)) {
    const count = holiday.split(" ").length;
    if (said(f, i, count).replaceAll("'", "") === holiday.replaceAll("'", ""))
      return monthDay(f, month, day, i + count);
  }
  return undefined;
}

function weekday(f: Frame, i: number): Found | undefined {
  const which = /^(?:next|this|last|coming|past)$/.test(word(f, i)) ? word(f, i) : "";
  const at = which ? i + 1 : i;
  const name = word(f, at).replace(/'s$/, "");
  const short = f.t[at + 1]?.gap.startsWith(".") || f.t[at + 1]?.gap.startsWith(",");
  const index = WEEKDAYS.indexOf(name) >= 0 ? WEEKDAYS.indexOf(name) : short ? WEEKDAY_SHORT.indexOf(name) : -1;
  if (index < 0) return undefined;
  const dated = fromWeekday(f, at + 1);
  if (dated) return dated;
  const ahead = (index - partsOf(f.today).weekday + 7) % 7;
  return { day: weekdayFrom(f, which, ahead, index), next: at + 1 };
}

function weekdayFrom(f: Frame, which: string, ahead: number, index: number): number {
  const goneBy = f.today - (ahead === 0 ? 7 : 7 - ahead) * DAY;
  if (which === "last" || which === "past") return goneBy;
  if (which === "this" || which === "coming") return f.today + ahead * DAY;
  if (which === "next") {
    const monday = f.today + (7 - ((partsOf(f.today).weekday + 6) % 7)) * DAY;
    return monday + ((index + 6) % 7) * DAY;
  }
  return f.past ? goneBy : f.today + (ahead || 7) * DAY;
}

/** "Friday the thirteenth", "Friday, March 3rd": the day after the weekday counts. */
function fromWeekday(f: Frame, i: number): Found | undefined {
  const full = named(f, i) ?? written(f, i);
  if (full || word(f, i) !== "the") return full;
  const day = dayAt(f, i + 1, false);
  return day ? bareDay(f, day.day, day.next) : undefined;
}

const UNIT_DAYS = table<number>({ day: 1, days: 1, week: 7, weeks: 7, fortnight: 14 });

/** "two weeks", "a month", "a couple of days" as a step from a day. */
function stepAt(f: Frame, i: number): { from: (day: number, sign: 1 | -1) => number; next: number } | undefined {
  let count = 1;
  let at = i + 1;
  const couple = /^a couple (?:of )?/.exec(said(f, i, 3));
  if (couple) {
    count = 2;
    at = i + couple[0].trim().split(" ").length;
  } else if (word(f, i) !== "a" && word(f, i) !== "one") {
    const numeral = isNumeral(word(f, i)) ? numeralValue(word(f, i)) : undefined;
    const reading = numeral === undefined ? readNumber(f.t, i) : undefined;
    if (numeral === undefined && !reading) return undefined;
    count = numeral ?? reading?.value ?? 1;
    at = reading?.next ?? i + 1;
  }
  if (!Number.isInteger(count) || count > 1000) return undefined;
  if (word(f, at) === "business") at++;
  const days = UNIT_DAYS[word(f, at)];
  if (days) return { from: (day, sign) => day + sign * count * days * DAY, next: at + 1 };
  if (/^months?$/.test(word(f, at))) return { from: (day, sign) => addMonths(day, sign * count), next: at + 1 };
  if (/^years?$/.test(word(f, at))) return { from: (day, sign) => addMonths(day, sign * count * 12), next: at + 1 };
  return undefined;
}

/** "in two weeks", "three days ago", "a week from tomorrow", "two weeks from now". */
function relative(f: Frame, i: number): Found | undefined {
  const after = word(f, i) === "in" || word(f, i) === "within";
  const step = stepAt(f, after ? i + 1 : i);
  if (!step) return /^next (?:week|month)$/.test(said(f, i, 2)) ? nextWeekOrMonth(f, i) : undefined;
  const then = word(f, step.next);
  if (then === "ago") return { day: step.from(f.today, -1), next: step.next + 1 };
  if (then === "from" || then === "after") {
    if (word(f, step.next + 1) === "now") return { day: step.from(f.today, 1), next: step.next + 2 };
    const base = near(f, step.next + 1) ?? weekday(f, step.next + 1);
    if (base) return { day: step.from(base.day, 1), next: base.next };
  }
  return after ? { day: step.from(f.today, 1), next: step.next } : undefined;
}

function nextWeekOrMonth(f: Frame, i: number): Found {
  return { day: word(f, i + 1) === "week" ? f.today + 7 * DAY : addMonths(f.today, 1), next: i + 2 };
}

/** Which month "this month", "next month", "the month", "March" or "the year" means, as year and month. */
function periodAt(f: Frame, i: number): { year: number; month: number; whole: boolean; next: number } | undefined {
  const at = word(f, i) === "the" ? i + 1 : i;
  const shift = word(f, at) === "next" ? 1 : word(f, at) === "last" ? -1 : 0;
  const noun = /^(?:next|last|this|current)$/.test(word(f, at)) ? at + 1 : at;
  const now = partsOf(f.today);
  if (word(f, noun) === "year") return { year: now.year + shift, month: 12, whole: true, next: noun + 1 };
  if (/^months?$/.test(word(f, noun))) {
    const { year, month } = partsOf(addMonths(Date.UTC(now.year, now.month - 1, 1), shift));
    return { year, month, whole: false, next: noun + 1 };
  }
  const month = monthAt(f, noun);
  if (!month) return undefined;
  const year = yearAt(f, noun + 1);
  const nearest = now.year + (f.past ? (month > now.month ? -1 : 0) : month < now.month ? 1 : 0);
  return { year: year?.year ?? nearest, month, whole: false, next: year?.next ?? noun + 1 };
}

/** "end of the month", "beginning of next month", "the fifteenth of this month", "end of the year". */
function inPeriod(f: Frame, i: number): Found | undefined {
  const at = word(f, i) === "the" ? i + 1 : i;
  const edge = word(f, at);
  if (edge === "month" && word(f, at + 1) === "end") {
    const now = partsOf(f.today);
    return { day: lastOfMonth(now.year, now.month), next: at + 2 };
  }
  const last = edge === "end" || (edge === "last" && word(f, at + 1) === "day");
  const first = edge === "beginning" || edge === "start";
  const day = last || first ? undefined : dayAt(f, at, false);
  let next = day?.next ?? (edge === "last" ? at + 2 : at + 1);
  if ((!last && !first && !day) || word(f, next) !== "of") return undefined;
  next++;
  const period = periodAt(f, next);
  if (!period || (period.whole && day)) return undefined;
  if (last) return { day: lastOfMonth(period.year, period.month), next: period.next };
  const begin = period.whole ? 1 : period.month;
  return atDay(utc(period.year, begin, day?.day ?? 1), period.next);
}

/** The nearest month in which this day lies on the wished side of today. */
function bareDay(f: Frame, day: number, next: number): Found | undefined {
  const { year, month } = partsOf(f.today);
  for (let k = 0; k < 12; k++) {
    const first = new Date(Date.UTC(year, month - 1 + (f.past ? -k : k), 1));
    const time = utc(first.getUTCFullYear(), first.getUTCMonth() + 1, day);
    if (time !== undefined && (f.past ? time <= f.today : time >= f.today)) return { day: time, next };
  }
  return undefined;
}

/** "the fifteenth", "on the 15th", "the third". Small ordinals also count things, so they need a sign of a day. */
function alone(f: Frame, i: number): Found | undefined {
  const article = word(f, i) === "the";
  const at = article ? i + 1 : i;
  const whole = f.t.length - i <= 3 && i <= 1;
  const led = BEFORE_DAY.has(word(f, i - 1));
  const day = dayAt(f, at, article && led);
  if (!day) return undefined;
  const after = f.t[day.next];
  if (after && !breaksBefore(after) && (COUNTED.has(after.text) || after.text === "of" || !day.ordinal))
    return undefined;
  const numeral = isNumeral(word(f, at));
  if (!numeral && !article && !whole) return undefined;
  if (!numeral && day.day < 4 && !led && !whole) return undefined;
  return bareDay(f, day.day, day.next);
}

const FORMS = [written, near, inPeriod, named, relative, weekday, alone];

/**
 * All dates of a text from left to right; a day that is in no calendar is none. `today` is an ISO date (a time after it is
 * ignored). Throws RangeError if `today` is no date.
 */
export function datesIn(text: string, today: string, options: DateOptions = {}): DateSpan[] {
  return readDates(text, today, options).spans;
}

/** A day was named that is in no calendar: "February 30th". */
export function namesNoDay(text: string, today: string): boolean {
  return readDates(text, today, {}).noDay;
}

function readDates(text: string, today: string, options: DateOptions): { spans: DateSpan[]; noDay: boolean } {
  const time = Date.parse(`${today.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(time)) throw new RangeError(`today must be an ISO date, not "${today}"`);
  const f: Frame = { t: tokens(text), today: time, past: options.past === true };
  const spans: DateSpan[] = [];
  let noDay = false;
  for (let i = 0; i < f.t.length; ) {
    const after = afterNoDay(f, i);
    const match = after === undefined ? dateAt(f, i) : undefined;
    const [first, last] = [f.t[i], f.t[(match?.next ?? 0) - 1]];
    if (match && first && last) {
      spans.push({ date: new Date(match.day).toISOString().slice(0, 10), start: first.start, end: last.end });
    }
    noDay ||= after !== undefined;
    i = after ?? match?.next ?? i + 1;
  }
  return { spans, noDay };
}

function dateAt(f: Frame, i: number): Found | undefined {
  for (const form of FORMS) {
    const match = form(f, i);
    if (match) return match;
  }
  return undefined;
}

/** The date a text names; after a correction ("the tenth, no, the twelfth") the last one, otherwise the first. */
export function dateIn(text: string, today: string, options: DateOptions = {}): string | undefined {
  const found = datesIn(text, today, options);
  const last = found.at(-1);
  const before = found.at(-2);
  if (
    last &&
    before &&
    /\b(?:no|sorry|mean|meant|actually|rather|make (?:it|that))\b/i.test(text.slice(before.end, last.start))
  ) {
    return last.date;
  }
  return found[0]?.date;
}
