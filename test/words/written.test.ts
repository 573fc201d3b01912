import { describe, expect, it } from "vitest";
import {
  dateWords,
  decimalWords,
  digitWords,
  moneyWords,
  numberWords,
  ordinalWords,
  timeWords,
  yearWords,
} from "../../src/words/written.ts";

describe("numbers in words", () => {
  it.each([
    [0, "zero"],
    [19, "nineteen"],
    [21, "twenty-one"],
    [100, "one hundred"],
    [1250, "one thousand two hundred fifty"],
    [1_000_001, "one million one"],
    [-7, "minus seven"],
  ])("%i is %j", (n, words) => {
    expect(numberWords(n)).toBe(words);
  });

  it("has no words for fractions and for more than trillions", () => {
    expect(() => numberWords(1.5)).toThrow(RangeError);
    expect(() => numberWords(1e15)).toThrow(RangeError);
  });

  it.each([
    [1, "first"],
    [12, "twelfth"],
    [20, "twentieth"],
    [21, "twenty-first"],
    [103, "one hundred third"],
  ])("%i. is %j", (n, words) => {
    expect(ordinalWords(n)).toBe(words);
  });

  it("says cents only where there are some", () => {
    expect(moneyWords(1_00)).toBe("one dollar");
    expect(moneyWords(1)).toBe("one cent");
    expect(moneyWords(-2_05)).toBe("minus two dollars and five cents");
    expect(moneyWords(0)).toBe("zero dollars");
  });

  it("says decimals, digits, years, dates and times the way people do", () => {
    expect(decimalWords("1,006.05")).toBe("one thousand six point zero five");
    expect(digitWords("4829")).toBe("four, eight, two, nine");
    expect([1900, 1999, 2000, 2005, 2026, 2101].map(yearWords)).toEqual([
      "nineteen hundred",
      "nineteen ninety-nine",
      "two thousand",
      "two thousand five",
      "twenty twenty-six",
      "twenty-one oh one",
    ]);
    expect(dateWords(undefined, 12, 31)).toBe("December thirty-first");
    expect(timeWords(14, 30)).toBe("fourteen thirty");
    expect(timeWords(9, 0, "am")).toBe("nine A M");
  });
});
