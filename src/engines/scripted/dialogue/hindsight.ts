/** Looking back at what has been done: "that was wrong, I wanted twenty", "please undo it", "the other one as well". */
import { sentences } from "../../../words/sentences.ts";
import { ask, errandOf, type Run, type Talk } from "./state.ts";

/** Wanted back, whatever else the words hold. */
const UNDO =
  /\b(undo|undone|reverse|revert|unblock|unfreeze|take (it|that|this) back|by mistake|that was (all )?wrong|that's (all )?wrong|not what i)\b/i;
/** Not content with it. */
const REGRET =
  /\b(wrong|mistake|cancel (it|that|this)|stop (it|that)|not right|isn't right|wasn't right|should have|i (wanted|meant|said)|(didn't|did not) (want|mean|ask|say))\b/i;
const AGAIN = /\b(as well|too|also|another|other (one|card|account|charge)|again|the same|one more)\b/i;
const NO_WAY_BACK = "If something about that isn't right, I can connect you with a person.";

/** The caller regrets what was done. `other`: the words ask for something that can be done. */
export function regrets(text: string, other: boolean): boolean {
  return UNDO.test(text) || (!other && REGRET.test(text));
}

/** The caller wants what was done once more, for something else. */
export function wantsAgain(text: string): boolean {
  return AGAIN.test(text);
}

/** Says what was done, and what is possible now; nothing is taken back. */
export function regret(talk: Talk, run: Run): void {
  const done = run.did
    .map((said) => sentences(said).map((one) => one.text.trim()))
    .map((parts) => parts.find((part) => !/^done\.?$/i.test(part)) ?? "");
  talk.say.push("I'm sorry that isn't what you wanted.", ...done, errandOf(talk, run).undone ?? NO_WAY_BACK);
}

/** Regret where nothing else is open: the caller says what should be done about it. */
export function regretLast(talk: Talk, run: Run): void {
  regret(talk, run);
  ask(talk, { kind: "more" }, "What would you like me to do?");
}

/** What holds for the next one of the same kind: where money comes from, what it is searched by and why, not which one, and not how much. */
export function carriedOn(talk: Talk, run: Run): Record<string, string> {
  const { slots, steps } = errandOf(talk, run);
  const agreed = steps.filter((step) => step.confirmed).flatMap((step) => step.needs);
  const holds = (name: string) => {
    const slot = slots[name];
    if (slot?.kind === "account") return slot.role === "from";
    return slot?.kind === "name" || (slot?.kind === "choice" && agreed.includes(name));
  };
  return Object.fromEntries(Object.entries(run.slots).filter(([name]) => holds(name)));
}
