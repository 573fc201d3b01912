/** A short call as the page has it at its end: an interrupted turn, the caller's, a tool. */
import type { CallState } from "../../../src/client/state/call-state.ts";
import { noCall } from "../../../src/client/state/call-state.ts";
import { reduce } from "../../../src/client/state/reduce.ts";
import type { PageEvent, TurnStatus } from "../../../src/legs/wire.ts";

export const START = Date.UTC(2026, 10, 21, 9);
export const turn = (change: Partial<TurnStatus>): TurnStatus => ({
  type: "luna.turn",
  item_id: "a",
  order: 1,
  who: "luna",
  how: "speech",
  text: "",
  heard: "",
  state: "final",
  ...change,
});

export function ended(): CallState {
  const events: [at: number, PageEvent][] = [
    [
      0,
      {
        type: "luna.call",
        call_id: "01C",
        scenario: "block-card",
        title: "Block a card",
        verified: false,
        lit: null,
        started_at: 0,
      },
    ],
    [1_000, turn({ text: "Your card is blocked, Maya.", heard: "Your card is", state: "interrupted" })],
    [5_000, turn({ item_id: "b", order: 2, who: "caller", text: "Wait.", heard: "Wait." })],
    [
      65_000,
      {
        type: "luna.tool",
        call_id: "t",
        name: "block_card",
        label: "Blocking your card",
        state: "done",
        summary: "The card ending in 4829 is blocked.",
        arguments: { card_last_4: "4829" },
        ms: 31,
        order: 2,
      },
    ],
    [
      70_000,
      {
        type: "luna.ended",
        reason: "caller_ended",
        outcome: "contained",
        seconds: 70,
        latency: { p50: 420, p95: 700, turns: 2 },
        cost_usd: null,
      },
    ],
  ];
  return events.reduce((state, [at, event]) => reduce(state, event, START + at), noCall());
}
