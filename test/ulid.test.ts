import fc from "fast-check";
import { decodeTime, isValid } from "ulid";
import { expect, test } from "vitest";
import { newUlid } from "../src/ulid.ts";

test("an id holds its time, and sorts by it", () => {
  // The library takes 0 for no time at all.
  const time = fc.integer({ min: 1, max: 2 ** 48 - 2 });
  fc.assert(
    fc.property(time, (at) => {
      const id = newUlid(at);
      expect(isValid(id)).toBe(true);
      expect(decodeTime(id)).toBe(at);
      expect(id < newUlid(at + 1)).toBe(true);
    }),
  );
});

test("no two are alike, and every letter comes at every place", () => {
  const ids = Array.from({ length: 4_000 }, () => newUlid(0));
  expect(new Set(ids).size).toBe(ids.length);
  for (let place = 10; place < 26; place++) expect(new Set(ids.map((id) => id[place])).size).toBe(32);
});
