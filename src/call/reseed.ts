/**
 * What a new engine has to know. There is no resuming a session: the conversation is told again, with our own ids, as far as
 * it was heard, with every finished tool and its output so that nothing is done twice.
 */
import type { ClientEvent } from "../realtime/events.ts";
import { settle } from "./item-order.ts";
import { nextId } from "./moment.ts";
import { type Mark, markItem } from "./persona.ts";
import { soundOf } from "./playback.ts";
import type { CallState } from "./state.ts";
import { type CalledTool, finishedTools, toolsRunning } from "./tool-calls.ts";
import { type Entry, turnsInOrder } from "./transcript.ts";
import type { ToolRun } from "./turn.ts";

/** A long history of text pulls a voice model towards text: only this much is told word by word. */
const TURNS_WHOLE = 10;
const SUMMARY_CHARS = 1_500;
/** The longest id old servers took. */
const VALID_ID = /^[a-zA-Z0-9_-]{1,32}$/;

type Seed = Extract<ClientEvent, { type: "conversation.item.create" }>;

/** A tool's outcome as the shell wrote it down. */
export interface Finished {
  run: ToolRun;
  output: string;
}

/**
 * The conversation so far as `conversation.item.create` events for an engine that knows nothing, oldest first. Call it once
 * for each new engine, before `engine_ready`: what it holds counts as told (the state is changed).
 * @param finished tools the shell knows to be finished: after a rebuild the state may still believe they run.
 */
export function seeds(state: CallState, finished: Finished[] = []): ClientEvent[] {
  learn(state, finished);
  const turns = turnsInOrder(state).filter((turn) => saidOf(state, turn) !== "");
  const older = turns.slice(0, Math.max(0, turns.length - TURNS_WHOLE));
  const whole = new Set(turns.slice(older.length));
  const tools = finishedTools(state);
  const out: Seed[] = [];
  if (older.length > 0) out.push(summary(state, older));
  for (const item of inOrder(state, turns, tools)) {
    if (item.kind === "tool") out.push(...toolSeeds(state, item.tool));
    else if (item.kind === "mark") out.push(markItem(state, item.mark, false));
    else if (whole.has(item.turn)) out.push(turnSeed(state, item.turn));
  }
  state.unsent = [];
  state.unsent_outputs = [];
  for (const mark of state.persona.marks) mark.told = true;
  settle(state.transcript.order);
  return out.map((event) => ({ ...event, event_id: nextId(state, "luna_evt") }));
}

/** Tools that came back while nobody was there to take it in. Their answer is still owed. */
function learn(state: CallState, finished: Finished[]): void {
  for (const { run, output } of finished) {
    const call = state.tools.calls.find((known) => known.call_id === run.call_id);
    if (call === undefined || call.output !== null) continue;
    Object.assign(call, { output, run });
    state.reply_owed = true;
  }
}

type Told = { kind: "turn"; turn: Entry } | { kind: "tool"; tool: CalledTool } | { kind: "mark"; mark: Mark };

/** Turns, tools and changes of who answers as they stand in the conversation; tools the order does not know come last. */
function inOrder(state: CallState, turns: Entry[], tools: CalledTool[]): Told[] {
  const out: Told[] = [];
  const rest = new Set(tools);
  for (const { id } of state.transcript.order) {
    const turn = turns.find((known) => known.item_id === id);
    if (turn !== undefined) out.push({ kind: "turn", turn });
    const mark = state.persona.marks.find((known) => known.item_id === id);
    if (mark !== undefined) out.push({ kind: "mark", mark });
    for (const tool of tools) {
      if (tool.item_id === id && rest.delete(tool)) out.push({ kind: "tool", tool });
    }
  }
  for (const tool of rest) out.push({ kind: "tool", tool });
  return out;
}

function turnSeed(state: CallState, turn: Entry): Seed {
  const text = saidOf(state, turn);
  const id = ownId(state, turn.item_id);
  const type = "conversation.item.create";
  return turn.who === "caller"
    ? { type, item: { id, type: "message", role: "user", content: [{ type: "input_text", text }] } }
    : { type, item: { id, type: "message", role: "assistant", content: [{ type: "output_text", text }] } };
}

/** Only what was heard; what is whole and still sounding will have been. What is given as sound is not told in words. */
function saidOf(state: CallState, turn: Entry): string {
  if (turn.who === "caller") return turn.item_id === state.rehearing.turn ? "" : turn.text;
  if (turn.state !== "live") return turn.heard;
  return soundOf(state.playback, turn.item_id)?.complete ? turn.text : turn.heard;
}

function toolSeeds(state: CallState, tool: CalledTool): Seed[] {
  const { call_id, name, arguments: args, output } = tool;
  tool.engine = state.engine.number;
  const id = ownId(state, tool.item_id);
  const type = "conversation.item.create";
  return [
    { type, item: { id, type: "function_call", call_id, name, arguments: args, status: "completed" } },
    { type, item: { id: nextId(state, "luna_out"), type: "function_call_output", call_id, output: output ?? "" } },
  ];
}

/** The beginning of a long call in one line. */
function summary(state: CallState, older: Entry[]): Seed {
  const lines = older.map((turn) => `${turn.who === "caller" ? "Caller" : "You"}: ${saidOf(state, turn)}`);
  const text = `Earlier in this call: ${lines.join(" ")}`;
  const short = text.length > SUMMARY_CHARS ? `${text.slice(0, SUMMARY_CHARS).trimEnd()} ...` : text;
  const item = {
    id: nextId(state, "luna_sum"),
    type: "message" as const,
    role: "system" as const,
    content: [{ type: "input_text" as const, text: short.toWellFormed() }],
  };
  return { type: "conversation.item.create", item };
}

const RETOLD = "luna_seed";

function ownId(state: CallState, id: string): string {
  return VALID_ID.test(id) ? id : nextId(state, RETOLD);
}

/** An item of the past under another id, because its own was no id for a server: it is in the record already. */
export function isRetold(item_id: string): boolean {
  return item_id.startsWith(RETOLD);
}

/** The assistant has to speak first after a resume: words, an output or a promised answer were left without a reply. */
export function owesAnswer(state: CallState): boolean {
  const { owed } = state.gate;
  if (state.reply_owed || (owed !== null && !owed.silence)) return true;
  return state.unsent.length > 0 && !toolsRunning(state);
}
