/**
 * A call that a client leads: an SDK at the other end sends Realtime events of its own, and they drive the engine. Luna
 * looks on. It keeps the transcript, the tools and what was heard, as in every call; it speaks up by itself only to give the
 * output of a tool that runs here, and to repeat what was asked of an engine that was lost.
 *
 * Pure, like the rules of the calls that Luna leads: takes what happened, changes the state in place, returns commands.
 */
import { BYTES_PER_MS } from "../audio/pcm.ts";
import type { AudioDelta } from "../realtime/audio-delta.ts";
import type { ClientEvent, ServerEvent } from "../realtime/events.ts";
import { maskDigits } from "../words/masked.ts";
import { nothingAhead } from "./clock.ts";
import { ask, freeGate, gateWake, release, watchGate } from "./gate.ts";
import { fromLedEngine, playingUntil } from "./led-engine.ts";
import { lookBack } from "./missed.ts";
import { type Moment, send } from "./moment.ts";
import { newSound, soundOf } from "./playback.ts";
import type { CallState, Command, Input } from "./state.ts";
import { type CalledTool, type CallingResponse, callingResponse, TOOL_LOST_MS } from "./tool-calls.ts";
import { giveOutput, LOST } from "./tool-turn.ts";
import { highestOrder, settleOverdue, transcriptWake } from "./transcript.ts";
import type { ToolRun } from "./turn.ts";
import { wakeFor } from "./wake.ts";

/** What holds for this call. */
export interface LedRules {
  /** Names of the tools that run here; calls of all others are the client's business. */
  own: ReadonlySet<string>;
  /** The engine answers a spoken turn by itself. */
  answers: boolean;
}

export type LedInput =
  /** Forwarded after this step's commands. Appended sound is not reported. */
  | { from: "client"; event: ClientEvent }
  | { from: "engine"; event: ServerEvent }
  | { from: "tool"; call_id: string; output: string; run: ToolRun; then?: "end" | "transfer" }
  /** `speaks`: somebody new, who says the first word. */
  | { from: "engine_ready"; speaks?: boolean }
  | { from: "engine_gone" }
  /** The sideband of a WebRTC call was away and is there again; what was told meanwhile is not known. */
  | { from: "engine_back" }
  /** The caller's or the host's money is used up. */
  | { from: "spent" }
  | { from: "clock" };

/** One thing happened. Commands of Luna's own pages (`tell`) may be among them; no client of the protocol knows them. */
export function ledStep(state: CallState, input: LedInput, rules: LedRules, now: number): Command[] {
  const moment: Moment = { state, now, commands: [] };
  if (state.ended !== null) return moment.commands;
  nothingAhead(state, now);
  if (input.from === "clock" || (state.wake_at !== null && state.wake_at <= now)) state.wake_at = null;
  take(moment, input, rules);
  settleOverdue(moment, false);
  ownOverdue(moment, rules);
  for (const response of state.tools.responses) askAfter(moment, response);
  // Only what was asked for from here is watched over: the client looks after its own.
  if (state.gate.at === "requested" && state.gate.asked !== null) watchGate(moment);
  else if (state.gate.at === "requested" && now >= state.gate.since + CREATED_MS) freeAgain(state);
  release(moment);
  leave(moment);
  wakeFor(moment, nextDue(state, rules));
  return moment.commands;
}

/** More of what a client's tool gives is not remembered: the model has it from the client, another one is told the beginning. */
const MOST_OUTPUT_CHARS = 65_536;
/** A client's request that was neither answered nor refused by name. */
const CREATED_MS = 4_000;
/** Between the last sound and the end. */
const BREATH_MS = 600;

function take(moment: Moment, input: LedInput, rules: LedRules): void {
  switch (input.from) {
    case "client":
      return fromClient(moment, input.event, rules);
    case "engine":
      return fromLedEngine(moment, input.event, rules);
    case "tool":
      return ownOutput(moment, input);
    case "engine_ready":
      return engineReady(moment, input.speaks ?? false);
    case "engine_gone":
      return engineGone(moment.state);
    case "engine_back":
      return engineBack(moment, rules);
    case "spent":
      return spent(moment);
    case "clock":
  }
}

