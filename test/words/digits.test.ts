import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digitSpansIn, digitsIn } from "../../src/words/digits.ts";
import { speakable } from "../../src/words/speakable.ts";
import { digitWords, numberWords } from "../../src/words/written.ts";

const four = (text: string) => digitsIn(text, { length: 4 });

describe("card digits in free speech", () => {
  it.each([
    ["four eight too nine", "4829"],
    ["for ate two nine", "4829"],
    ["4-8-2-9", "4829"],
    ["4, 8, 2, 9.", "4829"],
    ["Four. Eight. Two. Nine.", "4829"],
    ["forty-eight twenty-nine", "4829"],
    ["four eight double two", "4822"],
    ["triple seven one", "7771"],
    ["double five oh two", "5502"],
    ["48 29", "4829"],
    ["4 829", "4829"],
    ["It's 4829 for good", "4829"],
    ["four eight, um, two nine", "4829"],
    ["nine oh four seven", "9047"],
    ["9 o 4 7", "9047"],
    ["the last four are four eight two nine", "4829"],
    ["last four four eight two nine", "4829"],
    ["that's to to oh six", "2206"],
    ["for ate to won", "4821"],
    ["seven tree one sicks", "7316"],
  ])("hears %j as %s", (text, expected) => {
    expect(four(text)).toEqual([expected]);
    expect(digitsIn(text)).toEqual([expected]);
  });

  it.each([
    ["four thousand eight hundred twenty nine", "4829"],
    ["4,829", "4829"],
    ["forty eight hundred twenty nine", "4829"],
    ["it ends in four thousand eight hundred twenty nine", "4829"],
    ["the card for eight two nine please", "4829"],
    ["that one four eight two nine", "4829"],
    ["four eight two mine", "4829"],
    ["Nine or four seven.", "9047"],
    ["Two two low six.", "2206"],
    ["Two, two, oh six.", "2206"],
    ["My accountants in four, four, seven, one.", "4471"],
    ["four eight and two nine", "4829"],
    ["4111 1111 1111 4829", "4829"],
    ["not 7316, 4829", "4829"],
    ["4 8 2 8, no, 9", "4829"],
    ["four eight two eight, sorry, four eight two nine", "4829"],
  ])("reads %j as %s when four digits were asked for", (text, expected) => {
    expect(four(text)).toEqual([expected]);
  });

  it.each([
    "I want to pay for it",
    "I need to go to the bank",
    "oh no",
    "the other one",
    "for you too",
    "I won two times",
    "transfer two hundred dollars to savings",
    "six point two five percent",
    "call me at 3:30",
    "on the 15th",
    "one hundred",
    "move twenty-five hundred to savings",
    "transfer two thousand please",
    "transfer 2500 to savings",
  ])("finds no card digits in %j", (text) => {
    expect(four(text)).toEqual([]);
  });

  it("finds no digits at all where little words only sound like them", () => {
    for (const text of ["I want to pay for it", "for you too", "oh no", "to the bank"])
      expect(digitsIn(text)).toEqual([]);
  });

  it("leaves the money alone when digits and an amount are said together", () => {
    expect(four("transfer 2500 dollars to 8890")).toEqual(["8890"]);
    expect(four("move two fifty dollars to eight eight nine zero")).toEqual(["8890"]);
  });

  it("hears two cards in one sentence", () => {
    expect(four("4829 and 7316")).toEqual(["4829", "7316"]);
    expect(four("is it four eight two nine or seven three one six")).toEqual(["4829", "7316"]);
  });

  it("gives only runs of the wished length", () => {
    expect(four("one two three four five six")).toEqual([]);
    expect(digitsIn("123 456", { length: 6 })).toEqual(["123456"]);
    expect(digitsIn("my code is one two three, four five six", { length: 6 })).toEqual(["123456"]);
    expect(digitsIn("forty-eight twenty-nine", { length: 6 })).toEqual([]);
  });

  it("says where the digits stand", () => {
    const text = "block the one ending in for ate two nine now";
    const [span] = digitSpansIn(text, { length: 4 });
    expect(text.slice(span?.start, span?.end)).toBe("for ate two nine");
  });

  it("hears the digits it says, in each way of saying them", () => {
    const digits = fc.stringMatching(/^\d{4}$/);
    fc.assert(
      fc.property(digits, (said) => {
        expect(four(digitWords(said))).toEqual([said]);
        expect(digitsIn(digitWords(said))).toEqual([said]);
        expect(four(speakable(`The card ending in ${said} is blocked.`))).toEqual([said]);
        expect(four([...said].join(" "))).toEqual([said]);
        if (Number(said) >= 1000) expect(four(numberWords(Number(said)))).toEqual([said]);
      }),
      { numRuns: 1000 },
    );
  });

  it("survives homophones inside a run, whichever they are", () => {
    const heard: Record<string, string> = {
      "0": "oh",
      "1": "won",
      "2": "to",
      "3": "tree",
      "4": "for",
      "6": "sicks",
      "8": "ate",
    };
    const digits = fc.stringMatching(/^[579]\d\d[579]$/);
    fc.assert(
      fc.property(digits, (said) => {
        const words = [...said].map((digit) => heard[digit] ?? digit).join(" ");
        expect(four(words)).toEqual([said]);
      }),
    );
  });
});

describe("the last four of a whole account number", () => {
  it.each([
    ["1234 4829", ["4829"]],
    ["one two three four four eight two nine", ["4829"]],
    ["4829 7316, no, 5502", ["5502"]],
    ["4829 and 7316", ["4829", "7316"]],
    ["4829, 7316", ["4829", "7316"]],
  ])("%s", (text, digits) => {
    expect(digitsIn(text, { length: 4 })).toEqual(digits);
  });
});
