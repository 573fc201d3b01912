/** What the caller's words change: answers, corrections, other wishes, commands. */
import { yesOrNo } from "../../../words/yesno.ts";
import { otherAccount } from "./accounts.ts";
import { asideFor, commandIn, needsMoment, SMALL_TALK } from "./commands.ts";
import { fits, wordsOf } from "./match.ts";
import { miss } from "./misses.ts";
import {
  ANYTHING_ELSE,
  advance,
  askSlot,
  callStep,
  examples,
  fingerprint,
  finishErrand,
  goodbye,
  offers,
  repeatQuestion,
  runnable,
  transfer,
} from "./plan.ts";
import { corrects, lastFourIn, valuesIn } from "./slots.ts";
import { ask, errandOf, type Run, stepOf, type Talk } from "./state.ts";
import { either } from "./texts.ts";
import { begin, interrupts, startsErrand, wantsElse, wish } from "./wishes.ts";

const TO_HUMAN = "Of course. I'm connecting you with a specialist now. Please stay on the line.";
const FINISHED = /\b(that's|that is|that was|that'll be|that will be) (it|all|everything)\b|\bnothing (else|more)\b/i;

/** Takes in one utterance. */
export function understand(talk: Talk, text: string): void {
  if (wordsOf(text).length === 0) return miss(talk);
  const understood =
    obeys(talk, text) ||
    answersYesNo(talk, text) ||
    wantsElse(talk, text) ||
    wonders(talk, text) ||
    givesValues(talk, text) ||
    chats(talk, text);
  if (understood) talk.state.misses = 0;
  // With no question open there is nothing to have misunderstood: the errand goes on.
  else if (talk.state.run && !talk.state.asked) advance(talk);
  else miss(talk);
}

/** Commands that hold at any point. */
function obeys(talk: Talk, text: string): boolean {
  const { state } = talk;
  const kind = state.asked?.question.kind;
  const command = commandIn(text);
  if (command === "human") {
    if (kind === "human" && yesOrNo(text) === "no") return false;
    transfer(talk, TO_HUMAN);
  } else if (command === "repeat") {
    talk.say.push(state.said || "I'm Luna from Aurora Bank.");
  } else if (command === "help") {
    talk.say.push(`I can ${either([...offers(talk), "bring in a person"], "and")}. You can say ${examples(talk)}.`);
    if (state.run) repeatQuestion(talk);
  } else if (command === "goodbye") {
    goodbye(talk);
  } else if (command === "thanks" && (kind === "more" || kind === undefined)) {
    goodbye(talk);
  } else if (command === "cancel" && state.run) {
    leaveErrand(talk);
  } else return false;
  return true;
}

function leaveErrand(talk: Talk): void {
  talk.say.push("All right, I'll leave that.");
  talk.state.run = null;
  const left = talk.state.suspended.pop();
  if (!left) return ask(talk, { kind: "more" }, ANYTHING_ELSE);
  talk.state.run = left.run;
  talk.state.asked = left.asked;
  talk.say.push(`Back to ${errandOf(talk, left.run).topic}.`);
  repeatQuestion(talk);
}

/** A yes or no to an open question. */
function answersYesNo(talk: Talk, text: string): boolean {
  const { state } = talk;
  const question = state.asked?.question;
  const answer = question?.kind === "more" && FINISHED.test(text) ? "no" : yesOrNo(text);
  if (!question || !answer) return false;
  const run = state.run;
  // "No, what's my balance?" is a question before it is a no.
  if (answer === "no" && question.kind !== "more" && elsewhere(talk, text)) return false;
  switch (question.kind) {
    case "agree":
    case "read-back":
      if (!run) return false;
      if (answer === "yes") agreed(talk, run, question.step);
      else if (!correctsRun(talk, run, text)) turnedDown(talk);
      return true;
    case "human":
      if (answer === "yes") transfer(talk, TO_HUMAN);
      else declineHuman(talk);
      return true;
    case "resume":
      if (answer === "yes") advance(talk);
      else finishErrand(talk);
      return true;
    case "topic":
      if (answer === "yes" && talk.script.primary) begin(talk, talk.script.primary, text);
      else ask(talk, { kind: "more" }, `What can I do for you, then? You can say ${examples(talk)}.`);
      return true;
    case "change":
      return answersChange(talk, text, answer);
    case "more":
      if (wish(talk, text)) return false;
      if (answer === "no") goodbye(talk);
      else ask(talk, { kind: "more" }, "Of course. What would you like me to do?");
      return true;
    case "slot":
      return run ? answersWithoutValue(talk, run, question.slot, text, answer) : false;
    default:
      return false;
  }
}

