/** Latency of a call over its turns. */
import type { Turn } from "../../call/turn.ts";
import type { CallEnded } from "../../legs/wire.ts";

/** p50 and p95 by nearest rank: with few turns the p95 is the slowest one, not a guess between two. */
export function latencyOf(turns: Turn[]): CallEnded["latency"] {
  const measured = turns.flatMap((turn) => (turn.latency_ms === null ? [] : [turn.latency_ms])).sort((a, b) => a - b);
  const at = (share: number) => measured[Math.max(0, Math.ceil(share * measured.length) - 1)] ?? null;
  return { p50: at(0.5), p95: at(0.95), turns: measured.length };
}
