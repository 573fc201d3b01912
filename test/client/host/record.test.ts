import { describe, expect, it } from "vitest";
import { asText } from "../../../src/client/export/files.ts";
import { asWebVtt } from "../../../src/client/export/web-vtt.ts";
import { argumentsOf, endedSays, otherSide, rowsOf, silenceOf, stateOf } from "../../../src/client/host/record.ts";
import { OPENING, outcomeWord, toolDecision } from "../../../src/client/host/words.ts";
import type { CallSeen } from "../../../src/legs/host.ts";
import { OPENING_RESULTS } from "../../../src/legs/links.ts";

const START = Date.UTC(2026, 10, 21, 9);

function turn(item_id: string, order: number, more: Partial<CallSeen["turns"][number]>): CallSeen["turns"][number] {
  const said = { text: "", heard: more.text ?? "", at: START, latency_ms: null };
  return { item_id, order, who: "luna", how: "speech", state: "final", ...said, ...more };
}

function seen(): CallSeen {
  return {
    id: "01KAH0000000000000000000R1",
    scenario: "block-card",
    lit: null,
    mode: "ai",
    fell_back: false,
    model: "gpt-realtime-2.1",
    verified: true,
    outcome: "contained",
    reason: "caller_ended",
    started_at: START,
    ended_at: START + 60_000,
    latency: { p50: null, p95: null, turns: 0 },
    link: null,
    recording: null,
    turns: [
      turn("b", 2, { who: "caller", text: "My card was stolen.", at: START + 4_000 }),
      turn("a", 1, { text: "Good day.", at: START + 500 }),
      turn("c", 3, {
        text: "It is blocked, and a new one comes.",
        heard: "It is blocked,",
        state: "interrupted",
        at: START + 6_000,
      }),
    ],
    tools: [
      {
        call_id: "t1",
        name: "block_card",
        arguments: '{"card":"4829"}',
        state: "done",
        summary: "Card blocked.",
        order: 2,
        at: START + 5_000,
        ms: 12,
      },
    ],
  };
}

describe("a call of the history", () => {
  it("reads in the order of the call, a tool where it ran", () => {
    expect(rowsOf(seen()).map(({ id }) => id)).toEqual(["a", "b", "t1", "c"]);
  });

  it("is saved with the files of the call's own page, the caller by that name", () => {
    const text = asText(stateOf(seen(), "Block a card"));
    expect(text).toContain("[0:04] Caller: My card was stolen.");
    expect(text).toContain("[0:05] (Block card: Card blocked.)");
    expect(text).toContain("[0:06] Luna: It is blocked, — interrupted");
    expect(text).not.toContain("a new one comes");
    expect(text).toContain("Ended after 1:00: contained.");
    expect(asWebVtt(stateOf(seen(), "Block a card"))).toContain("<v Caller>My card was stolen.");
  });

  it("shows arguments that no JSON reads as they stand", () => {
    expect(argumentsOf('{"card":"4829"}')).toEqual({ card: "4829" });
    expect(argumentsOf("<b>not JSON")).toEqual({ arguments: "<b>not JSON" });
    expect(argumentsOf('["a"]')).toEqual({ arguments: '["a"]' });
    expect(argumentsOf("")).toEqual({});
  });

  it("that somebody else answered is told by their name, and Luna is not in it", () => {
    const felix = { speaker: "Felix", persona: "waiter" };
    const call: CallSeen = {
      ...seen(),
      scenario: "waiter",
      reason: "luna_ended",
      turns: [
        turn("a", 0, { ...felix, text: "Good evening." }),
        turn("b", 1, { who: "caller", text: "The lobster, please.", state: "unclear" }),
        turn("c", 2, { ...felix, text: "Goodbye." }),
      ],
    };
    expect(endedSays(call)).toBe("Felix said goodbye.");
    expect(otherSide(call.turns)).toBe("Felix");
    const told = [outcomeWord("contained"), asText(stateOf(call, "The waiter")), asWebVtt(stateOf(call, "The waiter"))];
    expect(told.join("\n")).not.toContain("Luna");
    expect(told.join("\n")).toContain("Caller: (not understood)");
  });

  it("names the side that answers where one did, and none where several did", () => {
    expect(otherSide(seen().turns)).toBe("Luna");
    expect(otherSide([])).toBe("Luna");
    expect(otherSide([...seen().turns, turn("d", 4, { who: "specialist", text: "I take over." })])).toBe("Answers");
    expect(endedSays({ ...seen(), reason: "luna_ended" })).toBe("Luna said goodbye.");
  });

  it("has the shield on what policy held back, and on nothing that was only not there", () => {
    const [, , row] = rowsOf({
      ...seen(),
      tools: seen().tools.map((run) => ({ ...run, state: "refused", code: "not_found" })),
    });
    expect(row?.kind === "tool" && toolDecision(row.tool)).toEqual({ icon: "info", word: "Not found", tone: "info" });
    for (const code of ["identity_required", "limit_exceeded", undefined]) {
      expect(toolDecision({ state: "refused", code })).toMatchObject({ icon: "shield", word: "Held back by policy" });
    }
    expect(toolDecision({ state: "done" })).toMatchObject({ icon: "check", tone: "done" });
  });

  it("without sound says why", () => {
    expect(silenceOf({ mode: "scripted", fell_back: false, ended_at: 1 })).toMatch(/never leaves it/);
    expect(silenceOf({ mode: "ai", fell_back: false, ended_at: 1 })).toMatch(/recording was off/);
    expect(silenceOf({ mode: "ai", fell_back: false, ended_at: null })).toMatch(/is on/);
  });
});

it("everything that may come of a try to open a link has words", () => {
  expect(Object.keys(OPENING)).toEqual([...OPENING_RESULTS]);
});