/** "Yes" to "would you like a smaller amount?": the value itself is still to come. A plain no leaves the choice. */
function answersWithoutValue(talk: Talk, run: Run, name: string, text: string, answer: "yes" | "no"): boolean {
  const slot = errandOf(talk, run).slots[name];
  if (!slot || slot.kind === "yes-no" || slot.kind === "choice" || slot.kind === "text" || slot.kind === "pick")
    return false;
  if (correctsRun(talk, run, text)) return true;
  if (answer === "yes") askSlot(talk, run, name);
  else turnedDown(talk);
  return true;
}

function elsewhere(talk: Talk, text: string): boolean {
  const found = wish(talk, text);
  return found !== undefined && found.errand !== talk.state.run?.errand && interrupts(talk, text, found);
}

function agreed(talk: Talk, run: Run, index: number): void {
  const step = stepOf(talk, run, index);
  if (!step) return advance(talk);
  run.agreed = fingerprint(run, index, step);
  callStep(talk, run, index, step);
}

function turnedDown(talk: Talk): void {
  const words = "All right, nothing has been done. Would you like to change something, or leave it there?";
  ask(talk, { kind: "change" }, words);
}

function declineHuman(talk: Talk): void {
  const { state } = talk;
  if (state.locked || !state.shelved) {
    state.run = null;
    state.suspended = [];
    return ask(talk, { kind: "more" }, `All right. ${ANYTHING_ELSE}`);
  }
  state.asked = state.shelved;
  state.shelved = null;
  talk.say.push("All right, let's go on.");
  repeatQuestion(talk);
}

function answersChange(talk: Talk, text: string, answer: "yes" | "no"): boolean {
  const run = talk.state.run;
  if (!run || givesValues(talk, text)) return true;
  if (answer === "no") leaveErrand(talk);
  else ask(talk, { kind: "change" }, `What should I change: ${either(changeable(talk, run))}?`);
  return true;
}

/** What the waiting step is made of, by its names: "the amount". */
function changeable(talk: Talk, run: Run): string[] {
  const errand = errandOf(talk, run);
  const next = errand.steps.find((step, index) => !run.over[index] && step.tool !== "verify_identity");
  return (next?.needs ?? []).map((slot) => errand.slots[slot]?.label ?? slot);
}

/** Values for the slots of the errand; in a scenario's call they also start it. */
function givesValues(talk: Talk, text: string): boolean {
  const { state } = talk;
  if (!state.run) return startsErrand(talk, text);
  const run = state.run;
  const question = state.asked?.question;
  if (question?.kind === "identity" || (!state.verified && question?.kind === "slot")) {
    const digits = lastFourIn(text);
    if (digits && question.kind === "identity") {
      run.slots.identity = digits;
      advance(talk);
      return true;
    }
  }
  return correctsRun(talk, run, text);
}

/** Puts new values in; true when that changed anything or named what to change. */
function correctsRun(talk: Talk, run: Run, text: string): boolean {
  const { state } = talk;
  const errand = errandOf(talk, run);
  const question = state.asked?.question;
  const open = question?.kind === "slot" ? question.slot : null;
  const reviewing = question?.kind === "agree" || question?.kind === "read-back" || question?.kind === "change";
  const found = valuesIn(text, errand, run, { open, correcting: reviewing || corrects(text), today: talk.today });
  const changed = Object.entries(found).filter(([slot, value]) => mayChange(talk, run, slot, value, open));
  if (changed.length === 0 && reviewing)
    return Object.keys(found).length > 0 ? asksAgain(talk) : namesSlot(talk, run, text);
  if (changed.length === 0) return false;
  for (const [slot, value] of changed) run.slots[slot] = value;
  if (reviewing) {
    run.agreed = null;
    talk.say.push("Got it.");
  }
  advance(talk);
  return true;
}

