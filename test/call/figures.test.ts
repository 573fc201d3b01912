import { expect, test } from "vitest";
import { figuresOf, turnsWithFigures } from "../../src/call/figures.ts";
import { addResponse, addTranscription, newTally } from "../../src/call/money.ts";
import { newTiming } from "../../src/call/timing.ts";
import type { Turn } from "../../src/call/turn.ts";

function turn(item_id: string, who: Turn["who"], latency_ms: number | null): Turn {
  return { item_id, order: 1, who, how: "speech", text: "", heard: "", state: "final", at: 0, latency_ms };
}

test("each turn carries what is known of it, and the call the sum", () => {
  const tally = newTally();
  addTranscription(tally, "item_1", { type: "duration", seconds: 60 }, "gpt-transcribe");
  const output = [{ id: "item_2", type: "message" as const, role: "assistant" as const, content: [] }];
  addResponse(tally, { id: "resp_1", usage: { output_tokens: 1_200 }, output }, "gpt-realtime-2.1");
  const timing = { ...newTiming(), turns: { item_2: 310 }, talk_overs: 2 };
  const said = [turn("item_0", "luna", null), turn("item_1", "caller", null), turn("item_2", "luna", 640)];
  const turns = turnsWithFigures(said, tally, timing);
  expect(turns.map(({ server_ms, cost_usd }) => [server_ms, cost_usd])).toEqual([
    [null, null],
    [null, 0.0045],
    [310, 0.0768],
  ]);
  expect(figuresOf(turns, tally, timing)).toEqual({
    cost_usd: 0.0813,
    tokens: tally.tokens,
    talk_overs: 2,
    ear: { turns: 1, mean: 640, p50: 640, p95: 640 },
    server: { turns: 1, mean: 310, p50: 310, p95: 310 },
  });
});
