/** The last calls of this browser, side by side: how long it took to get in, and how the line did. */
import type { CallState } from "../state/call-state.ts";
import type { Method } from "../state/settings.ts";
import { earLatencies } from "../state/speed.ts";
import type { LineStats, Step } from "../state/steps.ts";

export const RUNS_KEPT = 10;

export interface Run {
  /** When the call was wanted, Unix ms. */
  at: number;
  method: Method;
  /** The way that was tried first and did not come about: all times count from the click before it. */
  instead_of?: Exclude<Method, "relay">;
  mode: "ai" | "scripted";
  /** From the click until the engine is configured and hears, ms, by the way the call went; null where that is not known. */
  setup_ms: number | null;
  /** From the click to the first sound of Luna, or to her first word where nothing sounds. */
  first_ms: number | null;
  /** Median from the end of the caller's words to the first sound of the answer. */
  reply_ms: number | null;
  jitter_ms: number | null;
  /** Share of packets that never came, 0..1. */
  loss: number | null;
}

export type Figure = "setup_ms" | "first_ms" | "reply_ms" | "jitter_ms" | "loss";

/** Steps with the time since the click, in the order in which they were done. */
export function timesOf(steps: readonly Step[]): { step: string; ms: number }[] {
  const [begin] = steps;
  if (begin === undefined) return [];
  return steps
    .slice(1)
    .map(({ step, at }) => ({ step, ms: Math.max(0, at - begin.at) }))
    .sort((a, b) => a.ms - b.ms);
}

/** The call as it stands; null before one was wanted. @param wanted the way it was to go by. */
export function runOf(call: CallState, steps: readonly Step[], wanted: Method, stats: LineStats | null): Run | null {
  const [begin] = steps;
  if (begin === undefined) return null;
  const times = timesOf(steps);
  const ms = (name: string) => times.find((time) => time.step === name)?.ms ?? null;
  // A call without an AI has no other way than the page's own socket.
  const tried = call.usedAi ? wanted : "relay";
  const byPeer = ms("connected") !== null || call.engine === null || call.engine.voice === "peer";
  const fellBack = tried !== "relay" && !byPeer;
  return {
    at: begin.at,
    method: fellBack ? "relay" : tried,
    ...(fellBack ? { instead_of: tried } : {}),
    mode: call.usedAi ? "ai" : "scripted",
    // An engine was configured for the way that failed, too.
    setup_ms: ms(fellBack ? "relay" : "configured"),
    first_ms: ms("first_sound") ?? ms("first_words"),
    reply_ms: median(earLatencies(call.rows)),
    jitter_ms: stats?.jitter_ms ?? null,
    loss: stats?.loss ?? null,
  };
}

/** By nearest rank, as the call counts its own. */
function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
}

/** Newest first; the same call again takes the place of its earlier standing. */
export function withRun(runs: readonly Run[], run: Run): Run[] {
  return [run, ...runs.filter((one) => one.at !== run.at)].sort((a, b) => b.at - a.at).slice(0, RUNS_KEPT);
}

/** Length of the bar behind a figure, 0..1 of the longest of its column; the shortest call is the best one. */
export function barOf(runs: readonly Run[], figure: Figure, value: number | null): number {
  const most = Math.max(...runs.map((run) => run[figure] ?? 0));
  return value === null || most === 0 ? 0 : value / most;
}

const METHODS: readonly unknown[] = ["relay", "ephemeral", "direct"] satisfies Method[];
const FIGURES: readonly Figure[] = ["setup_ms", "first_ms", "reply_ms", "jitter_ms", "loss"];

/** Runs out of stored JSON; what does not look like one is left out. */
export function readRuns(json: string | null): Run[] {
  try {
    const kept: unknown = JSON.parse(json ?? "[]");
    return Array.isArray(kept) ? kept.filter(isRun).slice(0, RUNS_KEPT) : [];
  } catch {
    return [];
  }
}

function isRun(value: unknown): value is Run {
  if (typeof value !== "object" || value === null) return false;
  const run = value as Record<string, unknown>;
  const figures = FIGURES.every((name) => run[name] === null || (typeof run[name] === "number" && run[name] >= 0));
  return (
    figures &&
    typeof run.at === "number" &&
    METHODS.includes(run.method) &&
    (run.instead_of === undefined || METHODS.includes(run.instead_of)) &&
    (run.mode === "ai" || run.mode === "scripted")
  );
}
