import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EnergyEars } from "../../../src/engines/scripted/energy-ears.ts";
import { bytesOf } from "../../../src/engines/scripted/formats.ts";
import type { TurnDetection } from "../../../src/realtime/events.ts";
import { concat, mulberry32, silence, tone } from "../../support/speech.ts";

/** Even noise of this RMS (0..1), ms long. */
function noise(rms: number, ms: number, seed = 1): Int16Array {
  const random = mulberry32(seed);
  // Evenly spread over -a..a, its RMS is a over the root of three.
  const peak = rms * Math.sqrt(3) * 32_768;
  return Int16Array.from({ length: ms * 24 }, () => Math.round((random() * 2 - 1) * peak));
}

/** A tone of this RMS. */
const voice = (rms: number, ms: number) => tone(220, ms, rms * Math.SQRT2);

/** What the ears tell of a sound that comes in frames of these lengths, bytes. */
function listen(sound: Int16Array, detection?: TurnDetection | null, frames: number[] = [960]): [string, number][] {
  const ears = new EnergyEars();
  const told: [string, number][] = [];
  ears.open({ started: (ms) => told.push(["started", ms]), stopped: (ms) => told.push(["stopped", ms]) });
  if (detection !== undefined) ears.tune(detection);
  const bytes = bytesOf(sound);
  for (let from = 0, n = 0; from < bytes.length; n++) {
    const length = 2 * Math.max(1, (frames[n % frames.length] ?? 960) >> 1);
    ears.append(bytes.slice(from, from + length));
    from += length;
  }
  return told;
}

const server = (values: object): TurnDetection => ({ type: "server_vad", ...values });

describe("ears without a recogniser", () => {
  it("tell when somebody speaks: from the padding before to the silence after", () => {
    const told = listen(concat(silence(1_000), voice(0.05, 800), silence(1_000)));
    expect(told).toEqual([
      ["started", 700],
      ["stopped", 2_300],
    ]);
  });

  it("take the padding and the silence they are told", () => {
    const sound = concat(silence(1_000), voice(0.05, 800), silence(2_000));
    const told = listen(sound, server({ prefix_padding_ms: 100, silence_duration_ms: 1_200 }));
    expect(told).toEqual([
      ["started", 900],
      ["stopped", 3_000],
    ]);
  });

  it("hear one turn through a breath, two with a pause between", () => {
    const twice = (pause: number) => concat(voice(0.05, 600), silence(pause), voice(0.05, 600), silence(1_000));
    expect(listen(twice(300)).map(([what]) => what)).toEqual(["started", "stopped"]);
    expect(listen(twice(700)).map(([what]) => what)).toEqual(["started", "stopped", "started", "stopped"]);
  });

  it("never pad into the turn before", () => {
    const sound = concat(voice(0.05, 600), silence(210), voice(0.05, 600), silence(400));
    const told = listen(sound, server({ silence_duration_ms: 200 }));
    expect(told[1]).toEqual(["stopped", 800]);
    expect(told[2]).toEqual(["started", 800]);
  });

  it("take plain noise for the room, from the first moment on, and hear a voice in it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (seed) => {
        expect(listen(noise(0.005, 4_000, seed))).toEqual([]);
        const speech = noise(0.02, 800, seed + 1);
        const told = listen(concat(noise(0.005, 2_000, seed), speech, noise(0.005, 1_500, seed + 2)));
        expect(told.map(([what]) => what)).toEqual(["started", "stopped"]);
        expect(Math.abs((told[0]?.[1] ?? 0) - 1_700)).toBeLessThanOrEqual(20);
        expect(Math.abs((told[1]?.[1] ?? 0) - 3_300)).toBeLessThanOrEqual(20);
      }),
      { numRuns: 15 },
    );
  });

  it("get used to a steady noise that is as loud as a voice", () => {
    const told = listen(noise(0.03, 40_000));
    expect(told.map(([what]) => what)).toEqual(["started", "stopped"]);
  });

  it("need more where the threshold is higher", () => {
    const soft = concat(silence(500), voice(0.02, 600), silence(1_000));
    expect(listen(soft, server({ threshold: 0.5 }))).toHaveLength(2);
    expect(listen(soft, server({ threshold: 1 }))).toEqual([]);
    const whisper = concat(silence(500), voice(0.006, 600), silence(1_000));
    expect(listen(whisper, server({ threshold: 0.5 }))).toEqual([]);
    expect(listen(whisper, server({ threshold: 0.1 }))).toHaveLength(2);
  });

  it("take no click for a voice", () => {
    const click = concat(silence(500), noise(0.5, 30), silence(1_000));
    expect(listen(click)).toEqual([]);
  });

  it.each([
    ["low", 8_000],
    ["medium", 4_000],
    ["auto", 4_000],
    ["high", 2_000],
  ] as const)("wait as long as %s eagerness allows", (eagerness, wait) => {
    const told = listen(concat(voice(0.05, 600), silence(9_000)), { type: "semantic_vad", eagerness });
    expect(told.at(-1)).toEqual(["stopped", 600 + wait]);
  });

  it("tell nothing in push to talk", () => {
    expect(listen(concat(voice(0.05, 900), silence(1_000)), null)).toEqual([]);
  });

  it("tell the same whatever frames the sound comes in", () => {
    const sound = concat(noise(0.004, 900), voice(0.06, 700), silence(800), voice(0.04, 500), silence(800));
    const whole = listen(sound, undefined, [sound.byteLength]);
    expect(whole).toHaveLength(4);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 20_000 }), { minLength: 1, maxLength: 6 }), (frames) => {
        expect(listen(sound, undefined, frames)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
  });

  it("say why there are no words", async () => {
    await expect(new EnergyEars().commit()).rejects.toMatchObject({ code: "no_recogniser" });
  });
});
