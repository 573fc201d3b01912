/**
 * Items of the past, taken in silently: a call restored after a drop, or one that a model has led until now. Words and tool
 * answers go through the same rules as in a live call, only that nothing is said and nothing is called; what really was
 * called and asked then puts right where another engine took another way.
 */
import type { Item } from "../../../realtime/events.ts";
import type { SlotKind } from "../../../scenarios/dialogue.ts";
import { applyResult, readResult } from "./results.ts";
import { type Asked, errandOf, newRun, type Pending, type Run, type Talk } from "./state.ts";
import { understand } from "./understand.ts";
import { saidInItem, utteranceOf } from "./words-of-item.ts";

/** What another engine's question is likely to be about, by the kind of its slot. */
const CUES: Partial<Record<SlotKind["kind"], RegExp>> = {
  "last-four": /last four|digits|which card/i,
  code: /code/i,
  money: /how much|amount|income|limit/i,
  date: /when|which day|what date/i,
  account: /which account|from which|to which|where (should|would)/i,
  name: /\bwho\b|name/i,
};

/** @param talk an answer of its own for every item; what it says and calls is thrown away */
export function recall(talk: Talk, item: Item): void {
  if (item.type === "function_call") recallCall(talk, item.call_id, item.name, item.arguments);
  else if (item.type === "function_call_output") recallOutput(talk, item.call_id, item.output);
  else {
    const said = saidInItem(item);
    const words = utteranceOf(item);
    if (said !== undefined) recallSaid(talk, said);
    else if (words !== undefined) understand(talk, words);
  }
  // Only a call that was really made ends a call or hands it over.
  talk.state.over = null;
}

function recallSaid(talk: Talk, said: string): void {
  const { state } = talk;
  if (!said) return;
  state.said = said;
  if (!state.asked || !said.includes(state.asked.words)) state.asked = askedIn(talk, said) ?? state.asked;
}

/** The question in something said: ours by its own words, another engine's by what it is about. */
function askedIn(talk: Talk, said: string): Asked | null {
  const run = talk.state.run;
  if (!run || !said.includes("?")) return null;
  const { slots } = errandOf(talk, run);
  const open = Object.entries(slots).filter(([name]) => run.slots[name] === undefined);
  const own = open.find(([, slot]) => said.includes(slot.ask) || said.includes(slot.again));
  const cued = own ?? open.find(([, slot]) => CUES[slot.kind]?.test(said));
  if (!cued) return null;
  return { question: { kind: "slot", slot: cued[0] }, words: cued[1].ask };
}

/** A tool call, live or past: remembered until its output comes, and read for what it tells. */
export function recallCall(talk: Talk, call_id: string, name: string, text: string): void {
  const { state } = talk;
  const args = parsed(text);
  if (name === "transfer_to_specialist") closeErrand(talk);
  const found = locate(talk, name);
  if (found && state.run?.errand !== found.errand) {
    state.run = newRun(found.errand);
    state.asked = null;
  }
  if (found && state.run) fillFrom(talk, state.run, found.step, args);
  const pending: Pending = { name, arguments: args, errand: found?.errand ?? null, step: found?.step ?? null };
  state.pending[call_id] = pending;
}

/** The hand-over is what the errand was leading to. */
function closeErrand(talk: Talk): void {
  const run = talk.state.run;
  const steps = run ? errandOf(talk, run).steps : [];
  for (const [index, step] of steps.entries())
    if (run && step.tool === "transfer_to_specialist") run.over[index] = "done";
}

/** The step a tool belongs to: of the errand under way, else of the one the call is for, else of any. */
function locate(talk: Talk, name: string): { errand: string; step: number } | undefined {
  if (name === "verify_identity" || name === "transfer_to_specialist" || name === "end_call") return undefined;
  const { state, script } = talk;
  const order = [state.run?.errand, script.primary, ...Object.keys(script.errands)];
  for (const errand of order) {
    const steps = errand ? (script.errands[errand]?.steps ?? []) : [];
    const open = steps.findIndex(
      (step, index) => step.tool === name && !(state.run?.errand === errand && state.run?.over[index]),
    );
    const step = open >= 0 ? open : steps.findIndex((other) => other.tool === name);
    if (errand && step >= 0) return { errand, step };
  }
  return undefined;
}

/** Arguments of a call back into the slots they come from. */
function fillFrom(talk: Talk, run: Run, index: number, args: Record<string, unknown>): void {
  const errand = errandOf(talk, run);
  for (const [name, source] of Object.entries(errand.steps[index]?.arguments ?? {})) {
    const value = args[name];
    if (!source.startsWith("$") || (typeof value !== "string" && typeof value !== "number")) continue;
    const slot = source.slice(1);
    const money = errand.slots[slot]?.kind === "money" && typeof value === "number";
    run.slots[slot] = money ? String(Math.round(value * 100)) : String(value);
  }
}

function recallOutput(talk: Talk, call_id: string, output: string): void {
  const { pending } = talk.state;
  const call = pending[call_id];
  if (!call) return;
  delete pending[call_id];
  applyResult(talk, call, readResult(output));
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
