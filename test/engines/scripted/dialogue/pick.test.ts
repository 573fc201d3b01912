import { describe, expect, it } from "vitest";
import { pickIn } from "../../../../src/engines/scripted/dialogue/pick.ts";
import type { Listed } from "../../../../src/engines/scripted/dialogue/state.ts";

const entry = (id: string, words: string, cents: number): Listed => ({ id, words, name: words, cents });
const CREDIT = entry("credit", "Dispute credit: Quickcart Digital 2026-11-21", 15_000);
const CHARGE = entry("charge", "Quickcart Digital 2026-11-17", 15_000);
const DINNER = entry("dinner", "Osteria Lumen 2026-11-07", 8155);
const RETURN = entry("return", "Dispute credit: Osteria Lumen 2026-11-08", 8155);

const picked = (words: string, listed: Listed[]) => pickIn(words, listed, true, "2026-11-21");

describe("an entry of a list by its name", () => {
  it("is the one with the most of the words", () => {
    expect(picked("Dispute credit Quickcart", [CREDIT, CHARGE, DINNER])).toBe("credit");
    expect(picked("the Osteria one", [CREDIT, CHARGE, DINNER])).toBe("dinner");
  });

  it("is none that only is of the same kind", () => {
    expect(picked("Dispute credit Quickcart", [DINNER, RETURN])).toBeUndefined();
  });

  it("is none where two have the name", () => {
    expect(picked("Quickcart", [CREDIT, CHARGE])).toBeUndefined();
  });
});