/** Bytes of sound in a millisecond: PCM16 at 24 kHz, or G.711 at 8 kHz. */
const BYTES_PER_MS_OF = { "audio/pcm": BYTES_PER_MS, "audio/pcmu": 8, "audio/pcma": 8 } as const;

/** Hot path: a piece of the engine's voice goes to the client. */
export function ledAudio(state: CallState, delta: AudioDelta, format: keyof typeof BYTES_PER_MS_OF, now: number): void {
  const sound = soundOf(state.playback, delta.item_id) ?? newSound(state, delta, now);
  sound.state = "done";
  sound.received_ms += (delta.base64.length * 0.75) / BYTES_PER_MS_OF[format];
}

/** Words that a client types, as the clock of the answer knows them; undefined for everything else. */
export function typedWords(event: ClientEvent): Input | undefined {
  if (event.type !== "conversation.item.create" || event.item.type !== "message" || event.item.role !== "user") return;
  const content: [{ type: "input_text"; text: string }] = [{ type: "input_text", text: "" }];
  const item = { type: "message" as const, role: "user" as const, content };
  return { from: "page", message: { type: event.type, item, luna_how: "typed" } };
}

/** What a client tells the model beside the conversation is told again to another engine, as far as it is little. True: it was added. */
export function keepsSystem(system: ClientEvent[], event: ClientEvent): boolean {
  if (event.type !== "conversation.item.create" || event.item.type !== "message") return false;
  if (event.item.role !== "system" || system.length >= 16 || JSON.stringify(event).length > 16_384) return false;
  return system.push(event) > 0;
}

function fromClient(moment: Moment, event: ClientEvent, rules: LedRules): void {
  const { gate } = moment.state;
  if (event.type === "conversation.item.create" && event.item.type === "function_call_output") {
    return clientOutput(moment, event.item.call_id, event.item.output, rules);
  }
  if (event.type !== "response.create" || event.response?.conversation === "none" || gate.at !== "free") return;
  gate.at = "requested";
  gate.since = moment.now;
}

/** The client has run a tool of its own. An engine that came later does not know the call. */
function clientOutput(moment: Moment, call_id: string, whole: string, rules: LedRules): void {
  const { state, now } = moment;
  const output = whole.slice(0, MOST_OUTPUT_CHARS);
  const call = state.tools.calls.find((known) => known.call_id === call_id && !rules.own.has(known.name));
  if (call === undefined || call.output !== null) return;
  call.output = output;
  if (call.engine !== state.engine.number && state.engine.ready) tellCall(moment, call);
  const { name, arguments: args, at } = call;
  const run: ToolRun = {
    call_id,
    name: name.slice(0, 64),
    arguments: maskDigits(args.slice(0, 2_000)),
    state: "done",
    summary: maskDigits(output.slice(0, 200)),
    order: highestOrder(state),
    at,
    ms: now - at,
  };
  call.run = run;
  moment.commands.push({ do: "ran", run, output });
}

function tellCall(moment: Moment, call: CalledTool): void {
  const { item_id: id, call_id, name, arguments: args } = call;
  call.engine = moment.state.engine.number;
  send(moment, {
    type: "conversation.item.create",
    item: { id, type: "function_call", call_id, name, arguments: args, status: "completed" },
  });
}

/** A tool that runs here is back. */
function ownOutput(moment: Moment, input: Extract<LedInput, { from: "tool" }>): void {
  const { tools } = moment.state;
  const call = tools.calls.find((known) => known.call_id === input.call_id);
  if (call === undefined || call.output !== null) return;
  call.output = input.output;
  call.run = input.run;
  giveOutput(moment, call);
  callingResponse(tools, call.response_id).next ??= input.then ?? null;
}

