import { describe, expect, it } from "vitest";
import { asJson, asText } from "../../../src/client/export/files.ts";
import { clock } from "../../../src/client/export/transcript.ts";
import { ended } from "./a-call.ts";

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
