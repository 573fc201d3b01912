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

const LENGTH = 4_000;
/** Reading this long a text takes some tens of ms on an idle machine. */
const BLINK_MS = 1_000;
/** Four times the text may take sixteen times as long, with room for noise; a reader that backtracks takes 64 times as long, or for ever. */
const GROWTH = 40;

function timeFor(read: (text: string) => unknown, text: string): number {
  const started = performance.now();
  read(text);
  return performance.now() - started;
}

/** The shortest of three: what else the machine does only adds. */
function shortest(read: (text: string) => unknown, text: string): number {
  return Math.min(timeFor(read, text), timeFor(read, text), timeFor(read, text));
}

describe("a stranger's four thousand characters", () => {
  it.each(PATTERNS)("of %j are read without a search that explodes", (pattern) => {
    const text = pattern.repeat(Math.ceil(LENGTH / pattern.length));
    for (const [name, read] of Object.entries(READERS)) {
      // A slow reading on a busy machine proves nothing; how it grows does.
      if (timeFor(read, text) < BLINK_MS) continue;
      const growth = shortest(read, text) / shortest(read, text.slice(0, text.length / 4));
      expect(growth, name).toBeLessThan(GROWTH);
    }
  });
});