/** A client may take as long as it likes over a tool; one of ours that has not come back is lost. */
function ownOverdue(moment: Moment, rules: LedRules): void {
  for (const call of ownRunning(moment.state, rules)) {
    if (moment.now < call.at + TOOL_LOST_MS) continue;
    call.output = LOST;
    giveOutput(moment, call);
  }
}

function ownRunning(state: CallState, { own }: LedRules): CalledTool[] {
  return state.tools.calls.filter((call) => call.output === null && own.has(call.name));
}

/** After the response and the last output of ours, whichever comes last: exactly one answer is asked for. */
function askAfter(moment: Moment, response: CallingResponse): void {
  const { state, now } = moment;
  if (!response.done || response.call_ids.length === 0) return;
  const calls = state.tools.calls.filter((call) => response.call_ids.includes(call.call_id));
  if (calls.some((call) => call.output === null)) return;
  response.call_ids = [];
  const { next, response_id } = response;
  const until = playingUntil(state, response_id);
  if (next !== null && state.farewell === null) {
    const phase = until !== null || response.cancelled ? "playing" : "closing";
    const due = (until ?? now) + BREATH_MS;
    state.farewell = { next, phase, response_id, due, interrupted: false };
    if (phase === "playing") return;
  }
  if (!response.cancelled) ask(moment, { waits: calls.flatMap((call) => call.output_item_id ?? []), urgent: true });
}

/** Engines come and go under a led call, too. What was asked of the lost one is asked of the next. */
function engineReady(moment: Moment, speaks: boolean): void {
  const { state } = moment;
  state.engine.ready = true;
  for (const call of state.tools.calls) {
    if (state.unsent_outputs.includes(call.call_id)) giveOutput(moment, call);
  }
  state.unsent_outputs = [];
  if (state.reply_owed || speaks) ask(moment, { urgent: true });
  state.reply_owed = false;
}

/** The session went on. A response that was under way may be over; one that is not refuses ours, and is waited for. */
function engineBack(moment: Moment, { own }: LedRules): void {
  const { state } = moment;
  freeAgain(state);
  for (const response of state.tools.responses) response.done = true;
  // Only tools that run here would be missed by somebody.
  if (own.size > 0) lookBack(moment);
}

function engineGone(state: CallState): void {
  const { gate, ear } = state;
  if (gate.at !== "free" || gate.owed !== null || ear.committed) state.reply_owed = true;
  state.gate = freeGate();
  Object.assign(ear, { speaking: false, awaiting: false, committed: false });
  state.wake_at = null;
  state.engine.ready = false;
  state.engine.number += 1;
  for (const response of state.tools.responses) response.done = true;
}

function freeAgain(state: CallState): void {
  state.gate = { ...freeGate(), owed: state.gate.owed };
}

function spent(moment: Moment): void {
  const { state, now } = moment;
  if (state.farewell?.next === "spent") return;
  const response_id = state.gate.response_id ?? "";
  const due = (playingUntil(state, response_id) ?? now) + BREATH_MS;
  state.farewell = { next: "spent", phase: "playing", response_id, due, interrupted: false };
}

/** The last words have been played: the call ends, or goes on with a specialist. */
function leave(moment: Moment): void {
  const { state, now } = moment;
  const { farewell } = state;
  if (farewell === null || farewell.phase !== "playing" || now < farewell.due) return;
  state.farewell = null;
  if (farewell.next === "transfer") {
    state.escalated = true;
    state.handing_over = true;
    moment.commands.push({ do: "hand_over" });
    return;
  }
  state.ended = farewell.next === "spent" ? "spent" : "luna_ended";
  moment.commands.push({ do: "end", reason: state.ended });
}

function nextDue(state: CallState, rules: LedRules): number | null {
  const { gate, farewell } = state;
  const times = [
    gate.at === "requested" ? gate.since + CREATED_MS : null,
    gate.at === "free" ? gateWake(state) : null,
    transcriptWake(state),
    ...ownRunning(state, rules).map((call) => call.at + TOOL_LOST_MS),
    farewell?.phase === "playing" ? farewell.due : null,
  ].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}
