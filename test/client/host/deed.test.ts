import { describe, expect, it } from "vitest";
import { placeOf, placeOfWho } from "../../../src/client/host/deed.ts";

const LINK = "01ARZ3NDEKTSV4RRFFQ6S3N8BP";
const CALL = "01ARZ3NDEKTSV4RRFFQ6CA7700";

const to = (who: string, did: string, subject: string | null) => placeOf({ who, did, subject })?.href ?? null;

describe("a deed of the audit trail leads", () => {
  it.each(["link_made", "link_changed", "link_revoked"])("to the link it was done to: %s", (did) => {
    expect(to("host:local", did, LINK)).toBe(`/host/links#${LINK}`);
  });

  it("to the link whose spectators watched, and to the call that staff watched", () => {
    expect(to(`link:${LINK}`, "watched", LINK)).toBe(`/host/links#${LINK}`);
    expect(to("host:local", "watched", CALL)).toBe(`/host/calls/${CALL}`);
  });

  it.each(["link_opened", "listened", "read_call"])("to the call: %s", (did) => {
    expect(to(`link:${LINK}`, did, CALL)).toBe(`/host/calls/${CALL}`);
  });

  it("to the link whose calls were deleted, and says how many", () => {
    expect(placeOf({ who: "host:local", did: "deleted_link_calls", subject: `${LINK}: 3 calls` })).toEqual({
      href: `/host/links#${LINK}`,
      words: "Link …S3N8BP: 3 calls",
    });
  });

  it.each([
    ["deleted_call", CALL],
    ["deleted_visitor", `of ${CALL}: 2 calls`],
    ["key_made", LINK],
    ["exported", "audit"],
    ["signed_in", null],
  ])("nowhere where nothing is left, or nothing was: %s", (did, subject) => {
    expect(to("host:local", did, subject)).toBeNull();
  });

  it("to the link that its doer came by", () => {
    expect(placeOfWho(`link:${LINK}`)).toEqual({ href: `/host/links#${LINK}`, words: "Link …S3N8BP" });
    expect(placeOfWho("host:local")).toBeNull();
    expect(placeOfWho("link:nonsense")).toBeNull();
  });
});
