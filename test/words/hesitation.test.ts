import { describe, expect, it } from "vitest";
import { withoutHesitation } from "../../src/words/hesitation.ts";

describe("a text without the sounds of thinking", () => {
  it.each([
    ["um", ""],
    ["Er...", ""],
    ["ehm, uh", ""],
    ["Hmm.", ""],
    ["well, um", ""],
    ["erm Nadia", "Nadia"],
    ["um, it's, uh, four eight two nine", "it's, four eight two nine"],
    ["uh, uh, checking", "checking"],
  ])("%j is %j", (text, rest) => {
    expect(withoutHesitation(text)).toBe(rest);
  });

  it.each([
    "uh-huh",
    "uh uh",
    "mm-hmm",
    "mhm",
    "Emmer and Ehmann",
    "the umbrella",
    "move two fifty, please",
    "so what",
  ])("leaves %j as it is", (text) => {
    expect(withoutHesitation(text)).toBe(text);
  });
});
