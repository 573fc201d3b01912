import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askedIn, changed, FIELDS, NOTHING_ASKED, narrowedBy, queryOf } from "../../../src/client/host/question.ts";

describe("the question of the history", () => {
  it("is in the address and comes back from it", () => {
    const field = fc.constantFrom(...FIELDS.filter((one) => one !== "sort"));
    const value = fc.string({ maxLength: 20 }).map((text) => text.trim());
    fc.assert(
      fc.property(fc.array(fc.tuple(field, value)), (changes) => {
        const asked = changes.reduce((all, [name, text]) => changed(all, name, text), NOTHING_ASKED);
        expect(askedIn(`?${queryOf(asked)}`)).toEqual(asked);
      }),
    );
  });

  it("that asks nothing is no question", () => {
    expect(queryOf(NOTHING_ASKED)).toBe("");
    expect(narrowedBy(NOTHING_ASKED)).toBe(0);
    expect(askedIn("?utm=1&cursor=x")).toEqual(NOTHING_ASKED);
  });

  it("with words goes by time, since the full text knows no other order", () => {
    const dear = changed(NOTHING_ASKED, "sort", "dearest");
    expect(queryOf(dear)).toBe("sort=dearest");
    expect(changed(dear, "q", "card")).toMatchObject({ q: "card", sort: "newest" });
    expect(changed(dear, "q", "  ")).toMatchObject({ sort: "dearest" });
    expect(changed(changed(NOTHING_ASKED, "q", "card"), "sort", "oldest").sort).toBe("oldest");
    expect(askedIn("?q=card&sort=longest").sort).toBe("newest");
  });
});
