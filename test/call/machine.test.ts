/** What holds in every order in which things can happen. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { turnsInOrder } from "../../src/call/machine.ts";
import { sent } from "./events.ts";
import {
  anyMove,
  anyMoveOrAbsence,
  anyMoveOrDeath,
  Box,
  type Move,
  plans,
  quietMove,
  quietMoveOrAbsence,
} from "./model.ts";
import type { Plan } from "./model-engine.ts";

const RUNS = { numRuns: 300 };
const aCall = fc.record({
  text: fc.boolean(),
  responses: plans,
  moves: fc.array(anyMove, { maxLength: 250, size: "max" }),
});

function played({ text, responses, moves }: { text: boolean; responses: Plan[]; moves: Move[] }): Box {
  const box = new Box(text, responses);
  for (const move of moves) box.move(move);
  box.settle();
  return box;
}

/** Every call as an example of its own. */
function always(check: (box: Box) => void, calls: fc.Arbitrary<Parameters<typeof played>[0]> = aCall): void {
  fc.assert(
    fc.property(calls, (one) => {
      check(played(one));
    }),
    RUNS,
  );
}

describe("in every order in which things can happen", () => {
  test("one response at a time, cuts within what was received, one output a call, nothing after a flush", () => {
    always((box) => expect(box.allFaults()).toEqual([]));
  });

  test("the same holds when engines die under the call", () => {
    const calls = fc.record({
      text: fc.boolean(),
      responses: plans,
      moves: fc.array(anyMoveOrDeath, { maxLength: 250, size: "max" }),
    });
    always((box) => {
      expect(box.allFaults()).toEqual([]);
      expect(box.line.state.gate).toMatchObject({ at: "free", owed: null });
      expect(new Set(box.runs).size).toBe(box.runs.length);
    }, calls);
  });

  test("the same holds when the page goes and comes back, and what nobody heard is said when it is there", () => {
    const calls = fc.record({
      text: fc.boolean(),
      responses: plans,
      moves: fc.array(anyMoveOrAbsence, { maxLength: 250, size: "max" }),
    });
    always((box) => {
      expect(box.allFaults()).toEqual([]);
      expect(box.line.state.gate).toMatchObject({ at: "free", owed: null });
      expect(box.owes).toBe(false);
      const spoke = box.turns().filter((turn) => turn.who !== "caller" && turn.state === "final");
      expect(spoke.map((turn) => turn.item_id).filter((id) => !box.page.sounded.includes(id))).toEqual([]);
    }, calls);
    const quiet = fc.record({
      text: fc.boolean(),
      responses: plans,
      moves: fc.array(quietMoveOrAbsence, { maxLength: 250, size: "max" }),
    });
    always((box) => {
      expect(box.turns().at(-1)).toMatchObject({ item_id: box.engine.order.at(-1), state: "final" });
    }, quiet);
  });

  test("every call of a function runs exactly once", () => {
    always((box) => {
      expect(new Set(box.runs).size).toBe(box.runs.length);
      expect(box.engine.outputs).toEqual(box.runs);
    });
  });

  test("exactly one answer is asked for after the last output of a response", () => {
    const calls = fc.record({
      text: fc.boolean(),
      responses: plans,
      moves: fc.array(quietMove, { maxLength: 250, size: "max" }),
    });
    fc.assert(
      fc.property(calls, (one) => {
        const before = one.responses.findIndex((plan) => !plan.includes("call"));
        const withCalls = before < 0 ? one.responses.length : before;
        expect(sent(played(one).line.all, "response.create")).toHaveLength(1 + withCalls);
      }),
      RUNS,
    );
  });

  test("the call comes to rest: nothing requested, nothing owed, nothing sounding", () => {
    always((box) => {
      expect(box.line.state.gate).toMatchObject({ at: "free", owed: null });
      expect(box.owes).toBe(false);
      expect(box.line.state.line).toBe("listening");
      expect(box.engine.speaking).toBeNull();
      expect(box.turns().filter((turn) => turn.state === "live")).toEqual([]);
    });
  });

  test("what was heard is the beginning of what was said", () => {
    always((box) => {
      for (const turn of box.turns()) expect(turn.text.startsWith(turn.heard)).toBe(true);
    });
  });

  test("turns stand in the order of the conversation", () => {
    always((box) => {
      const ids = new Set(box.turns().map((turn) => turn.item_id));
      expect(box.turns().map((turn) => turn.item_id)).toEqual(box.engine.order.filter((id) => ids.has(id)));
      expect(box.turns().map((turn) => turn.order)).toEqual([...ids].map((_, index) => index + 1));
    });
  });

  test("messages of one response sound in output order", () => {
    always((box) => {
      const places = box.page.sounded.map((id) => box.engine.order.indexOf(id));
      expect(places).toEqual([...places].sort((a, b) => a - b));
    });
  });

  test("the last record of each turn is the turn", () => {
    always((box) => {
      const last = new Map(
        box.line.all.flatMap((command) => (command.do === "record" ? [[command.turn.item_id, command.turn]] : [])),
      );
      for (const turn of turnsInOrder(box.line.state)) {
        const { unclear_at: _awaited, ...plain } = turn;
        expect(last.get(turn.item_id)).toEqual(plain);
      }
    });
  });

  test("the state is plain JSON", () => {
    always((box) => expect(JSON.parse(JSON.stringify(box.line.state))).toEqual(box.line.state));
  });
});
