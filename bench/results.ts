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
  const { direct } = round.echo;
  const disturbed = Object.values(round.echo).some((result) => result !== undefined && isDisturbed(result));
  return !direct || direct.p99 > VOID_P99_MS || disturbed;
}

/** Other programs took so much meanwhile that nothing is said about the relay. */
export function isDisturbed(result: { foreign: number }): boolean {
  return result.foreign > VOID_FOREIGN;
}

/** Every repetition of a profile but the disturbed ones; where all are, all of them, and that is said. */
export function calmOf<Result extends { foreign: number }>(all: Result[]): { found: Result[]; disturbed: boolean } {
  const calm = all.filter((result) => !isDisturbed(result));
  return calm.length > 0 ? { found: calm, disturbed: false } : { found: all, disturbed: true };
}

/** The rounds that count for a setting; where all are void, all of them, and that is said. */
export function roundsOf(results: Results, calls: number, frameMs: number): { rounds: Round[]; allVoid: boolean } {
  const all = everyRoundOf(results, calls, frameMs);
  const good = all.filter((round) => !isVoid(round));
  return good.length > 0 ? { rounds: good, allVoid: false } : { rounds: all, allVoid: true };
}

/** Void ones too: what was lost in them was lost. */
export function everyRoundOf(results: Results, calls: number, frameMs: number): Round[] {
  return results.rounds.filter((round) => round.calls === calls && round.frameMs === frameMs);
}

/** The peer took part, whether it came to the end or not. */
export function tookPart(rounds: Round[], peer: PeerName): boolean {
  return rounds.some(({ echo }) => peer in echo);
}

/** Rounds that it did not end, or in which it dropped a call. */
export function roundsFallen(rounds: Round[], peer: PeerName): number {
  return rounds.filter(({ echo }) => peer in echo && (echo[peer] === undefined || echo[peer].crashed)).length;
}

/** One figure of one peer over the repetitions; those in which there was nothing to measure are left out. */
export function figure(
  rounds: Round[],
  peer: PeerName,
  of: (result: EchoResult, round: Round) => number,
): Spread | undefined {
  const values = rounds
    .flatMap((round) => {
      const result = round.echo[peer];
      return result ? [of(result, round)] : [];
    })
    .filter(Number.isFinite);
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
  const values = rounds
    .flatMap((round) => {
      const [above, below] = [round.echo[peer], round.echo[to]];
      if (!above || !below) return [];
      const under = of(below, round);
      return under > 0 ? [of(above, round) / under] : [];
    })
    .filter(Number.isFinite);
  return values.length > 0 ? spread(values) : undefined;
}

/** The most calls at which the peer never fell, nothing was lost, and p99 was less than 20 ms above the direct way. */
export function capacity(results: Results, peer: PeerName, frameMs: number): number {
  const settings = [
    ...new Set(results.rounds.filter((round) => round.frameMs === frameMs).map((round) => round.calls)),
  ];
  const held = settings.filter((calls) => {
    const { rounds } = roundsOf(results, calls, frameMs);
    const p99 = figure(rounds, peer, added("p99"));
    const lost = figure(rounds, peer, (result) => result.lost);
    const whole = tookPart(rounds, peer) && roundsFallen(rounds, peer) === 0;
    return whole && p99 !== undefined && p99.median < 20 && lost?.high === 0;
  });
  return Math.max(0, ...held);
}

/** What makes the bench fail: Luna lost sound, fell, or went on speaking into a caller. Never that she was slow. */
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
  for (const { talk, barge, tool, die } of results.profiles) {
    for (const name of LUNA) {
      const [spoken, cut] = [talk[name], barge[name]];
      if (spoken && spoken.lost !== 0) faults.push(`${name} lost ${spoken.lost} pieces of sound (talk)`);
      if (spoken && spoken.lostUp !== 0) faults.push(`${name} lost ${spoken.lostUp} frames of the callers (talk)`);
      if (cut && cut.unanswered !== 0) faults.push(`${name} let ${cut.unanswered} barges pass (barge)`);
      // On the SDK wire it is the client who falls silent.
      if (name === "luna" && cut && cut.stale !== 0) faults.push(`luna went on speaking ${cut.stale} times (barge)`);
      const served = tool[name];
      if (served && served.outputs < served.calls)
        faults.push(`${name} gave ${served.outputs} of ${served.calls} outputs (tool)`);
    }
    if (!die) continue;
    if (die.resumed < die.calls) faults.push(`luna went on with ${die.resumed} of ${die.calls} calls (die)`);
    if (die.lostFrames !== 0) faults.push(`luna lost ${die.lostFrames} frames of the callers (die)`);
    if (die.dropped > 0) faults.push(`luna dropped ${die.dropped} callers (die)`);
  }
  if (results.hour && results.hour.lost !== 0) faults.push(`luna lost ${results.hour.lost} frames (hour)`);
  return faults;
}

/** Both of her wires. */
const LUNA = ["luna", "sdk"] as const;
