import { describe, expect, it } from "vitest";
import { floatsOf } from "../../../src/audio/pcm.ts";
import { Framer } from "../../../src/client/audio/framing.ts";

function microphone(rate: number) {
  const frames: Int16Array[] = [];
  const levels: number[] = [];
  const framer = new Framer(rate, {
    frame: (pcm) => frames.push(new Int16Array(pcm)),
    level: (rms) => levels.push(rms),
  });
  let at = 0;
  const speak = (seconds: number, amplitude = 0.5) => {
    for (const end = at + seconds * rate; at + 128 <= end; at += 128)
      framer.push(
        Float32Array.from({ length: 128 }, (_, i) => amplitude * Math.sin((2 * Math.PI * 440 * (at + i)) / rate)),
      );
  };
  return { framer, frames, levels, speak };
}

describe("microphone frames", () => {
  it.each([16_000, 24_000, 44_100, 48_000, 96_000])(
    "come as 40 ms of 24 kHz from a %i Hz device, with a level each 20 ms",
    (rate) => {
      const { frames, levels, speak } = microphone(rate);
      speak(2);
      expect(frames.length).toBeGreaterThanOrEqual(49);
      expect(frames.length).toBeLessThanOrEqual(50);
      expect(new Set(frames.map((f) => f.byteLength))).toEqual(new Set([1_920]));
      expect(levels.length).toBeGreaterThanOrEqual(98);
      expect(levels.at(-1)).toBeCloseTo(0.5 / Math.SQRT2, 2);
      const middle = floatsOf(frames[20] as Int16Array);
      expect(Math.max(...middle)).toBeCloseTo(0.5, 2);
    },
  );

  it("can be 20 ms long where the page itself listens", () => {
    const { framer, frames, speak } = microphone(48_000);
    framer.frameMs(20);
    speak(1);
    expect(new Set(frames.map((f) => f.byteLength))).toEqual(new Set([960]));
    expect(frames.length).toBeGreaterThanOrEqual(49);
  });

  it("stop while muted, show no level, and hold nothing back from before", () => {
    const { framer, frames, levels, speak } = microphone(48_000);
    speak(0.5, 0.9);
    framer.mute(true);
    const before = frames.length;
    speak(0.5, 0.9);
    expect(frames).toHaveLength(before);
    expect(levels.at(-1)).toBe(0);
    framer.mute(false);
    speak(0.2, 0.01);
    for (const frame of frames.slice(before + 1)) expect(Math.max(...floatsOf(frame))).toBeLessThan(0.02);
    expect(frames.length).toBeGreaterThan(before + 2);
  });

  it("are each new memory, so that one may be sent away while the next fills", () => {
    const { frames, speak } = microphone(48_000);
    speak(0.2);
    expect(new Set(frames.map((f) => f.buffer)).size).toBe(frames.length);
  });
});
