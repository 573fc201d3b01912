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
