import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { saveCall } from "../../src/store/calls.ts";
import { addSpending, dayOf, spentToday } from "../../src/store/spending.ts";
import { running } from "./records.ts";

const NOON = Date.UTC(2026, 10, 21, 12);
const MIDNIGHT = Date.UTC(2026, 10, 22);

beforeEach(async () => {
  await env.DB.batch(["spending", "spent_by_call", "calls"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

test("a day is a day of UTC", () => {
  expect([dayOf(NOON), dayOf(MIDNIGHT - 1), dayOf(MIDNIGHT)]).toEqual(["2026-11-21", "2026-11-21", "2026-11-22"]);
});

test("nothing has been spent on a day without calls", async () => {
  expect(await spentToday(env.DB, NOON)).toBe(0);
});

test("calls add up, and a report that comes twice or late adds nothing", async () => {
  expect(await addSpending(env.DB, "call-1", 0.5, NOON)).toBe(0.5);
  expect(await addSpending(env.DB, "call-2", 0.25, NOON)).toBe(0.75);
  expect(await addSpending(env.DB, "call-1", 0.5, NOON)).toBe(0.75);
  expect(await addSpending(env.DB, "call-1", 0.125, NOON)).toBe(0.75);
  expect(await addSpending(env.DB, "call-1", 1, NOON)).toBe(1.25);
  expect(await spentToday(env.DB, NOON)).toBe(1.25);
});

test("a call over midnight is charged to both days", async () => {
  await addSpending(env.DB, "call-1", 0.5, MIDNIGHT - 1);
  expect(await addSpending(env.DB, "call-1", 0.75, MIDNIGHT)).toBe(0.25);
  expect(await spentToday(env.DB, MIDNIGHT - 1)).toBe(0.5);
});

test("reports at the same time lose nothing", async () => {
  const calls = Array.from({ length: 20 }, (_, index) => `call-${index % 10}`);
  await Promise.all(calls.map((call) => addSpending(env.DB, call, 0.25, NOON)));
  expect(await spentToday(env.DB, NOON)).toBe(2.5);
});

test("a deleted call takes its report with it; the day keeps its sum", async () => {
  await saveCall(env.DB, running("call-1"));
  await addSpending(env.DB, "call-1", 0.5, NOON);
  await env.DB.prepare("DELETE FROM calls WHERE id = ?").bind("call-1").run();
  expect((await env.DB.prepare("SELECT * FROM spent_by_call").all()).results).toEqual([]);
  expect(await spentToday(env.DB, NOON)).toBe(0.5);
});
