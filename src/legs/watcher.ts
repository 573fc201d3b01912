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

/** The end of the caller's words to the first sound of this turn at the ear, as the caller's page has measured it. */
export interface WatchLatency {
  type: "luna.latency";
  item_id: string;
  ms: number;
}

/**
 * The same turn as the server sees it: from when it learned that the caller had finished to the first sound, or where Luna
 * answers in text the first word, that it sent. Also of turns that are only read, which no ear measures.
 */
export interface WatchAnswered {
  type: "luna.answered";
  item_id: string;
  server_ms: number;
}

export type WatchEvent =
  | WatchStatus
  | WatchLatency
  | WatchAnswered
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
