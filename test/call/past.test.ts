import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { newCall, step } from "../../src/call/machine.ts";
import { withoutPast, withPast } from "../../src/call/past.ts";
import { seeds } from "../../src/call/reseed.ts";
import type { CallState, Command } from "../../src/call/state.ts";
import type { Turn } from "../../src/call/turn.ts";

const SETUP = { silence_ms: null, rest_ms: null, rotate_at: null, greeting: false, text: true };

/** A call of so many typed words, and what was written down of it: the last of each turn. */
function talked(words: string[]): { state: CallState; written: Turn[] } {
  const state = newCall(SETUP);
  const rows = new Map<string, Turn>();
  for (const [index, text] of words.entries()) {
    const content: [{ type: "input_text"; text: string }] = [{ type: "input_text", text }];
    const item = { id: `item_${index}`, type: "message" as const, role: "user" as const, content };
    const commands: Command[] = step(
      state,
      { from: "page", message: { type: "conversation.item.create", item, luna_how: "typed" } },
      1_000 + index,
    );
    for (const command of commands)
      if (command.do === "record") rows.set(command.turn.item_id, structuredClone(command.turn));
  }
  return { state, written: [...rows.values()].sort((a, b) => a.order - b.order) };
}

const ids = (turns: Turn[]) => new Set(turns.map((turn) => turn.item_id));
const someWords = fc.array(fc.constantFrom("yes", "no", "my card is lost", "what is my balance"), { maxLength: 120 });

describe("The past of a call", () => {
  it("comes back whole, in its order, from what was written down", () => {
    fc.assert(
      fc.property(someWords, (words) => {
        const { state, written } = talked(words);
        const back = withPast(withoutPast(state, ids(written)), written);
        expect(back.transcript.turns.map(({ item_id, text, order }) => ({ item_id, text, order }))).toEqual(
          state.transcript.turns.map(({ item_id, text, order }) => ({ item_id, text, order })),
        );
        expect(back.transcript.order.map(({ id }) => id)).toEqual(state.transcript.order.map(({ id }) => id));
      }),
    );
  });

  it("is told to a new engine as if nothing had been left out", () => {
    const { state, written } = talked(Array.from({ length: 90 }, (_, index) => `sentence ${index}`));
    const back = withPast(withoutPast(state, ids(written)), written);
    expect(seeds(structuredClone(back))).toEqual(seeds(structuredClone(state)));
  });

  it("is no longer written again and again: what is written does not grow with the call", () => {
    const size = (count: number) => {
      const { state, written } = talked(Array.from({ length: count }, () => "My card ends in 4829."));
      return JSON.stringify(withoutPast(state, ids(written)).transcript).length;
    };
    expect(size(1_000)).toBeLessThan(1.1 * size(100));
  });

  it("stays in the state as long as storage has not taken it, or its words are still to come", () => {
    const { state, written } = talked(Array.from({ length: 60 }, (_, index) => `sentence ${index}`));
    const refused = new Set(ids(written));
    refused.delete("item_3");
    const live = state.transcript.turns.find((turn) => turn.item_id === "item_5");
    if (live) live.state = "live";
    const kept = withoutPast(state, refused).transcript.turns.map((turn) => turn.item_id);
    expect(kept).toContain("item_3");
    expect(kept).toContain("item_5");
    expect(kept).not.toContain("item_4");
  });

  it("leaves what it was given as it was", () => {
    const { state, written } = talked(Array.from({ length: 60 }, () => "yes"));
    const before = structuredClone(state);
    withoutPast(state, ids(written));
    expect(state).toEqual(before);
  });
});
