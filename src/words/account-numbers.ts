/** What makes digits the number of a card or an account: check digits, and the words for digits in other languages. */

/** Whether the last digit of a card number fits the ones before it. @param digits 0-9 only */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let back = 0; back < digits.length; back++) {
    const digit = digits.charCodeAt(digits.length - 1 - back) - 48;
    const doubled = digit * 2;
    sum += back % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** How long an IBAN is, by country: what is longer or shorter is none, and "is 96 ..." is English. */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 FO18 FR27 " +
    "GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 " +
    "MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SD18 SE24 SI19 SK24 SM27 ST25 SV28 " +
    "TL23 TN24 TR26 UA29 VA22 VG24 XK20"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const IBAN_BEGINS = /(?<![\p{L}\p{Nd}])[A-Za-z]{2}[ -]?\d[ -]?\d/gu;
/** A comma between two groups: what is read out in small letters between commas is talk. */
const AMID_GROUPS = /^[A-Z0-9], ?[A-Z0-9]/;

/** Where international account numbers stand in the text, letters and spaces between included; they are told by their check digits. */
export function ibansIn(text: string): { start: number; end: number; last_4: string }[] {
  const found: { start: number; end: number; last_4: string }[] = [];
  for (const { index } of text.matchAll(IBAN_BEGINS)) {
    if (index < (found.at(-1)?.end ?? 0)) continue;
    const iban = ibanAt(text, index);
    if (iban) found.push({ start: index, ...iban });
  }
  return found;
}

function ibanAt(text: string, start: number): { end: number; last_4: string } | undefined {
  const length = IBAN_LENGTHS.get(text.slice(start, start + 2).toUpperCase()) ?? 0;
  let compact = "";
  let at = start;
  for (; at < text.length && compact.length < length; at++) {
    const char = text.charAt(at);
    if (/[A-Za-z0-9]/.test(char)) compact += char.toUpperCase();
    else if (
      char === ","
        ? !AMID_GROUPS.test(text.slice(at - 1, at + 3))
        : !/[ -]/.test(char) || /[ -]/.test(text.charAt(at - 1))
    )
      return undefined;
  }
  const ends = !/[\p{L}\p{Nd}]/u.test(text.charAt(at));
  return length > 0 && compact.length === length && ends && rest97(compact) === 1
    ? { end: at, last_4: compact.slice(-4) }
    : undefined;
}

/** ISO 7064, mod 97-10: the first four to the end, letters as two digits. */
function rest97(iban: string): number {
  let rest = 0;
  for (const char of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** Zero to nine in Spanish, Portuguese, French, Italian, German and Dutch. */
const IN_OTHER_LANGUAGES = [
  "cero uno dos tres cuatro cinco seis siete ocho nueve",
  "zero um dois três quatro cinco seis sete oito nove",
  "zéro un deux trois quatre cinq six sept huit neuf",
  "zero uno due tre quattro cinque sei sette otto nove",
  "null eins zwei drei vier fünf sechs sieben acht neun",
  "nul een twee drie vier vijf zes zeven acht negen",
];
/** Words of their own as well. */
const UNSURE = new Set(["um", "un", "uno", "due", "sei", "null", "nul", "een", "six"]);

const all = IN_OTHER_LANGUAGES.flatMap((line) => line.split(" ").map((word, digit) => [word, String(digit)] as const));
/** Always a digit. */
export const DIGIT_WORDS: ReadonlyMap<string, string> = new Map(all.filter(([word]) => !UNSURE.has(word)));
/** A digit between other digits. `um` and `six` are not here: they are English words that are read as such. */
export const UNSURE_DIGIT_WORDS: ReadonlyMap<string, string> = new Map(
  all.filter(([word]) => UNSURE.has(word) && word !== "um" && word !== "six"),
);
