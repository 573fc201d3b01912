import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountIn, asDollars, currencyIn, moneyIn, unclearMoneyIn } from "../../src/words/money.ts";
import { speakable } from "../../src/words/speakable.ts";
import { moneyWords } from "../../src/words/written.ts";

const cents = (text: string, bare = false) => moneyIn(text, { bare }).map((span) => span.cents);

describe("money in free speech", () => {
  it.each([
    ["a hundred and twenty dollars fifty", 120_50],
    ["$120.50", 120_50],
    ["120 bucks", 120_00],
    ["two hundred fifty dollars and ten cents", 250_10],
    ["a buck fifty", 1_50],
    ["fifty cents", 50],
    ["two grand", 2000_00],
    ["$2k", 2000_00],
    ["$1.5 million", 1_500_000_00],
    ["twenty dollars oh five", 20_05],
    ["transfer to hundred dollars", 200_00],
    ["45 dollars and 21 cents", 45_21],
    ["Sent two hundred dollars to savings.", 200_00],
    ["Five thousand two hundred dollars in ten cents.", 5200_10],
    ["move $1,250.50 from checking", 1250_50],
  ])("hears %j as %i cents", (text, expected) => {
    expect(cents(text)).toEqual([expected]);
  });

  it.each([
    ["twenty-five hundred", 2500_00],
    ["two fifty", 250_00],
    ["move two fifty from checking to savings", 250_00],
    ["Move to fifty from check into savings.", 250_00],
    ["three thousand", 3000_00],
    ["1250", 1250_00],
  ])("takes the bare %j only where money was asked for", (text, expected) => {
    expect(cents(text)).toEqual([]);
    expect(cents(text, true)).toEqual([expected]);
  });

  it("gives the rival of a bare 'two fifty'", () => {
    expect(moneyIn("two fifty", { bare: true })[0]?.or).toBe(2_50);
  });

  it.each([
    "my card ending in 4829",
    "four eight two nine",
    "account 8890",
    "in 3 days",
    "five percent",
    "at 3:30",
    "on the 15th",
    "on December 3",
    "300 euros",
    "the other one",
  ])("finds no amount in %j even when money was asked for", (text) => {
    expect(cents(text, true)).toEqual([]);
  });

  it("does not take a count after the dollars for cents", () => {
    expect(cents("twenty dollars two times")).toEqual([20_00]);
    expect(cents("fifty dollars in 12 months")).toEqual([50_00]);
  });

  it("keeps an amount and the share before it apart", () => {
    expect(cents("five percent of 200 dollars", true)).toEqual([200_00]);
  });

  it.each([
    ["two hundred dollars, no, three hundred dollars", 300_00],
    ["make it two fifty instead of three hundred", 250_00],
    ["not two hundred, three hundred", 300_00],
    ["two hundred, sorry, I mean one twenty", 120_00],
    ["one hundred dollars now and fifty dollars later", 100_00],
  ])("follows the correction in %j", (text, expected) => {
    expect(amountIn(text, { bare: true })).toBe(expected);
  });

  it.each([
    ["four eight two nine dollars", 4829_00],
    ["two five zero dollars", 250_00],
    ["four oh two nine dollars", 4029_00],
    ["No, one dollar fifty", 1_50],
  ])("puts single digits before the dollars together: %j", (text, expected) => {
    expect(cents(text)).toEqual([expected]);
    expect(cents(text, true)).toEqual([expected]);
  });

  it.each([
    ["No, one fifty", 150_00],
    ["No. One twenty.", 120_00],
    ["no one fifty", 150_00],
    ["No, one point five thousand", 1500_00],
    ["no, one hundred", 100_00],
  ])("hears the one after a no: %j", (text, expected) => {
    expect(cents(text, true)).toEqual([expected]);
  });

  it.each([
    "no, too fifty",
    "make it too fifty",
    "a hundred twenty fifty",
    "a hundred twenty fifty dollars",
    "four eight two nine fifty dollars",
    "one eighty nine ninety nine",
    "one two dollars",
    "two dozen dollars",
    "1.250,00",
    "$1.250,00",
    "$1.250",
    "1250,50",
    "one point 1.250 thousand dollars",
    "two point 1.5",
  ])("takes no amount out of %j, but knows that one was said", (text) => {
    expect(cents(text, true)).toEqual([]);
    expect(unclearMoneyIn(text)).toBe(true);
  });

  it.each([
    "no one",
    "No, one.",
    "wait, one moment",
    "one second please",
    "four eight two nine",
    "two fifty",
    "$1,250.50",
  ])("has nothing unclear in %j", (text) => {
    expect(unclearMoneyIn(text)).toBe(false);
  });

  it.each(["minus fifty", "-50", "transfer minus fifty dollars", "everything except 500", "all but $500"])(
    "means no amount by %j",
    (text) => {
      expect(amountIn(text, { bare: true })).toBeUndefined();
    },
  );

  it("does not need the money word twice for a correction", () => {
    expect(amountIn("one hundred dollars, actually no, forget it, one fifty")).toBe(150_00);
    expect(amountIn("a hundred dollars, no, from the account ending in 4471")).toBe(100_00);
  });

  it("names the currency that was said", () => {
    expect(currencyIn("five hundred euros")).toBe("EUR");
    expect(currencyIn("five hundred bucks")).toBe("USD");
    expect(currencyIn("five hundred")).toBeUndefined();
  });

  it("hears every amount it says, to the cent", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (amount) => {
        expect(cents(moneyWords(amount))).toEqual([amount]);
        const written = `$${Math.floor(amount / 100).toLocaleString("en-US")}.${String(amount % 100).padStart(2, "0")}`;
        expect(cents(speakable(written))).toEqual([amount]);
        expect(cents(`please send ${written} to savings`)).toEqual([amount]);
      }),
      { numRuns: 2000 },
    );
  });

  it("never takes a number for an amount and for unclear, whatever follows it", () => {
    const words = fc.constantFrom(
      ..."one two nine ten nineteen twenty fifty hundred thousand and point oh dollars cents too no , . 50 1.250 1,250 4829 $ dozen".split(
        " ",
      ),
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (list) => {
        const text = list.join(" ");
        const spans = moneyIn(text, { bare: true });
        for (const [k, span] of spans.entries()) {
          expect(Number.isInteger(span.cents) && span.cents >= 0).toBe(true);
          expect(span.start).toBeGreaterThanOrEqual(spans[k - 1]?.end ?? 0);
          expect(unclearMoneyIn(text.slice(span.start, span.end))).toBe(false);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("gives places that hold exactly the amount", () => {
    const text = "send a hundred and twenty dollars fifty to Jonas";
    const [span] = moneyIn(text);
    expect(text.slice(span?.start, span?.end)).toBe("a hundred and twenty dollars fifty");
  });
});

describe("amounts of any currency, called dollars", () => {
  it.each([
    ["two thousand euros", 200_000],
    ["€2,000", 200_000],
    ["five hundred pounds sterling", 50_000],
    ["three thousand kronor", 300_000],
  ])("%s", (text, cents) => {
    expect(amountIn(asDollars(text))).toBe(cents);
  });
});
