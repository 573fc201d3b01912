/**
 * Text as it must be written to be spoken right: amounts, dates, times, percentages, phone numbers, card digits,
 * ordinals, units, acronyms and signs in plain English words. Plain prose comes out as it was, so that speaking twice
 * changes nothing. A voice that speaks sentence by sentence cuts the text first (sentences.ts) and writes out each piece.
 */
import { abbreviationsSaid, addressesSaid, asciiOnly, plainText, signsSaid, unitsSaid } from "./spoken-marks.ts";
import {
  dateWords,
  decimalWords,
  digitWords,
  MONTH_NAMES,
  moneyWords,
  numberWords,
  ordinalWords,
  timeWords,
  yearWords,
} from "./written.ts";

const NUMBER = "\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d+(?:\\.\\d+)?";
const SCALE_LETTERS: Readonly<Record<string, string>> = { k: "thousand", m: "million", b: "billion", bn: "billion" };
const FRACTIONS: Readonly<Record<string, string>> = {
  "1/2": "one half",
  "1/4": "one quarter",
  "3/4": "three quarters",
};
/** A four-digit number before one of these is a count, not a name or a year. */
const COUNTED =
  /^\s?(?:points?|miles?|kilometers?|people|customers?|transactions?|times|days?|hours?|minutes?|weeks?|months?|years?|words|characters|square|feet|meters?|dollars?|cents?|euros?|percent|items?|rewards|basis|pounds?|kilograms?|thousand|million|billion)\b/i;

/** Digits one by one; a comma closes the list if the sentence goes on with a word. */
function listed(digits: string, after: string): string {
  return digitWords(digits) + (/^\s+[a-z]/i.test(after) ? "," : "");
}

function scaled(number: string, scale: string): string {
  return `${decimalWords(number)} ${SCALE_LETTERS[scale.toLowerCase()] ?? scale.toLowerCase()}`;
}

function dollarsSaid(number: string, scale: string | undefined): string {
  if (scale) return `${scaled(number, scale)} dollars`;
  const plain = number.replaceAll(",", "");
  const [whole = "0", fraction = ""] = plain.split(".");
  if (fraction.length > 2 || whole.length > 13) return `${decimalWords(plain)} dollars`;
  return moneyWords(Number(whole) * 100 + Number(fraction.padEnd(2, "0")));
}

const SCALE = "(?:\\s?(thousand|million|billion|bn|[kKmMbB])\\b)?";
const DOLLAR_RANGE = new RegExp(`\\$(${NUMBER})\\s?-\\s?\\$?(${NUMBER})(?![\\d%-])`, "g");
const DOLLARS = new RegExp(`(?<![\\w.])(-)?(?:US)?\\$\\s?(-)?(${NUMBER})${SCALE}`, "g");
const OTHER_MONEY = new RegExp(`([€£])\\s?(${NUMBER})${SCALE}`, "g");
const NAMED_DOLLARS = new RegExp(`\\b(?:USD\\s?(${NUMBER})|(${NUMBER})\\s?(?:USD|dollars))\\b`, "g");

function moneySaid(text: string): string {
  return text
    .replace(/\$\.(?=\d)/g, "$0.")
    .replace(DOLLAR_RANGE, (_, a: string, b: string) => `${decimalWords(a)} to ${dollarsSaid(b, undefined)}`)
    .replace(DOLLARS, (_, minus: string, inner: string, number: string, scale: string) => {
      return (minus || inner ? "minus " : "") + dollarsSaid(number, scale);
    })
    .replace(OTHER_MONEY, (_, sign: string, number: string, scale: string) => {
      const name = sign === "€" ? "euros" : "pounds";
      return `${scale ? scaled(number, scale) : decimalWords(number)} ${name}`;
    })
    .replace(NAMED_DOLLARS, (_, a: string, b: string) => dollarsSaid(a ?? b, undefined));
}

const PHONE = /(?<![\w-])(?:\+?(\d{1,2})[-. ])?\(?(\d{3})\)?[-. ](\d{3})[-. ](\d{4})(?![\w-])/g;
const SHORT_PHONE = /(?<![\w.-])(\d{3})-(\d{4})(?![\w-])/g;

function phonesSaid(text: string): string {
  const group = (digits: string) => digitWords(digits).replaceAll(",", "");
  const all = (groups: (string | undefined)[]) => groups.filter((one) => one !== undefined && one !== "");
  return text
    .replace(PHONE, (_, a: string, b: string, c: string, d: string) =>
      all([a, b, c, d])
        .map((g) => group(g ?? ""))
        .join(", "),
    )
    .replace(SHORT_PHONE, (_, a: string, b: string) => `${group(a)}, ${group(b)}`);
}

