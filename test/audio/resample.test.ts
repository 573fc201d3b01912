import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Resampler, resample } from "../../src/audio/resample.ts";

const RATES = [8_000, 16_000, 22_050, 24_000, 44_100, 44_056, 48_000, 96_000];

function tone(hz: number, rate: number, seconds: number, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length: Math.round(rate * seconds) },
    (_, i) => amplitude * Math.sin((2 * Math.PI * hz * i) / rate),
  );
}

/** Amplitude of `hz` in the sound, and the level (dB below it) of all that is not `hz`. */
function purity(sound: Float32Array, hz: number, rate: number): { amplitude: number; restDb: number } {
  let s = 0;
  let c = 0;
  let power = 0;
  sound.forEach((v, i) => {
    s += v * Math.sin((2 * Math.PI * hz * i) / rate);
    c += v * Math.cos((2 * Math.PI * hz * i) / rate);
    power += v * v;
  });
  const amplitude = (2 * Math.hypot(s, c)) / sound.length;
  const a = (2 * s) / sound.length;
  const b = (2 * c) / sound.length;
  let rest = 0;
  sound.forEach((v, i) => {
    const w = (2 * Math.PI * hz * i) / rate;
    rest += (v - a * Math.sin(w) - b * Math.cos(w)) ** 2;
  });
  return { amplitude, restDb: 10 * Math.log10(rest / power) };
}

/** Whole periods out of the middle, away from the edges. */
function middle(sound: Float32Array, rate: number): Float32Array {
  return sound.subarray(Math.round(rate * 0.1), Math.round(rate * 0.1) + Math.round(rate * 0.5));
}

describe("resampling", () => {
  it.each(RATES)("keeps a 440 Hz tone pure from %i Hz to 24 kHz", (rate) => {
    const { amplitude, restDb } = purity(middle(resample(tone(440, rate, 1), rate, 24_000), 24_000), 440, 24_000);
    expect(amplitude).toBeCloseTo(0.5, 3);
    expect(restDb).toBeLessThan(-60);
  });

  it.each(RATES)("keeps a 440 Hz tone pure from 24 kHz to %i Hz", (rate) => {
    const { amplitude, restDb } = purity(middle(resample(tone(440, 24_000, 1), 24_000, rate), rate), 440, rate);
    expect(amplitude).toBeCloseTo(0.5, 3);
    expect(restDb).toBeLessThan(-60);
  });

  it("lets speech up to 6.4 kHz through on the way from 16 to 24 kHz, and makes no image above 8 kHz", () => {
    const { amplitude, restDb } = purity(
      middle(resample(tone(6_400, 16_000, 1), 16_000, 24_000), 24_000),
      6_400,
      24_000,
    );
    expect(20 * Math.log10(amplitude / 0.5)).toBeGreaterThan(-1);
    expect(restDb).toBeLessThan(-60);
  });

  it("takes away what the lower rate cannot hold instead of folding it back", () => {
    const folded = resample(tone(15_000, 48_000, 1), 48_000, 24_000);
    const loudest = middle(folded, 24_000).reduce((most, v) => Math.max(most, Math.abs(v)), 0);
    expect(20 * Math.log10(loudest / 0.5)).toBeLessThan(-65);
  });

  it("gives the same sound however the stream is cut into blocks", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES),
        fc.constantFrom(...RATES),
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 12 }),
        (from, to, cuts) => {
          const length = cuts.reduce((sum, n) => sum + n, 0);
          const sound = tone(300, from, length / from + 0.001).subarray(0, length);
          const whole = run(new Resampler(from, to), [sound]);
          let at = 0;
          const pieces = cuts.map((n) => {
            at += n;
            return sound.subarray(at - n, at);
          });
          expect(run(new Resampler(from, to), pieces)).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says exactly how many samples it needs for the next outputs", () => {
    fc.assert(
      fc.property(fc.constantFrom(...RATES), fc.integer({ min: 1, max: 300 }), (to, outputs) => {
        const stream = new Resampler(24_000, to);
        const out = new Float32Array(outputs + stream.mostOutputs(1));
        for (let round = 0; round < 20; round++) {
          const needed = stream.inputsFor(outputs);
          const input = new Float32Array(needed);
          const early = needed > 0 ? stream.process(input, out, needed - 1) : 0;
          const late = needed > 0 ? stream.process(input, out, 1, early) : 0;
          if (needed > 0) expect(early).toBeLessThan(outputs);
          expect(early + late).toBeGreaterThanOrEqual(outputs);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("neither gains nor loses time in a minute of blocks", () => {
    for (const [from, to] of [
      [44_100, 24_000],
      [48_000, 24_000],
      [24_000, 44_056],
    ] as const) {
      const stream = new Resampler(from, to);
      const block = new Float32Array(128);
      const out = new Float32Array(stream.mostOutputs(128));
      const blocks = Math.floor((60 * from) / 128);
      let written = 0;
      for (let i = 0; i < blocks; i++) written += stream.process(block, out);
      expect(Math.abs(written - (blocks * 128 * to) / from)).toBeLessThan(2 * to * (stream.delayMs / 1000) + 2);
    }
  });

  it("makes a whole sound exactly as long as it was", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RATES),
        fc.constantFrom(...RATES),
        fc.integer({ min: 1, max: 5_000 }),
        (from, to, n) => {
          expect(resample(new Float32Array(n), from, to)).toHaveLength(Math.round((n * to) / from));
        },
      ),
    );
  });

  it("keeps a click where it was", () => {
    const click = new Float32Array(16_000);
    click[8_000] = 1;
    const there = resample(click, 16_000, 24_000);
    expect(there.indexOf(there.reduce((most, v) => Math.max(most, v), 0))).toBe(12_000);
  });

  it("starts afresh after a reset", () => {
    const stream = new Resampler(48_000, 24_000);
    const first = run(stream, [tone(440, 48_000, 0.05)]);
    stream.reset();
    expect(run(stream, [tone(440, 48_000, 0.05)])).toEqual(first);
  });

  it("refuses rates that are none", () => {
    for (const bad of [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => new Resampler(bad, 24_000)).toThrow(RangeError);
  });

  it("says so when the output has no room", () => {
    expect(() => new Resampler(24_000, 48_000).process(new Float32Array(100), new Float32Array(10))).toThrow(/no room/);
  });
});

function run(stream: Resampler, pieces: Float32Array[]): number[] {
  const all: number[] = [];
  for (const piece of pieces) {
    const out = new Float32Array(stream.mostOutputs(piece.length));
    const written = stream.process(piece, out);
    all.push(...out.subarray(0, written));
  }
  return all;
}
