/** One of several entries that a tool has listed: by place, by amount, or by a word of its name. */
import { moneyIn } from "../../../words/money.ts";
import { wordsOf } from "./match.ts";
import type { Listed } from "./state.ts";

const PLACES: [RegExp, number][] = [
  [/\b(first|newest|latest|most recent|top|1st)\b/i, 0],
  [/\b(second|2nd)\b/i, 1],
  [/\b(third|3rd)\b/i, 2],
  [/\b(fourth|4th)\b/i, 3],
  [/\b(fifth|5th)\b/i, 4],
];

/** The id of the entry meant. */
export function pickIn(text: string, listed: Listed[], open: boolean): string | undefined {
  if (listed.length === 0) return undefined;
  // "The forty dollar one" is no forty dollars and one cent.
  const priceless = text.replace(/\b(dollars?|bucks?) one\b/gi, "dollars");
  const cents = moneyIn(priceless, { bare: open }).at(-1)?.cents;
  const priced = listed.filter((entry) => entry.cents !== null && Math.abs(entry.cents) === cents);
  if (priced.length === 1) return priced[0]?.id;
  if (!open) return undefined;
  const place = PLACES.find(([form]) => form.test(text))?.[1];
  if (place !== undefined) return listed[place]?.id;
  if (/\b(last|oldest|older|earlier)\b/i.test(text)) return listed.at(-1)?.id;
  const words = wordsOf(text);
  const named = listed.filter((entry) => wordsOf(entry.words).some((word) => word.length > 3 && words.includes(word)));
  if (named.length === 1) return named[0]?.id;
  return /\b(both|either|any|all|that one|this one|yes)\b/i.test(text) ? listed[0]?.id : undefined;
}
