import { describe, expect, it } from "vitest";
import { dateIn } from "../../src/words/dates.ts";
import { digitsIn } from "../../src/words/digits.ts";
import { maskDigits } from "../../src/words/masked.ts";
import { moneyIn } from "../../src/words/money.ts";
import { spelledSpanIn } from "../../src/words/names.ts";
import { numbersIn } from "../../src/words/numbers.ts";
import { sentences } from "../../src/words/sentences.ts";
import { matchPhrase } from "../../src/words/similar.ts";
import { speakable } from "../../src/words/speakable.ts";
import { yesOrNo } from "../../src/words/yesno.ts";

/** Everything that reads what a stranger may type. */
const READERS: Record<string, (text: string) => unknown> = {
  numbersIn,
  moneyIn: (text) => moneyIn(text, { bare: true }),
  digitsIn: (text) => [digitsIn(text), digitsIn(text, { length: 4 }), digitsIn(text, { length: 6 })],
  dateIn: (text) => dateIn(text, "2026-11-18"),
  spelledSpanIn,
  yesOrNo,
  matchPhrase: (text) => matchPhrase(text, ["block my card", "transfer money"]),
  speakable,
  sentences,
  maskDigits,
};

const PATTERNS = [
  "to ",
  "to four ",
  "four ",
  "double ",
  "double l ",
  "a thousand ",
  "million thousand hundred ",
  "twenty ",
  "1",
  "1,",
  "1,000",
  "1.",
  "4829 ",
  "$",
  "$1-",
  "a week from ",
  "the ",
  "no ",
  "not ",
  "M as in ",
  ".",
  "\n",
  " ",
  "((",
  "-",
  "and ",
  "•",
  "a@a.",
  "Dec ",
  "or 4 ",
];

describe("a stranger's four thousand characters", () => {
  it.each(PATTERNS)("of %j are read in a blink", (pattern) => {
    const text = pattern.repeat(Math.ceil(4000 / pattern.length));
    for (const [name, read] of Object.entries(READERS)) {
      const started = performance.now();
      expect(() => read(text), name).not.toThrow();
      expect(performance.now() - started, name).toBeLessThan(1000);
    }
  });
});
