/** One of several entries that a tool has listed: by place, by amount, by day, or by a word of its name. */
import { datesIn } from "../../../words/dates.ts";
import { moneyIn } from "../../../words/money.ts";
import { wordsOf } from "./match.ts";
import type { Listed } from "./state.ts";

const PLACES: [RegExp, number][] = [
  [/\b(first|newest|latest|most recent|top|1st)\b/i, 0],
  [/\b(second|2nd)\b/i, 1],
  [/\b(third|3rd)\b/i, 2],
  [/\b(fourth|4th)\b/i, 3],
  [/\b(fifth|5th)\b/i, 4],
  // "Last week" is no place in a list.
  [/\b(last (one|of (them|these|those|all))|very last|oldest|earliest)\b|\bthe last$/i, -1],
];
const REFUSED = /\bnot (?:the )?[\w-]+(?: one)?/gi;

/** The id of the entry meant; `open`: the caller chooses, so that a place or a name is enough. */
export function pickIn(text: string, listed: Listed[], open: boolean, today: string): string | undefined {
  if (listed.length === 0) return undefined;
  // "The forty dollar one" is no forty dollars and one cent.
  const said = text.replace(REFUSED, " ").replace(/\b(dollars?|bucks?) one\b/gi, "dollars");
  const cents = moneyIn(said, { bare: open }).map((money) => money.cents);
  const priced = listed.filter((entry) => entry.cents !== null && cents.includes(Math.abs(entry.cents)));
  if (priced.length === 1) return priced[0]?.id;
  if (!open) return undefined;
  const days = datesIn(said, today, { past: true }).map((found) => found.date);
  const dated = listed.filter((entry) => days.some((day) => entry.words.includes(day)));
  if (dated.length === 1) return dated[0]?.id;
  const place = PLACES.find(([form]) => form.test(said.trim().replace(/[.!?]+$/, "")))?.[1];
  if (place !== undefined) return listed.at(place)?.id;
  return named(wordsOf(said), listed);
}

/** Every entry is one of these, whoever it was paid to. */
const KINDS = new Set([
  "dispute",
  "credit",
  "debit",
  "card",
  "charge",
  "payment",
  "purchase",
  "transaction",
  "pending",
]);

/** The entry with the most of the words in its name, one of them a name of its own. */
function named(words: string[], listed: Listed[]): string | undefined {
  const heard = ({ words: own }: Listed) => {
    const found = new Set(wordsOf(own).filter((word) => word.length > 3 && words.includes(word)));
    return [...found].some((word) => !KINDS.has(word)) ? found.size : 0;
  };
  const most = Math.max(...listed.map(heard));
  const best = listed.filter((entry) => heard(entry) === most);
  return most > 0 && best.length === 1 ? best[0]?.id : undefined;
}

/** Several at once, or whichever: no choice that something can be done with. */
export function choosesMany(text: string): boolean {
  return /\b(both|all|any|either|every|each|whichever)\b/i.test(text);
}

/** It is not among them. */
export function choosesNone(text: string): boolean {
  return /\b(none|neither|not (any|one) of|isn't (there|one of)|something else|another (one|shop|charge))\b/i.test(
    text,
  );
}
