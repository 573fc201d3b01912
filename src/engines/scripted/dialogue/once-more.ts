/** Right after something was done: the same again, one more of it, the money back, or a correction that comes too late. */
import type { Dialogue } from "../../../scenarios/dialogue.ts";
import { isAccount, sides } from "./corrections.ts";
import { carriedOn, regretLast, wantsAgain } from "./hindsight.ts";
import { wordsOf } from "./match.ts";
import { onlyTells } from "./orders.ts";
import { corrects, valuesIn } from "./slots.ts";
import { errandOf, newRun, type Run, type Talk } from "./state.ts";
import { begin } from "./wishes.ts";

/** "Move it back", "put the fifty back". */
const BACK =
  /\b(?:move|put|send|transfer|bring|pay) (?:it|that|them|this|(?:the|my) [\w$.,]+(?: dollars)?)(?: all)?(?: right)? back\b/i;
const SAME =
  /\b(?:the same|same (?:thing|one|amount)|do (?:it|that|this) again|once (?:again|more)|repeat (?:it|that))\b/i;
const ALSO = /^(?:and|plus|then|also)\b|\b(?:what|how) about\b/i;
const TOO_LATE =
  /^(?:(?:oh|um|uh|well)[\s,]+)*(?:no|wait|actually|sorry|hold on|hang on|i mean)\b|\b(?:make (?:it|that)|should be|instead)\b/i;
/** A correction is short; more words tell something else. */
const MOST_WORDS = 9;

/**
 * Goes on from the errand that was finished last.
 * @param other the words ask for something else that can be done
 * @returns false when the words are about something else
 */
export function goesOnFrom(talk: Talk, last: Run, text: string, other: boolean): boolean {
  const errand = errandOf(talk, last);
  if (BACK.test(text)) return turnsBack(talk, last, errand, text);
  if (other) return false;
  const reading = { open: null, correcting: true, today: talk.today };
  const values = valuesIn(text, errand, newRun(last.errand), reading);
  const given = Object.keys(values).length > 0;
  if (sides(errand) && SAME.test(text)) begin(talk, last.errand, text, { ...last.slots, ...values });
  else if (wantsAgain(text) || (ALSO.test(text.trim()) && given))
    begin(talk, last.errand, text, { ...apart(errand, carriedOn(talk, last), values), ...values });
  else if (!given || !comesTooLate(text)) return false;
  else if (onlyTells(errand)) begin(talk, last.errand, text, values);
  else regretLast(talk, last);
  return true;
}

/** Without the account that the money comes from, where it is the one it goes to now. */
function apart(errand: Dialogue, carried: Record<string, string>, values: Record<string, string>) {
  const found = sides(errand);
  if (!found || carried[found.from] !== values[found.to]) return carried;
  return Object.fromEntries(Object.entries(carried).filter(([name]) => name !== found.from));
}

function comesTooLate(text: string): boolean {
  return corrects(text) && TOO_LATE.test(text.trim()) && wordsOf(text).length <= MOST_WORDS;
}

/** Between the caller's own accounts money can go the other way; from somebody else nothing comes back. */
function turnsBack(talk: Talk, last: Run, errand: Dialogue, text: string): boolean {
  const found = sides(errand);
  const from = found && last.slots[found.from];
  const to = found && last.slots[found.to];
  if (!found || !from || !to || !isAccount(to)) regretLast(talk, last);
  else begin(talk, last.errand, text, { ...last.slots, [found.from]: to, [found.to]: from });
  return true;
}
