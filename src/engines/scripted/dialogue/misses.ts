/** When the caller was not understood: asked again, then given words to choose from, then offered a person. */
import { examples, repeatQuestion, runnable, transfer } from "./plan.ts";
import { type Asked, ask, errandOf, type Talk } from "./state.ts";
import { filled } from "./texts.ts";

const SORRY = "Sorry, I didn't quite catch that.";
const STILL = "I'm still not sure I understood.";
/** The misunderstanding in a row at which a person is offered. */
const ENOUGH = 3;
/** Misunderstood answers to that offer after which nobody is kept waiting any longer. */
const TOO_MANY = 2;
const ENGLISH = 'I can help you in English. To be connected with a person, say "a human, please".';
const TO_HUMAN = "I'm sorry, I don't understand. I'm connecting you with a person now. Please stay on the line.";

/** One more misunderstanding. */
export function miss(talk: Talk): void {
  const { state } = talk;
  state.misses += 1;
  const offered = state.asked?.question.kind === "human";
  if (offered && state.misses >= TOO_MANY) return transfer(talk, TO_HUMAN);
  if (!offered && state.misses >= ENOUGH) return offerPerson(talk);
  if (state.misses === 2) talk.say.push(STILL, ENGLISH);
  if (!state.asked) return missOpening(talk);
  if (state.misses === 1) talk.say.push(SORRY);
  const open = state.asked.question.kind === "more" && state.did.length === 0;
  talk.say.push(state.misses === 1 && !open ? again(talk, state.asked) : `You can say ${choice(talk, state.asked)}.`);
}

/** Words of another language: said at once, and not counted as a misunderstanding. */
export function missForeign(talk: Talk): void {
  const { asked } = talk.state;
  talk.say.push(`I'm sorry, I only speak English. ${ENGLISH}`);
  if (!asked) ask(talk, { kind: "more" }, "What can I do for you?");
  else repeatQuestion(talk);
}

/** The caller is still thinking: nothing was misunderstood. */
export function hesitate(talk: Talk): void {
  const { asked } = talk.state;
  talk.say.push("Take your time.");
  if (asked) talk.say.push(again(talk, asked));
}

/** Nothing has been asked yet: the first words were not understood. */
function missOpening(talk: Talk): void {
  const { state, script } = talk;
  const first = runnable(talk)[0];
  const opening = script.primary && first === script.primary ? script.errands[first]?.opening : undefined;
  const sorry = state.misses === 1 ? SORRY : undefined;
  if (opening) return ask(talk, { kind: "topic" }, opening, sorry);
  ask(talk, { kind: "more" }, `You can say ${examples(talk)}.`, sorry);
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
  ask(talk, { kind: "human" }, "Shall I connect you with a person?", "I'm sorry, I keep missing that.");
}
