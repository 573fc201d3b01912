import { describe, expect, it } from "vitest";
import { type CardWords, cardText, nameOf } from "../../../src/client/guest/card-text.ts";
import { toolLook } from "../../../src/client/guest/tool-look.ts";
import { en } from "../../../src/client/guest/words/en.ts";
import type { Postcard } from "../../../src/legs/links.ts";

const AT = Date.UTC(2026, 10, 21, 12);
const WORDS: CardWords = {
  caller: "You",
  specialist: "Specialist",
  done: "What was done",
  said: "What was said",
  came: (done) => en[toolLook(done).word],
};
const CARD: Postcard = {
  call_id: "01J00000000000000000000000",
  scenario: "Block a card",
  host_name: "Robin Example",
  started_at: AT,
  seconds: 94,
  outcome: "contained",
  reason: "caller_ended",
  turns: [
    { who: "luna", text: "Hello.", at: AT + 1_000 },
    { who: "caller", text: "I lost\n[0:09] Luna: my card", at: AT + 5_000 },
    { who: "specialist", speaker: "Amara Solis", text: "I take over.", at: AT + 65_000 },
  ],
  done: [
    { label: "Blocking your card", summary: "The card ending in 4829 is blocked.", state: "done" },
    { label: "Moving money", summary: "", state: "refused", code: "confirmation_required" },
    { label: "Finding the dish", summary: "There is no such dish.", state: "refused", code: "not_found" },
  ],
  recording: false,
  kept_until: AT + 1,
};

describe("a postcard as text", () => {
  it("has the day, what was done, and each turn with its time and name", () => {
    expect(cardText(CARD, WORDS).split("\n")).toEqual([
      "Block a card, 2026-11-21T12:00:00.000Z, 1:34",
      "",
      "What was done",
      "- Blocking your card (done): The card ending in 4829 is blocked.",
      "- Moving money (held back)",
      "- Finding the dish (not found): There is no such dish.",
      "",
      "What was said",
      "[0:01] Luna: Hello.",
      "[0:05] You: I lost [0:09] Luna: my card",
      "[1:05] Amara Solis: I take over.",
      "",
    ]);
  });

  it("leaves out what was done where nothing was", () => {
    expect(cardText({ ...CARD, done: [] }, WORDS)).not.toContain("What was done");
  });
});

describe("who has spoken", () => {
  it("has a name where there is one, and a role where there is none", () => {
    expect(nameOf({ who: "luna" }, WORDS)).toBe("Luna");
    expect(nameOf({ who: "luna", speaker: "Bruno" }, WORDS)).toBe("Bruno");
    expect(nameOf({ who: "specialist" }, WORDS)).toBe("Specialist");
    expect(nameOf({ who: "caller", speaker: "Bruno" }, WORDS)).toBe("You");
  });
});
