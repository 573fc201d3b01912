import { describe, expect, it } from "vitest";
import { closes } from "../../../../src/engines/scripted/dialogue/closing.ts";

describe("whether the caller is done", () => {
  it.each([
    "no",
    "No.",
    "nope, thanks",
    "no no, that's all",
    "No that's fine, thank you so much",
    "that's everything for today",
    "I'm good, thanks",
    "no I don't think so",
    "thanks for all your help, you've been great",
    "okay bye",
    "nothing else",
  ])("done: %s", (text) => {
    expect(closes(text)).toBe(true);
  });

  it.each([
    "",
    "yes",
    "okay",
    "no wait",
    "no, that was wrong",
    "no that's not right",
    "no, the other one",
    "no I need my balance",
    "no entiendo",
    "thanks but I still need a card",
    "that's all wrong",
    "I'm done with this card, block it",
    "not the first one",
  ])("not done: %s", (text) => {
    expect(closes(text)).toBe(false);
  });
});
