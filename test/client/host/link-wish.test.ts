import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FRESH, faultOf, newLink, type Wish } from "../../../src/client/host/link-wish.ts";
import { NewLink } from "../../../src/legs/links.ts";

const GOOD: Wish = { ...FRESH, label: "Autumn fair", host_name: "Nora" };

describe("the wish for a link", () => {
  it("needs a name and who invites, and the rest has a beginning that the server takes", () => {
    expect(faultOf(FRESH)?.field).toBe("label");
    expect(faultOf({ ...FRESH, label: "Fair" })?.field).toBe("host_name");
    expect(faultOf(GOOD)).toBeNull();
    expect(NewLink.parse(newLink(GOOD))).toMatchObject({
      label: "Autumn fair",
      scenario: "freeform",
      expires_in_hours: 168,
      max_calls: 20,
      minutes: 10,
      cap_usd: 2,
      watch: true,
      record: false,
      origins: [],
    });
  });

  it("without a limit says so, and a persona goes by its name", () => {
    const wish = {
      ...GOOD,
      about: "persona:waiter",
      expires_in_hours: "",
      max_calls: "",
      cap_usd: "",
      keep_days: "7",
      pin: "0042",
    };
    const link = NewLink.parse(newLink(wish));
    expect(link).toMatchObject({
      persona: "waiter",
      expires_in_hours: null,
      max_calls: null,
      cap_usd: null,
      keep_days: 7,
      pin: "0042",
    });
    expect(link.scenario).toBeUndefined();
  });

  it.each<[keyof Wish, string]>([
    ["minutes", "0"],
    ["minutes", "61"],
    ["minutes", "1.5"],
    ["max_calls", "many"],
    ["cap_usd", "0"],
    ["cap_usd", "-1"],
    ["cap_usd", "a lot"],
    ["pin", "123"],
    ["pin", "123456789"],
    ["keep_days", "0"],
    ["origins", "shop.example"],
    ["origins", "https://shop.example/path"],
    ["origins", "https://shop.example\njavascript:alert(1)"],
  ])("with %s %j is told what to mend", (field, value) => {
    expect(faultOf({ ...GOOD, [field]: value })?.field).toBe(field);
  });

  it("takes sites line by line", () => {
    const wish = { ...GOOD, origins: "https://shop.example\n http://localhost:3000, https://two.example" };
    expect(faultOf(wish)).toBeNull();
    expect(newLink(wish).origins).toEqual(["https://shop.example", "http://localhost:3000", "https://two.example"]);
  });

  it("that has no fault here is none the server refuses, but for characters that no form sends", () => {
    const number = fc.oneof(
      fc.constant(""),
      fc.integer({ min: -5, max: 20_000 }).map(String),
      fc.string({ maxLength: 4 }),
    );
    const plain = fc.stringMatching(/^[a-zA-Z0-9 <>&"']{0,60}$/);
    const wish = fc.record({
      label: plain,
      host_name: plain,
      minutes: number,
      max_calls: number,
      cap_usd: number,
      pin: fc.oneof(fc.constant(""), fc.stringMatching(/^\d{1,9}$/)),
      keep_days: number,
    });
    fc.assert(
      fc.property(wish, (some) => {
        const whole = { ...GOOD, ...some };
        if (faultOf(whole) === null) expect(NewLink.safeParse(newLink(whole)).error).toBeUndefined();
      }),
    );
  });
});
