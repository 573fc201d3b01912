import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { burstsOf, bytesOf, type Said, timedWords } from "../../../src/client/host/timing.ts";

/** Loudness at 20 steps a second: loud in these seconds. */
function side(seconds: number, ...loud: [from: number, to: number][]): Uint8Array {
  return Uint8Array.from({ length: seconds * 20 }, (_, step) =>
    loud.some(([from, to]) => step / 20 >= from && step / 20 < to) ? 120 : 1,
  );
}

const sound = { step_ms: 50, caller: side(30, [8, 10], [10.6, 12]), luna: side(30, [2, 6], [14, 20]) };
const said: Said[] = [
  { item_id: "hello", who: "luna", text: "Good day to you", at: 1.9 },
  { item_id: "wish", who: "caller", text: "My card was stolen today", at: 12.6 },
  { item_id: "done", who: "luna", text: "It is blocked", at: 13.6 },
];

describe("words in a recording", () => {
  it("lie within the sound of their own turn, in order, the long ones longer", () => {
    const words = timedWords(said, sound, 30);
    const hello = words.get("hello") ?? [];
    expect(hello.map(({ word }) => word)).toEqual(["Good", "day", "to", "you"]);
    expect(hello[0]?.from).toBeCloseTo(2, 1);
    expect(hello.at(-1)?.to).toBeCloseTo(6, 1);
    const lengths = hello.map(({ from, to }) => to - from);
    expect(lengths[0]).toBeGreaterThan(lengths[2] ?? 0);
    expect(words.get("done")?.[0]?.from).toBeCloseTo(14, 1);
    expect(words.get("done")?.at(-1)?.to).toBeCloseTo(20, 1);
  });

  it("of the caller end where the caller fell silent, and leave out the pause for breath", () => {
    const wish = timedWords(said, sound, 30).get("wish") ?? [];
    expect(wish[0]?.from).toBeCloseTo(8, 1);
    expect(wish.at(-1)?.to).toBeCloseTo(12, 1);
    const inPause = wish.filter(({ from, to }) => from > 10.05 && to < 10.55);
    expect(inPause).toEqual([]);
  });

  it("are guessed by their length where nothing was loud, and stay before who speaks next", () => {
    const quiet = { step_ms: 50, caller: side(30), luna: side(30) };
    const words = timedWords(said, quiet, 30);
    expect(words.get("wish")?.at(-1)?.to).toBeCloseTo(12.6, 1);
    expect(words.get("hello")?.[0]?.from).toBeCloseTo(1.9, 1);
    const close = timedWords([said[0] as Said, { ...(said[2] as Said), at: 2.2 }], quiet, 30);
    expect(close.get("hello")?.at(-1)?.to).toBeLessThanOrEqual(2.2);
  });

  it("of turns without words are none", () => {
    expect(timedWords([{ item_id: "x", who: "luna", text: "  ", at: 1 }], sound, 30).get("x")).toEqual([]);
  });

  it("never leave the recording and never go back, whatever was said whenever", () => {
    const turn = fc.record({
      item_id: fc.uuid(),
      who: fc.constantFrom("caller" as const, "luna" as const, "specialist" as const),
      text: fc.string({ maxLength: 60 }),
      at: fc.double({ min: -100, max: 400, noNaN: true }),
    });
    const loudness = fc.uint8Array({ minLength: 0, maxLength: 400 });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 12 }), loudness, loudness, (turns, caller, luna) => {
        const seconds = 20;
        for (const words of timedWords(turns, { step_ms: 50, caller, luna }, seconds).values()) {
          let last = 0;
          for (const { from, to } of words) {
            expect(from).toBeGreaterThanOrEqual(last - 1e-9);
            expect(to).toBeGreaterThanOrEqual(from);
            expect(to).toBeLessThanOrEqual(seconds + 1e-9);
            last = from;
          }
        }
      }),
    );
  });
});

describe("bursts of sound", () => {
  it("are found beside the noise of their own microphone", () => {
    const quiet = Uint8Array.from({ length: 100 }, (_, i) => (i >= 20 && i < 40 ? 30 : 2));
    expect(burstsOf(quiet, 50)).toEqual([{ from: 1, to: 2 }]);
    const noisy = Uint8Array.from({ length: 100 }, (_, i) => (i >= 20 && i < 40 ? 250 : 15));
    expect(burstsOf(noisy, 50)).toEqual([{ from: 1, to: 2 }]);
    expect(burstsOf(new Uint8Array(100), 50)).toEqual([]);
  });
});

it("base64 reads back as bytes", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  expect(bytesOf(Buffer.from(bytes).toString("base64"))).toEqual(bytes);
});
