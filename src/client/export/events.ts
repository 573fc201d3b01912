/** The event log as a file: JSON to work with, text to read. */
import type { CallState } from "../state/call-state.ts";
import { startOf } from "./files.ts";

/** One entry of the log; several pieces of sound in a row are one. */
export interface Logged {
  dir: "up" | "down";
  /** Unix ms, at the call. */
  at: number;
  /** Of the last piece. */
  until: number;
  count: number;
  event: Record<string, unknown>;
}

export function eventsAsObjects(log: readonly Logged[]) {
  return log.map(({ dir, at, until, count, event }) => ({
    dir: dir === "up" ? "to_engine" : "from_engine",
    at,
    ...(count > 1 ? { until, count } : {}),
    event,
  }));
}

/** With the call they belong to. */
export function eventsAsJson(state: CallState, log: readonly Logged[]): string {
  const { callId: call_id, scenario, startedAt: started_at } = state;
  return JSON.stringify({ call_id, scenario, started_at, events: eventsAsObjects(log) }, null, 2);
}

/** One line an event: seconds into the call, direction, the event without its type repeated. */
export function eventsAsText(state: CallState, log: readonly Logged[]): string {
  const start = startOf(state);
  const lines = log.map(({ dir, at, count, event }) => {
    const { type, ...rest } = event;
    const time = `${((at - start) / 1_000).toFixed(3)} s`.padStart(12);
    return `${time} ${dir === "up" ? "→" : "←"} ${String(type)}${count > 1 ? ` ×${count}` : ""} ${JSON.stringify(rest)}`;
  });
  return [`${state.title || "Call with Luna"}: events to (→) and from (←) the engine`, "", ...lines, ""].join("\n");
}
