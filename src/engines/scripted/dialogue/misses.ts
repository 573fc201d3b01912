/** When the caller was not understood: asked again, then given words to choose from, then offered a person. */
import { examples, runnable } from "./plan.ts";
import { type Asked, ask, errandOf, type Talk } from "./state.ts";
import { filled } from "./texts.ts";

const SORRY = "Sorry, I didn't quite catch that.";
const STILL = "I'm still not sure I understood.";
/** The misunderstanding in a row at which a person is offered. */
const ENOUGH = 3;

/** One more misunderstanding. */
export function miss(talk: Talk): void {
  const { state } = talk;
  state.misses += 1;
  if (state.misses >= ENOUGH && state.asked?.question.kind !== "human") return offerPerson(talk);
  if (!state.asked) return missOpening(talk);
  talk.say.push(state.misses === 1 ? SORRY : STILL);
  const open = state.asked.question.kind === "more" && state.did.length === 0;
  talk.say.push(state.misses === 1 && !open ? again(talk, state.asked) : `You can say ${choice(talk, state.asked)}.`);
}

/** Nothing has been asked yet: the first words were not understood. */
function missOpening(talk: Talk): void {
  const { state, script } = talk;
  const first = runnable(talk)[0];
  const opening = script.primary && first === script.primary ? script.errands[first]?.opening : undefined;
  if (opening) return ask(talk, { kind: "topic" }, opening, SORRY);
  ask(talk, { kind: "more" }, `You can say ${examples(talk)}.`, state.misses === 1 ? SORRY : STILL);
}

/** The open question in other words, where there are some. */
function again(talk: Talk, asked: Asked): string {
  const run = talk.state.run;
  if (!run || asked.question.kind !== "slot") return asked.words;
  const errand = errandOf(talk, run);
  const slot = errand.slots[asked.question.slot];
  return slot ? filled(slot.again, errand, run) : asked.words;
}

/** Words to say in answer to the open question. */
function choice(talk: Talk, asked: Asked): string {
  const run = talk.state.run;
  const { question } = asked;
  if (run && question.kind === "slot") {
    const errand = errandOf(talk, run);
    const hint = errand.slots[question.slot]?.hint;
    if (hint) return `${filled(hint, errand, run)}, or "a human, please"`;
  }
  if (question.kind === "identity") return "the digits one at a time, like four, three, two, one";
  if (question.kind === "more" || question.kind === "topic") return examples(talk);
  return '"yes", "no" or "a human, please"';
}

function offerPerson(talk: Talk): void {
  const { state } = talk;
  state.shelved = state.asked;
  state.misses = 0;
  ask(talk, { kind: "human" }, "I'm sorry, I keep missing that. Shall I connect you with a person?");
}
