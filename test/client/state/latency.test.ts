import { expect, it } from "vitest";
import type { Latency, TurnRow } from "../../../src/client/state/call-state.ts";
import { readLatency } from "../../../src/client/state/latency.ts";

const turn = (latency: Latency | null): TurnRow => ({
  kind: "turn",
  id: "a",
  order: 1,
  arrived: 1,
  who: "luna",
  how: "speech",
  text: "Right away.",
  heard: 11,
  state: "final",
  at: 0,
  latency,
});
const read = (ms: number) => turn({ ms, to: "words" });

it("is the median and the slowest of few answers that were read", () => {
  expect(readLatency([read(300), read(100), turn(null), read(200)])).toEqual({ p50: 200, p95: 300 });
  expect(readLatency([read(40)])).toEqual({ p50: 40, p95: 40 });
});

it("is nothing where nothing was read: sound is not text", () => {
  expect(readLatency([])).toBeNull();
  expect(readLatency([turn(null), turn({ ms: 500, to: "sound" })])).toBeNull();
});
