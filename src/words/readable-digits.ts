/** Digits that look like an account number and are none: they are kept as they are. */

const NO_DIGIT_BEFORE = String.raw`(?<!\p{Nd}[\s.,()-]{0,3})`;
const NO_DIGIT_AFTER = String.raw`(?![\s.,()-]{0,3}\p{Nd})`;
const READABLE = new RegExp(
  [
    // 2026-12-01
    String.raw`(?<![\p{Nd}-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?![\p{Nd}-])`,
    // 12/1/2026
    String.raw`(?<![\p{Nd}/])(?:0?[1-9]|1[0-2])\/(?:0?[1-9]|[12]\d|3[01])\/(?:19|20)\d\d(?![\p{Nd}/])`,
    // 2019 to 2026
    String.raw`${NO_DIGIT_BEFORE}(?:19|20)\d\d\s(?:to|until|till)\s(?:19|20)\d\d${NO_DIGIT_AFTER}`,
    // (212) 555-0142: kept free for stories, and nobody's
    String.raw`${NO_DIGIT_BEFORE}(?:\+?1[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])?555[\s.-]01\d\d${NO_DIGIT_AFTER}`,
    // $12345678.90
    String.raw`[$€£]\s?\d{1,9}(?:\.\d{1,2})?${NO_DIGIT_AFTER}`,
  ].join("|"),
  "gu",
);

/** Dates, spans of years, amounts with their currency, and phone numbers of stories, in the order of the text. */
export function readableIn(text: string): { start: number; end: number }[] {
  return [...text.matchAll(READABLE)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
}
