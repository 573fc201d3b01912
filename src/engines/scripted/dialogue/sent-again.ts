/** What was sent is wanted once more, before it was of use: "resend the code". */
import { bestPhrase, wordsOf } from "./match.ts";
import { advance } from "./plan.ts";
import { errandOf, type Talk } from "./state.ts";

export function sendsAgain(talk: Talk, text: string): boolean {
  const { run, asked } = talk.state;
  if (!run || asked?.question.kind !== "slot") return false;
  const words = wordsOf(text);
  const index = errandOf(talk, run).steps.findLastIndex(
    (step, at) => run.over[at] === "done" && bestPhrase(words, step.again ?? []) !== undefined,
  );
  if (index < 0) return false;
  delete run.over[index];
  advance(talk);
  return true;
}
