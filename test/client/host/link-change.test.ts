import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeFault, changeOf, wishOf } from "../../../src/client/host/link-change.ts";
import { LinkChange } from "../../../src/legs/links.ts";

const LINK = { label: "Autumn fair", note: "Ask about the card." };

describe("a change of a link", () => {
  it("is none as long as nothing differs, blanks at the ends aside", () => {
    expect(changeOf(wishOf(LINK), LINK)).toBeNull();
    expect(changeOf({ ...wishOf(LINK), label: " Autumn fair " }, LINK)).toBeNull();
  });

  it("says only what differs, so that nothing else is taken back", () => {
    expect(changeOf({ ...wishOf(LINK), label: "Spring fair" }, LINK)).toEqual({ label: "Spring fair" });
    expect(changeOf({ ...wishOf(LINK), note: "  " }, LINK)).toEqual({ note: "" });
    expect(changeOf({ ...wishOf(LINK), expires_in_hours: "24" }, LINK)).toEqual({ expires_in_hours: 24 });
    expect(changeOf({ ...wishOf(LINK), expires_in_hours: "" }, LINK)).toEqual({ expires_in_hours: null });
  });

  it("names the field at fault", () => {
    expect(changeFault(wishOf(LINK))).toBeNull();
    expect(changeFault({ ...wishOf(LINK), label: " " })?.field).toBe("label");
    expect(changeFault({ ...wishOf(LINK), label: "a".repeat(61) })?.field).toBe("label");
    expect(changeFault({ ...wishOf(LINK), note: "a".repeat(501) })?.field).toBe("note");
  });

  it("without a fault is one that the API takes, whatever is written in plain letters", () => {
    const text = (most: number) => fc.stringMatching(/^[\w ,.!-]*$/, { maxLength: most });
    fc.assert(
      fc.property(text(70), text(520), fc.constantFrom("keep", "", "1", "720"), (label, note, expires_in_hours) => {
        const wish = { label, note, expires_in_hours };
        if (changeFault(wish) !== null) return;
        const change = changeOf(wish, LINK);
        if (change !== null) expect(LinkChange.parse(change)).toEqual(change);
      }),
    );
  });
});
