/**
 * Items of the past, taken in silently: a call restored after a drop, or one that a model has led until now.
 * Tool calls say the most: which errand it was, what was known, what is done. Words fill in the rest.
 */
import type { Item } from "../../../realtime/events.ts";
import type { SlotKind } from "../../../scenarios/dialogue.ts";
import { bestPhrase, wordsOf } from "./match.ts";
import { readResult } from "./results.ts";
import { type Asked, errandOf, newRun, type Pending, type Run, type Talk } from "./state.ts";
import { saidInItem, wordsOfItem } from "./words-of-item.ts";

/** Takes values out of words without answering. */
type Absorb = (talk: Talk, text: string) => void;

/** What another engine's question is likely to be about, by the kind of its slot. */
const CUES: Partial<Record<SlotKind["kind"], RegExp>> = {
  "last-four": /last four|digits|which card/i,
  code: /code/i,
  money: /how much|amount|income|limit/i,
  date: /when|which day|what date/i,
  account: /which account|from which|to which|where (should|would)/i,
  name: /\bwho\b|name/i,
};

export function recall(talk: Talk, item: Item, absorb: Absorb): void {
  if (item.type === "function_call") return recallCall(talk, item.call_id, item.name, item.arguments);
  if (item.type === "function_call_output") return recallOutput(talk, item.call_id, item.output);
  const said = saidInItem(item);
  if (said !== undefined) return recallSaid(talk, said);
  const words = wordsOfItem(item);
  if (words) recallWords(talk, words, absorb);
}

function recallWords(talk: Talk, words: string, absorb: Absorb): void {
  const { state, script } = talk;
  if (!state.run) {
    const heard = wordsOf(words);
    let best: { errand: string; score: number } | undefined;
    for (const [errand, dialogue] of Object.entries(script.errands)) {
      const score = bestPhrase(heard, dialogue.intents)?.score ?? 0;
      if (score > (best?.score ?? 0)) best = { errand, score };
    }
    if (best) state.run = newRun(best.errand);
  }
  absorb(talk, words);
  state.asked = null;
}

function recallSaid(talk: Talk, said: string): void {
  const { state } = talk;
  if (said) state.said = said;
  state.asked = askedIn(talk, said) ?? state.asked;
}

/** The question in something said: ours by its own words, another engine's by what it is about. */
function askedIn(talk: Talk, said: string): Asked | null {
  const run = talk.state.run;
  if (!run || !said.includes("?")) return null;
  const { slots, steps } = errandOf(talk, run);
  for (const [index, step] of steps.entries()) {
    const opening = step.confirm?.split("{")[0];
    if (opening && opening.length > 10 && said.includes(opening)) {
      return { question: { kind: "agree", step: index }, words: said };
    }
  }
  const open = Object.entries(slots).filter(([name]) => run.slots[name] === undefined);
  const own = open.find(([, slot]) => said.includes(slot.ask) || said.includes(slot.again));
  const cued = own ?? open.find(([, slot]) => CUES[slot.kind]?.test(said));
  if (!cued) return null;
  return { question: { kind: "slot", slot: cued[0] }, words: cued[1].ask };
}

/** A tool call, live or past: remembered until its output comes, and read for what it tells. */
function recallCall(talk: Talk, call_id: string, name: string, text: string): void {
  const { state } = talk;
  const args = parsed(text);
  const found = locate(talk, name);
  if (found && state.run?.errand !== found.errand) {
    state.run = newRun(found.errand);
    state.asked = null;
  }
  if (found && state.run) fillFrom(talk, state.run, found.step, args);
  const pending: Pending = { name, arguments: args, errand: found?.errand ?? null, step: found?.step ?? null };
  state.pending[call_id] = pending;
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
  const { state } = talk;
  const call = state.pending[call_id];
  if (!call) return;
  delete state.pending[call_id];
  const result = readResult(output);
  if (call.name === "verify_identity") {
    if (result.ok) state.verified = true;
    else state.refusedDigits.push(String(call.arguments.last_4_digits ?? ""));
    state.locked ||= result.code === "locked";
    return;
  }
  const run = state.run;
  if (!run || call.step === null || run.errand !== call.errand) return;
  if (result.ok || result.code === "already_done") {
    run.over[call.step] = "done";
    state.did.push(result.say);
    state.asked = null;
  } else if (result.code === "confirmation_required" || result.code === "not_confirmed") {
    state.asked = { question: { kind: "read-back", step: call.step }, words: result.say };
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