const MONTH_PATTERN = `(${MONTH_NAMES.map((name) => `${name.slice(0, 3)}(?:${name.slice(3)})?`).join("|")}|Sept)`;
const MONTH_FIRST = new RegExp(
  `\\b${MONTH_PATTERN}\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?(?![\\d.:/]\\d|\\d)(?:,?\\s+(\\d{4})\\b)?`,
  "g",
);
const DAY_FIRST = new RegExp(
  `\\b(\\d{1,2})(?:st|nd|rd|th)?\\s+(?:of\\s+)?${MONTH_PATTERN}\\b\\.?(?:,?\\s+(\\d{4})\\b)?`,
  "g",
);

function monthNumber(name: string): number {
  return MONTH_NAMES.findIndex((month) => month.startsWith(name.slice(0, 3))) + 1;
}

/** The date in words if month and day can be one, else the text as it was. */
function dated(all: string, year: string | undefined, month: number, day: number): string {
  if (month < 1 || month > 12 || day < 1 || day > 31) return all;
  const full = year?.length === 2 ? `20${year}` : year;
  return dateWords(full ? Number(full) : undefined, month, day);
}

function datesSaid(text: string): string {
  return text
    .replace(/\b(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2})[\d:.]*Z?)?(?![\d-])/g, (all, y, m, d, hour, minute) => {
      const date = dated(all, y, Number(m), Number(d));
      return hour === undefined || date === all ? date : `${date} at ${timeWords(Number(hour), Number(minute))}`;
    })
    .replace(/(?<![\d/])(\d{1,2})\/(\d{1,2})\/(\d{4}|\d{2})(?![\d/])/g, (all, m, d, y) =>
      dated(all, y, Number(m), Number(d)),
    )
    .replace(MONTH_FIRST, (all, month: string, day: string, year?: string) =>
      dated(all, year, monthNumber(month), Number(day)),
    )
    .replace(DAY_FIRST, (all, day: string, month: string, year?: string) =>
      dated(all, year, monthNumber(month), Number(day)),
    );
}

function slashesSaid(text: string): string {
  return text.replace(/(?<![\d/])(\d{1,2})\/(\d{1,2})(?![\d/])/g, (all, a: string, b: string, at: number) => {
    const after = text.slice(at + all.length);
    if (all === "24/7") return "twenty-four seven";
    if (/^\s?-?(?:ARM|adjustable)\b/i.test(after)) return `${numberWords(Number(a))} ${numberWords(Number(b))}`;
    return FRACTIONS[all] ?? dated(all, undefined, Number(a), Number(b));
  });
}

function timesSaid(text: string): string {
  const half = (mark: string | undefined) => (mark ? `${mark.charAt(0).toLowerCase()}m` : undefined);
  /** "a.m." before a capital or at the end also ends the sentence. */
  const stop = (all: string, at: number) =>
    all.endsWith(".") && /^(?:\s+[A-Z]|\s*$)/.test(text.slice(at + all.length)) ? "." : "";
  return text
    .replace(/(\d\s?[ap]\.?m\.?)\s?-\s?(?=\d)/gi, "$1 to ")
    .replace(
      /(?<![\d:])(\d{1,2})(?::(\d{2}))?(?!\d)(?:\s?([aApP])\.?[mM]\b\.?)?(?![\d:]*:\d)/g,
      (all, hour: string, minute: string | undefined, mark: string | undefined, at: number) => {
        if (minute === undefined && mark === undefined) return all;
        if (Number(hour) > 24 || Number(minute ?? 0) > 59) return all;
        return timeWords(Number(hour), Number(minute ?? 0), half(mark)) + stop(all, at);
      },
    );
}

