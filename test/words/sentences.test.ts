import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Sentence, SentenceStream, sentences } from "../../src/words/sentences.ts";

const texts = (text: string) => sentences(text).map((one) => one.text.trim());

/** The sentences of a text that comes in pieces of the given sizes. */
function streamed(text: string, sizes: readonly number[]): Sentence[] {
  const stream = new SentenceStream();
  const found: Sentence[] = [];
  for (let at = 0, k = 0; at < text.length; k++) {
    const size = Math.max(1, sizes[k % Math.max(1, sizes.length)] ?? 1);
    found.push(...stream.add(text.slice(at, at + size)));
    at += size;
  }
  return [...found, ...stream.end()];
}

const prose = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "Mr.",
        "e.g.",
        "$1.50",
        "No.",
        "5",
        "Dec.",
        "1,",
        "a.m.",
        "Done.",
        "Wait...",
        "Really?",
        '"Yes."',
        "etc.",
        "U.S.",
        "I.",
        "\n",
        "1.",
        "!!!!!!!!!!!!",
        "he.",
        "好。",
        "  ",
      ),
      fc.lorem({ maxCount: 3 }),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 120 },
  )
  .map((parts) => parts.join(" "));

describe("sentences", () => {
  it.each([
    ["Mr. Ek paid $1.50. He left! Really? Yes.", ["Mr. Ek paid $1.50.", "He left!", "Really?", "Yes."]],
    ["At 9 a.m. your card works, e.g. online.", ["At 9 a.m. your card works, e.g. online."]],
    ["It opens at 9 a.m. Your card works.", ["It opens at 9 a.m.", "Your card works."]],
    ["No. I mean No. 5.", ["No.", "I mean No. 5."]],
    ["Due Dec. 1, 2026. Thanks.", ["Due Dec. 1, 2026.", "Thanks."]],
    ["1. Call us.\n2. Wait.", ["1. Call us.", "2. Wait."]],
    ['She said "Done." Then she left.', ['She said "Done."', "Then she left."]],
    ["So do I. Then J. Doe came.", ["So do I.", "Then J. Doe came."]],
    ["Hm... let me see... Right.", ["Hm... let me see...", "Right."]],
    ["Your rate is 6.25%. Fine?", ["Your rate is 6.25%.", "Fine?"]],
    ["no end mark", ["no end mark"]],
    ["", []],
  ])("%j has the sentences %j", (text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  it("cuts an endless sentence at a comma, so that speech can begin", () => {
    const long = `${"and then we went on to the next thing, ".repeat(20)}done.`;
    const found = sentences(long);
    expect(found.length).toBeGreaterThan(2);
    for (const one of found.slice(0, -1)) {
      expect(one.text.length).toBeLessThanOrEqual(241);
      expect(one.text).toMatch(/, $/);
    }
  });

  it("puts together to the text again, each piece at its place", () => {
    fc.assert(
      fc.property(prose, (text) => {
        const found = sentences(text);
        expect(found.map((one) => one.text).join("")).toBe(text);
        for (const one of found) expect(text.slice(one.start, one.end)).toBe(one.text);
      }),
      { numRuns: 500 },
    );
  });

  it("are the same however the text arrives", () => {
    fc.assert(
      fc.property(prose, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }), (text, sizes) => {
        expect(streamed(text, sizes)).toEqual(sentences(text));
      }),
      { numRuns: 500 },
    );
  });

  it("come out of a stream as soon as the next one begins", () => {
    const stream = new SentenceStream();
    expect(stream.add("One moment. ")).toEqual([]);
    expect(stream.add("I am")).toEqual([{ text: "One moment. ", start: 0, end: 12 }]);
    expect(stream.add(" looking.")).toEqual([]);
    expect(stream.end()).toEqual([{ text: "I am looking.", start: 12, end: 25 }]);
  });
});
