import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { heardChars, type SpokenSentence } from "../../../src/client/voice/heard-text.ts";

const TEXT = "Your card is blocked. It ends in 4829 now. Anything else?";
const spoken = (start: number, end: number, said: string, speech_ms: number): SpokenSentence => ({
  start,
  end,
  spoken: said,
  speech_ms,
  ms: speech_ms + 180,
});
const SENTENCES = [
  spoken(0, 22, "Your card is blocked.", 1_500),
  spoken(22, 43, "It ends in four, eight, two, nine now.", 2_500),
  spoken(43, 57, "Anything else?", 900),
];
const heard = (ms: number) => TEXT.slice(0, heardChars(TEXT, SENTENCES, ms));

describe("the text that was heard", () => {
  it("is nothing before the first word is over", () => {
    expect(heard(0)).toBe("");
    expect(heard(50)).toBe("");
  });

  it("is exact at the ends of sentences", () => {
    expect(heard(1_500)).toBe("Your card is blocked. ");
    expect(heard(1_680)).toBe("Your card is blocked. ");
    expect(heard(1_680 + 2_500)).toBe("Your card is blocked. It ends in 4829 now. ");
    expect(heard(60_000)).toBe(TEXT);
  });

  it("inside a sentence ends at a whole word", () => {
    expect(heard(700)).toBe("Your card");
    expect(heard(1_300)).toBe("Your card is");
  });

  it("gives figures the time it takes to say them", () => {
    // "4829" is three quarters of what is spoken there, not a fifth of the letters.
    expect(heard(1_680 + 1_000)).toBe("Your card is blocked. It ends in");
    expect(heard(1_680 + 1_800)).toBe("Your card is blocked. It ends in");
    expect(heard(1_680 + 2_400)).toBe("Your card is blocked. It ends in 4829");
  });

  it("never goes back as more is heard, and never beyond what was written", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 8_000 }), { minLength: 2, maxLength: 20 }), (times) => {
        const chars = times.sort((a, b) => a - b).map((ms) => heardChars(TEXT, SENTENCES, ms));
        expect(chars).toEqual([...chars].sort((a, b) => a - b));
        expect(chars.at(-1)).toBeLessThanOrEqual(TEXT.length);
      }),
    );
  });

  it("counts a sentence that could not be spoken as passed over", () => {
    const silent = [
      spoken(0, 22, "Your card is blocked.", 1_500),
      { start: 22, end: 25, spoken: "", ms: 0, speech_ms: 0 },
    ];
    expect(heardChars("Your card is blocked. — ", silent, 1_700)).toBe(25);
  });
});
