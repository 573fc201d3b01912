import fc from "fast-check";
import { expect, test } from "vitest";
import { CallerSide } from "../../src/recording/caller-side.ts";

const FRAME_MS = 40;
const PER_MS = 24;
/** Less than this is not told apart from the usual lateness of a line. */
const GAP_MS = 120;

/**
 * A microphone that is never off, on a line that lets nothing through for a while, again and again, also while what was held still
 * comes: a burst takes a third of the time that it was held.
 * @param stalls how many frames pass freely, and for how long nothing does then, ms.
 * @returns how far the tape was ahead of the clock at the worst, and what it has at the end beyond the sound there was, ms.
 */
function onTape(stalls: [free: number, ms: number][]): { ahead: number; beyond: number } {
  const side = new CallerSide({ moved() {}, joined() {} });
  let [due, arrived, ahead] = [0, 0, 0];
  const hear = (over = 0) => {
    due += FRAME_MS;
    arrived = Math.max(due, arrived + FRAME_MS / 3, over);
    side.hear(new Int16Array(FRAME_MS * PER_MS), arrived * PER_MS, Math.max(0, arrived - 3_000) * PER_MS);
    ahead = Math.max(ahead, side.end / PER_MS - arrived);
  };
  for (const [free, ms] of stalls) {
    for (let n = 0; n < free; n++) hear();
    hear(arrived + ms);
  }
  for (let n = 0; n < 200; n++) hear();
  return { ahead, beyond: side.end / PER_MS - due };
}

test("sound is never put where it has not been heard yet, and a line that stalls adds no silence, however often it does", () => {
  const stall = fc.tuple(fc.integer({ min: 0, max: 10 }), fc.integer({ min: 0, max: 400 }));
  // Within two and a half seconds of the first one the line has caught up.
  const trouble = fc.array(stall, { maxLength: 3 }).map((stalls): [number, number][] => [...stalls, [75, 0]]);
  fc.assert(
    fc.property(fc.array(trouble, { maxLength: 40 }), (troubles) => {
      const { ahead, beyond } = onTape(troubles.flat());
      expect(ahead).toBeLessThanOrEqual(GAP_MS);
      expect(beyond).toBeLessThanOrEqual(GAP_MS);
    }),
  );
});

/**
 * The same microphone on a poor line: it stands still for seconds, and what it held comes only little faster than it was spoken.
 * @param stalls and for how long the microphone is off after each, ms; absent: not at all.
 * @param catchesUp before the next one.
 * @returns how far the tape is ahead of the clock a quiet minute after it all, how much it kept in memory at the worst, and how
 * much of the sound is not on it, ms.
 */
function onPoorLine(
  stalls: { free: number; ms: number; speed: number; muted?: number }[],
  catchesUp = true,
): { ahead: number; kept: number; missing: number } {
  const side = new CallerSide({ moved() {}, joined() {} });
  let [due, arrived, taken, kept] = [0, 0, 0, 0];
  let loud = 0;
  const take = (to: number) => {
    const out = new Int16Array(2 * (to - taken));
    side.lay(out, taken, to);
    loud += out.reduce((n, sample) => n + sample, 0);
    taken = to;
  };
  const hear = (over: number, speed: number) => {
    due += FRAME_MS;
    arrived = Math.max(due, arrived + FRAME_MS / speed, over);
    side.hear(new Int16Array(FRAME_MS * PER_MS).fill(1), arrived * PER_MS, taken);
    take(Math.max(taken, Math.floor(Math.min((arrived - 3_000) * PER_MS, side.settled(arrived * PER_MS)))));
    kept = Math.max(kept, side.end / PER_MS - taken / PER_MS);
  };
  let silence = 0;
  for (const { free, ms, speed, muted = 0 } of stalls) {
    for (let n = 0; n < free; n++) hear(0, speed);
    hear(arrived + ms, speed);
    while (catchesUp && arrived > due) hear(0, speed);
    due += muted;
    silence += muted;
  }
  for (let n = 0; n < 1_500; n++) hear(0, 3);
  const ahead = side.end / PER_MS - arrived;
  take(side.end);
  return { ahead, kept, missing: due - silence - loud / PER_MS };
}

test("a poor line that takes seconds to catch up leaves the tape at the clock, and nothing of it is lost", () => {
  const stall = fc.record({
    free: fc.integer({ min: 0, max: 200 }),
    ms: fc.integer({ min: 200, max: 9_000 }),
    speed: fc.integer({ min: 14, max: 40 }).map((tenths) => tenths / 10),
  });
  fc.assert(
    fc.property(fc.array(stall, { minLength: 1, maxLength: 30 }), (stalls) => {
      const { ahead, kept, missing } = onPoorLine(stalls);
      expect(missing).toBe(0);
      expect(ahead).toBeLessThanOrEqual(GAP_MS);
      // Thirty seconds of patience, three of settling, and what a stall holds.
      expect(kept).toBeLessThan(45_000);
    }),
    { numRuns: 40 },
  );
});

test("a line that stalls again while it catches up leaves the tape at the clock", () => {
  const twice = { ms: 3_000, speed: 1.4 };
  const { ahead, missing } = onPoorLine(
    [
      { free: 100, ...twice },
      { free: 70, ...twice },
    ],
    false,
  );
  expect(missing).toBe(0);
  expect(ahead).toBeLessThanOrEqual(GAP_MS);
  const stall = fc.record({
    free: fc.integer({ min: 0, max: 100 }),
    ms: fc.integer({ min: 200, max: 4_000 }),
    speed: fc.integer({ min: 20, max: 40 }).map((tenths) => tenths / 10),
  });
  fc.assert(
    fc.property(fc.array(stall, { minLength: 2, maxLength: 4 }), (stalls) => {
      const line = onPoorLine(stalls, false);
      expect(line.missing).toBe(0);
      expect(line.ahead).toBeLessThanOrEqual(GAP_MS);
      expect(line.kept).toBeLessThan(45_000);
    }),
    { numRuns: 25 },
  );
});

test("a line that does not catch up in time leaves the tape ahead until the microphone is off for a moment", () => {
  const { ahead, missing } = onPoorLine([{ free: 100, ms: 9_000, speed: 1.1, muted: 8_000 }]);
  expect(missing).toBe(0);
  expect(ahead).toBeLessThanOrEqual(GAP_MS);
});
