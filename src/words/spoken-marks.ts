/**
 * Abbreviations, acronyms, units and signs, and what they sound like. Names of letters are written with spaces
 * ("A P R"), which makes a synthesiser spell them.
 */
import { table } from "./table.ts";

/** Said letter by letter. */
const SPELLED =
  "APR|APY|ATM|SMS|FDIC|NCUA|ACH|CVV|CVC|SSN|EIN|ITIN|USPS|UPS|FAQ|URL|UK|EU|LTV|DTI|PMI|HOA|FHA|VA|KYC|AML|MFA|OTP|CD|IRA|" +
  "IRS|CEO|AI|API|GPS|TV|PC|QR|NFC|EMV|EST|PST|CST|UTC|GMT|DOB|ETA|PO|ID|IDs|PDF|CFPB|OFAC|BSA|POS|MCC|RTN|ABA";

/** Written one way, said another. Longer forms come first. */
const SAID: readonly (readonly [RegExp, string])[] = [
  [/\be\.g\.,?/gi, "for example,"],
  [/\bi\.e\.,?/gi, "that is,"],
  [/\betc\.(?=\s+[a-z,;])/g, "et cetera"],
  [/\betc\./g, "et cetera."],
  [/\bvs\.?(?=\s)/gi, "versus"],
  [/\bapprox\.(?=\s)/gi, "approximately"],
  [/\bacct\.?(?=\s)/gi, "account"],
  [/\bMr\.(?=\s)/g, "Mister"],
  [/\bMrs\.(?=\s)/g, "Missus"],
  [/\bMs\.(?=\s)/g, "Miz"],
  [/\bDr\.(?=\s)/g, "Doctor"],
  [/\bU\.S\.(?=\s+[a-z])/g, "U S"],
  [/\bU\.S\.A?\.?/g, "U S."],
  [/\bw\/o\b/g, "without"],
  [/\bw\/\s?/g, "with "],
  [/\band\/or\b/g, "and or"],
  [/\bUSD\b/g, "U S dollars"],
  [/\bIBAN\b/g, "eye ban"],
  [/\bSWIFT\b/g, "swift"],
  [/\bPIN(s?)\b/g, "pin$1"],
  [/\bARM\b/g, "arm"],
  [/\bHELOC\b/g, "hee lock"],
  [/\bOK\b/g, "okay"],
  [/\bUSA\b/g, "U S A"],
  [/\bUS\b/g, "U S"],
];

/** Unit after a number: one, several. */
const UNITS = table<readonly [string, string]>({
  km: ["kilometer", "kilometers"],
  mi: ["mile", "miles"],
  kg: ["kilogram", "kilograms"],
  lb: ["pound", "pounds"],
  lbs: ["pound", "pounds"],
  ft: ["foot", "feet"],
  hr: ["hour", "hours"],
  hrs: ["hour", "hours"],
  min: ["minute", "minutes"],
  mins: ["minute", "minutes"],
  sec: ["second", "seconds"],
  secs: ["second", "seconds"],
  ms: ["millisecond", "milliseconds"],
  mo: ["month", "months"],
  yr: ["year", "years"],
  yrs: ["year", "years"],
  wk: ["week", "weeks"],
  wks: ["week", "weeks"],
  bps: ["basis point", "basis points"],
  pts: ["point", "points"],
  mb: ["megabyte", "megabytes"],
  gb: ["gigabyte", "gigabytes"],
});
const PER = table<string>({
  mo: "month",
  month: "month",
  yr: "year",
  year: "year",
  wk: "week",
  week: "week",
  day: "day",
  hr: "hour",
  hour: "hour",
});

/** Pattern of the unit abbreviations, for use after a number. */
const UNIT_PATTERN = Object.keys(UNITS)
  .sort((a, b) => b.length - a.length)
  .join("|");
const AFTER_NUMBER = new RegExp(`(\\d[\\d,.]*)\\s?(${UNIT_PATTERN})\\b\\.?(?=\\s|[,;:!?)]|$)`, "gi");