/** What is known already was said once more: the question stands. */
function asksAgain(talk: Talk): boolean {
  repeatQuestion(talk);
  return true;
}

/** What a finished step was done with is history: a new value for it belongs to another errand. */
function mayChange(talk: Talk, run: Run, slot: string, value: string, open: string | null): boolean {
  if (run.slots[slot] === value && slot !== open) return false;
  const steps = errandOf(talk, run).steps;
  const used = steps.some(
    (step, index) => run.over[index] === "done" && Object.values(step.arguments).includes(`$${slot}`),
  );
  return !used || slot === open;
}

/** "No, the other card", "the amount": which value is wrong, without the right one. */
function namesSlot(talk: Talk, run: Run, text: string): boolean {
  const errand = errandOf(talk, run);
  const words = wordsOf(text);
  const next = errand.steps.find((step, index) => !run.over[index] && step.tool !== "verify_identity");
  const needs = (next?.needs ?? []).filter((slot) => run.slots[slot] !== undefined);
  const labelled = needs.find((slot) => labelFits(words, errand.slots[slot]?.label ?? slot));
  const other = fits(words, "other|another|wrong|different") > 0;
  const slot = labelled ?? (other ? needs[0] : undefined);
  if (!slot) return false;
  run.agreed = null;
  const swapped = other ? otherAccount(run.slots[slot]) : undefined;
  if (swapped) {
    swapAccounts(talk, run, slot, swapped);
    return true;
  }
  delete run.slots[slot];
  talk.say.push("No problem.");
  askSlot(talk, run, slot);
  return true;
}

function labelFits(words: string[], label: string): boolean {
  return wordsOf(label).some((word) => word.length > 5 && fits(words, word) > 0);
}

/** The other account on one side of a transfer puts this one on the other side. */
function swapAccounts(talk: Talk, run: Run, slot: string, value: string): void {
  const before = run.slots[slot];
  for (const [name, held] of Object.entries(run.slots)) {
    if (name !== slot && held === value && before) run.slots[name] = before;
  }
  run.slots[slot] = value;
  talk.say.push("Got it.");
  advance(talk);
}

const QUESTION =
  /\?\s*$|^(and |but |so |wait |first |okay |ok )*(what|why|how|when|where|who|can|could|will|would|do|does|is|are|am|should)\b/i;

/** A question about what is going on, in the words of one: it is answered, not mistaken for a value in it. */
function wonders(talk: Talk, text: string): boolean {
  const run = talk.state.run;
  if (!run || !QUESTION.test(text.trim())) return false;
  const said = asideFor(text, errandOf(talk, run).asides);
  if (!said) return false;
  talk.say.push(said);
  repeatQuestion(talk);
  return true;
}

/** Questions on the way, small talk, a moment to think, thanks. */
function chats(talk: Talk, text: string): boolean {
  const { state } = talk;
  const asides = state.run ? errandOf(talk, state.run).asides : talk.script.scenario.dialogue.asides;
  const said = asideFor(text, [...asides, ...SMALL_TALK]);
  if (said) {
    talk.say.push(said);
    repeatOrOffer(talk);
    return true;
  }
  if (needsMoment(text)) {
    talk.say.push("Of course, take your time.");
    return true;
  }
  if (commandIn(text) === "thanks") {
    talk.say.push("You're welcome.");
    repeatOrOffer(talk);
    return true;
  }
  return greets(talk, text);
}

function greets(talk: Talk, text: string): boolean {
  if (talk.state.run || !/^(hi|hello|hey|good (morning|afternoon|evening))\b/i.test(text.trim())) return false;
  if (wordsOf(text).length > 5) return false;
  const first = runnable(talk)[0];
  const opening = talk.script.primary ? talk.script.errands[first ?? ""]?.opening : undefined;
  if (opening) ask(talk, { kind: "topic" }, opening, "Hello!");
  else ask(talk, { kind: "more" }, "What can I do for you?", "Hello!");
  return true;
}

function repeatOrOffer(talk: Talk): void {
  if (talk.state.asked || talk.state.run) repeatQuestion(talk);
  else ask(talk, { kind: "more" }, "What can I do for you?");
}
