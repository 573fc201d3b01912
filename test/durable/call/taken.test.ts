import { describe, expect, it } from "vitest";
import { Taken } from "../../../src/durable/call/taken.ts";
import { ended, running, tool, turn } from "../../store/records.ts";

const begun = running("call", { turns: [turn("a", 1), turn("b", 2)], tools: [tool("t1")] });

describe("What D1 has of a call", () => {
  it("is nothing at first, so all of it is sent", () => {
    expect(new Taken().news(begun)).toEqual(begun);
  });

  it("is not sent again: only the turn and the tool run that are new", () => {
    const taken = new Taken();
    taken.note(taken.news(begun));
    const later = { ...begun, turns: [...begun.turns, turn("c", 3)], tools: [...begun.tools, tool("t2")] };
    expect(taken.news(later)).toEqual({ ...later, turns: [turn("c", 3)], tools: [tool("t2")] });
  });

  it("is sent again where it has changed: a late transcript, a cost, another place", () => {
    const taken = new Taken();
    taken.note(begun);
    const changed = turn("b", 2, { text: "The words came late.", cost_usd: 0.01 });
    const moved = tool("t1", { order: 3 });
    const later = { ...begun, turns: [turn("a", 1), changed], tools: [moved] };
    expect(taken.news(later)).toMatchObject({ turns: [changed], tools: [moved] });
  });

  it("is sent again where D1 did not take it", () => {
    const taken = new Taken();
    taken.news(begun);
    expect(taken.news(begun).turns).toHaveLength(2);
  });

  it("is sent whole at the end of the call", () => {
    const taken = new Taken();
    taken.note(begun);
    expect(taken.news(ended(begun)).turns).toHaveLength(2);
  });
});
