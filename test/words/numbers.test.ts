import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { numbersIn } from "../../src/words/numbers.ts";
import { numberWords } from "../../src/words/written.ts";

const values = (text: string) => numbersIn(text).map((span) => span.value);

describe("numbers in free speech", () => {
  it.each([
    ["twenty-five hundred", [2500]],
    ["a hundred and twenty", [120]],
    ["1,250.50", [1250.5]],
    ["one point five million", [1_500_000]],
    ["a grand", [1000]],
    ["2k", [2000]],
    ["half a million", [500_000]],
    ["two and a half thousand", [2500]],
    ["a couple hundred", [200]],
    ["two thousand two fifty", [2250]],
    ["three hundred fifty thousand two hundred and one", [350_201]],
    ["one oh five", [105]],
    ["twelve point five", [12.5]],
    ["it was zero", [0]],
  ])("hears %j as %j", (text, expected) => {
    expect(values(text)).toEqual(expected);
  });

  it("keeps two numbers apart that an 'and' joins only in grammar", () => {
    expect(values("between two hundred and three hundred")).toEqual([200, 300]);
  });

  it("offers both readings of a number said without its hundred", () => {
    expect(numbersIn("two fifty")).toEqual([{ value: 250, or: 2.5, start: 0, end: 9 }]);
  });

  it("reads the recogniser's 'to hundred' as two hundred", () => {
    expect(values("move to hundred over")).toEqual([200]);
  });

  it("does not count 'that one' or 'the other one'", () => {
    expect(values("that one, not the other one")).toEqual([]);
  });

  it("says where each number stands", () => {
    const text = "I want twenty five, please";
    const [span] = numbersIn(text);
    expect(text.slice(span?.start, span?.end)).toBe("twenty five");
  });

  it("reads back every whole number it can write", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999 }), (n) => {
        expect(values(numberWords(n))).toEqual([n]);
      }),
      { numRuns: 2000 },
    );
  });
});
