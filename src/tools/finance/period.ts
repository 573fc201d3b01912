/** Stretches of the books: months, quarters, years and months in a row: `2026-09`, `2026-Q3`, `2026`, `2026-01 to 2026-04`. */
import { MONTH_NAMES } from "../../words/written.ts";

export const PERIOD = /^(20\d\d)(?:-(0[1-9]|1[0-2])(?: to (20\d\d)-(0[1-9]|1[0-2]))?|-Q([1-4]))?$/i;

export interface Period {
  key: string;
  kind: "month" | "quarter" | "year" | "span";
  year: number;
  /** First month, 1 to 12. */
  month: number;
  /** How many months it has. */
  months: number;
  /** ISO days, both included. */
  from: string;
  to: string;
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;
const ORDINALS = ["first", "second", "third", "fourth"];

/** Undefined for what is no period, also where the months in a row run backwards. */
export function readPeriod(key: string): Period | undefined {
  const [, year, month, untilYear, untilMonth, quarter] = PERIOD.exec(key) ?? [];
  if (year === undefined) return undefined;
  if (quarter !== undefined) return periodFrom("quarter", Number(year), Number(quarter) * 3 - 2);
  if (month === undefined) return periodFrom("year", Number(year), 1);
  if (untilYear === undefined) return periodFrom("month", Number(year), Number(month));
  const months = (Number(untilYear) - Number(year)) * 12 + Number(untilMonth) - Number(month) + 1;
  return months < 1 ? undefined : spanFrom(Number(year), Number(month), months);
}

/** The month, quarter or year that a month is in; months may run over, and count on into other years. */
export function periodFrom(kind: keyof typeof MONTHS, year: number, month: number): Period {
  const index = year * 12 + month - 1;
  const first = index - (index % MONTHS[kind]);
  return made(kind, first, MONTHS[kind]);
}

/** Months in a row; those that are just a month, a quarter or a year are that. */
export function spanFrom(year: number, month: number, months: number): Period {
  const first = year * 12 + month - 1;
  if (months === 1) return made("month", first, 1);
  if (months === 3 && first % 3 === 0) return made("quarter", first, 3);
  if (months === 12 && first % 12 === 0) return made("year", first, 12);
  return made("span", first, months);
}

/** @param first months since the year 0. */
function made(kind: Period["kind"], first: number, months: number): Period {
  const year = Math.floor(first / 12);
  const month = (first % 12) + 1;
  const last = new Date(Date.UTC(year, month - 1 + months, 0)).toISOString().slice(0, 10);
  const from = `${year}-${two(month)}`;
  const keys = {
    year: `${year}`,
    quarter: `${year}-Q${(month + 2) / 3}`,
    month: from,
    span: `${from} to ${last.slice(0, 7)}`,
  };
  return { key: keys[kind], kind, year, month, months, from: `${from}-01`, to: last };
}

/** The one before, or the same one a year ago. */
export function comparedWith(period: Period, compare: "previous" | "year_ago"): Period {
  const back = compare === "year_ago" ? 12 : period.months;
  return made(period.kind, period.year * 12 + period.month - 1 - back, period.months);
}

/** "September 2026", "the third quarter of 2026", "2026", "January to April 2025". */
export function periodName({ kind, year, month, to }: Period): string {
  if (kind === "year") return `${year}`;
  const name = MONTH_NAMES[month - 1];
  if (kind === "month") return `${name} ${year}`;
  if (kind === "quarter") return `the ${ORDINALS[(month - 1) / 3]} quarter of ${year}`;
  const untilYear = Number(to.slice(0, 4));
  return `${name}${untilYear === year ? "" : ` ${year}`} to ${MONTH_NAMES[Number(to.slice(5, 7)) - 1]} ${untilYear}`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
