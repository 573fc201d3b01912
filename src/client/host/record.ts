/** A call of the history as the page's own call state: what exports and rows are made of. */
import type { CallSeen } from "../../legs/host.ts";
import { type CallState, noCall, type Row, type ToolRow, type TurnRow } from "../state/call-state.ts";
import { ENDED_SAYS } from "../words.ts";

/** @param title of its scenario. */
export function stateOf(call: CallSeen, title: string): CallState {
  return {
    ...noCall(),
    phase: "ended",
    scenario: call.scenario,
    title,
    callId: call.id,
    startedAt: call.started_at,
    verified: call.verified,
    lit: call.lit,
    engine: {
      type: "luna.engine",
      mode: call.mode,
      voice: "call",
      speaker: "luna",
      model: call.model,
      ready: true,
    },
    rows: rowsOf(call),
    usedAi: call.mode === "ai",
    ended:
      call.outcome === null || call.reason === null || call.ended_at === null
        ? null
        : {
            type: "luna.ended",
            reason: call.reason,
            outcome: call.outcome,
            seconds: Math.round((call.ended_at - call.started_at) / 1_000),
            latency: call.latency,
            cost_usd: call.figures?.cost_usd ?? null,
          },
  };
}

/** Turns and tools in the order of the call: a tool stands after the turns that were known when it ran. */
export function rowsOf(call: Pick<CallSeen, "turns" | "tools">): Row[] {
  const turns = call.turns.toSorted((a, b) => a.order - b.order);
  const tools = call.tools.toSorted((a, b) => a.order - b.order || a.at - b.at);
  const rows: Row[] = [];
  let next = 0;
  for (const [index, turn] of turns.entries()) {
    for (let tool = tools[next]; tool !== undefined && tool.order <= index; tool = tools[++next])
      rows.push(toolRow(tool));
    rows.push(turnRow(turn));
  }
  return [...rows, ...tools.slice(next).map(toolRow)];
}

function turnRow(turn: CallSeen["turns"][number]): TurnRow {
  return {
    kind: "turn",
    id: turn.item_id,
    order: turn.order,
    arrived: turn.order,
    who: turn.who,
    ...(turn.who === "caller" ? { speaker: "Caller" } : turn.speaker ? { speaker: turn.speaker } : {}),
    ...(turn.persona ? { persona: turn.persona } : {}),
    how: turn.how,
    text: turn.text,
    heard: turn.who === "caller" ? turn.text.length : turn.heard.length,
    state: turn.state,
    at: turn.at,
    latency: turn.latency_ms === null ? null : { ms: turn.latency_ms, to: "sound" },
  };
}

function toolRow(run: CallSeen["tools"][number]): ToolRow {
  return {
    kind: "tool",
    id: run.call_id,
    after: run.order,
    arrived: run.order,
    at: run.at,
    tool: {
      type: "luna.tool",
      call_id: run.call_id,
      name: run.name,
      label: labelOf(run.name),
      state: run.state,
      ...(run.code === undefined ? {} : { code: run.code }),
      summary: run.summary,
      arguments: argumentsOf(run.arguments),
      ms: run.ms,
      order: run.order,
    },
  };
}

/** "Block card" of `block_card`. */
function labelOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What does not read as an object is shown as it stands. */
export function argumentsOf(text: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read === "object" && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  } catch {
    // Not JSON: a model wrote it.
  }
  return text === "" ? {} : { arguments: text };
}

/** Why there is nothing to hear. */
export function silenceOf(call: Pick<CallSeen, "mode" | "fell_back" | "ended_at">): string {
  if (call.mode === "scripted") {
    return "No sound was kept: the built-in Luna listens and speaks in the caller's browser, and the sound never leaves it.";
  }
  if (call.ended_at === null) return "The call is on. A recording, if there is one, is here once it has ended.";
  return "No sound was kept: recording was off in this call, or its sound travelled by WebRTC past this server.";
}

/** By name whoever answered last in Luna's place; Luna where nobody did. */
export function answeredBy(turns: readonly Pick<CallSeen["turns"][number], "who" | "order" | "speaker">[]): string {
  const answers = turns.filter(({ who }) => who === "luna").toSorted((a, b) => a.order - b.order);
  return answers.at(-1)?.speaker ?? "Luna";
}

/** Whose voice is on the other side of the recording. */
export function otherSide(turns: readonly Pick<CallSeen["turns"][number], "who" | "speaker">[]): string {
  const names = new Set(
    turns.flatMap(({ who, speaker }) =>
      who === "caller" ? [] : [speaker ?? (who === "luna" ? "Luna" : "Specialist")],
    ),
  );
  const [only] = names;
  return names.size > 1 ? "Answers" : (only ?? "Luna");
}

/** Why it ended, where the outcome does not say it. */
export function endedSays(call: Pick<CallSeen, "reason" | "turns">): string {
  const WORDS: Record<string, string> = {
    caller_ended: "The caller hung up.",
    luna_ended: `${answeredBy(call.turns)} said goodbye.`,
    caller_left: "The caller's page was away for too long.",
    failed: "The call failed.",
    too_long: "It reached the longest time a call may take.",
    silent: "Nobody had spoken for a while.",
    spent: "What it may cost was used up.",
    link_closed: "The link was closed while the call was on.",
  };
  if (call.reason === null) return "";
  return WORDS[call.reason] ?? ENDED_SAYS[call.reason] ?? call.reason;
}
