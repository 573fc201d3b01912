import { describe, expect, it } from "vitest";
import type { Row, TurnRow } from "../../../src/client/state/call-state.ts";
import { earLatencies, readLatencies, speedOf, withCall } from "../../../src/client/state/speed.ts";

const row = (id: string, latency: TurnRow["latency"]): Row => ({
  kind: "turn",
  id,
  order: 1,
  arrived: 1,
  who: "luna",
  how: "speech",
  text: "",
  heard: 0,
  state: "final",
  at: 0,
  latency,
});

describe("how fast Luna answers", () => {
  it("counts what was heard, and not what was only read", () => {
    const rows = [row("a", { ms: 400, to: "sound" }), row("b", { ms: 20, to: "words" }), row("c", null)];
    expect(earLatencies(rows)).toEqual([400]);
  });

  it("is mean and 95th percentile by nearest rank, and nothing where nothing was measured", () => {
    expect(speedOf([])).toBeNull();
    expect(speedOf([300])).toEqual({ mean: 300, p95: 300, turns: 1 });
    const hundred = Array.from({ length: 100 }, (_, i) => i + 1).reverse();
    expect(speedOf(hundred)).toEqual({ mean: 50.5, p95: 95, turns: 100 });
  });

  it("is kept for the latest answers only", () => {
    const known = Array.from({ length: 200 }, (_, i) => i);
    const kept = withCall(known, [row("a", { ms: 999, to: "sound" })]);
    expect(kept).toHaveLength(200);
    expect([kept[0], kept.at(-1)]).toEqual([1, 999]);
  });

  it.each([null, "", "{", "{}", "7", '["a",-1,1.5,null]'])("is unknown where the browser holds %s", (json) => {
    expect(readLatencies(json)).toEqual([]);
  });
});
