/** Names of times in a sentence, one by one, with their places. */
import { TEENS, TENS, UNITS } from "../../../../words/numbers.ts";
import { MONTH_NAMES } from "../../../../words/written.ts";

interface Place {
  /** Offsets in the sentence, end exclusive. */
  at: number;
  end: number;
}
type Year = number | "last" | "this" | "before" | undefined;
/** `same`: what is spoken of, a year earlier. */
type Which = "last" | "this" | "next" | "before" | "ago" | "same";
export type Unit = "month" | "quarter" | "year";

export type Named = Place &
  (
    | { kind: "month" | "quarter" | "half"; n: number; year: Year }
    | { kind: "year"; year: number }
    | { kind: "relative"; unit: Unit; count: number; which: Which }
    /** `month` undefined: a day or week without a month. */
    | { kind: "day"; month: number | undefined; day: number; year: Year }
    | { kind: "bad"; say: string }
  );

const SMALL: Record<string, number> = { ...UNITS, ...TEENS };
const ORDINALS: Record<string, number> = {
  ...Object.fromEntries(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
      .split(" ")
      .map((word, index) => [word, index + 1]),
  ),
  thirtieth: 30,
};
const UNIT_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth".split(" ");
const ORDINAL = `(?:(?:twenty|thirty) (?:${UNIT_ORDINALS.join("|")})|${Object.keys(ORDINALS).join("|")}|\\d{1,2}(?:st|nd|rd|th))`;
const NUMBER = `(?:\\d{1,3}|${Object.keys(SMALL).join("|")})`;
const SHORT = "jan feb mar apr may jun jul aug sept? oct nov dec".split(" ");
const MONTH = `(?:${MONTH_NAMES.map((name, index) => (name === "May" ? "may" : `${name.toLowerCase()}|${SHORT[index]}`)).join("|")})`;
const YEAR = "(?:19|20)\\d\\d";
/** The year of a month or quarter. */
const OF = `(?:(?: of| in)?(?: the)? (?<year>${YEAR}|last year|this year|(?:the )?(?:year before|previous year|year earlier)))?`;
const UNIT = "(?<unit>month|quarter|year)";

type Groups = Record<string, string | undefined>;

