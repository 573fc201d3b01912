import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskDigits, maskValue } from "../../src/words/masked.ts";
import { digitWords } from "../../src/words/written.ts";

describe("long runs of digits", () => {
  it.each([
    ["4111 1111 1111 4829", "•••• 4829"],
    ["card 4111-1111-1111-4829, please", "card •••• 4829, please"],
    ["transfer to 12345678 please", "transfer to •••• 5678 please"],
    ["it is four one one one two two two two three", "it is •••• 2223"],
    ["for ate one two three four five six", "•••• 3456"],
    ["double four double two 1 2 3 4", "•••• 1234"],
    ["4, 8, 2, 9, 1, 2, 3, 4", "•••• 1234"],
    ["forty-eight twenty-nine, um, sixty one oh four", "•••• 6104"],
    ["４１１１ １１１１ １１１１ ４８２９", "•••• 4829"],
    ["٤١١١١١١١١١١١٤٨٢٩", "•••• 4829"],
    ["acct12345678", "acct•••• 5678"],
  ])("%j is kept as %j", (text, kept) => {
    expect(maskDigits(text)).toBe(kept);
  });

  it.each([
    "the card ending in 4829",
    "four eight two nine",
    "my code is 482913",
    "due on 2026-12-01 at 10:20:30",
    "2026-12-01T10:20:30Z",
    "pay $12,345,678.90",
    "120, 45, 300 and 60",
    "$1,250.50 on 12/15/2026",
    "call 555-0142",
    "•••• 4829",
    "I want to go to the bank for two days",
  ])("leaves %j as it is", (text) => {
    expect(maskDigits(text)).toBe(text);
  });

  it("never shows more than the last four, however the digits are grouped or said", () => {
    const digits = fc.stringMatching(/^\d{8,19}$/);
    const separator = fc.constantFrom("", " ", "-", ".", " - ");
    const around = fc.constantFrom("", "card ", "my number is ", "the ", "x: ");
    fc.assert(
      fc.property(digits, separator, fc.integer({ min: 1, max: 5 }), around, (run, between, size, before) => {
        const groups = run.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
        const written = groups.join(between);
        // A run that is an ISO date is a date.
        fc.pre(!/^(?:19|20)\d\d-\d\d-\d\d$/.test(written));
        for (const text of [written, digitWords(run), digitWords(run).replaceAll(",", "")]) {
          const kept = maskDigits(before + text);
          expect(kept).toBe(`${before}•••• ${run.slice(-4)}`);
          expect(maskDigits(kept)).toBe(kept);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("leaves no run of more than four digits out of a long one in any text", () => {
    const piece = fc.oneof(
      fc.stringMatching(/^\d{8,12}$/),
      fc.lorem({ maxCount: 2 }),
      fc.constantFrom("and", "to", ",", "."),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        expect(maskDigits(pieces.join(" "))).not.toMatch(/\d{5,}/);
      }),
      { numRuns: 500 },
    );
  });

  it("are masked in every string and number of a value, and nothing else changes", () => {
    expect(
      maskValue({
        recipient: "Ida",
        account: "DE00 1234 5678 9012",
        deep: [{ number: 12345678901 }],
        amount: 120.5,
        ok: true,
        none: null,
      }),
    ).toEqual({
      recipient: "Ida",
      account: "DE•••• 9012",
      deep: [{ number: "•••• 8901" }],
      amount: 120.5,
      ok: true,
      none: null,
    });
  });
});
