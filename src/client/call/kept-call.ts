/**
 * The way back into a call after a reload, kept for this tab only: a duplicated tab gets a copy and takes the call over, a
 * new tab knows nothing of it. Written when the page goes, so that nothing is stored in the middle of a call's work.
 */
import type { CallState, Marks } from "../state/call-state.ts";

const NAME = "luna.call";

export interface KeptCall {
  call_id: string;
  /** Address of the call's socket. */
  socket: string;
  /** Opens the socket once. */
  token: string;
  /** How long the call waits for the page, ms. */
  grace_ms: number;
  scenario: string;
  title: string;
  /** No microphone, no voice. */
  typing: boolean;
  /** An AI was to answer. */
  ai: boolean;
  /** The caller had muted the microphone, or put the call on hold: a reload must not make them heard. */
  muted: boolean;
  held: boolean;
  /** Path of the page it was opened from. */
  page?: string;
  /** A guest's: address of the postcard afterwards, and when the call ends at the latest (Unix ms, by the call's clock). */
  postcard?: string;
  ends_at?: number;
  /** Unix ms at which the call was known to be on. */
  at: number;
  marks: Marks;
}

export type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function keepCall(shelf: Shelf, call: KeptCall): void {
  try {
    shelf.setItem(NAME, JSON.stringify(call));
  } catch {
    // Full or refused: a reload then ends the call, as it did before.
  }
}

export function forgetCall(shelf: Shelf): void {
  try {
    shelf.removeItem(NAME);
  } catch {
    // What cannot be written was not there.
  }
}

/** The call this tab was in, while the call still waits for it; `null` when there is none, or it has waited too long. */
export function keptCall(shelf: Shelf, now: number): KeptCall | null {
  try {
    const kept = JSON.parse(shelf.getItem(NAME) ?? "null") as unknown;
    return isKept(kept) && now - kept.at < kept.grace_ms && now >= kept.at - kept.grace_ms ? kept : null;
  } catch {
    return null;
  }
}

function isKept(value: unknown): value is KeptCall {
  if (typeof value !== "object" || value === null) return false;
  const { call_id, socket, token, scenario, title, typing, ai, muted, held, grace_ms, at, marks } = value as Record<
    string,
    unknown
  >;
  const words = [call_id, socket, token, scenario, title].every((one) => typeof one === "string" && one !== "");
  const numbers = [grace_ms, at].every(Number.isFinite);
  const choices = [typing, ai, muted, held].every((one) => typeof one === "boolean");
  return words && numbers && choices && typeof marks === "object" && marks !== null;
}

/** What only this page knows of the rows on screen. */
export function marksOf(rows: CallState["rows"]): Marks {
  return Object.fromEntries(
    rows.map((row) => [row.id, { at: row.at, latency: row.kind === "turn" ? row.latency : null }]),
  );
}
