/** Why a call that a client leads is ended before its time, told the way the provider tells it: an `error`, and then the close. */
import type { Gone } from "../../engines/engine.ts";
import { errorEvent } from "../../errors.ts";
import type { CallEnded } from "../../legs/wire.ts";
import type { ServerEvent } from "../../realtime/events.ts";

export interface Parting {
  reason: CallEnded["reason"];
  /** Of the socket, and why. */
  code: number;
  why: string;
  error: ServerEvent;
}

/** As after the provider's hour. */
export function tooLong(maxCallMs: number): Parting {
  const message = `Your session hit the maximum duration of ${Math.round(maxCallMs / 60_000)} minutes.`;
  return { reason: "too_long", code: 1001, why: message, error: errorEvent("session_expired", message) };
}

/** As where the day's money is gone before a call begins. */
export function usedUp(): Parting {
  const error = errorEvent("insufficient_quota", "This session has cost what a session may cost here.");
  return { reason: "spent", code: 4000, why: "invalid_request_error.insufficient_quota", error };
}

/** A client that asked for a model gets that model or the truth. */
export function hopeless(gone: Gone): Parting {
  const mine = gone.code === "invalid_model" || gone.code === "missing_model" || gone.code === "model_not_found";
  const type = mine ? "invalid_request_error" : "server_error";
  const code = mine ? gone.code : "upstream_unavailable";
  const error = errorEvent(code, gone.message, { type });
  return { reason: "failed", code: mine ? 4000 : 1011, why: `${type}.${code}`, error };
}
