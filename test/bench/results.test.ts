import { describe, expect, it } from "vitest";
import type { EchoResult } from "../../bench/profiles/echo.ts";
import {
  added,
  capacity,
  faultsOfLuna,
  figure,
  type Profiles,
  type Results,
  type Round,
  ratio,
} from "../../bench/results.ts";
import { median, percentile, spread } from "../../bench/statistics.ts";

const whole = (p50: number, p99: number): EchoResult => ({
  p50,
  p95: p99,
  p99,
  frames: 1_000,
  lost: 0,
  gaps: 0,
  cpuMs: p50,
  mbPerCall: 1,
  dialMs: 1,
  simulatorLate: 0,
  foreign: 0,
  crashed: false,
});

const round = (calls: number, echo: Round["echo"]): Round => ({ calls, frameMs: 40, repetition: 0, echo });

const results = (rounds: Round[], ...profiles: Profiles[]): Results => ({
  rounds,
  profiles,
  profileCalls: 20,
  profileFrameMs: 40,
  failures: [],
});

describe("the figures of a run", () => {
  it("are nearest ranks, and the median of the repetitions with the lowest and the highest", () => {
    const hundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(hundred, share))).toEqual([50, 95, 99, 100]);
    expect(percentile([7], 0.01)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
    expect([median([3, 1, 2]), median([4, 1, 2, 3])]).toEqual([2, 2.5]);
    expect(spread([3, Number.NaN, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
  });

  it("are what a relay adds to the way without it, against the splice of the same round", () => {
    const rounds = [
      round(20, { direct: whole(0.2, 1), splice: whole(0.6, 3), luna: whole(0.8, 4) }),
      round(20, { direct: whole(0.1, 1), splice: whole(0.3, 2), luna: whole(0.7, 4) }),
    ];
    expect(figure(rounds, "luna", added("p50"))?.median).toBeCloseTo(0.6, 9);
    const times = ratio(rounds, "luna", "splice", added("p50"));
    expect(times?.low).toBeCloseTo(1.5, 9);
    expect(times?.high).toBeCloseTo(3, 9);
    expect(ratio(rounds, "luna", "agents", added("p50"))).toBeUndefined();
  });

  it("do not count where other programs took the machine, or the way without a relay was slow", () => {
    const good = round(40, { direct: whole(0.2, 1), luna: whole(0.8, 4) });
    const busy = round(40, { direct: whole(0.2, 1), luna: { ...whole(9, 90), foreign: 0.5 } });
    const slow = round(40, { direct: whole(0.2, 11), luna: whole(9, 90) });
    expect(capacity(results([good, busy, slow]), "luna", 40)).toBe(40);
    expect(capacity(results([busy, slow]), "luna", 40)).toBe(0);
  });

  it("call held only what came through whole, and less than 20 ms later", () => {
    const direct = whole(0.2, 1);
    const of = (luna: EchoResult) => capacity(results([round(80, { direct, luna })]), "luna", 40);
    expect(of(whole(1, 20.9))).toBe(80);
    expect(of(whole(1, 21))).toBe(0);
    expect(of({ ...whole(1, 2), lost: 1 })).toBe(0);
    expect(of({ ...whole(1, 2), crashed: true })).toBe(0);
  });
});

describe("a run fails over Luna", () => {
  const nothing: Profiles = { talk: {}, barge: {}, tool: {} };
  const faults = (echo: Round["echo"], profile: Partial<Profiles> = {}) =>
    faultsOfLuna(results([round(20, echo)], { ...nothing, ...profile }));

  it("who lost a frame or dropped a call, on either wire, and over nobody else", () => {
    const lost = { ...whole(1, 2), lost: 2 };
    expect(faults({ luna: lost })).toEqual([expect.stringContaining("luna lost 2 frames")]);
    expect(faults({ sdk: { ...whole(1, 2), crashed: true } })).toEqual([expect.stringContaining("sdk dropped a call")]);
    expect(faults({ luna: whole(900, 9_000), splice: lost, agents: lost })).toEqual([]);
  });

  it("who let a barge pass, went on speaking after it, or gave no output", () => {
    const barge = { p50: 1, p99: 2, barges: 10, unanswered: 0, stale: 0, foreign: 0 };
    const tool = { longestMs: 1, holes: 0, outputs: 5, calls: 5, overheadMs: 1, foreign: 0 };
    expect(faults({}, { barge: { luna: barge }, tool: { luna: tool } })).toEqual([]);
    expect(faults({}, { barge: { sdk: { ...barge, stale: 600 } } })).toEqual([]);
    const told = faults(
      {},
      { barge: { luna: { ...barge, unanswered: 1, stale: 3 } }, tool: { luna: { ...tool, outputs: 4 } } },
    );
    expect(told).toEqual([
      expect.stringContaining("let 1 barges pass"),
      expect.stringContaining("went on speaking 3 times"),
      expect.stringContaining("gave 4 of 5 outputs"),
    ]);
  });
});
