import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changesOf, compared, type Draft, draftOf, type Effective } from "../../../src/client/lab/draft.ts";
import { PageMessage } from "../../../src/legs/wire.ts";

const HELD: Effective = {
  instructions: "Be a bank.",
  voice: "marin",
  speed: 1,
  vad: { type: "server_vad", threshold: 0.6000000238418579, prefix_padding_ms: 300, silence_duration_ms: 500 },
};

describe("a wish about the running session", () => {
  it("begins as what holds, and is no change then", () => {
    expect(changesOf(draftOf(HELD), HELD, ["temperature"])).toEqual({});
    expect(draftOf(HELD)).toMatchObject({ threshold: 0.6, vad: "server_vad" });
    expect(changesOf(draftOf({ ...HELD, vad: null }), { ...HELD, vad: null }, [])).toEqual({});
  });

  it("names only what differs, and turn detection whole", () => {
    const wanted: Draft = { ...draftOf(HELD), silenceMs: 700, instructions: "Be brief." };
    expect(changesOf(wanted, HELD, [])).toEqual({
      instructions: "Be brief.",
      vad: { type: "server_vad", threshold: 0.6, prefix_padding_ms: 300, silence_duration_ms: 700 },
    });
    expect(changesOf({ ...draftOf(HELD), vad: "semantic_vad", eagerness: "low" }, HELD, [])).toEqual({
      vad: { type: "semantic_vad", eagerness: "low" },
    });
  });

  it("names generation settings only where the engine has them and a number was typed", () => {
    const wanted: Draft = { ...draftOf(HELD), temperature: "0.7", top_p: "", top_k: "40" };
    expect(changesOf(wanted, HELD, ["temperature", "top_p"])).toEqual({ temperature: 0.7 });
    expect(changesOf({ ...wanted, temperature: "warm" }, HELD, ["temperature"])).toEqual({});
  });

  it("is always a message that the call takes", () => {
    const drafts: fc.Arbitrary<Draft> = fc.record({
      instructions: fc.string({ maxLength: 100 }),
      voice: fc.constantFrom("", "cedar", "marin"),
      speed: fc.integer({ min: 5, max: 30 }).map((n) => n / 20),
      vad: fc.constantFrom("server_vad" as const, "semantic_vad" as const),
      threshold: fc.integer({ min: 0, max: 20 }).map((n) => n / 20),
      prefixMs: fc.integer({ min: 0, max: 20 }).map((n) => n * 50),
      silenceMs: fc.integer({ min: 2, max: 40 }).map((n) => n * 50),
      eagerness: fc.constantFrom("auto" as const, "low" as const, "high" as const),
      temperature: fc.constantFrom("", "0.7"),
      top_p: fc.constantFrom("", "0.9"),
      top_k: fc.constantFrom("", "40"),
    });
    fc.assert(
      fc.property(drafts, (draft) => {
        const update = changesOf(draft, HELD, ["temperature", "top_p", "top_k"]);
        expect(PageMessage.safeParse({ type: "luna.session", update }).error).toBeUndefined();
      }),
    );
  });
});

describe("what came of it", () => {
  it("stands beside what was asked, field by field", () => {
    const status = { differences: ["speed", "vad.threshold"], effective: { ...HELD, speed: 1.2 } };
    expect(compared({ speed: 1.5, voice: "marin", vad: { type: "server_vad", threshold: 0.9 } }, status)).toEqual([
      { field: "Speed", asked: "1.5", holds: "1.2", same: false },
      { field: "Voice", asked: "marin", holds: "marin", same: true },
      {
        field: "Turn detection",
        asked: "by silence, 0.9",
        holds: "by silence, 0.6, 500 ms, 300 ms before",
        same: false,
      },
    ]);
  });

  it("of generation settings is what was asked, or as before", () => {
    const status = { differences: ["top_p"], effective: HELD };
    expect(compared({ temperature: 0.7, top_p: 0.5 }, status)).toEqual([
      { field: "Temperature", asked: "0.7", holds: "0.7", same: true },
      { field: "Top p", asked: "0.5", holds: "as before", same: false },
    ]);
  });
});
