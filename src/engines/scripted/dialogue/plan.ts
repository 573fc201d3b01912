/** What comes next in an errand: the question for what is missing, or the tool that can run now. */
import type { DialogueStep } from "../../../scenarios/dialogue.ts";
import { carriedOn } from "./hindsight.ts";
import { ask, canRun, errandOf, newRun, type Run, stepOf, type Talk } from "./state.ts";
import { either, filled, firstName } from "./texts.ts";

export const ANYTHING_ELSE = "Is there anything else I can help you with?";
const IDENTITY = "First, to be sure it's you: what are the last four digits of one of your cards or accounts?";
/** What `transfer_to_specialist` takes, in characters. */
const LONGEST_REASON = 300;
const IDENTITY_AGAIN = "Please tell me the last four digits once more, one at a time.";

/** Goes on with the errand, or asks what else there is to do. */
export function advance(talk: Talk): void {
  const run = talk.state.run;
  if (!run) return nextWish(talk);
  const next = nextStep(talk, run);
  if (next === "asked") return;
  if (next === null) return finishErrand(talk);
  const step = stepOf(talk, run, next);
  if (step) takeStep(talk, run, next, step);
}

/** What was asked for in the same breath has its turn now; else the caller is asked what else there is. */
function nextWish(talk: Talk): void {
  const next = talk.state.waiting.shift();
  if (!next) return ask(talk, { kind: "more" }, ANYTHING_ELSE);
  const { last } = talk.state;
  const again = last !== null && last.errand === next.errand;
  const carried = again ? carriedOn(talk, last) : {};
  talk.say.push(again ? "Now the next one." : `You also asked about ${talk.script.errands[next.errand]?.topic}.`);
  if (!canRun(talk, next.errand) && cannotHere(talk, next.errand)) return;
  startErrand(talk, next.errand, { ...carried, ...next.slots });
  advance(talk);
}

/** Says that this call is not for it, and offers who can. */
export function cannotHere(talk: Talk, errand: string): boolean {
  const { state } = talk;
  const dialogue = talk.script.errands[errand];
  if (!dialogue) return false;
  const offered = offers(talk, 1)[0];
  talk.say.push(
    `On this call I can ${offered ?? "bring in a person"}. To ${dialogue.offer}, I can connect you with a colleague.`,
  );
  state.shelved = state.asked;
  ask(talk, { kind: "human", errand }, "Would you like that?");
  return true;
}

/** The first step that is not over and wanted; `asked` when that hangs on a question, null when all is done. */
function nextStep(talk: Talk, run: Run): number | "asked" | null {
  for (const [index, step] of errandOf(talk, run).steps.entries()) {
    if (run.over[index]) continue;
    if (!step.when) return index;
    const value = run.slots[step.when.slot];
    if (value === undefined) {
      askSlot(talk, run, step.when.slot);
      return "asked";
    }
    if (value === step.when.is) return index;
    run.over[index] = "skipped";
  }
  return null;
}

function takeStep(talk: Talk, run: Run, index: number, step: DialogueStep): void {
  if (step.tool === "verify_identity") {
    if (!talk.state.verified) return verify(talk);
    run.over[index] = "skipped";
    return advance(talk);
  }
  const missing = step.needs.find((need) => need.split("|").every((slot) => run.slots[slot] === undefined));
  if (missing) return askSlot(talk, run, missing.split("|")[0] ?? missing);
  callStep(talk, run, step);
}

/**
 * Calls the tool of a step; its output comes back as an item.
 * @param acts false where the tool is only going to ask first
 */
export function callStep(talk: Talk, run: Run, step: DialogueStep, acts = !step.confirmed): void {
  const errand = errandOf(talk, run);
  if (step.doing && acts) talk.say.push(filled(step.doing, errand, run));
  talk.state.asked = null;
  const args = argumentsOf(run, step, errand.slots);
  if (step.tool === "transfer_to_specialist") {
    talk.state.over = "transfer";
    args.reason = filled(String(args.reason ?? errand.topic), errand, run).slice(0, LONGEST_REASON);
  }
  talk.calls.push({ name: step.tool, arguments: args });
}

function argumentsOf(run: Run, step: DialogueStep, slots: Record<string, { kind: string }>): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const [name, source] of Object.entries(step.arguments)) {
    if (!source.startsWith("$")) {
      args[name] = source;
      continue;
    }
    const slot = source.slice(1);
    const value = run.slots[slot];
    if (value === undefined || value === "") continue;
    args[name] = slots[slot]?.kind === "money" ? Number(value) / 100 : value;
  }
  return args;
}

/** Asks who is calling, or checks digits that were said already: those of a card that the errand is about. */
export function verify(talk: Talk): void {
  const { state } = talk;
  const run = state.run;
  const digits = run ? knownDigits(talk, run) : undefined;
  if (digits) {
    talk.say.push("Thank you. One moment while I check that.");
    talk.calls.push({ name: "verify_identity", arguments: { last_4_digits: digits } });
    state.asked = null;
    return;
  }
  const slot = run ? digitSlot(talk, run) : undefined;
  if (run && slot) return askSlot(talk, run, slot);
  ask(talk, { kind: "identity" }, state.refusedDigits.length > 0 ? IDENTITY_AGAIN : IDENTITY);
}

