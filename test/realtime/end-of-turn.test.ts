import { expect, test } from "vitest";
import { endOfTurnMs } from "../../src/realtime/end-of-turn.ts";

test("the silence that ends a turn is what the detection waits for, and a little more", () => {
  expect(endOfTurnMs(undefined)).toBe(800);
  expect(endOfTurnMs({ type: "server_vad", silence_duration_ms: 1_200 })).toBe(1_500);
  expect(endOfTurnMs({ type: "semantic_vad", eagerness: "low" })).toBe(8_300);
  expect(endOfTurnMs({ type: "semantic_vad" })).toBe(endOfTurnMs({ type: "semantic_vad", eagerness: "medium" }));
});
