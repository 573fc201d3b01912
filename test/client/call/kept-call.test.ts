import { describe, expect, it } from "vitest";
import { forgetCall, type KeptCall, keepCall, keptCall, type Shelf } from "../../../src/client/call/kept-call.ts";

const NOW = 1_800_000_000_000;
const kept: KeptCall = {
  call_id: "c1",
  socket: "/api/calls/c1/socket",
  token: "t",
  grace_ms: 60_000,
  scenario: "block-card",
  title: "Block a card",
  typing: false,
  ai: true,
  muted: false,
  held: false,
  at: NOW,
  marks: { a: { at: NOW - 5_000, latency: { ms: 420, to: "sound" } } },
};

function shelf(): Shelf {
  const all = new Map<string, string>();
  return {
    getItem: (name) => all.get(name) ?? null,
    setItem: (name, value) => void all.set(name, value),
    removeItem: (name) => void all.delete(name),
  };
}

describe("the call a tab was in", () => {
  it("is found again after a reload, with what only the page knew", () => {
    const mine = shelf();
    keepCall(mine, kept);
    expect(keptCall(mine, NOW + 2_000)).toEqual(kept);
  });

  it("is left alone when the call has stopped waiting, or the clock has jumped", () => {
    const mine = shelf();
    keepCall(mine, kept);
    expect(keptCall(mine, NOW + 60_000)).toBeNull();
    expect(keptCall(mine, NOW - 3_600_000)).toBeNull();
  });

  it("is gone when it is over", () => {
    const mine = shelf();
    keepCall(mine, kept);
    forgetCall(mine);
    expect(keptCall(mine, NOW)).toBeNull();
  });

  it.each([
    "",
    "{",
    "null",
    "7",
    "[]",
    "{}",
    JSON.stringify({ ...kept, token: "" }),
    JSON.stringify({ ...kept, at: "now" }),
  ])("is nothing where the tab holds %s", (text) => {
    const mine = shelf();
    mine.setItem("luna.call", text);
    expect(keptCall(mine, NOW)).toBeNull();
  });

  it("is no reason to fail where the browser keeps nothing", () => {
    const refuses = () => {
      throw new DOMException("full", "QuotaExceededError");
    };
    const blocked: Shelf = { getItem: refuses, setItem: refuses, removeItem: refuses };
    expect(() => keepCall(blocked, kept)).not.toThrow();
    expect(() => forgetCall(blocked)).not.toThrow();
    expect(keptCall(blocked, NOW)).toBeNull();
  });
});
