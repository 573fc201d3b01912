/** The footer's figures: how the calls of this browser ended, and who answered them. */
import type { CallEnded, Mode } from "../../legs/wire.ts";

export interface Counters {
  contained: number;
  escalated: number;
  ai: number;
  scripted: number;
}

export const NO_CALLS: Counters = { contained: 0, escalated: 0, ai: 0, scripted: 0 };

/** Counts one ended call. Abandoned and failed calls count for their mode only. */
export function counted(counters: Counters, ended: Pick<CallEnded, "outcome">, mode: Mode): Counters {
  return {
    contained: counters.contained + (ended.outcome === "contained" ? 1 : 0),
    escalated: counters.escalated + (ended.outcome === "escalated" ? 1 : 0),
    ai: counters.ai + (mode === "ai" ? 1 : 0),
    scripted: counters.scripted + (mode === "scripted" ? 1 : 0),
  };
}

/** Counters out of stored JSON; anything that is no whole number of calls counts as none. */
export function readCounters(json: string | null): Counters {
  const counters = { ...NO_CALLS };
  try {
    const kept = JSON.parse(json ?? "{}") as Partial<Record<keyof Counters, unknown>> | null;
    for (const key of Object.keys(counters) as (keyof Counters)[]) {
      const value = kept?.[key];
      if (Number.isSafeInteger(value) && (value as number) >= 0) counters[key] = value as number;
    }
  } catch {
    return { ...NO_CALLS };
  }
  return counters;
}