/** "10 km" is "10 kilometers", "$50/mo" is "$50 per month". The number stays for later rules. */
export function unitsSaid(text: string): string {
  return text
    .replace(/\/\s?(month|mo|year|yr|week|wk|day|hour|hr)\b\.?(?=\s|[,;:!?)]|$)/gi, (_, unit: string) => {
      return ` per ${PER[unit.toLowerCase()] ?? unit}`;
    })
    .replace(AFTER_NUMBER, (all, number: string, unit: string, at: number) => {
      const names = UNITS[unit.toLowerCase()];
      // A stop that ended the sentence stays: "It takes 5 min. Then ...".
      const stop = all.endsWith(".") && /^(?:\s+[A-Z]|\s*$)/.test(text.slice(at + all.length)) ? "." : "";
      return names ? `${number} ${number === "1" ? names[0] : names[1]}${stop}` : all;
    });
}

/** Abbreviations and acronyms written out or spelled. */
export function abbreviationsSaid(text: string): string {
  let said = text;
  for (const [mark, words] of SAID) said = said.replace(mark, words);
  said = said.replace(new RegExp(`\\b(?:${SPELLED})\\b`, "g"), (name) => spelled(name));
  // Consonants alone cannot be said as a word.
  return said.replace(/\b[B-DF-HJ-NP-TV-XZ]{2,6}\b/g, spelled);
}

function spelled(name: string): string {
  const plural = name.endsWith("s") ? "'s" : "";
  return [...name.replace(/s$/, "")].join(" ") + plural;
}

/** Signs left over after numbers were read. */
export function signsSaid(text: string): string {
  return text
    .replace(/\s*&\s*/g, " and ")
    .replace(/\s?%/g, " percent")
    .replace(/#\s?(?=[a-z])/gi, "number ")
    .replace(/(?<=\S)\s*=\s*(?=\S)/g, " equals ")
    .replace(/(?<=\w)\s*\+\s*(?=\w)/g, " plus ")
    .replace(/~\s?(?=\w)/g, "about ")
    .replace(/°\s?([CF])\b/g, " degrees $1")
    .replace(/°/g, " degrees ")
    .replace(/\s+\/\s+|(?<=[a-z])\/(?=[a-z])/gi, " or ");
}

/** Quotes, dashes, list marks and markdown as plain text; white space as single spaces. */
export function plainText(text: string): string {
  return text
    .replace(/[‘’‛′]/g, "'")
    .replace(/[“”„«»]/g, '"')
    .replace(/…/g, "...")
    .replace(/(\d)\s?[–—−]\s?(?=[\d$])/g, "$1-")
    .replace(/−(?=\d)/g, "-")
    .replace(/\s*[–—]+\s*/g, ", ")
    .replace(/\s--+\s/g, ", ")
    .replace(/\[([^\]]*)\]\((?:[^)]*)\)/g, "$1")
    .replace(/^\s*(?:[-*]|#{1,6})\s+/gm, "")
    .replace(/(\*\*|__|`)/g, "")
    .replace(/(?<![\w*])\*(?=\w)|(?<=[\w.!?,])\*(?![\w*])/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** "help@aurora.example" and "https://aurora.example/cards" in words. */
export function addressesSaid(text: string): string {
  const dotted = (address: string) => address.replace(/\./g, " dot ").replace(/\//g, " slash ");
  return text
    .replace(/\b([\w.+-]+)@([\w-]+(?:\.[\w-]+)+)/g, (_, name: string, host: string) => {
      return `${dotted(name).replace(/_/g, " underscore ")} at ${dotted(host)}`;
    })
    .replace(/\bhttps?:\/\/(?:www\.)?([\w-]+(?:\.[\w-]+)*(?:\/[\w/-]*)?)/g, (_, rest: string) => {
      return dotted(rest.replace(/\/$/, ""));
    });
}

/** What is left outside ASCII: letters lose their accents, everything else goes (the synthesiser reads ASCII). */
export function asciiOnly(text: string): string {
  return text
    .replace(/ø/g, "o")
    .replace(/Ø/g, "O")
    .replace(/æ/g, "ae")
    .replace(/ß/g, "ss")
    .normalize("NFKD")
    .replace(/[^\x20-\x7e]/g, "");
}
