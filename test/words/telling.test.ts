import { describe, expect, it } from "vitest";
import { firstTelling } from "../../src/words/telling.ts";

describe("what a caller came for", () => {
  it.each([
    [["Hi", "I'd like to refinance my house", "6104"], "I'd like to refinance my house"],
    [["hello there", "four eight two nine", "my hours at work were cut"], "my hours at work were cut"],
    [["it's 4829", "I lost my card, it's 4829"], "I lost my card, it's 4829"],
    [["block it", "4829", "yes"], "block it"],
    [["4829"], "4829"],
    [["", " "], undefined],
  ])("%s", (said, told) => {
    expect(firstTelling(said)).toBe(told);
  });
});
