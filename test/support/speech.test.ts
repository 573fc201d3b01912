import { describe, expect, it } from "vitest";
import { rmsOfInt16 } from "../../src/audio/rms.ts";
import { readWav } from "../../src/audio/wav.ts";
import {
  addNoise,
  atRate,
  concat,
  hasVoice,
  microphoneFile,
  recognise,
  silence,
  speak,
  speechIn,
  type TestVoice,
  tone,
  wordErrors,
} from "./speech.ts";

const SENTENCE = "I want to move some money to my savings account.";

describe("speech made for tests", { timeout: 60_000 }, () => {
  it.for(["slt", "rms", "awb", "kal16", "espeak:en-us"] as TestVoice[])(
    "in the voice %s is understood",
    async (voice, { skip }) => {
      skip(!hasVoice(voice), "this voice is not installed");
      const heard = await recognise(concat(silence(1_000), await speak(SENTENCE, voice), silence(1_000)));
      expect(wordErrors(SENTENCE, heard), heard).toBeLessThanOrEqual(0.3);
    },
  );

  it("is found between silence, and not where there is only a tone or noise", async () => {
    const speech = await speak(SENTENCE, "rms", 16_000);
    const [from, to] = await speechIn(concat(silence(1_000, 16_000), speech, silence(1_000, 16_000)));
    expect(from / 16).toBeGreaterThan(900);
    expect(from / 16).toBeLessThan(1_400);
    expect(to / 16).toBeLessThan(1_000 + speech.length / 16 + 100);
    expect(await speechIn(addNoise(silence(3_000, 16_000), 0.02, 1))).toEqual([0, 0]);
    expect(await recognise(silence(2_000))).toBe("");
  });

  it("gets as much noise as asked for, the same for the same seed", () => {
    const quiet = silence(2_000);
    expect(rmsOfInt16(addNoise(quiet, 0.02, 5))).toBeCloseTo(0.02, 3);
    expect(addNoise(quiet, 0.02, 5)).toEqual(addNoise(quiet, 0.02, 5));
    expect(addNoise(quiet, 0.02, 5)).not.toEqual(addNoise(quiet, 0.02, 6));
  });

  it("becomes the file that Chromium's made-up microphone plays: 48 kHz, mono, as long as it was", () => {
    const { rate, samples } = readWav(microphoneFile(tone(440, 500)));
    expect(rate).toBe(48_000);
    expect(samples).toHaveLength(24_000);
    expect(rmsOfInt16(samples)).toBeCloseTo(0.5 / Math.SQRT2, 2);
    expect(atRate(samples, 48_000, 24_000)).toHaveLength(12_000);
  });

  it("is compared word by word", () => {
    expect(wordErrors("Block my card.", "block my card")).toBe(0);
    expect(wordErrors("Block my card.", "Black my card now")).toBeCloseTo(2 / 3);
    expect(wordErrors("Block my card.", "")).toBe(1);
  });
});