function knownDigits(talk: Talk, run: Run): string | undefined {
  const { slots } = errandOf(talk, run);
  const named = Object.keys(slots).filter(
    (name) => slots[name]?.kind === "last-four" || slots[name]?.kind === "account",
  );
  const values = [run.slots.identity, ...named.map((slot) => run.slots[slot])];
  return values.find(
    (value) => value !== undefined && /^\d{4}$/.test(value) && !talk.state.refusedDigits.includes(value),
  );
}

/** A slot whose digits would also say who is calling, still to be asked for. */
export function digitSlot(talk: Talk, run: Run): string | undefined {
  const needed = errandOf(talk, run).steps.flatMap((step) => step.needs);
  return lastFourSlots(talk, run).find((slot) => needed.includes(slot) && run.slots[slot] === undefined);
}

function lastFourSlots(talk: Talk, run: Run): string[] {
  const { slots } = errandOf(talk, run);
  return Object.keys(slots).filter((name) => slots[name]?.kind === "last-four");
}

export function askSlot(talk: Talk, run: Run, name: string): void {
  const errand = errandOf(talk, run);
  const slot = errand.slots[name];
  if (!slot) throw new Error(`The errand ${run.errand} has no slot ${name}.`);
  ask(talk, { kind: "slot", slot: name }, filled(slot.ask, errand, run));
}

/** Starts an errand; one under way waits until it is over. */
export function startErrand(talk: Talk, errand: string, slots: Record<string, string>): void {
  const { state } = talk;
  if (state.run) state.suspended.push({ run: state.run, asked: state.asked });
  state.run = newRun(errand);
  state.run.slots = { ...slots };
  state.asked = null;
}

/** The errand is over: back to what was left for it, or on to something new. */
export function finishErrand(talk: Talk): void {
  const { state } = talk;
  const wasDigression = state.run ? errandOf(talk, state.run).digression === true : false;
  if (state.run && state.run.did.length > 0 && !wasDigression) state.last = state.run;
  state.run = null;
  const left = state.suspended.pop();
  if (!left) return advance(talk);
  state.run = left.run;
  state.asked = left.asked;
  const topic = errandOf(talk, left.run).topic;
  if (wasDigression) {
    talk.say.push(`Now, back to ${topic}.`);
    return repeatQuestion(talk);
  }
  ask(talk, { kind: "resume" }, `Shall we go on with ${topic}?`);
}

/** Leaves the errand as it is, for the one that was left for it or for something new. `back`: say that. */
export function dropErrand(talk: Talk, back = false): void {
  const { state } = talk;
  if (state.run && state.run.did.length > 0) state.last = state.run;
  state.run = null;
  const left = state.suspended.pop();
  if (!left) return advance(talk);
  state.run = left.run;
  state.asked = left.asked;
  if (back) talk.say.push(`Back to ${errandOf(talk, left.run).topic}.`);
  repeatQuestion(talk);
}

/** Puts the open question again, or goes on where there is none. */
export function repeatQuestion(talk: Talk): void {
  const asked = talk.state.asked;
  if (asked) ask(talk, asked.question, asked.words);
  else advance(talk);
}

/** Hands the call to a person. `why` goes with it, for the one who takes over. `about`: the errand, if it is not the one under way. */
export function transfer(talk: Talk, words: string, why?: string, about?: string): void {
  const { state, script } = talk;
  const errand = script.errands[about ?? state.run?.errand ?? script.primary ?? ""];
  if (!talk.tools.includes("transfer_to_specialist")) {
    return ask(
      talk,
      { kind: "more" },
      "I'm sorry, nobody is free to take over right now. Is there anything else I can do?",
    );
  }
  talk.say.push(words);
  state.over = "transfer";
  state.asked = null;
  const topic = errand?.topic.replace(/\byour\b/g, "their").replace(/\byou're\b/g, "they're");
  const reason = why ?? (topic ? `The caller asked for a person about ${topic}.` : "The caller asked for a person.");
  talk.calls.push({
    name: "transfer_to_specialist",
    arguments: { reason: reason.slice(0, LONGEST_REASON), department: errand?.department ?? "general" },
  });
}

/** Says goodbye and ends the call. */
export function goodbye(talk: Talk): void {
  const { state, script } = talk;
  state.run = null;
  state.suspended = [];
  state.waiting = [];
  state.asked = null;
  talk.say.push(`Thank you for calling Aurora Bank, ${firstName(script.scenario.caller.name)}. Goodbye!`);
  if (!talk.tools.includes("end_call")) return;
  state.over = "end";
  talk.calls.push({ name: "end_call", arguments: { reason: "The caller said goodbye." } });
}

/** What can be done in this call, in words. */
export function offers(talk: Talk, limit = 4): string[] {
  return runnable(talk)
    .map((id) => talk.script.errands[id]?.offer ?? "")
    .slice(0, limit);
}

/** Words to say in this call. */
export function examples(talk: Talk, limit = 3): string {
  const said = runnable(talk)
    .map((id) => `"${talk.script.errands[id]?.example ?? ""}"`)
    .slice(0, limit);
  return either([...said, '"a human, please"']);
}

/** The errands of this call, the one it was opened for first. */
export function runnable(talk: Talk): string[] {
  const ids = Object.keys(talk.script.errands).filter((id) => canRun(talk, id));
  const { primary } = talk.script;
  return primary && ids.includes(primary) ? [primary, ...ids.filter((id) => id !== primary)] : ids;
}
