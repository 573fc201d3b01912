import { describe, expect, it } from "vitest";
import { isEcho } from "../../../src/client/voice/echo.ts";

const LUNA = "I can block your card ending in four, eight, two, nine. Shall I block it now, or would you rather wait?";

describe("an echo of Luna", () => {
  it.each([
    "I can block your card ending in four eight two nine.",
    "Block your card ending in",
    "can block your cart ending in four eight",
    "Shall I block it now or would you rather wait",
    "I can block your car dending in four eight",
  ])("is: %s", (text) => expect(isEcho(text, LUNA)).toBe(true));

  it.each([
    "Yes",
    "Block it now",
    "Wait",
    "No, I want to talk to a person.",
    "Yes block my card please now",
    "The card ending in five five zero two",
    "Four eight two nine",
    "What is my checking balance?",
  ])("is not: %s", (text) =>
    expect(isEcho(text, text === "Four eight two nine" ? "Which card is it?" : LUNA)).toBe(false),
  );

  it("is not what Luna said when she had said nothing", () => {
    expect(isEcho("I want to block my card", "")).toBe(false);
  });
});
