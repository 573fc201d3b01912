/** Months, quarters and years of the books: `2026-09`, `2026-Q3`, `2026`. */
import { MONTH_NAMES } from "../../words/written.ts";

export const PERIOD = /^(20\d\d)(?:-(0[1-9]|1[0-2])|-Q([1-4]))?$/;

export interface Period {
  key: string;
  kind: "month" | "quarter" | "year";
  year: number;
  /** First month, 1 to 12. */
  month: number;
  /** ISO days, both included. */
  from: string;
  to: string;
}

const MONTHS = { month: 1, quarter: 3, year: 12 } as const;
const ORDINALS = ["first", "second", "third", "fourth"];

/** Undefined for what is no period. */
export function readPeriod(key: string): Period | undefined {
  const [, year, month, quarter] = PERIOD.exec(key) ?? [];
  if (year === undefined) return undefined;
  if (month !== undefined) return periodFrom("month", Number(year), Number(month));
  if (quarter !== undefined) return periodFrom("quarter", Number(year), Number(quarter) * 3 - 2);
  return periodFrom("year", Number(year), 1);
}

/** The period of this kind that a month is in; months may run over, and count on into other years. */
export function periodFrom(kind: Period["kind"], year: number, month: number): Period {
  const index = year * 12 + month - 1;
  const first = index - (index % MONTHS[kind]);
  const y = Math.floor(first / 12);
  const m = (first % 12) + 1;
  const key = kind === "year" ? `${y}` : kind === "quarter" ? `${y}-Q${(m + 2) / 3}` : `${y}-${two(m)}`;
  const last = new Date(Date.UTC(y, m - 1 + MONTHS[kind], 0));
  return { key, kind, year: y, month: m, from: `${y}-${two(m)}-01`, to: last.toISOString().slice(0, 10) };
}

/** The one before, or the same one a year ago. */
export function comparedWith(period: Period, compare: "previous" | "year_ago"): Period {
  const back = compare === "year_ago" ? 12 : MONTHS[period.kind];
  return periodFrom(period.kind, period.year, period.month - back);
}

/** "September 2026", "the third quarter of 2026", "2026". */
export function periodName({ kind, year, month }: Period): string {
  if (kind === "year") return `${year}`;
  if (kind === "month") return `${MONTH_NAMES[month - 1]} ${year}`;
  return `the ${ORDINALS[(month - 1) / 3]} quarter of ${year}`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
