/** What a run of the bench has found, and what is worked out from it. */
import type { PeerName } from "./peers.ts";
import type { BargeResult } from "./profiles/barge.ts";
import type { DieResult } from "./profiles/die.ts";
import type { EchoResult } from "./profiles/echo.ts";
import type { HourResult } from "./profiles/hour.ts";
import type { TalkResult } from "./profiles/talk.ts";
import type { ToolResult } from "./profiles/tool.ts";
import { type Spread, spread } from "./statistics.ts";

/** All peers once, one after the other, at one number of calls: what is compared with each other. */
export interface Round {
  calls: number;
  frameMs: number;
  repetition: number;
  /** A peer that failed is missing. */
  echo: Partial<Record<PeerName, EchoResult>>;
}

export interface Profiles {
  talk: Partial<Record<PeerName, TalkResult>>;
  barge: Partial<Record<PeerName, BargeResult>>;
  tool: Partial<Record<PeerName, ToolResult>>;
  die?: DieResult;
}

export interface Results {
  rounds: Round[];
  /** One for each repetition. */
  profiles: Profiles[];
  hour?: HourResult;
  /** Calls and frame length of the profiles other than echo. */
  profileCalls: number;
  profileFrameMs: number;
  failures: string[];
}

/** When even the direct row is slower than this, the machine was busy with something else and nothing is compared. */
const VOID_P99_MS = 10;
/** The same when other programs took this much of a core, during any row. The kernel's own work for the sockets is less. */
const VOID_FOREIGN = 0.3;

export function isVoid(round: Round): boolean {
  const direct = round.echo.direct;
  const disturbed = Object.values(round.echo).some((result) => result !== undefined && result.foreign > VOID_FOREIGN);
  return !direct || direct.p99 > VOID_P99_MS || disturbed;
}

/** The rounds that count for a setting; where all are void, all of them, and that is said. */
export function roundsOf(results: Results, calls: number, frameMs: number): { rounds: Round[]; allVoid: boolean } {
  const all = results.rounds.filter((round) => round.calls === calls && round.frameMs === frameMs);
  const good = all.filter((round) => !isVoid(round));
  return good.length > 0 ? { rounds: good, allVoid: false } : { rounds: all, allVoid: true };
}

/** One figure of one peer over the repetitions. */
export function figure(
  rounds: Round[],
  peer: PeerName,
  of: (result: EchoResult, round: Round) => number,
): Spread | undefined {
  const values = rounds.flatMap((round) => {
    const result = round.echo[peer];
    return result ? [of(result, round)] : [];
  });
  return values.length > 0 ? spread(values) : undefined;
}

/** What the relay adds to the way without it in the same round, ms. */
export function added(share: "p50" | "p95" | "p99"): (result: EchoResult, round: Round) => number {
  return (result, round) => result[share] - (round.echo.direct?.[share] ?? 0);
}

/** A figure of a peer divided by the same of another peer in the same round. */
export function ratio(
  rounds: Round[],
  peer: PeerName,
  to: PeerName,
  of: (result: EchoResult, round: Round) => number,
): Spread | undefined {
  const values = rounds.flatMap((round) => {
    const [above, below] = [round.echo[peer], round.echo[to]];
    if (!above || !below) return [];
    const under = of(below, round);
    return under > 0 ? [of(above, round) / under] : [];
  });
  return values.length > 0 ? spread(values) : undefined;
}

/** The most calls at which nothing was lost and p99 was less than 20 ms above the direct way. */
export function capacity(results: Results, peer: PeerName, frameMs: number): number {
  const settings = [
    ...new Set(results.rounds.filter((round) => round.frameMs === frameMs).map((round) => round.calls)),
  ];
  const held = settings.filter((calls) => {
    const { rounds } = roundsOf(results, calls, frameMs);
    const p99 = figure(rounds, peer, added("p99"));
    const lost = figure(rounds, peer, (result) => result.lost);
    return p99 !== undefined && p99.median < 20 && lost?.high === 0;
  });
  return Math.max(0, ...held);
}

/** What makes the bench fail: Luna lost sound, or fell. Never that she was slow. */
export function faultsOfLuna(results: Results): string[] {
  const faults = results.failures.filter((failure) => LUNA.some((name) => failure.startsWith(name)));
  for (const { calls, frameMs, repetition, echo } of results.rounds) {
    const where = `${calls} calls, ${frameMs} ms, repetition ${repetition + 1}`;
    for (const name of LUNA) {
      const found = echo[name];
      if (found && found.lost !== 0) faults.push(`${name} lost ${found.lost} frames (${where})`);
      if (found?.crashed) faults.push(`${name} dropped a call or crashed (${where})`);
    }
  }
  for (const { talk } of results.profiles) {
    for (const name of LUNA) {
      const found = talk[name];
      if (found && found.lost !== 0) faults.push(`${name} lost ${found.lost} pieces of sound (talk)`);
    }
  }
  if (results.hour && results.hour.lost !== 0) faults.push(`luna lost ${results.hour.lost} frames (hour)`);
  return faults;
}

/** Both of her wires. */
const LUNA = ["luna", "sdk"] as const;
