import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutAtWord, heardText } from "../../src/call/heard.ts";

const sentence = "Your card ending in 4829 is blocked, and a new one is on its way.";
const anyText = fc.oneof(fc.lorem({ maxCount: 30 }), fc.string({ unit: "grapheme", maxLength: 80 }));
const anyMs = fc.integer({ min: 0, max: 60_000 });

describe("the heard part of a sentence", () => {
  test("is nothing before the first sound and everything after the last", () => {
    expect(heardText(sentence, 0, 4_000, true)).toBe("");
    expect(heardText(sentence, 4_000, 4_000, true)).toBe(sentence);
    expect(heardText(sentence, 9_000, 4_000, true)).toBe(sentence);
  });

  test("ends after a whole word", () => {
    expect(heardText(sentence, 2_000, 4_000, true)).toBe("Your card ending in 4829 is");
    expect(heardText(sentence, 600, 4_000, true)).toBe("Your card");
  });

  test("counts digits as the words they are when spoken", () => {
    const digits = "4829 4829 and that is the number you gave me";
    expect(heardText(digits, 1_000, 4_000, true)).toBe("4829");
  });

  test("does not take the words of audio that has not come yet for heard", () => {
    const early = heardText(sentence, 500, 500, false);
    expect(early.length).toBeLessThan(sentence.length / 3);
  });

  test("is a beginning of the transcript, and longer for more milliseconds", () => {
    fc.assert(
      fc.property(anyText, anyMs, anyMs, anyMs, fc.boolean(), (text, a, b, received, complete) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const short = heardText(text, less, received, complete);
        const long = heardText(text, more, received, complete);
        expect(text.startsWith(long)).toBe(true);
        expect(long.startsWith(short)).toBe(true);
      }),
    );
  });
});

describe("a cut after so many characters", () => {
  test.each([
    [0, ""],
    [3, ""],
    [4, "Your"],
    [5, "Your"],
    [8, "Your"],
    [9, "Your card"],
    [999, sentence],
  ])("at %i gives %j", (chars, expected) => {
    expect(cutAtWord(sentence, chars)).toBe(expected);
  });

  test("falls between the characters of a text without spaces, never inside one", () => {
    expect(cutAtWord("今日はいい天気", 3)).toBe("今日は");
    expect(cutAtWord("🌙🌙🌙", 3)).toBe("🌙");
  });
});
