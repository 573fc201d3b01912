/** Waking: in time, and not for what has been settled meanwhile. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newCall } from "../../src/call/machine.ts";
import type { Moment } from "../../src/call/moment.ts";
import { NEAR_MS, wakeFor } from "../../src/call/wake.ts";

const NOW = 1_000_000;

/** @param set what was asked for before. */
function asked(set: number | null, due: number | null): Moment {
  const state = {
    ...newCall({ silence_ms: null, rest_ms: null, rotate_at: null, greeting: true, text: true }),
    wake_at: set,
  };
  const moment: Moment = { state, now: NOW, commands: [] };
  wakeFor(moment, due);
  return moment;
}

describe("a wake", () => {
  test("is asked for when something is due, and again when something is due earlier", () => {
    expect(asked(null, NOW + 4_000).commands).toEqual([{ do: "wake", at: NOW + 4_000 }]);
    expect(asked(NOW + 4_000, NOW + 2_000).commands).toEqual([{ do: "wake", at: NOW + 2_000 }]);
    expect(asked(null, NOW - 500).commands).toEqual([{ do: "wake", at: NOW + 1 }]);
    expect(asked(null, null).commands).toEqual([]);
  });

  test("that is near is called off when its reason is gone: a timer keeps the object in memory", () => {
    expect(asked(NOW + 4_000, null).commands).toEqual([{ do: "wake", at: null }]);
    expect(asked(NOW + 4_000, NOW + 20_000).commands).toEqual([{ do: "wake", at: NOW + 20_000 }]);
  });

  test("stands where it is far off, or hardly too early", () => {
    expect(asked(NOW + 60_000, null).commands).toEqual([]);
    expect(asked(NOW + 60_000, NOW + 90_000).commands).toEqual([]);
    expect(asked(NOW + 2_000, NOW + 2_900).commands).toEqual([]);
  });

  test("never comes too late, whatever was asked for before", () => {
    const time = fc.option(fc.integer({ min: NOW - 1_000, max: NOW + 100_000 }), { nil: null });
    const ahead = fc.option(fc.integer({ min: NOW + 1, max: NOW + 100_000 }), { nil: null });
    fc.assert(
      fc.property(ahead, time, (set, due) => {
        const { state, commands } = asked(set, due);
        if (due !== null) expect(state.wake_at ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(Math.max(due, NOW + 1));
        expect(commands).toEqual(state.wake_at === set ? [] : [{ do: "wake", at: state.wake_at }]);
        if (due === null && state.wake_at !== null) expect(state.wake_at - NOW).toBeGreaterThan(NEAR_MS);
      }),
    );
  });
});
