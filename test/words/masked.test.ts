import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maskDigits, maskJson, maskTurns, maskUnfinished, maskValue } from "../../src/words/masked.ts";
import { digitWords } from "../../src/words/written.ts";

/** Fifteen digits and the one that makes them a card's. */
function withCheckDigit(digits: string): string {
  for (let check = 0; check < 10; check++) {
    const card = `${digits}${check}`;
    const sum = [...card].reverse().reduce((all, char, back) => {
      const value = Number(char) * (back % 2 === 1 ? 2 : 1);
      return all + (value > 9 ? value - 9 : value);
    }, 0);
    if (sum % 10 === 0) return card;
  }
  throw new Error("no check digit");
}

/** The digits in groups of these sizes, the first of which is short enough not to be a number of its own. */
function grouped(digits: string, sizes: readonly number[]): string[] {
  const groups: string[] = [];
  let at = 0;
  for (const size of sizes) {
    if (at < digits.length) groups.push(digits.slice(at, at + size));
    at += size;
  }
  return groups;
}

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
    ["constructor 12345678", "constructor •••• 5678"],
    ["DE89 3704 0044 0532 0130 00, please", "•••• 3000, please"],
    ["my IBAN is gb29 nwbk 6016 1331 9268 19 and that is all", "my IBAN is •••• 6819 and that is all"],
    ["FR1420041010050500013M02606", "•••• 2606"],
    ["MT84 MALT 0110 0001 2345 MTLC AST0 01S", "•••• 001S"],
    ["cuatro uno uno uno dos dos dos dos tres", "•••• 2223"],
    ["vier, fünf, sechs, sieben, acht, neun, eins, zwei", "•••• 8912"],
    ["my security code is 123", "my security code is •••"],
    ["the CVV: nine one two", "the CVV: •••"],
    ["4111, okay, 1111, okay, 1111, okay, 1111.", "••••, okay, ••••, okay, ••••, okay, •••• 1111."],
    [
      "four one one one, got it? one one one one, next one one one one and one one one one",
      "••••, got it? ••••, next •••• and •••• 1111",
    ],
    ["3782, 822463, 10005", "•••• 0005"],
    ["5105, 105, 105, 105, 100", "•••• 5100"],
    ["411, 111, 111, 111, 1111", "•••• 1111"],
    ["4,111,111,111,111,111", "•••• 1111"],
    ["first 120, 3782, 822463, 10005", "first •••• 0005"],
    ["my account is 123, 45678", "my account is •••• 5678"],
    ["my account number is 123, 456, 789", "my account number is •••• 6789"],
    ["SSN 123, 45, 6789", "SSN •••• 6789"],
    ["routing number 021,000,021", "routing number •••• 0021"],
    ["Meine Kontonummer ist 123, 45678", "Meine Kontonummer ist •••• 5678"],
    ["IBAN de 89 3704, 0044, 0532, 0130, 00", "IBAN •••• 3000"],
    ["GB29, NWBK, 6016, 1331, 9268, 19, please", "•••• 6819, please"],
    ["account 1234 and 5678", "account •••• and •••• 5678"],
    ["account one two three four and then five six seven eight", "account •••• and then •••• 5678"],
    ["1234\u200b5678", "•••• 5678"],
    ["1234_5678 or 1234*5678", "•••• 5678 or •••• 5678"],
    ["the code on the back is 123", "the code on the back is •••"],
    ["the digits on the back are seven three seven", "the digits on the back are •••"],
    ["three digit number on the back is 737", "three digit number on the back is •••"],
    ["on the back of my card it says 123", "on the back of my card it says •••"],
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
    "charge 4829 for 300 to 3052",
    "from 2019 to 2026",
    "call (212) 555-0142 or +1 646 555-0199",
    "pay $12345678.90 tomorrow",
    "500 dollars, then 120 on 3052, 300 on 4829 and 41 more",
    "my code is 482913, not a security code is needed",
    "I want to go to the bank for two days",
    "1,250.00 or $1,250,000",
    "50, 100 and 200 dollars from my account",
    "pay my card 50, 100, 2000 dollars",
    "my balance is 12,345,678",
    "my accounts 3052 and 4829",
    "from account 3052 to 4829 for 300",
    "2019, 2020 and 2021; 2019, 2020, 2021",
    "at 10, 30 on 12, 15, 2026",
    "it came to 120 on the back of 300",
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

  it("are found between words when they are a card's, in whatever groups", () => {
    const digits = fc.stringMatching(/^[2-6]\d{14}$/).map(withCheckDigit);
    const word = fc.constantFrom("okay", "yes", "and then", "got it", "hm, next");
    fc.assert(
      fc.property(
        digits,
        fc.array(word, { minLength: 8, maxLength: 8 }),
        fc.integer({ min: 2, max: 7 }),
        (card, words, size) => {
          const groups = card.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
          const text = `It is ${groups.map((group, k) => `${group}, ${words[k % 8]}, `).join("")}thanks.`;
          const kept = maskDigits(text).replace(/\D/g, "");
          expect(card.endsWith(kept), kept).toBe(true);
          expect(kept.length).toBeLessThanOrEqual(4);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are a card's however commas group them, and an account's when they are named as that", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 19, maxLength: 19 });
    const comma = fc.constantFrom(",", ", ");
    const card = fc.stringMatching(/^[2-6]\d{11,17}$/).map(withCheckDigit);
    fc.assert(
      fc.property(card, sizes, comma, (digits, lengths, between) => {
        expect(maskDigits(`It is ${grouped(digits, lengths).join(between)}.`)).toBe(`It is •••• ${digits.slice(-4)}.`);
      }),
      { numRuns: 500 },
    );
    const name = fc.constantFrom(
      "my account is",
      "Account number:",
      "card",
      "my SSN is",
      "the IBAN, it's",
      "social security number",
    );
    fc.assert(
      fc.property(name, fc.stringMatching(/^\d{8,18}$/), sizes, comma, (named, digits, lengths, between) => {
        const text = `${named} ${grouped(digits, lengths).join(between)}`;
        expect(maskDigits(text)).toBe(`${named} •••• ${digits.slice(-4)}`);
      }),
      { numRuns: 500 },
    );
  });

  it("are no amounts: lists of those stay", () => {
    const amount = fc.integer({ min: 10, max: 999_999 }).map((whole) => whole.toLocaleString("en-US"));
    const cents = fc.tuple(amount, fc.integer({ min: 10, max: 99 })).map(([whole, part]) => `${whole}.${part}`);
    const before = fc.constantFrom("I spent ", "pay ", "it was ", "transfer $", "my account has ");
    const after = fc.constantFrom("", " dollars", " and 60 euros", ".");
    fc.assert(
      fc.property(
        before,
        fc.array(fc.oneof(amount, cents), { minLength: 1, maxLength: 4 }),
        after,
        (begin, list, end) => {
          // By a group of three less or more in each, nobody could tell equal groups from a number.
          fc.pre(new Set(list.map((one) => one.length)).size > 1 && list.join("").replace(/\D/g, "").length < 13);
          const text = `${begin}${list.join(", ")}${end}`;
          expect(maskDigits(text)).toBe(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are found in any amount of talk, and what is around them stays", () => {
    const before = "Hello, I would like to pay my bill for the trip, please.";
    fc.assert(
      fc.property(fc.stringMatching(/^[2-6]\d{14}$/).map(withCheckDigit), (card) => {
        expect(maskDigits(`${before} It's ${card}. Goodbye.`)).toBe(`${before} It's •••• ${card.slice(-4)}. Goodbye.`);
      }),
    );
  });

  it("said in several turns are masked in each, but for the last four", () => {
    expect(maskTurns(["It's four one one one", "one one one one", "um, 1111", "and 1111", "That's it."])).toEqual([
      "It's ••••",
      "••••",
      "um, ••••",
      "and •••• 1111",
      "That's it.",
    ]);
    expect(maskTurns(["four one one one", "yes", "one one one one", "1111", "Okay.", "and 1111"])).toEqual([
      "••••",
      "yes",
      "••••",
      "••••",
      "Okay.",
      "and •••• 1111",
    ]);
    expect(maskTurns(["4829", "It ends in 3052", "3105", "two hundred dollars"])).toEqual([
      "4829",
      "It ends in 3052",
      "3105",
      "two hundred dollars",
    ]);
  });

  it("show nothing of themselves to who watches while they are being said", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{12,19}$/), fc.boolean(), (run, spoken) => {
        const whole = `my card is ${spoken ? digitWords(run) : run}`;
        for (let to = 0; to <= whole.length; to++) {
          const kept = maskDigits(maskUnfinished(whole.slice(0, to)));
          expect(kept.match(/\d/g)?.length ?? 0).toBeLessThanOrEqual(4);
          const words = kept.match(/\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b/g)?.length ?? 0;
          expect(words, kept).toBeLessThanOrEqual(4);
        }
      }),
      { numRuns: 60 },
    );
    expect(maskUnfinished("It ends in 4829")).toBe("It ends in 4829");
    expect(maskUnfinished("pay 120 dollars and")).toBe("pay 120 dollars and");
  });

  it("do not break JSON", () => {
    expect(maskJson('{"amount":12345678,"to":"4111 1111 1111 1111"}')).toBe('{"amount":"•••• 5678","to":"•••• 1111"}');
    expect(maskJson("it is 12345678")).toBe("it is •••• 5678");
  });

  it("take time that grows with the text and no faster", () => {
    const once = (text: string) => {
      const from = performance.now();
      maskDigits(text);
      return performance.now() - from;
    };
    // The quickest of five: the others had to share the processor.
    const ms = (text: string) => Math.min(...Array.from({ length: 5 }, () => once(text)));
    for (const piece of [
      "1 ",
      "one ",
      "cvv is ",
      "my card is ",
      "account 1 and ",
      "411, ",
      "DE89 ",
      "4111, okay, ",
      "(((555-01",
      "2019 to ",
    ]) {
      const [short, long] = [ms(piece.repeat(1_000)), ms(piece.repeat(8_000))];
      expect(long, piece).toBeLessThan(Math.max(short, 5) * 40);
    }
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
