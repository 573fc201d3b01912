/** What tells digits that belong to a card or an account from a list of amounts: the check digit, and the word before them. */
import { passesLuhn } from "./account-numbers.ts";

/** Digits of a payment card. */
export const CARD = { shortest: 13, longest: 19 };
/** How the cards in use begin, by their length: narrow enough to look for one among other numbers. */
const ISSUED: ReadonlyMap<number, RegExp> = new Map([
  [14, /^3(?:0[0-5]|[689])/],
  [15, /^3[47]/],
  [16, /^(?:4|5[1-5]|2[2-7]|35|6(?:011|4[4-9]|5))/],
  [19, /^(?:4|6[25])/],
]);

/** Whether these digits, and no more, may be a card's. @param digits 0-9 only */
export function isCard(digits: string): boolean {
  const { length } = digits;
  return length >= CARD.shortest && length <= CARD.longest && /^[2-6]/.test(digits) && passesLuhn(digits);
}

/** Whether the groups are a card number, or some of them in a row are one. @param groups each 0-9 only */
export function holdsCard(groups: readonly string[]): boolean {
  if (isCard(groups.join(""))) return true;
  return groups.some((_, from) => {
    let digits = "";
    for (let k = from; k < groups.length && digits.length < CARD.longest; k++) {
      digits += groups[k] ?? "";
      if (ISSUED.get(digits.length)?.test(digits) && passesLuhn(digits)) return true;
    }
    return false;
  });
}

/** One number is named, not several: "cards 4829 and 3052" are two that are told by their last four. */
const NAME = [
  String.raw`(?:credit|debit|bank)?card|account|acct|a\/c|ssn|social|tax\sid|routing|sort\scode|iban(?:\s[a-z]\s?[a-z])?`,
  "konto(?:nummer)?|karte(?:nnummer)?|tarjeta|cuenta|carte|compte|cartão|conta|carta|conto|kaart|rekening(?:nummer)?",
].join("|");
const BETWEEN =
  "number|no|nr|num|security|code|digits|is|are|was|it|it's|its|that's|here's|the|my|um|uh|er|okay|so|yes|" +
  "nummer|ist|lautet|número|numero|es|numéro|est|é|è|nummer";
const NAMED = new RegExp(
  String.raw`(?<![\p{L}\p{Nd}])(?:${NAME})(?:[\s.,:;#=-]{1,3}(?:${BETWEEN})){0,6}[\s.,:;#=-]{0,3}$`,
  "iu",
);
/** The longest name with what is said between it and its number. */
const FAR = 72;

/** Whether the digits at this place are called the number of a card, an account or a person: "my account number is 123, 45678". */
export function isNamed(text: string, at: number): boolean {
  return NAMED.test(text.slice(Math.max(0, at - FAR), at).replaceAll("’", "'"));
}

const SPOKEN_DIGIT = "(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)";
const SIDE = String.raw`(?:back|front|reverse|other\sside|signature\sstrip)`;
/**
 * The three or four digits on the back of a card, named as such. Looked for at digits only, and so many words and blanks back:
 * without these bounds four thousand blanks take minutes.
 */
export const CARD_CODE = new RegExp(
  String.raw`(?=\d|${SPOKEN_DIGIT})(?<=\b(?:cvv2?|cvc2?|cvn|(?<!social )security (?:code|number|digits)` +
    String.raw`|card verification (?:code|value|number)|(?:code|number|digits)(?:\sthat's|\sprinted)?\s(?:on|at)\s(?:the|my|its)\s${SIDE}` +
    String.raw`|(?:three|four|3|4)[\s-]digit\s(?:code|number)|${SIDE}\sof\s(?:the|my)\scard)` +
    String.raw`(?:[\s,]{1,4}(?:is|are|was|says|reads|number|code|on|the|back|of|it|it['’]s|that['’]s|my|card)){0,8}\s{0,4}[:=,]?\s{0,4})` +
    String.raw`(?:\d(?:[\s-]?\d){2,3}(?![\s-]?\d)|${SPOKEN_DIGIT}(?:[\s,-]+${SPOKEN_DIGIT}){2,3}(?![\s,-]+${SPOKEN_DIGIT}))`,
  "giu",
);
