import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CallerTape } from "../../src/engines/tape.ts";

/** 40 ms of 24 kHz PCM16. */
const FRAME_BYTES = 1_920;
const SECOND = 25;
const frame = (n: number) => new Uint8Array(FRAME_BYTES).fill(n & 255, 0, 1).fill(n >> 8, 1, 2);
const number = (f: Uint8Array) => (f[0] ?? 0) + ((f[1] ?? 0) << 8);

function say(tape: CallerTape, from: number, count: number, heard: boolean): number {
  for (let n = from; n < from + count; n++) tape.push(frame(n), heard);
  return from + count;
}
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("the tape of the caller's voice", () => {
  test("holds what was said before anybody could hear it, 3 s at most, and gives it once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 200 }), (heard, unheard) => {
        const tape = new CallerTape();
        const at = say(tape, say(tape, 0, heard, true), unheard, false);
        expect(tape.take(false).map(number)).toEqual(numbers(at - Math.min(unheard, 3 * SECOND), at));
        expect(tape.take(false)).toEqual([]);
      }),
    );
  });

  test("gives a sentence again that was heard but not understood, from a second before it was noticed", () => {
    const tape = new CallerTape();
    let at = say(tape, 0, 100, true);
    tape.speech("u1");
    at = say(tape, at, 40, true);
    tape.speech("u2");
    at = say(tape, at, 10, false);
    expect(tape.take(true).map(number)).toEqual(numbers(75, at));
  });

  test("what was understood is not given again for the sake of something before it, which another engine took with it", () => {
    const tape = new CallerTape();
    let at = say(tape, 0, 100, true);
    tape.speech("lost");
    at = say(tape, at, 40, true);
    tape.speech("heard again");
    tape.answered("heard again");
    const unheard = at;
    at = say(tape, at, 10, false);
    expect(tape.take(true).map(number)).toEqual(numbers(unheard, at));
  });

  test("gives the next engine the last 400 ms of a lost one, once: speech may have begun in them", () => {
    const tape = new CallerTape();
    let at = say(tape, 0, 100, true);
    tape.lost();
    at = say(tape, at, 5, false);
    expect(tape.take(false).map(number)).toEqual(numbers(90, at));
    expect(tape.take(false)).toEqual([]);
  });

  test("does not give again what was answered", () => {
    const tape = new CallerTape();
    tape.speech("u1");
    const at = say(tape, 0, 40, true);
    tape.answered();
    say(tape, at, 2, false);
    expect(tape.take(true).map(number)).toEqual([40, 41]);
  });

  test("keeps 15 s at most, however long a caller speaks", () => {
    const tape = new CallerTape();
    tape.speech("u1");
    const at = say(tape, 0, 3_000, true);
    expect(tape.take(true).map(number)).toEqual(numbers(at - 15 * SECOND, at));
  });
});
