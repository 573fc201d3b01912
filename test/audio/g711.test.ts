import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeG711, encodeG711, type Law } from "../../src/audio/g711.ts";

/**
 * The definition of ITU-T G.711, table by table: value `n` of a segment lies in the middle between its two decision levels.
 * Mu-law counts in 14 bits (times 4 for 16), A-law in 13 (times 8).
 */
function definition(law: Law): Level[] {
  const levels: Level[] = [];
  for (let segment = 0; segment < 8; segment++) {
    for (let step = 0; step < 16; step++) {
      const code = (segment << 4) | step;
      if (law === "mu") {
        const value = 4 * ((2 * step + 33) * 2 ** segment - 33);
        const half = 4 * 2 ** segment;
        levels.push({ byte: 0xff ^ code, value, half }, { byte: 0x7f ^ code, value: -value, half });
      } else {
        const value = 8 * (segment === 0 ? 2 * step + 1 : (2 * step + 33) * 2 ** (segment - 1));
        const half = 8 * 2 ** Math.max(0, segment - 1);
        levels.push({ byte: 0xd5 ^ code, value, half }, { byte: 0x55 ^ code, value: -value, half });
      }
    }
  }
  return levels;
}

interface Level {
  byte: number;
  value: number;
  /** Distance to the decision levels on both sides. */
  half: number;
}

describe.each(["mu", "a"] as const)("G.711 %s-law", (law) => {
  const levels = definition(law);

  it("decodes every byte to the value of the definition", () => {
    const decoded = decodeG711(
      law,
      Uint8Array.from(levels, ({ byte }) => byte),
    );
    expect([...decoded]).toEqual(levels.map(({ value }) => value + 0));
    expect(new Set(levels.map(({ byte }) => byte)).size).toBe(256);
  });

  it("encodes every sample to the value between whose decision levels it lies, and the loudest to the largest", () => {
    const of = new Map(levels.map((level) => [level.byte, level]));
    const largest = Math.max(...levels.map(({ value }) => value));
    fc.assert(
      fc.property(fc.integer({ min: -32_768, max: 32_767 }), (sample) => {
        const [byte = -1] = encodeG711(law, Int16Array.of(sample));
        const { value, half } = of.get(byte) ?? { value: Number.NaN, half: 0 };
        if (Math.abs(sample) > largest) return value === Math.sign(sample) * largest;
        return Math.abs(value - sample) <= half;
      }),
      { numRuns: 3_000 },
    );
  });

  it("gives back what it was given once it is one of its own values", () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const decoded = decodeG711(law, all);
    expect([...decodeG711(law, encodeG711(law, decoded))]).toEqual([...decoded]);
  });

  it("keeps the order of samples", () => {
    const ramp = Int16Array.from({ length: 65_536 }, (_, i) => i - 32_768);
    const out = decodeG711(law, encodeG711(law, ramp));
    expect(out.findIndex((sample, i) => i > 0 && sample < (out[i - 1] ?? 0))).toBe(-1);
  });
});

it("silence is the byte telephones send for it", () => {
  expect([...encodeG711("mu", Int16Array.of(0)), ...encodeG711("a", Int16Array.of(0))]).toEqual([0xff, 0xd5]);
});
