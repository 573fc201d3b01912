/**
 * The stretches of time that words name: "last quarter", "Q2 2025 and Q3", "from January to April", "the month before".
 * What the books cannot tell (a day, a fifth quarter) is told from what was not said at all.
 */
import { comparedWith, type Period, periodFrom, periodName, spanFrom } from "../../../tools/finance/period.ts";
import { MONTH_NAMES } from "../../../words/written.ts";
import { type Named, namedIn, yearsWritten } from "./periods/named.ts";

export type Times =
  /** One or several, in the order they were said. */
  | { periods: Period[]; yearless: boolean; bareYear: boolean }
  /** `say` why not; `offer` is what can be told instead. */
  | { say: string; offer?: Period };

export interface Around {
  /** ISO day: a month without a year is the latest that has begun. */
  today: string;
  /** The period spoken of last, for "the month before". */
  known?: Period | null;
  /** The year of what has no year of its own. */
  year?: number | undefined;
}

/** All that is named; undefined where nothing is. */
export function timesIn(sentence: string, around: Around): Times | undefined {
  const said = yearsWritten(sentence);
  const named = namedIn(said);
  const bad = named.find((one) => one.kind === "bad");
  if (bad?.kind === "bad") return { say: bad.say };
  if (named.length === 0) return undefined;
  const day = named.find((one) => one.kind === "day");
  if (day?.kind === "day") return notByDay(day, around);
  const years = named.map((one) => ("year" in one && typeof one.year === "number" ? one.year : undefined));
  const periods: Period[] = [];
  for (const [index, one] of named.entries()) {
    // "January and February 2025", "March 2025 and April".
    const year = years.slice(index).find((known) => known !== undefined) ?? years[index - 1] ?? around.year;
    const period = resolve(one, { ...around, year, known: periods.at(-1) ?? around.known ?? null });
    if (period === undefined) return undefined;
    if ("say" in period) return period;
    periods.push(period);
  }
  const yearless = named.every((one) => (one.kind === "month" || one.kind === "quarter") && one.year === undefined);
  return {
    periods: rowsOf(said, named, periods, around),
    yearless,
    bareYear: named.every(({ kind }) => kind === "year"),
  };
}

/** The key of the first period that is named; undefined where none is. */
export function periodIn(said: string, today: string, known: Period | null = null): string | undefined {
  const times = timesIn(said, { today, known });
  return times && "periods" in times ? times.periods[0]?.key : undefined;
}

function resolve(one: Named, around: Around): Period | { say: string } | undefined {
  const { known = null } = around;
  const [year, month] = [Number(around.today.slice(0, 4)), Number(around.today.slice(5, 7))];
  if (one.kind === "year") return one.year < 2000 ? { say: beforeBooks(one.year) } : periodFrom("year", one.year, 1);
  if (one.kind === "month" || one.kind === "quarter" || one.kind === "half") {
    const length = { month: 1, quarter: 3, half: 6 }[one.kind];
    const first = (one.n - 1) * length + 1;
    const own = one.year === "last" ? year - 1 : one.year === "this" ? year : one.year;
    const before = own === "before" ? (known?.year ?? year) - 1 : own;
    const of = before ?? around.year ?? (first > month ? year - 1 : year);
    return of < 2000 ? { say: beforeBooks(of) } : spanFrom(of, first, length);
  }
  if (one.kind !== "relative") return undefined;
  const { unit, count, which } = one;
  const months = { month: 1, quarter: 3, year: 12 }[unit];
  if (which === "next")
    return { say: "That is still to come: I only tell what is in the books, and I don't forecast." };
  if (which === "same") return known === null ? undefined : comparedWith(known, "year_ago");
  if (which === "this") return periodFrom(unit, year, month);
  if (which === "ago") return periodFrom(unit, year, month - months * count);
  // "The year before" what was spoken of: that one, a year earlier.
  if (which === "before" && known !== null) {
    return comparedWith(known, unit === "year" && known.kind !== "year" ? "year_ago" : "previous");
  }
  if (which === "before") return comparedWith(periodFrom(unit, year, month), "previous");
  const last = comparedWith(periodFrom(unit, year, month), "previous");
  if (count === 1) return last;
  return spanFrom(last.year, last.month - months * (count - 1), months * count);
}

const FROM_TO =
  /^ ?(?:of )?(?:the )?(?:to|through|thru|until|till|up to|up until|and including)(?: the| end of| the end of)* ?$/;
const AND = /^ ?(?:and|and the|,)* ?$/;

/** Two that are said as the ends of a stretch are one. "Since March" goes on to today. */
function rowsOf(said: string, named: Named[], periods: Period[], { today }: Around): Period[] {
  const rows: Period[] = [];
  for (const [index, period] of periods.entries()) {
    const before = rows.at(-1);
    const [last, one] = [named[index - 1], named[index]];
    const gap = last && one ? said.slice(last.end, one.at) : "";
    const between = last !== undefined && /\bbetween (?:the )?$/.test(said.slice(0, last.at)) && AND.test(gap);
    if (before && (FROM_TO.test(gap) || between)) rows[rows.length - 1] = fromTo(before, period);
    else rows.push(period);
  }
  const [only] = rows;
  const lead = said.slice(0, named[0]?.at ?? 0);
  if (only && rows.length === 1 && /\bsince (?:the )?(?:start of |beginning of )?$/.test(lead)) {
    return [fromTo(only, periodFrom("month", Number(today.slice(0, 4)), Number(today.slice(5, 7))))];
  }
  if (only && rows.length === 1 && /\b(?:until|till|up to|through|to the end of) (?:the )?$/.test(lead)) {
    return [fromTo(periodFrom("month", only.year, 1), only)];
  }
  return rows;
}

/** From the first day of the one to the last day of the other; in January nobody looks ahead to November. */
function fromTo(first: Period, last: Period): Period {
  const start = first.year * 12 + first.month - 1;
  const end = last.year * 12 + last.month - 1 + last.months;
  if (start >= end && first.year !== last.year) return fromTo(last, first);
  // "November to February 2026" begins in the year before.
  const from = start >= end ? start - 12 : start;
  return spanFrom(Math.floor(from / 12), (from % 12) + 1, end - from);
}

const NO_DAYS = "I have the books by month, quarter and year, not by day or week.";

function notByDay(day: Extract<Named, { kind: "day" }>, around: Around): Times {
  if (day.month === undefined) return { say: `${NO_DAYS} Which month would you like?` };
  const period = resolve({ kind: "month", n: day.month, year: day.year, at: 0, end: 0 }, around);
  if (period === undefined || "say" in period) return { say: NO_DAYS };
  const exists = day.day >= 1 && day.day <= Number(period.to.slice(8));
  const why = exists ? NO_DAYS : `${MONTH_NAMES[day.month - 1]} ${period.year} has no day ${day.day}.`;
  return { say: `${why} Shall I tell you the whole of ${periodName(period)}?`, offer: period };
}

function beforeBooks(year: number): string {
  return `The books don't go back to ${year}. Which other period would you like?`;
}
