/** What a tool's answer means for the conversation. Nothing counts as done before a tool has said so. */
import type { DialogueStep, Refusal } from "../../../scenarios/dialogue.ts";
import { ANYTHING_ELSE, advance, digitSlot, dropErrand, repeatQuestion, transfer } from "./plan.ts";
import { ask, errandOf, type Listed, type Pending, type Run, stepOf, type Talk } from "./state.ts";
import { dayWords, filled } from "./texts.ts";

const HUMAN_OFFER = "Shall I connect you with a specialist?";
const TRANSFER_WORDS = "I'm connecting you with a specialist now. Please stay on the line.";
/** Read-backs in a row after which the way by the screen is mentioned. */
const UNCONFIRMED_TURNS = 2;

export interface ToolResult {
  ok: boolean;
  code: string;
  say: string;
  data: Record<string, unknown>;
}

/** Reads a `function_call_output`; one that is no result object counts as the tool being away. */
export function readResult(output: string): ToolResult {
  let data: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(output);
    if (typeof parsed === "object" && parsed !== null) data = parsed as Record<string, unknown>;
  } catch {
    // Not JSON: treated like an answer without `ok`.
  }
  const say = typeof data.say === "string" ? data.say : "";
  const code = typeof data.code === "string" ? data.code : "unavailable";
  return { ok: data.ok === true, code, say, data };
}

/** Takes in one answer: says what came of it and what comes next. */
export function applyResult(talk: Talk, call: Pending, result: ToolResult): void {
  if (call.name === "end_call") {
    if (!result.ok) talk.state.over = null;
    return;
  }
  if (call.name === "transfer_to_specialist") return applyTransfer(talk, result);
  if (call.name === "verify_identity") return applyIdentity(talk, call, result);
  const run = talk.state.run;
  const step = run && call.step !== null && run.errand === call.errand ? stepOf(talk, run, call.step) : undefined;
  if (!run || !step || call.step === null) return applyStray(talk, result);
  if (result.ok) return applyDone(talk, run, call.step, step, result);
  applyRefusal(talk, run, call.step, step, result);
}

function applyTransfer(talk: Talk, result: ToolResult): void {
  if (result.ok) {
    if (talk.state.over === null) talk.state.over = "transfer";
    return;
  }
  talk.state.over = null;
  talk.say.push(result.say || "I'm sorry, I couldn't connect you just now.");
  ask(talk, { kind: "more" }, ANYTHING_ELSE);
}

function applyIdentity(talk: Talk, call: Pending, result: ToolResult): void {
  const { state } = talk;
  if (result.ok) {
    state.verified = true;
    sayOnce(talk, result.say);
    return advance(talk);
  }
  forgetDigits(talk, String(call.arguments.last_4_digits ?? ""));
  if (result.code === "locked") return lock(talk, result.say);
  sayOnce(talk, result.say);
  if (!asks(result.say)) return advance(talk);
  const slot = state.run ? digitSlot(talk, state.run) : undefined;
  state.asked = { question: slot ? { kind: "slot", slot } : { kind: "identity" }, words: result.say };
}

/** Digits that are nobody's are not offered again, wherever they stood. */
function forgetDigits(talk: Talk, digits: string): void {
  const { state } = talk;
  state.refusedDigits.push(digits);
  const run = state.run;
  if (!run) return;
  for (const [name, value] of Object.entries(run.slots)) if (value === digits) delete run.slots[name];
}

function lock(talk: Talk, words: string): void {
  talk.state.locked = true;
  sayOnce(talk, words);
  offerHuman(talk, words);
}

function offerHuman(talk: Talk, said: string): void {
  talk.state.shelved = null;
  if (asks(said)) talk.state.asked = { question: { kind: "human" }, words: said };
  else ask(talk, { kind: "human" }, HUMAN_OFFER);
}

function applyDone(talk: Talk, run: Run, index: number, step: DialogueStep, result: ToolResult): void {
  run.over[index] = "done";
  talk.state.unconfirmed = 0;
  talk.state.did.push(result.say);
  run.did.push(result.say);
  const errand = errandOf(talk, run);
  sayOnce(talk, step.ok ? filled(step.ok, errand, run, result.data) : result.say);
  if (step.lists && takeList(talk, run, step.lists, result)) return;
  advance(talk);
}

/** Keeps the listed entries for the caller to choose from; a single one is chosen already. True when a choice was asked for. */
function takeList(talk: Talk, run: Run, lists: NonNullable<DialogueStep["lists"]>, { say, data }: ToolResult): boolean {
  const field = data[lists.field];
  run.listed = (Array.isArray(field) ? (field as unknown[]) : []).flatMap((entry) => listed(entry, lists, talk.today));
  delete run.slots[lists.slot];
  if (run.listed.length === 1 && run.listed[0]) run.slots[lists.slot] = run.listed[0].id;
  if (run.listed.length < 2 || !asks(say)) return false;
  talk.state.asked = { question: { kind: "slot", slot: lists.slot }, words: say };
  return true;
}

function listed(entry: unknown, lists: NonNullable<DialogueStep["lists"]>, today: string): Listed[] {
  if (typeof entry !== "object" || entry === null) return [];
  const fields = entry as Record<string, unknown>;
  const id = fields[lists.id];
  if (typeof id !== "string") return [];
  const amount = /[\d,]+\.\d\d|[\d,]+/.exec(String(fields.amount ?? ""))?.[0];
  const cents = amount ? Math.round(Number(amount.replaceAll(",", "")) * 100) : null;
  const words = Object.entries(fields)
    .filter(([name, value]) => name !== lists.id && typeof value === "string")
    .map(([, value]) => value)
    .join(" ");
  const name = lists.as.replace(/\{(\w+)\}/g, (_, field: string) => dayWords(String(fields[field] ?? ""), today));
  return [{ id, words, name, cents }];
}

