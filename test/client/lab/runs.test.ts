import { describe, expect, it } from "vitest";
import { barOf, RUNS_KEPT, type Run, readRuns, runOf, timesOf, withRun } from "../../../src/client/lab/runs.ts";
import { noCall, type TurnRow } from "../../../src/client/state/call-state.ts";
import type { Step } from "../../../src/client/state/steps.ts";

const STEPS: Step[] = [
  { step: "begin", at: 1_000 },
  { step: "token", at: 1_040 },
  { step: "microphone", at: 1_030 },
  { step: "configured", at: 1_900 },
  { step: "first_words", at: 2_100 },
  { step: "first_sound", at: 2_350 },
];

function answer(ms: number | null): TurnRow {
  const latency = ms === null ? null : { ms, to: "sound" as const };
  const row = {
    kind: "turn" as const,
    id: `${ms}`,
    order: 1,
    arrived: 1,
    who: "luna" as const,
    how: "speech" as const,
  };
  return { ...row, text: "Hello", heard: 5, state: "final", at: 0, latency };
}

const run = (at: number, change: Partial<Run> = {}): Run => ({
  at,
  method: "relay",
  mode: "ai",
  setup_ms: 800,
  first_ms: 1_200,
  reply_ms: null,
  jitter_ms: null,
  loss: null,
  ...change,
});

describe("a call as a run", () => {
  it("has its steps in the order in which they were done, ms since the click", () => {
    expect(timesOf(STEPS)).toEqual([
      { step: "microphone", ms: 30 },
      { step: "token", ms: 40 },
      { step: "configured", ms: 900 },
      { step: "first_words", ms: 1_100 },
      { step: "first_sound", ms: 1_350 },
    ]);
    expect(timesOf([])).toEqual([]);
  });

  it("knows set-up, first sound, the median answer, and what the line measured", () => {
    const call = { ...noCall(), usedAi: true, rows: [answer(400), answer(null), answer(900), answer(500)] };
    const stats = { jitter_ms: 3.5, loss: 0.01, rtt_ms: 20 };
    expect(runOf(call, STEPS, "ephemeral", stats)).toEqual({
      at: 1_000,
      method: "ephemeral",
      mode: "ai",
      setup_ms: 900,
      first_ms: 1_350,
      reply_ms: 500,
      jitter_ms: 3.5,
      loss: 0.01,
    });
  });

  it("that fell back is set up when the relay hears, since the click, and says which way was wanted", () => {
    const engine = { mode: "ai", voice: "call", speaker: "luna", model: "m", ready: true } as const;
    const call = { ...noCall(), usedAi: true, engine: { type: "luna.engine", ...engine } as const };
    const fell = [...STEPS, { step: "offer", at: 1_300 }, { step: "relay", at: 9_450 }];
    expect(runOf(call, fell, "ephemeral", null)).toMatchObject({
      method: "relay",
      instead_of: "ephemeral",
      setup_ms: 8_450,
    });
    // The lab was not there when it happened: the time of the way that failed is not this one's.
    expect(runOf(call, STEPS, "ephemeral", null)).toMatchObject({ method: "relay", setup_ms: null });
    const peer = { ...call, engine: { ...call.engine, voice: "peer" as const } };
    const under = runOf(peer, STEPS, "ephemeral", null);
    expect(under).toMatchObject({ method: "ephemeral", setup_ms: 900 });
    expect(under).not.toHaveProperty("instead_of");
    // Lost in the middle of the call: it did come about.
    const lost = runOf(call, [...fell, { step: "connected", at: 1_800 }], "direct", null);
    expect(lost).toMatchObject({ method: "direct", setup_ms: 900 });
    expect(runOf(call, STEPS, "relay", null)).toMatchObject({ method: "relay", setup_ms: 900 });
  });

  it("says nothing of what it has not come to, and goes by the page's socket where no AI answers", () => {
    const begun = runOf(noCall(), STEPS.slice(0, 2), "direct", null);
    expect(begun).toMatchObject({ method: "relay", mode: "scripted", setup_ms: null, first_ms: null, reply_ms: null });
    expect(runOf(noCall(), [], "relay", null)).toBeNull();
  });
});

describe("the runs kept in the browser", () => {
  it("are the last ten, newest first, each call once", () => {
    let kept: Run[] = [];
    for (let at = 1; at <= 14; at++) kept = withRun(kept, run(at));
    kept = withRun(kept, run(14, { reply_ms: 400 }));
    expect(kept).toHaveLength(RUNS_KEPT);
    expect(kept.map((one) => one.at)).toEqual([14, 13, 12, 11, 10, 9, 8, 7, 6, 5]);
    expect(kept[0]?.reply_ms).toBe(400);
  });

  it("come back as they were, without what does not look like one", () => {
    const good = run(1, { loss: 0.1 });
    const odd = [
      good,
      null,
      7,
      { at: 1 },
      { ...good, method: "pigeon" },
      { ...good, instead_of: "pigeon" },
      { ...good, setup_ms: -1 },
      { ...good, loss: "x" },
    ];
    expect(readRuns(JSON.stringify(odd))).toEqual([good]);
    for (const json of [null, "", "{", "{}", "7"]) expect(readRuns(json)).toEqual([]);
  });

  it("are held against the longest of each column", () => {
    const both = [run(1, { setup_ms: 400 }), run(2, { setup_ms: 1_600 })];
    expect(both.map((one) => barOf(both, "setup_ms", one.setup_ms))).toEqual([0.25, 1]);
    expect(barOf(both, "loss", null)).toBe(0);
    expect(barOf(both, "loss", 0)).toBe(0);
  });
});
