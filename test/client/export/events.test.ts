import { describe, expect, it } from "vitest";
import { eventsAsJson, eventsAsText, type Logged } from "../../../src/client/export/events.ts";
import { ended, START } from "./a-call.ts";

const log: Logged[] = [
  { dir: "up", at: START + 812, until: START + 812, count: 1, event: { type: "response.create" } },
  {
    dir: "down",
    at: START + 1_500,
    until: START + 2_100,
    count: 12,
    event: { type: "response.output_audio.delta", item_id: "i1", audio_ms: 600 },
  },
];

describe("the events of a call as a file", () => {
  it("read a line each: seconds into the call, direction, what it holds", () => {
    expect(eventsAsText(ended(), log)).toBe(
      [
        "Block a card: events to (→) and from (←) the engine",
        "",
        "     0.812 s → response.create {}",
        '     1.500 s ← response.output_audio.delta ×12 {"item_id":"i1","audio_ms":600}',
        "",
      ].join("\n"),
    );
  });

  it("as JSON say which call they are of, and how many pieces of sound are one entry", () => {
    expect(JSON.parse(eventsAsJson(ended(), log))).toEqual({
      call_id: "01C",
      scenario: "block-card",
      started_at: START,
      events: [
        { dir: "to_engine", at: START + 812, event: { type: "response.create" } },
        {
          dir: "from_engine",
          at: START + 1_500,
          until: START + 2_100,
          count: 12,
          event: { type: "response.output_audio.delta", item_id: "i1", audio_ms: 600 },
        },
      ],
    });
  });
});
