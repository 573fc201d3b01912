import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { newTally } from "../../src/call/money.ts";
import { newTiming, spreadOf } from "../../src/call/timing.ts";
import { type CallRecord, saveCall } from "../../src/store/calls.ts";
import { CALLS, EAR, readMetrics, SERVER, SPENDING } from "../../src/store/metrics.ts";
import { addSpending } from "../../src/store/spending.ts";
import { counted, ended, running, turn } from "./records.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY = 86_400_000;

beforeEach(async () => {
  const tables = ["turns", "calls", "spending", "spent_by_call"];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

/** An ended call with these latencies at the ear and at the object, and this cost. */
async function call(id: string, ear: number[], server: number[], usd: number | null, more: Partial<CallRecord> = {}) {
  const turns = Array.from({ length: Math.max(ear.length, server.length) }, (_, index) =>
    turn(`${id}_${index}`, index + 1, { who: "luna", latency_ms: ear[index] ?? null }),
  );
  const timing = {
    ...newTiming(),
    turns: Object.fromEntries(server.map((ms, index) => [`${id}_${index}`, ms])),
    talk_overs: 1,
  };
  const tally = usd === null ? { ...newTally(), unpriced: true } : { ...newTally(), usd };
  const record = ended(running(id, { started_at: NOW - 1_000, turns, ...more }), more);
  await saveCall(env.DB, counted(record, tally, timing));
}

test("without calls there is nothing to say, and nothing is claimed to be quick", async () => {
  expect(await readMetrics(env.DB, 7, NOW)).toEqual({
    days: 7,
    since: NOW - 7 * DAY,
    calls: { total: 0, by: [] },
    targets: { mean_ms: 500, p95_ms: 800 },
    latency: [],
    cost: { usd: 0, unknown: 0, days: [] },
    talk_overs: 0,
  });
});

test("calls count by who answered and how they ended; those still on have no outcome", async () => {
  await call("a", [], [], 0.5);
  await call("b", [], [], 0.25, { outcome: "escalated" });
  await call("c", [], [], null, { fell_back: true });
  await call("d", [], [], 0, { mode: "scripted" });
  await saveCall(env.DB, running("e", { started_at: NOW }));
  await call("old", [], [], 9, { started_at: NOW - 8 * DAY });
  const { calls, cost, talk_overs } = await readMetrics(env.DB, 7, NOW);
  expect(calls).toEqual({
    total: 5,
    by: [
      { by: "ai", outcome: null, calls: 1 },
      { by: "ai", outcome: "contained", calls: 1 },
      { by: "ai", outcome: "escalated", calls: 1 },
      { by: "fell_back", outcome: "contained", calls: 1 },
      { by: "scripted", outcome: "contained", calls: 1 },
    ],
  });
  // Not known: of "c", whose model has no price, and of "e", which has only begun.
  expect(cost).toMatchObject({ usd: 0.75, unknown: 2 });
  expect(talk_overs).toBe(4);
});

test("latency over calls is that of all their turns together, each kind held against the targets", async () => {
  const quick = Array.from({ length: 30 }, (_, index) => 100 + index * 7);
  const slow = [790, 800, 1_200];
  await call("a", quick, [50], 0);
  await call("b", slow, [60, 70], 0);
  await call("c", [20, 30], [], 0, { mode: "scripted" });
  await call("old", [9_999], [9_999], 0, { started_at: NOW - 8 * DAY });
  const { latency } = await readMetrics(env.DB, 7, NOW);
  const nothing = { turns: 0, mean: null, p50: null, p95: null, keeps: { mean: null, p95: null } };
  expect(latency).toEqual([
    {
      by: "ai",
      ear: { ...spreadOf([...slow, ...quick]), keeps: { mean: true, p95: false } },
      server: { turns: 3, mean: 60, p50: 60, p95: 70, keeps: { mean: true, p95: true } },
    },
    {
      by: "scripted",
      ear: { turns: 2, mean: 25, p50: 20, p95: 30, keeps: { mean: true, p95: true } },
      server: nothing,
    },
  ]);
});

test("what days have cost is told by day, newest first", async () => {
  await addSpending(env.DB, "a", 0.5, NOW - DAY);
  await addSpending(env.DB, "b", 0.25, NOW);
  await addSpending(env.DB, "c", 9, NOW - 8 * DAY);
  const { cost } = await readMetrics(env.DB, 7, NOW);
  expect(cost.days).toEqual([
    { day: "2026-11-21", usd: 0.25 },
    { day: "2026-11-20", usd: 0.5 },
  ]);
});

test.each([
  ["calls", CALLS],
  ["ear", EAR],
  ["server", SERVER],
  ["spending", SPENDING],
])("the question for %s reads no table from end to end", async (_, query) => {
  const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${query}`).bind(0).all<{ detail: string }>();
  const steps = plan.results.map((row) => row.detail);
  expect(steps.filter((step) => /^SCAN (calls|turns|spending)\b/.test(step))).toEqual([]);
  expect(steps.some((step) => step.startsWith("SEARCH"))).toBe(true);
});
