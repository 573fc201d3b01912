/**
 * The wire of who only watches: JSON text frames downwards, nothing upwards. A watcher who joins in the middle is told the
 * call so far first. Numbers of cards and accounts are masked; there is no sound, no token and no money in it.
 */
import type {
  CallEnded,
  EngineStatus,
  LineState,
  Mode,
  Notice,
  PersonaStatus,
  ToolStatus,
  TransferStatus,
  TurnStatus,
} from "./wire.ts";

/** The subprotocol that a watching page may offer. */
export const WATCH_PROTOCOL = "luna.watch.v1";

/** Always the first event, and again when another call begins: everything before it belongs to the call before. */
export interface WatchStatus {
  type: "luna.watch";
  /** `waiting`: no call is on, the next is shown by itself. `closed`: there will be none any more, and the socket closes. */
  state: "waiting" | "on" | "closed";
  call: { id: string; scenario: string; title: string; mode: Mode; started_at: number } | null;
}

/** The end of the caller's words to the first sound of this turn at the ear. */
export interface WatchLatency {
  type: "luna.latency";
  item_id: string;
  ms: number;
}

export type WatchEvent =
  | WatchStatus
  | WatchLatency
  | TurnStatus
  | ToolStatus
  | LineState
  | EngineStatus
  | PersonaStatus
  | TransferStatus
  | Notice
  | Omit<CallEnded, "cost_usd">;

/** Told as it comes; what is not named here is for the caller alone. */
export const WATCHED = [
  "luna.tool",
  "luna.line",
  "luna.engine",
  "luna.persona",
  "luna.transfer",
  "luna.notice",
] as const;
