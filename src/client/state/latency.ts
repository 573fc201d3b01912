/** How long answers took in a call without sound: what the call itself measures is the ear's wait alone. */
import type { Row } from "./call-state.ts";

/** Median and 95th percentile by nearest rank, ms, as the call counts its own; `null` where no answer was read. */
export function readLatency(rows: readonly Row[]): { p50: number; p95: number } | null {
  const measured = rows
    .flatMap((row) => (row.kind === "turn" && row.latency?.to === "words" ? [row.latency.ms] : []))
    .sort((a, b) => a - b);
  const at = (share: number) => measured[Math.ceil(share * measured.length) - 1];
  const [p50, p95] = [at(0.5), at(0.95)];
  return p50 === undefined || p95 === undefined ? null : { p50, p95 };
}
