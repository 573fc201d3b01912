/** The month, quarter or year that words name: "last quarter", "Q2", "September", "this year", "the month before". */
import { comparedWith, type Period, periodFrom, readPeriod } from "../../../tools/finance/period.ts";
import { MONTH_NAMES } from "../../../words/written.ts";

const SHORT = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const ORDINALS: [RegExp, number][] = [
  [/\b(?:q ?1|q one|quarter one|first quarter|1st quarter)\b/, 1],
  [/\b(?:q ?2|q two|quarter two|second quarter|2nd quarter)\b/, 2],
  [/\b(?:q ?3|q three|quarter three|third quarter|3rd quarter)\b/, 3],
  [/\b(?:q ?4|q four|quarter four|fourth quarter|4th quarter)\b/, 4],
];
const TEENS: Record<string, number> = {
  "twenty four": 24,
  "twenty five": 25,
  "twenty six": 26,
  "twenty seven": 27,
  "twenty eight": 28,
};
const KINDS: [RegExp, Period["kind"]][] = [
  [/\bmonth(?:ly)?\b/, "month"],
  [/\bquarter(?:ly)?\b/, "quarter"],
  [/\b(?:year|annual(?:ly)?|twelve months)\b/, "year"],
];
const LAST = /\b(?:last|previous|past|prior)\b/;
const THIS = /\b(?:this|current|year to date|so far|to date|whole|full)\b/;
const BEFORE = /\b(?:before that|the one before|(?:month|quarter|year) before)\b/;

/**
 * The key of the period (`2026-09`, `2026-Q3`, `2026`); undefined where none is named.
 * @param today ISO day: a month without a year is the latest that has begun.
 * @param known the period spoken of last, for "the month before".
 */
export function periodIn(said: string, today: string, known: string | null = null): string | undefined {
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  const before = BEFORE.test(said) && known !== null ? readPeriod(known) : undefined;
  if (before) return comparedWith(before, "previous").key;
  const named = yearIn(said, year);
  const quarter = ORDINALS.find(([form]) => form.test(said))?.[1];
  if (quarter !== undefined) {
    const first = quarter * 3 - 2;
    return periodFrom("quarter", named ?? (first > month ? year - 1 : year), first).key;
  }
  const m = monthIn(said);
  if (m !== undefined) return periodFrom("month", named ?? (m > month ? year - 1 : year), m).key;
  const kind = KINDS.find(([form]) => form.test(said))?.[1];
  if (kind !== undefined && named === undefined) {
    if (LAST.test(said)) return comparedWith(periodFrom(kind, year, month), "previous").key;
    if (THIS.test(said)) return periodFrom(kind, year, month).key;
  }
  return named === undefined ? undefined : periodFrom("year", named, 1).key;
}

function yearIn(said: string, year: number): number | undefined {
  const digits = /\b(20[2-9]\d)\b/.exec(said)?.[1];
  if (digits !== undefined) return Number(digits);
  const spoken = /\btwenty (twenty (?:four|five|six|seven|eight))\b/.exec(said)?.[1];
  if (spoken !== undefined) return 2000 + (TEENS[spoken] ?? 0);
  // "September last year"
  return /\blast year\b/.test(said) && monthIn(said) !== undefined ? year - 1 : undefined;
}

function monthIn(said: string): number | undefined {
  for (const [index, name] of MONTH_NAMES.entries()) {
    // "May" is a word of its own, unless it stands where a month does.
    const form =
      name === "May"
        ? "\\b(?:in|for|of|and|about|was) may\\b|^may$"
        : `\\b(?:${name.toLowerCase()}|${SHORT[index]})\\b`;
    if (new RegExp(form).test(said)) return index + 1;
  }
  return undefined;
}