const NAMED_DIGITS =
  /\b((?:ending|ends|end)(?: in| with)?|last (?:four|4)(?: digits)?|cards?|accounts?|acct\.?|loan|mortgage|(?:pass|pin |zip |security )?code|pin|phone|routing|ref(?:erence)?\.?|confirmation|case|id|ext(?:ension)?\.?|dispute|transaction|ticket|number)((?:\s+(?:number|no\.|id|code|ending in|ending with|ending|is|are)|:|\s*#)*\s*:?\s*)(\d[\d -]*\d)(?![\d,]*\d|\.\d|\s?%|[-/]\d)/gi;

/** Digits that name a card, an account or a case are said one by one. */
function namesSaid(text: string): string {
  return text
    .replace(
      /(?:(ending in|ending|ends in)\s+)?(?:[•*xX]{2,}[\s-]*|(?<=\s)x)(\d{3,4})\b/g,
      (all, lead, digits: string, at: number) => {
        return `${lead ?? "ending in"} ${listed(digits, text.slice(at + all.length))}`;
      },
    )
    .replace(NAMED_DIGITS, (all, name: string, link: string, digits: string, at: number, whole: string) => {
      const plain = digits.replace(/[ -]/g, "");
      const rest = whole.slice(at + all.length);
      if (plain.length < 3 || (plain.length === 3 && !/^(?:end|last|ext|pin|.*code)/i.test(name))) return all;
      if (
        COUNTED.test(rest) ||
        (plain.length < digits.length && /\b\d{1,2}$/.test(digits) && !/^[\d]( \d)+$/.test(digits))
      )
        return all;
      return `${name}${link.replace(/#\s*$/, "number ")}${listed(plain, rest)}`;
    })
    .replace(/(?<![\w.,-])\d{4}(?:[ -]\d{4}){1,3}(?![\w,-])/g, (all, at: number, whole: string) => {
      return listed(all.replace(/[ -]/g, ""), whole.slice(at + all.length));
    })
    .replace(/\b([A-Z]{1,6})-?(\d{3,})\b/g, (all, letters: string, digits: string, at: number, whole: string) => {
      return `${[...letters].join(" ")}, ${listed(digits, whole.slice(at + all.length))}`;
    });
}

const RANGE = new RegExp(`(?<![\\d.,/-]|[a-z]-)(${NUMBER})\\s?-\\s?(${NUMBER})(?![\\d-]|[.,]\\d)`, "g");
const ANY_NUMBER = new RegExp(`(?<![\\w.])(-)?(${NUMBER})(?![\\d])`, "g");

/** One number on its own: an amount, a count, a year, or the name of something. */
function numberSaid(number: string, after: string): string {
  if (number.includes(",") || number.includes(".")) return decimalWords(number);
  if (COUNTED.test(after)) return decimalWords(number);
  const long = number.length > 4 || (number.length > 1 && number.startsWith("0"));
  if (long) return listed(number, after);
  if (number.length < 4) return numberWords(Number(number));
  // A round number without a sign is an amount or a count more often than a name.
  if (number.endsWith("00")) return numberWords(Number(number));
  return /^(?:19|20)/.test(number) ? yearWords(Number(number)) : listed(number, after);
}

function numbersSaid(text: string): string {
  return text
    .replace(/(\d)\s?%/g, "$1 percent")
    .replace(RANGE, "$1 to $2")
    .replace(/(?:#|\bNo\.)\s?(?=\d)/g, "number ")
    .replace(/(?<![\d.,])(\d{1,4})(?:st|nd|rd|th)\b/g, (_, n: string) => ordinalWords(Number(n)))
    .replace(/(?<![\w.])(\d+)[xX](?!\w)/g, "$1 times")
    .replace(new RegExp(`(?<![\\w.$])(${NUMBER})\\s?([kK]|bn)\\b`, "g"), (_, n: string, s: string) => scaled(n, s))
    .replace(ANY_NUMBER, (all, minus: string | undefined, number: string, at: number, whole: string) => {
      return (minus ? "minus " : "") + numberSaid(number, whole.slice(at + all.length).replace(/^-/, " "));
    });
}

/** Letters and digits stuck together ("A1B2C3") are said one by one. */
function codesSaid(text: string): string {
  return text.replace(/\b(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{4,12}\b/g, (code) => {
    return [...code].map((char) => (/\d/.test(char) ? digitWords(char) : char)).join(", ");
  });
}

const STEPS = [
  plainText,
  addressesSaid,
  unitsSaid,
  moneySaid,
  phonesSaid,
  datesSaid,
  timesSaid,
  slashesSaid,
  namesSaid,
  codesSaid,
  numbersSaid,
  abbreviationsSaid,
  signsSaid,
  asciiOnly,
];

/** The text written out for a voice: "$1,250.50" becomes "one thousand two hundred fifty dollars and fifty cents". */
export function speakable(text: string): string {
  let said = text;
  for (const step of STEPS) said = step(said);
  return said
    .replace(/\s+/g, " ")
    .replace(/\s+([,.!?;:])/g, "$1")
    .replace(/,(?:\s*,)+/g, ",")
    .replace(/,(?=[.!?;:])/g, "")
    .trim();
}
