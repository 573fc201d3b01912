import { describe, expect, it } from "vitest";
import type { Brain } from "../../../src/engines/scripted/brain.ts";
import { pickBrain, specialistBrain } from "../../../src/engines/scripted/brains.ts";
import { utterance } from "../../../src/engines/scripted/dialogue/words-of-item.ts";
import { standInBrain } from "../../../src/engines/scripted/stand-in.ts";
import type { Item } from "../../../src/realtime/events.ts";
import { SCENARIOS } from "../../../src/scenarios/index.ts";
import { OTHERS } from "../../../src/scenarios/personas/index.ts";

/** Repeated up to the length of the longest message: what a pattern that looks back over its own words may stumble over. */
const REPEATED =
  "a|a |the the |no, |1|1 |one |hundred thousand |- |, |. |' |$1,|1.|from a to b |by text |M-A-Y-A |double double |just double |last month |the first of |between march and |not |don't want |connect me to the |without milk and |under ten |ending in 4 |the Quickcart |has has |point |a hundred and |?|…|İ|🎉|\u0301|constructor |__proto__ |{|[|\\".split(
    "|",
  );
const LONGEST_MESSAGE = 2_000;
/** A pattern that goes wrong takes minutes; the slowest of these took half a second beside other work. */
const AT_MOST_MS = 5_000;

const user = (text: string): Item => ({
  id: "u1",
  type: "message",
  role: "user",
  status: "completed",
  content: [{ type: "input_text", text }],
});

const BRAINS: [name: string, make: () => Brain, tools: string[]][] = [...SCENARIOS, ...OTHERS].map((scenario) => [
  scenario.id,
  () => pickBrain(scenario),
  scenario.tools,
]);
for (const scenario of SCENARIOS.slice(0, 1)) BRAINS.push(["a specialist", () => specialistBrain(scenario), []]);
BRAINS.push(["the stand-in", standInBrain, ["play_sound"]]);

function once(make: () => Brain, tools: string[], text: string): number {
  const brain = make();
  const began = performance.now();
  brain.hear(user(text));
  brain.answer({ tools, today: "2026-11-21" });
  return performance.now() - began;
}

/** The quickest of three, where the first is too slow: what else the machine does only adds. */
function answerTo(make: () => Brain, tools: string[], text: string): number {
  let quickest = once(make, tools, text);
  for (let n = 0; n < 2 && quickest >= AT_MOST_MS; n++) quickest = Math.min(quickest, once(make, tools, text));
  return quickest;
}

describe.each(BRAINS)("%s", (_, make, tools) => {
  it("answers to words without end, whatever they are", () => {
    for (const [index, words] of REPEATED.entries()) {
      const begin = ["", "hello ", "transfer money end "][index % 3] ?? "";
      const end = ["", "!", " x"][index % 2] ?? "";
      const text = `${begin}${words.repeat(LONGEST_MESSAGE)}`.slice(0, LONGEST_MESSAGE - 2) + end;
      expect(answerTo(make, tools, text), JSON.stringify(text.slice(0, 60))).toBeLessThan(AT_MOST_MS);
    }
  });

  it.each([
    // Of the fourth order this took five seconds at 200 letters, half a minute at 300, and an hour at the longest message.
    ["a number that does not end", `transfer money end ${"a".repeat(230)}!`],
    ["nothing but a pause", `hello${" ".repeat(1_900)}x`],
  ])("is not held up by %s", (_name, text) => {
    expect(answerTo(make, tools, text)).toBeLessThan(AT_MOST_MS);
  });

  it.each([
    "dispute a charge in a constructor",
    "the payee is double constructor",
    "move a constructor dollars from checking to savings",
    "the charge of __proto__ days ago",
    "hasOwnProperty toString valueOf",
  ])("takes %j for words", (text) => {
    expect(answerTo(make, tools, text)).toBeLessThan(AT_MOST_MS);
  });
});

it("of all that is said before an answer the last minute counts, in one line", () => {
  expect(utterance(["hello \n", "  you"])).toBe("hello . you");
  const long = utterance([..."abcdefghij"].map((letter) => `${letter.repeat(300)}`));
  expect(long.length).toBeLessThanOrEqual(1_000);
  expect(long.endsWith("jjj")).toBe(true);
});
