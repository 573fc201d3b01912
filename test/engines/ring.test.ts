import fc from "fast-check";
import { expect, test } from "vitest";
import { AudioRing } from "../../src/engines/ring.ts";

const frame = (n: number) => new Uint8Array([n & 255, n >> 8]);
const number = (f: Uint8Array) => (f[0] ?? 0) + ((f[1] ?? 0) << 8);

test("what was said before anybody could hear it comes out in order, the newest that fit, and the loss is counted", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 6 }),
      (capacity, bursts) => {
        const ring = new AudioRing(capacity);
        let said = 0;
        let lost = 0;
        for (const burst of bursts) {
          const from = said;
          for (let i = 0; i < burst; i++) ring.push(frame(said++));
          const kept = Math.min(burst, capacity);
          lost += burst - kept;
          expect(ring.drain().map(number)).toEqual(Array.from({ length: kept }, (_, i) => from + burst - kept + i));
          expect(ring.dropped).toBe(lost);
        }
      },
    ),
  );
});

test("an empty ring gives nothing", () => {
  expect(new AudioRing(75).drain()).toEqual([]);
});