function applyRefusal(talk: Talk, run: Run, index: number, step: DialogueStep, result: ToolResult): void {
  const special = step.refused?.[String(result.data.detail)] ?? step.refused?.[result.code];
  if (special) return applySpecial(talk, run, index, special, result);
  switch (result.code) {
    case "confirmation_required":
      return readBack(talk, index, result.say);
    case "not_confirmed":
      if (asks(result.say)) return readBack(talk, index, result.say);
      sayOnce(talk, result.say);
      return ask(talk, { kind: "change" }, "Would you like to change something, or leave it there?");
    case "identity_required":
      talk.state.verified = false;
      return requireIdentity(talk, run);
    case "locked":
      return lock(talk, result.say);
    case "needs_specialist":
      return needsSpecialist(talk, run, index, result.say);
    case "already_done":
      // Nothing was done: with another value the step may still be taken.
      run.over[index] = "skipped";
      sayOnce(talk, result.say);
      return advance(talk);
    case "insufficient_funds":
    case "limit_exceeded":
      return askAfresh(talk, run, slotsOfKind(talk, run, step, ["money"]), result.say);
    case "not_found":
    case "invalid_arguments":
      return askAfresh(talk, run, wrongSlots(talk, run, step, result), result.say);
    case "unavailable":
      sayOnce(talk, result.say || "I can't reach our systems for that right now.");
      return offerHuman(talk, result.say);
    default:
      sayOnce(talk, result.say);
      return dropErrand(talk);
  }
}

function applySpecial(talk: Talk, run: Run, index: number, special: Refusal, result: ToolResult): void {
  sayOnce(talk, special.say ? filled(special.say, errandOf(talk, run), run) : result.say);
  for (const [at, other] of errandOf(talk, run).steps.entries()) if (other.tool === special.reopen) delete run.over[at];
  if (special.clear) return askAfresh(talk, run, special.clear, talk.say.at(-1) ?? "");
  if (special.then === "transfer") return needsSpecialist(talk, run, index, result.say);
  if (special.then === "drop") return dropErrand(talk);
  run.over[index] = "skipped";
  advance(talk);
}

function readBack(talk: Talk, step: number, words: string): void {
  const { state } = talk;
  state.unconfirmed += 1;
  if (state.unconfirmed > UNCONFIRMED_TURNS) {
    talk.say.push('I need a clear yes for this. You can say "yes", or press Confirm on the screen.');
  }
  ask(talk, { kind: "read-back", step }, words);
}

/** The bank has not verified the caller in this call: the verification comes first, then the same step again. */
function requireIdentity(talk: Talk, run: Run): void {
  const errand = errandOf(talk, run);
  const at = errand.steps.findIndex((step) => step.tool === "verify_identity");
  if (at >= 0) delete run.over[at];
  advance(talk);
}

function needsSpecialist(talk: Talk, run: Run, index: number, words: string): void {
  sayOnce(talk, words);
  run.over[index] = "skipped";
  const handsOver = errandOf(talk, run).steps.some((step, at) => at > index && step.tool === "transfer_to_specialist");
  if (handsOver) return advance(talk);
  transfer(talk, TRANSFER_WORDS, `About ${errandOf(talk, run).topic}. Luna said: ${words}`);
}

/** Forgets slots that were wrong and asks for the first of them again. */
function askAfresh(talk: Talk, run: Run, slots: string[], words: string): void {
  sayOnce(talk, words);
  const known = slots.filter((slot) => run.slots[slot] !== undefined);
  for (const slot of known) delete run.slots[slot];
  const first = known[0];
  if (first && asks(words)) {
    talk.state.asked = { question: { kind: "slot", slot: first }, words };
    return;
  }
  if (known.length > 0) return advance(talk);
  // Nothing the caller could put right: the same call would only be refused again.
  offerHuman(talk, words);
}

/** The slots a tool did not accept: the one it names, else everything that names something at the bank. */
function wrongSlots(talk: Talk, run: Run, step: DialogueStep, result: ToolResult): string[] {
  const field = typeof result.data.field === "string" ? result.data.field : undefined;
  const source = field ? step.arguments[field] : undefined;
  if (source?.startsWith("$")) return [source.slice(1)];
  return slotsOfKind(talk, run, step, ["last-four", "code", "account", "pick", "name", "date", "money"]);
}

function slotsOfKind(talk: Talk, run: Run, step: DialogueStep, kinds: string[]): string[] {
  const { slots } = errandOf(talk, run);
  const used = Object.values(step.arguments).flatMap((source) => (source.startsWith("$") ? [source.slice(1)] : []));
  return used.filter((name) => kinds.includes(slots[name]?.kind ?? ""));
}

/** The answer of a tool that no errand is waiting for: restored, or called by another engine. */
function applyStray(talk: Talk, result: ToolResult): void {
  sayOnce(talk, result.say);
  if (!result.ok && result.code === "confirmation_required") return;
  repeatQuestion(talk);
}

function sayOnce(talk: Talk, words: string): void {
  if (words && !talk.say.includes(words)) talk.say.push(words);
}

/** Tools put their own questions: asking once more would be one too many. */
export function asks(words: string): boolean {
  return words.includes("?");
}
