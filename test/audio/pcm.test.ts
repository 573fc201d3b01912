import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { floatsOf, int16Of, toInt16, wholeMs } from "../../src/audio/pcm.ts";
import { rms, rmsOfInt16 } from "../../src/audio/rms.ts";

const samples = fc
  .array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 2_000 })
  .map((list) => Int16Array.from(list));

describe("PCM16", () => {
  it("comes back the same from floats", () => {
    fc.assert(
      fc.property(samples, (pcm) => {
        expect(int16Of(floatsOf(pcm))).toEqual(pcm);
      }),
    );
  });

  it("clips what is louder than full scale instead of wrapping it round", () => {
    expect([...int16Of(Float32Array.of(1, 1.5, 40, -1, -1.5, -40))]).toEqual([
      32_767, 32_767, 32_767, -32_768, -32_768, -32_768,
    ]);
  });

  it("converts only as much as it is told", () => {
    const out = new Int16Array(3);
    expect(toInt16(Float32Array.of(0.5, 0.5, 0.5), out, 2)).toBe(2);
    expect([...out]).toEqual([16_384, 16_384, 0]);
  });

  it("counts whole milliseconds only", () => {
    expect(wholeMs(480, 24_000)).toBe(20);
    expect(wholeMs(479, 24_000)).toBe(19);
    expect(wholeMs(0, 24_000)).toBe(0);
  });
});

describe("loudness", () => {
  it("of a sine is its amplitude by the root of two, in floats and in 16 bits alike", () => {
    const sine = Float32Array.from({ length: 2_400 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 100 * i) / 24_000));
    expect(rms(sine)).toBeCloseTo(0.5 / Math.SQRT2, 4);
    expect(rmsOfInt16(int16Of(sine))).toBeCloseTo(0.5 / Math.SQRT2, 4);
  });

  it("of a part hears only that part", () => {
    expect(rms(Float32Array.of(1, 1, 0, 0), 2, 2)).toBe(0);
    expect(rms(Float32Array.of(1, 1, 0, 0), 0, 2)).toBe(1);
    expect(rms(new Float32Array(0))).toBe(0);
  });
});
