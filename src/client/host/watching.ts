/** Watching a call that is on: what its socket tells becomes the same state that the call's own page has. */
import type { WatchEvent, WatchStatus } from "../../legs/watcher.ts";
import type { CallEvent } from "../state/call-state.ts";
import { type CallState, noCall } from "../state/call-state.ts";
import { reduce } from "../state/reduce.ts";

export interface Watched {
  /** `null` until the socket has told. */
  status: Omit<WatchStatus, "type"> | null;
  call: CallState;
  /** How long the server took to begin each answer, ms, by item. */
  server: Readonly<Record<string, number>>;
}

export const NOTHING: Watched = { status: null, call: noCall(), server: {} };

/** The next state. @param now Unix ms */
export function watched(before: Watched, event: WatchEvent, now: number): Watched {
  if (event.type === "luna.watch") {
    const { state, call } = event;
    // Another call: everything before it belongs to the one before.
    const same = call !== null && call.id === before.call.callId;
    const begun: CallState = {
      ...noCall(),
      phase: "live",
      callId: call?.id ?? null,
      startedAt: call?.started_at ?? null,
    };
    return { status: { state, call }, call: same ? before.call : begun, server: same ? before.server : {} };
  }
  if (event.type === "luna.answered") {
    return { ...before, server: { ...before.server, [event.item_id]: event.server_ms } };
  }
  if (event.type === "luna.latency") {
    const told: CallEvent = { type: "local.latency", item_id: event.item_id, ms: event.ms, to: "sound" };
    return { ...before, call: reduce(before.call, told, now) };
  }
  if (event.type === "luna.ended") {
    return { ...before, call: reduce(before.call, { cost_usd: null, ...event }, now) };
  }
  return { ...before, call: reduce(before.call, event, now) };
}

/** Text of a frame as an event; `null` for what is none. */
export function eventOf(data: unknown): WatchEvent | null {
  if (typeof data !== "string") return null;
  try {
    const event = JSON.parse(data) as WatchEvent;
    return typeof event?.type === "string" ? event : null;
  } catch {
    return null;
  }
}
