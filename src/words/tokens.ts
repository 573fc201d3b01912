/**
 * Words of an utterance with their places in it. Everything that reads speech starts here.
 *
 * A token is a word ("don't" stays whole), a numeral ("1,250.50", "4829") or one of $ € £ ¢ % #.
 * Letters that follow a numeral without a space ("15th", "2k") are a token of their own with an empty gap.
 */
export interface Token {
  /** Lower case, straight apostrophes. */
  text: string;
  /** Offsets in the original text, end exclusive. */
  start: number;
  end: number;
  /** What stands between the token before and this one. */
  gap: string;
}

const TOKEN = /[$€£¢%#]|\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|(?<!\d\.)\d+\.\d+(?!\.?\d)|\d+|\p{L}+(?:['’]\p{L}+)*/gu;

/** Splits a text into tokens; offsets refer to the text as it came. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let last = 0;
  for (const match of text.matchAll(TOKEN)) {
    const start = match.index;
    const end = start + match[0].length;
    found.push({
      text: match[0].toLowerCase().replaceAll("’", "'"),
      start,
      end,
      gap: text.slice(last, start),
    });
    last = end;
  }
  return found;
}

/** True if a comma, stop or the like stands before the token, so that a new thought may begin there. */
export function breaksBefore(token: Token | undefined): boolean {
  return token !== undefined && /[.,;:!?…]/.test(token.gap);
}

/** True for "4", "4829", "1,250.50". */
export function isNumeral(word: string | undefined): boolean {
  return word !== undefined && /^\d/.test(word);
}

/** The number a numeral token stands for. */
export function numeralValue(word: string): number {
  return Number(word.replaceAll(",", ""));
}
