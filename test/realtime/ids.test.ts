import { describe, expect, it } from "vitest";
import { newId } from "../../src/realtime/ids.ts";
import { checkClientEvent } from "../../src/realtime/parse.ts";

describe("an id of our own", () => {
  it("is one that every provider takes, and never the same twice", () => {
    const ids = Array.from({ length: 2_000 }, () => newId("item"));
    for (const id of ids) expect(id).toMatch(/^item_[a-zA-Z0-9]{21}$/);
    expect(new Set(ids).size).toBe(ids.length);
    const item = { id: ids[0], type: "message", role: "user", content: [{ type: "input_text", text: "Hi" }] };
    expect(checkClientEvent({ type: "conversation.item.create", item }).ok).toBe(true);
  });

  it("uses every letter and digit about equally often", () => {
    const counts = new Map<string, number>();
    for (let n = 0; n < 3_000; n++)
      for (const letter of newId("resp").slice(5)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    const expected = (3_000 * 21) / 62;
    expect(counts.size).toBe(62);
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(expected * 0.25);
  });
});
