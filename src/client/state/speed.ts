/** How fast answers reach the ear, over one call and over the calls of this browser, against what a talk needs. */
import type { Row } from "./call-state.ts";

/** From the end of the caller's words to the first sound of the answer, ms: slower than this, people talk over each other. */
export const TARGET = { mean: 500, p95: 800 } as const;
/** So many of the latest answers stand for how fast Luna is on this machine. */
const KEPT = 200;

export interface Speed {
  mean: number;
  p95: number;
  turns: number;
}

/** The answers of a call that were heard, ms. Those that were only read are another matter (`readLatency`). */
export function earLatencies(rows: readonly Row[]): number[] {
  return rows.flatMap((row) => (row.kind === "turn" && row.latency?.to === "sound" ? [row.latency.ms] : []));
}

/** Mean and 95th percentile by nearest rank; `null` where nothing was measured. */
export function speedOf(latencies: readonly number[]): Speed | null {
  const sorted = [...latencies].sort((a, b) => a - b);
  const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1];
  if (p95 === undefined) return null;
  return { mean: sorted.reduce((sum, ms) => sum + ms, 0) / sorted.length, p95, turns: sorted.length };
}

/** The latest answers with those of one more call. */
export function withCall(known: readonly number[], rows: readonly Row[]): number[] {
  return [...known, ...earLatencies(rows)].slice(-KEPT);
}

/** Answers out of stored JSON; what is no time is none. */
export function readLatencies(json: string | null): number[] {
  try {
    const kept: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(kept) ? kept.filter((ms) => Number.isSafeInteger(ms) && ms >= 0).slice(-KEPT) : [];
  } catch {
    return [];
  }
}
