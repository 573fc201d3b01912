import { beforeEach, describe, expect, it } from "vitest";
import { CallEar } from "../../../src/client/call/call-ear.ts";

let ear: CallEar;
let out: (ArrayBuffer | "wake")[];
beforeEach(() => {
  out = [];
  ear = new CallEar({ send: (frame) => out.push(frame), wake: () => out.push("wake") });
});

const frame = (amplitude: number) =>
  Int16Array.from({ length: 960 }, (_, i) => (i % 2 ? amplitude : -amplitude)).buffer;
const quiet = (count: number) => Array.from({ length: count }, () => frame(20));
const loud = (count: number) => Array.from({ length: count }, () => frame(4_000));
const hear = (frames: ArrayBuffer[]) => {
  for (const one of frames) ear.hear(one);
};

describe("the caller's sound", () => {
  it("goes out frame by frame while the call is awake", () => {
    const all = [...quiet(5), ...loud(5)];
    hear(all);
    expect(out).toEqual(all);
  });

  it("stays here while the call sleeps and nobody speaks", () => {
    hear(quiet(50));
    out.length = 0;
    ear.sleep(true);
    hear(quiet(500));
    expect(out).toEqual([]);
  });

  it("wakes the call at the first syllable, with the half second before it, and goes on live", () => {
    hear(quiet(50));
    ear.sleep(true);
    out.length = 0;
    const before = quiet(30);
    const voice = loud(20);
    hear([...before, ...voice]);
    expect(out[0]).toBe("wake");
    const sent = out.slice(1);
    expect(sent).toHaveLength(10 + 20);
    expect(sent.every((one, i) => one === [...before.slice(-10), ...voice][i])).toBe(true);
  });

  it("is kept back again when the call falls asleep again", () => {
    hear(quiet(50));
    ear.sleep(true);
    hear(loud(3));
    ear.sleep(false);
    ear.sleep(true);
    out.length = 0;
    hear(quiet(50));
    expect(out).toEqual([]);
  });

  it("is heard by nobody on hold, asleep or awake", () => {
    hear(quiet(50));
    out.length = 0;
    ear.hold(true);
    hear(loud(20));
    ear.sleep(true);
    hear(loud(20));
    expect(out).toEqual([]);
    ear.hold(false);
    ear.sleep(false);
    hear(quiet(1));
    expect(out).toHaveLength(1);
  });
});
