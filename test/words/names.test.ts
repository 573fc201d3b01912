import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spelledSpanIn } from "../../src/words/names.ts";

const spelledIn = (text: string) => spelledSpanIn(text)?.name;

describe("spelled names", () => {
  it.each([
    ["M-A-Y-A", "Maya"],
    ["M. A. Y. A.", "Maya"],
    ["em ay why ay", "Maya"],
    ["M as in Mike, A as in apple, Y as in yellow, A as in apple", "Maya"],
    ["M is in Mike, A as an apple, Y, A", "Maya"],
    ["M has in mic, S in apple, y s in yellow, s in apple.", "Maya"],
    ["my name is Maya, M-A-Y-A", "Maya"],
    ["mike alpha yankee alpha", "Maya"],
    ["el ay double l", "Lall"],
    ["A double N A", "Anna"],
    ["El eye en dee queue vee eye ess tee", "Lindqvist"],
    ["it's spelled j o h n", "John"],
    ["b like boy o b", "Bob"],
    ["double you ay en", "Wan"],
    ["o apostrophe b r i e n", "O'Brien"],
  ])("reads %j as %s", (text, expected) => {
    expect(spelledIn(text)).toBe(expected);
  });

  it.each([
    "why are you",
    "I see you",
    "are you there",
    "I am happy to be here",
    "what is my APR",
    "I was in the US",
    "oh, I see",
    "block my card please",
  ])("finds no spelled name in %j", (text) => {
    expect(spelledIn(text)).toBeUndefined();
  });

  it("reads every name spelled with hyphens", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z]{3,10}$/), (name) => {
        expect(spelledIn([...name].join("-"))).toBe(name.charAt(0) + name.slice(1).toLowerCase());
      }),
    );
  });
});

describe("spelled names among other words", () => {
  it.each([
    ["E L I N A, Korhonen", "Elina", "E L I N A"],
    ["it's E-L-I-N-A please", "Elina", "E-L-I-N-A"],
    ["E L I N A, K O R H O N E N", "Elina Korhonen", "E L I N A, K O R H O N E N"],
    ["E, L, I, N, A", "Elina", "E, L, I, N, A"],
  ])("%s", (text, name, place) => {
    const span = spelledSpanIn(text);
    expect(span?.name).toBe(name);
    expect(text.slice(span?.start, span?.end)).toBe(place);
  });
});
