import { describe, expect, it } from "vitest";
import { asJson, asText, clock } from "../../src/client/export/transcript.ts";
import type { CallState } from "../../src/client/state/call-state.ts";
import { noCall } from "../../src/client/state/call-state.ts";
import { reduce } from "../../src/client/state/reduce.ts";
import type { PageEvent, TurnStatus } from "../../src/legs/wire.ts";

const START = Date.UTC(2026, 10, 21, 9);
const turn = (change: Partial<TurnStatus>): TurnStatus => ({
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

function ended(): CallState {
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

describe("a transcript to keep", () => {
  it("reads as the call was heard, with the time into the call", () => {
    expect(asText(ended())).toBe(
      [
        "Block a card, 2026-11-21T09:00:00.000Z",
        "",
        "[0:01] Luna: Your card is — interrupted",
        "[0:05] You: Wait.",
        "[1:05] (Blocking your card: The card ending in 4829 is blocked.)",
        "",
        "Ended after 1:10: contained.",
        "",
      ].join("\n"),
    );
  });

  it("as JSON holds turns, tools, outcome and latency", () => {
    expect(JSON.parse(asJson(ended()))).toMatchObject({
      call_id: "01C",
      mode: "scripted",
      outcome: "contained",
      latency: { p50: 420 },
      rows: [
        { kind: "turn", who: "luna", text: "Your card is blocked, Maya.", heard: "Your card is", state: "interrupted" },
        { kind: "turn", who: "caller", text: "Wait." },
        { kind: "tool", name: "block_card", arguments: { card_last_4: "4829" }, ms: 31 },
      ],
    });
  });
});

it.each([
  [0, "0:00"],
  [59.9, "0:59"],
  [61, "1:01"],
  [3_723, "1:02:03"],
  [-4, "0:00"],
])("%d seconds read %s", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});
