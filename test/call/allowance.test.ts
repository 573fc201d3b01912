import fc from "fast-check";
import { expect, test } from "vitest";
import { linkState, lockAfter, lowest, shareOf } from "../../src/call/allowance.ts";

const OPEN = { expires_at: null, revoked_at: null, max_calls: null, cap_usd: null };

test.each([
  [{ ...OPEN }, { calls: 9_999, usd: 9_999 }, "open"],
  [{ ...OPEN, max_calls: 3 }, { calls: 2, usd: 0 }, "open"],
  [{ ...OPEN, max_calls: 3 }, { calls: 3, usd: 0 }, "used_up"],
  [{ ...OPEN, cap_usd: 0.1 }, { calls: 1, usd: 0.099 }, "open"],
  [{ ...OPEN, cap_usd: 0.1 }, { calls: 1, usd: 0.1 }, "spent"],
  [{ ...OPEN, expires_at: 100 }, { calls: 0, usd: 0 }, "expired"],
  [{ ...OPEN, expires_at: 101 }, { calls: 0, usd: 0 }, "open"],
  [{ expires_at: 1, revoked_at: 1, max_calls: 1, cap_usd: 0.01 }, { calls: 5, usd: 5 }, "revoked"],
])("a link with %j of which %j is used is %s", (grant, used, state) => {
  expect(linkState(grant, used, 100)).toBe(state);
});

test("what several calls of a link may still cost is never more than its cap, whatever the others have cost", () => {
  const usd = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(usd, fc.array(usd, { minLength: 1, maxLength: 5 }), (cap, costs) => {
      const spent = costs.reduce((sum, one) => sum + one, 0);
      for (const own of costs) {
        const share = shareOf(cap, spent, own) ?? Number.POSITIVE_INFINITY;
        // Its own cost up to its share, and what the others have cost.
        expect(share + (spent - own)).toBeLessThanOrEqual(Math.max(cap, spent - own) + 1e-9);
      }
    }),
  );
  expect(shareOf(null, 5, 1)).toBeNull();
});

test("of several caps the lowest holds, and none where there is none", () => {
  expect(lowest(null, 3, undefined, 2)).toBe(2);
  expect(lowest(null, undefined)).toBeNull();
});

test("the lock grows with every wrong PIN: all PINs of four digits take years", () => {
  expect([1, 2, 3, 4].map(lockAfter)).toEqual([0, 0, 0, 0]);
  expect([5, 6, 7].map(lockAfter)).toEqual([30_000, 60_000, 120_000]);
  let ms = 0;
  for (let wrong = 1; wrong <= 10_000; wrong++) ms += lockAfter(wrong);
  expect(ms).toBeGreaterThan(3 * 365 * 24 * 3_600_000);
});