const FORMS: [RegExp, (groups: Groups, all: string) => Named | object | undefined][] = [
  [
    new RegExp(`\\b(?:(?<word>first|second|1st|2nd|third) half|h ?(?<digit>[12]))(?: of the year)?${OF}\\b`, "y"),
    ({ word, digit, year }) => {
      const n = digit ? Number(digit) : numberOf(word ?? "");
      return n > 2 ? bad("A year has two halves. Which one would you like?") : { kind: "half", n, year: yearOf(year) };
    },
  ],
  [
    new RegExp(
      `\\b(?:q ?(?<digit>\\d+)|(?:q|quarter)(?: number)? (?<number>${NUMBER})|(?<word>${ORDINAL}) quarter)${OF}\\b`,
      "y",
    ),
    ({ digit, number, word, year }) => {
      const n = numberOf(digit ?? number ?? word ?? "");
      return n < 1 || n > 4
        ? bad("A year has four quarters. Which one would you like?")
        : { kind: "quarter", n, year: yearOf(year) };
    },
  ],
  [
    new RegExp(`\\b(?:month(?: number)? (?<number>${NUMBER})|(?<word>${ORDINAL}) month)${OF}\\b`, "y"),
    ({ number, word, year }) => {
      const n = numberOf(number ?? word ?? "");
      return n < 1 || n > 12
        ? bad("A year has twelve months. Which one would you like?")
        : { kind: "month", n, year: yearOf(year) };
    },
  ],
  [
    new RegExp(`\\b(?<month>${MONTH}) (?:the )?(?<day>${ORDINAL}|\\d{1,2}(?!\\d))${OF}\\b`, "y"),
    ({ month, day, year }) => ({ kind: "day", month: monthOf(month), day: numberOf(day ?? ""), year: yearOf(year) }),
  ],
  [
    new RegExp(`\\b(?<day>${ORDINAL}|\\d{1,2})(?: of)? (?<month>${MONTH})${OF}\\b`, "y"),
    ({ month, day, year }) => ({ kind: "day", month: monthOf(month), day: numberOf(day ?? ""), year: yearOf(year) }),
  ],
  [
    new RegExp(`\\b(?<month>${MONTH})${OF}\\b`, "y"),
    ({ month, year }) => ({ kind: "month", n: monthOf(month), year: yearOf(year) }),
  ],
  [
    /\bsame (?:month|quarter|period|time|stretch|year)?(?: of)? ?(?:last year|(?:the )?(?:year before|previous year)|(?:a|one) year (?:ago|earlier))\b/y,
    () => relative("year", 1, "same"),
  ],
  [/\b(?<unit>month|quarter|year) before last\b/y, ({ unit }) => relative(unit, 2, "ago")],
  [
    new RegExp(`\\b(?<count>${NUMBER}|an?) ${UNIT}s? (?:ago|earlier)\\b`, "y"),
    ({ count, unit }) => relative(unit, /^an?$/.test(count ?? "") ? 1 : numberOf(count ?? "1"), "ago"),
  ],
  [
    new RegExp(`\\b(?:last|previous|past|prior) (?<count>${NUMBER}) ${UNIT}s?\\b`, "y"),
    ({ count, unit }) => relative(unit, numberOf(count ?? "1"), "last"),
  ],
  [/\b(?<unit>month|quarter|year) before\b(?: that| it)?/y, ({ unit }) => relative(unit, 1, "before")],
  [/\bthe (?:previous|preceding) (?<unit>month|quarter|year)\b/y, ({ unit }) => relative(unit, 1, "last")],
  [
    /\b(?:last|previous|past|prior) (?:full |whole |fiscal |financial |calendar )?(?<unit>month|quarter|year)\b/y,
    ({ unit }) => relative(unit, 1, "last"),
  ],
  [/\b(?:next|coming|following) (?<unit>month|quarter|year)\b/y, ({ unit }) => relative(unit, 1, "next")],
  [
    /\b(?:this|current|the (?:whole|full)) (?:fiscal |financial |calendar )?(?<unit>month|quarter|year)\b/y,
    ({ unit }) => relative(unit, 1, "this"),
  ],
  [/\b(?:year to date|ytd|so far this year)\b/y, () => relative("year", 1, "this")],
  [/\b(?:before that|the one before|the previous one)\b/y, () => relative("month", 1, "before")],
  [
    new RegExp(`\\b(?:fy|fiscal year|financial year) ?(?<year>${YEAR}|\\d\\d)\\b`, "y"),
    ({ year }) => ({ kind: "year", year: Number(year?.padStart(4, "20")) }),
  ],
  [new RegExp(`\\b(?<year>${YEAR})\\b`, "y"), ({ year }) => ({ kind: "year", year: Number(year) })],
  [
    /\b(?:today|yesterday|tomorrow|tonight|(?:this|last|next|past|a) (?:week|weekend)|(?:on|last|this|next) (?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|christmas|easter|halloween|new year's eve)\b/y,
    () => ({ kind: "day", month: undefined, day: 0, year: undefined }),
  ],
  [
    /\b(?:this|last|in the|during the|the|next) (?:summer|winter|autumn|spring|fall|season|decade|century)\b/y,
    () => bad("I have the books by month, quarter and year. From which month to which month would that be?"),
  ],
];

/** "May" is a word of its own, unless it stands where a month does. */
const MAY =
  /(?:\b(?:in|for|of|and|about|was|to|through|until|till|since|from|between|with|against|last|this|than|versus|vs|before|no|mean|meant|to)|^) $|^$/;

/** Every time that is named, from left to right. */
export function namedIn(sentence: string): Named[] {
  const said = yearsWritten(sentence);
  const found: Named[] = [];
  for (let at = 0; at < said.length; ) {
    const one = namedAt(said, at);
    const last = found.at(-1);
    // "2025 Q1": the year of what follows.
    const owns = last?.kind === "year" && one && "year" in one && one.year === undefined && one.at === last.end + 1;
    if (owns && last.kind === "year") found[found.length - 1] = { ...one, at: last.at, year: last.year } as Named;
    else if (one) found.push(one);
    at = one ? one.end : nextWord(said, at);
  }
  return found;
}

function nextWord(said: string, at: number): number {
  const space = said.indexOf(" ", at);
  return space < 0 ? said.length : space + 1;
}

function namedAt(said: string, at: number): Named | undefined {
  for (const [form, read] of FORMS) {
    form.lastIndex = at;
    const match = form.exec(said);
    if (!match) continue;
    if (match[0] === "may" && !(MAY.test(said.slice(0, at)) && !/^ (?:i|we|you|have|be|it)\b/.test(said.slice(at + 3))))
      continue;
    const one = read(match.groups ?? {}, match[0]);
    if (one) return { ...one, at, end: at + match[0].length } as Named;
  }
  return undefined;
}

function relative(unit: string | undefined, count: number, which: Which): object {
  return { kind: "relative", unit: unit ?? "month", count, which };
}

function bad(say: string): object {
  return { kind: "bad", say };
}

function monthOf(name: string | undefined): number {
  const index = MONTH_NAMES.findIndex((month) => month.toLowerCase().startsWith((name ?? "").slice(0, 3)));
  return index + 1;
}

function yearOf(words: string | undefined): Year {
  if (words === undefined) return undefined;
  if (/^\d+$/.test(words)) return Number(words);
  return words === "last year" ? "last" : words === "this year" ? "this" : "before";
}

/** "5", "five", "fifth", "5th", "twenty first". */
function numberOf(word: string): number {
  if (/^\d/.test(word)) return Number.parseInt(word, 10);
  const [tens = "", unit = ""] = word.split(" ");
  if (unit !== "") return (TENS[tens] ?? 0) + (ORDINALS[unit] ?? SMALL[unit] ?? 0);
  return SMALL[word] ?? ORDINALS[word] ?? 0;
}

const TWO_DIGITS = `(?:(?:${Object.keys(TENS).join("|")})(?: (?:${Object.keys(UNITS).slice(1).join("|")}))?|${Object.keys(TEENS).join("|")}|(?:oh |zero )(?:${Object.keys(UNITS).slice(1).join("|")}))`;
const UNIT_NUMBER = Object.keys(UNITS).slice(1).join("|");
const THOUSANDS = new RegExp(`\\btwo thousand(?: and)?(?: (${TWO_DIGITS}|${UNIT_NUMBER}))?\\b`, "g");
const CENTURIES = new RegExp(`\\b(nineteen|twenty) (${TWO_DIGITS})\\b`, "g");

/** "Twenty twenty five" and "two thousand and twenty five" as 2025. */
export function yearsWritten(said: string): string {
  return said
    .replace(THOUSANDS, (_, rest: string | undefined) => String(2000 + twoDigits(rest ?? "")))
    .replace(CENTURIES, (_, century: string, rest: string) =>
      String((century === "twenty" ? 2000 : 1900) + twoDigits(rest)),
    );
}

function twoDigits(words: string): number {
  const [a = "", b = ""] = words.replace(/^(?:oh|zero) /, "").split(" ");
  return (TENS[a] ?? SMALL[a] ?? 0) + (UNITS[b] ?? 0);
}
