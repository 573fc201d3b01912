/** A day to come, or again and again, named with something that can only be done now. */
import { datesIn } from "../../../words/dates.ts";
import { closes } from "./closing.ts";
import { errandOf, type Talk } from "./state.ts";

const REPEATED =
  /\b(?:every|each) (?:other )?(?:day|week|fortnight|month|quarter|year|payday|morning|evening|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday|first|second|third|fifteenth|last|\d+(?:st|nd|rd|th)|\w+ (?:days|weeks|months))\b|\b(?:daily|weekly|biweekly|monthly|yearly|recurring|standing order|regularly|automatically|repeatedly|once a (?:week|month|year))\b/i;
const LATER =
  /\b(?:later|tonight|on payday|next time|in the (?:morning|evening|afternoon|future)|in (?:an?|one|two|three|\d+|a few|a couple of) (?:minutes?|hours?|days?|weeks?|months?)|next (?:week|month|year)|schedule[ds]?)\b/i;

/** What is said to it where the errand under way can only be done now; undefined where no other time was named. */
export function onlyNow(talk: Talk, text: string): string | undefined {
  const { run } = talk.state;
  const words = run ? errandOf(talk, run).onlyNow : undefined;
  if (!words || closes(text)) return undefined;
  const named = datesIn(text, talk.today).some(({ date }) => date > talk.today);
  return named || REPEATED.test(text) || LATER.test(text) ? words : undefined;
}
