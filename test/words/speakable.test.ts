import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { speakable } from "../../src/words/speakable.ts";

describe("text written out before it is spoken", () => {
  it.each([
    ["$1,250.50", "one thousand two hundred fifty dollars and fifty cents"],
    ["$1", "one dollar"],
    ["$0.99", "ninety-nine cents"],
    ["-$45.20", "minus forty-five dollars and twenty cents"],
    ["$1.5 million", "one point five million dollars"],
    ["$5-$10", "five to ten dollars"],
    ["$50/month", "fifty dollars per month"],
    ["2500 dollars", "two thousand five hundred dollars"],
    ["€50", "fifty euros"],
  ])("says the amount %j as %j", (text, said) => {
    expect(speakable(text)).toBe(said);
  });

  it.each([
    ["Your card ending in 4829 is now blocked.", "Your card ending in four, eight, two, nine, is now blocked."],
    ["Your card ending in 4829.", "Your card ending in four, eight, two, nine."],
    ["account 4471 has $3", "account four, four, seven, one, has three dollars"],
    ["the mortgage ending 2026 is fine", "the mortgage ending two, zero, two, six, is fine"],
    ["•••• 4829 today", "ending in four, eight, two, nine, today"],
    ["your code is 482 913.", "your code is four, eight, two, nine, one, three."],
    ["Case #10233", "Case number one, zero, two, three, three"],
    ["D-10233 is open", "D, one, zero, two, three, three, is open"],
    ["number 7316", "number seven, three, one, six"],
    ["4111 1111 1111 4829", "four, one, one, one, one, one, one, one, one, one, one, one, four, eight, two, nine"],
  ])("says the digits of %j one by one", (text, said) => {
    expect(speakable(text)).toBe(said);
  });

  it.each([
    ["due on 2026-12-01", "due on December first, twenty twenty-six"],
    ["on Dec 1", "on December first"],
    ["Dec. 1, 2026 at 3:30 PM", "December first, twenty twenty-six at three thirty P M"],
    ["12/15/2026", "December fifteenth, twenty twenty-six"],
    ["15 March", "March fifteenth"],
    ["in 2005", "in two thousand five"],
    ["open 9am-5pm", "open nine A M to five P M"],
    ["at 9:05", "at nine oh five"],
    ["at 9 a.m. Your card", "at nine A M. Your card"],
    ["12:00", "twelve o'clock"],
  ])("says the date or time %j as %j", (text, said) => {
    expect(speakable(text)).toBe(said);
  });

  it.each([
    ["6.25%", "six point two five percent"],
    ["a 30-year fixed at 5.875% APR", "a thirty-year fixed at five point eight seven five percent A P R"],
    ["a 5/1 ARM", "a five one arm"],
    ["3–5 business days", "three to five business days"],
    ["the 21st of them", "the twenty-first of them"],
    ["10 km & 1 hr", "ten kilometers and one hour"],
    ["your PIN, FDIC & ATM", "your pin, F D I C and A T M"],
    ["No. 5", "number five"],
    ["1500 points", "one thousand five hundred points"],
    ["24/7", "twenty-four seven"],
    [
      "Call (555) 555-0142 or 555-0199.",
      "Call five five five, five five five, zero one four two or five five five, zero one nine nine.",
    ],
    ["help@aurora.example", "help at aurora dot example"],
    ["Mr. Ek, e.g. at home", "Mister Ek, for example, at home"],
    ["**Done!** It's “fine” — really…", 'Done! It\'s "fine", really...'],
    ["Zoë 😀 said", "Zoe said"],
  ])("says %j as %j", (text, said) => {
    expect(speakable(text)).toBe(said);
  });

  it.each([
    "Hello, this is Luna from Aurora Bank. How can I help you today?",
    "I may need a second. That is not an issue, is it?",
    "Your transfer of one hundred twenty dollars went through; thank you!",
    "It's the well-known twenty-five dollar fee (once a year).",
    "IT IS NOT DONE YET",
  ])("leaves the plain prose %j alone", (text) => {
    expect(speakable(text)).toBe(text);
  });

  it("leaves no digit and no sign behind, and says the same when asked twice", () => {
    const part = fc.oneof(
      fc.constantFrom(
        "Your card ending in",
        "the balance is",
        "on",
        "at",
        "about",
        "and",
        "for case",
        "is",
        "pay",
        "by",
        "rate",
      ),
      fc.integer({ min: 0, max: 99_999_999 }).map(String),
      fc.integer({ min: 0, max: 99_999_999 }).map((cents) => `$${(cents / 100).toFixed(2)}`),
      fc.integer({ min: 0, max: 9999 }).map((n) => `${n / 100}%`),
      fc.integer({ min: 1, max: 31 }).map((day) => `Dec ${day}`),
      fc.integer({ min: 0, max: 59 }).map((minute) => `${(minute % 12) + 1}:${String(minute).padStart(2, "0")} PM`),
      fc.integer({ min: 1, max: 31 }).map((day) => `2026-10-${String(day).padStart(2, "0")}`),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        const said = speakable(`${parts.join(" ")}.`);
        expect(said).not.toMatch(/[\d$%#&]/);
        expect(speakable(said)).toBe(said);
      }),
      { numRuns: 1000 },
    );
  });

  it("does not choke on anything and gives plain ASCII", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (text) => {
        expect(speakable(text)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it("takes time in step with the length of what it reads", () => {
    const long =
      "Your card ending in 4829 costs $1,250.50 at 6.25% - ".repeat(400) +
      "1".repeat(4000) +
      " ".repeat(4000) +
      "(".repeat(2000);
    const started = performance.now();
    speakable(long);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
