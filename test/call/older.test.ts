/** State of an older Luna, woken by this one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { newCall } from "../../src/call/machine.ts";
import { completed } from "../../src/call/older.ts";
import type { CallState } from "../../src/call/state.ts";
import { Line, message, page, sent, server } from "./events.ts";

/** In the middle of a call: something was asked, answered and heard. */
function inTheMiddle(): Line {
  const line = new Line();
  line.page(page.typed("What is my balance?", "item_q"));
  line.engine(server.created("resp_1"), server.outputAdded("resp_1", message("item_a")));
  line.engine(server.transcript("resp_1", "item_a", "One hundred dollars."), server.done("resp_1"));
  return line;
}

const KEYS = Object.keys(newCall({ ...new Line().state.setup })) as (keyof CallState)[];
/** Rooms that were added to the rules one after the other. */
const ADDED = KEYS.filter((key) => !["setup", "engine", "transcript", "gate"].includes(key));

test("a call whose state lacks what came later goes on: it is asked, and it asks the engine", () => {
  fc.assert(
    fc.property(fc.subarray(ADDED), (missing) => {
      const line = inTheMiddle();
      const stored = structuredClone(line.state) as Partial<CallState>;
      for (const key of missing) delete stored[key];
      const state = completed(newCall({ ...line.state.setup }), stored);
      expect(Object.keys(state).toSorted()).toEqual(KEYS.toSorted());
      expect(state.transcript).toEqual(line.state.transcript);
      Object.assign(line.state, state);
      line.take({ from: "engine_gone", again: true });
      line.ready();
      const commands = line.page(page.typed("And my card?", "item_q2"));
      expect(sent([...commands, ...line.wait(20_000)], "response.create").length).toBeGreaterThan(0);
    }),
  );
});

test("what is missing inside of a room is as in a new call, and what is stored stays", () => {
  const fresh = { tuning: { tuned: {}, asked: null, late: null }, list: [1, 2], none: null };
  const stored = { tuning: { tuned: { speed: 1.2 }, extra: true }, list: [3], none: { deep: 1 } };
  expect(completed(fresh, stored)).toEqual({
    tuning: { tuned: { speed: 1.2 }, asked: null, late: null, extra: true },
    list: [3],
    none: { deep: 1 },
  });
  expect(fresh.tuning).toEqual({ tuned: {}, asked: null, late: null });
});
