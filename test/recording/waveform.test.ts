import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Waveform } from "../../src/recording/waveform.ts";

const RATE = 24_000;

/** Stereo PCM16: what each side is at a moment, -1 to 1. */
function tape(seconds: number, side: (t: number) => [caller: number, luna: number]): Uint8Array {
  const frames = Math.round(seconds * RATE);
  const samples = new Int16Array(frames * 2);
  for (let i = 0; i < frames; i++) {
    const [caller, luna] = side(i / RATE);
    samples[2 * i] = Math.round(caller * 32_767);
    samples[2 * i + 1] = Math.round(luna * 32_767);
  }
  return new Uint8Array(samples.buffer);
}

function whole(bytes: Uint8Array) {
  const waveform = new Waveform(bytes.length);
  waveform.add(bytes);
  return waveform.loudness;
}

describe("the waveform of a recording", () => {
  it("shows who was loud when, each side by itself", () => {
    const wave = (t: number) => Math.sin(2 * Math.PI * 200 * t);
    const { step_ms, caller, luna } = whole(tape(3, (t) => [t < 1 ? 0.5 * wave(t) : 0, t >= 2 ? wave(t) : 0]));
    expect(step_ms).toBe(50);
    expect([caller.length, luna.length]).toEqual([60, 60]);
    expect(Math.min(...caller.subarray(0, 20))).toBeGreaterThan(110);
    expect(Math.max(...caller.subarray(0, 20))).toBeLessThan(135);
    expect(Math.max(...caller.subarray(20))).toBe(0);
    expect(Math.max(...luna.subarray(0, 40))).toBe(0);
    expect(Math.min(...luna.subarray(40))).toBeGreaterThan(230);
  });

  it("takes the loudest sample there is without going round", () => {
    expect(whole(new Uint8Array(new Int16Array(4_800).fill(-32_768).buffer)).caller[0]).toBe(255);
  });

  it("stays small for a long call", () => {
    const { loudness } = new Waveform(3 * 3_600 * RATE * 4);
    expect(loudness.caller.length).toBeLessThanOrEqual(72_000);
    expect(loudness.step_ms * loudness.caller.length).toBe(3 * 3_600_000);
  });

  it("is the same however the sound is cut into pieces, but for samples that are cut in two", () => {
    const bytes = tape(0.5, (t) => [t < 0.25 ? 0.6 : -0.2, 0.3]);
    const at_once = whole(bytes);
    const cuts = fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 40 });
    fc.assert(
      fc.property(cuts, (at) => {
        const waveform = new Waveform(bytes.length);
        const edges = [0, ...at.toSorted((a, b) => a - b), bytes.length];
        for (let i = 1; i < edges.length; i++) waveform.add(bytes.subarray(edges[i - 1], edges[i]));
        expect(waveform.loudness).toEqual(at_once);
      }),
    );
  });
});
