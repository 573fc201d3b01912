/** Who is asked for the digits that say who they are, and gives them, or has a question about that. */
import { asideFor, IDENTITY_ASIDES } from "./commands.ts";
import { wordsOf } from "./match.ts";
import { advance, repeatQuestion, verify } from "./plan.ts";
import { lastFourIn } from "./slots.ts";
import { errandOf, type Run, type Talk } from "./state.ts";
import { interrupts, valuesFor, wish } from "./wishes.ts";

export function identify(talk: Talk, run: Run, digits: string): boolean {
  run.slots.identity = digits;
  advance(talk);
  return true;
}

const WRONG = /\b(?:wrong|incorrect|mistake|not)\b|n't\b/i;
/** Nothing else is meant by it than what was said just now. */
const MEANS_THAT =
  /^(?:no|oh|sorry|wait|hold on|oops|that|that's|that is|that was|it|it's|it is|it was|is|was|isn't|wasn't|they|they're|those|were|are|i'm|i am|my|a|the|one|ones|so|not|right|wrong|incorrect|mistake|digits?|numbers?| )+$/;

/** Asked who they are, the caller wants to know why, has no digits, or sees that they were wrong: the errand stays as it is. */
export function hasNoDigits(talk: Talk, text: string): boolean {
  const { run, verified, asked } = talk.state;
  if (!run || verified || lastFourIn(text)) return false;
  const question = asked?.question;
  const slot = question?.kind === "slot" ? errandOf(talk, run).slots[question.slot] : undefined;
  if (question?.kind !== "identity" && slot?.kind !== "last-four") return false;
  if (WRONG.test(text) && MEANS_THAT.test(wordsOf(text).join(" "))) {
    talk.say.push("No problem.");
    verify(talk);
    return true;
  }
  const said = elsewhere(talk, text) ? undefined : asideFor(text, IDENTITY_ASIDES, true);
  if (!said || Object.keys(valuesFor(talk, run.errand, text)).length > 0) return false;
  talk.say.push(said);
  repeatQuestion(talk);
  return true;
}

/** The words are about another errand than the one under way. */
export function elsewhere(talk: Talk, text: string): boolean {
  const found = wish(talk, text);
  return found !== undefined && found.errand !== talk.state.run?.errand && interrupts(talk, text, found);
}
