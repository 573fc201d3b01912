import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dateIn, datesIn, namesNoDay } from "../../src/words/dates.ts";
import { dateWords } from "../../src/words/written.ts";

/** A Wednesday. */
const TODAY = "2026-11-18";

describe("dates in free speech", () => {
  it.each([
    ["today", "2026-11-18"],
    ["tomorrow", "2026-11-19"],
    ["the day after tomorrow", "2026-11-20"],
    ["the fifteenth", "2026-12-15"],
    ["on the 30th", "2026-11-30"],
    ["March third", "2027-03-03"],
    ["March 3", "2027-03-03"],
    ["the third of March", "2027-03-03"],
    ["december twenty first", "2026-12-21"],
    ["Dec. 1, 2026", "2026-12-01"],
    ["December 1st 2026", "2026-12-01"],
    ["december first twenty twenty seven", "2027-12-01"],
    ["12/15", "2026-12-15"],
    ["12/15/26", "2026-12-15"],
    ["2026-12-01", "2026-12-01"],
    ["end of the month", "2026-11-30"],
    ["With the end of the months.", "2026-11-30"],
    ["the end of next month", "2026-12-31"],
    ["the first of next month", "2026-12-01"],
    ["by the end of the year", "2026-12-31"],
    ["friday", "2026-11-20"],
    ["this friday", "2026-11-20"],
    ["next friday", "2026-11-27"],
    ["on monday", "2026-11-23"],
    ["in two weeks", "2026-12-02"],
    ["two weeks from now", "2026-12-02"],
    ["a week from friday", "2026-11-27"],
    ["in a month", "2026-12-18"],
    ["in 10 days", "2026-11-28"],
    ["on christmas eve", "2026-12-24"],
    ["february 29", "2028-02-29"],
  ])("hears %j as %s", (text, expected) => {
    expect(dateIn(text, TODAY)).toBe(expected);
  });

  it.each([
    ["last Tuesday", "2026-11-17"],
    ["on Friday", "2026-11-13"],
    ["on wednesday", "2026-11-11"],
    ["on the third", "2026-11-03"],
    ["the twenty-fifth", "2026-10-25"],
    ["March third", "2026-03-03"],
    ["12/15", "2025-12-15"],
    ["yesterday", "2026-11-17"],
    ["three days ago", "2026-11-15"],
  ])("looks back for %j where the past was asked about", (text, expected) => {
    expect(dateIn(text, TODAY, { past: true })).toBe(expected);
  });

  it("always looks back for what is said as past", () => {
    expect(dateIn("last Tuesday", TODAY)).toBe("2026-11-17");
    expect(dateIn("two weeks ago", TODAY)).toBe("2026-11-04");
  });

  it.each([
    "the second card",
    "the first one",
    "I want a second card",
    "I may pay you two",
    "february 30",
    "31st of february",
    "at 3:30 pm",
    "13/45",
    "four eight two nine",
    "let's march on",
  ])("finds no date in %j", (text) => {
    expect(dateIn(text, TODAY)).toBeUndefined();
  });

  it("follows a correction", () => {
    expect(dateIn("the tenth, no, the twelfth", TODAY)).toBe("2026-12-12");
  });

  it("finds several dates with their places", () => {
    const text = "between December 1st and the 15th of December";
    const found = datesIn(text, TODAY);
    expect(found.map((one) => one.date)).toEqual(["2026-12-01", "2026-12-15"]);
    expect(found.map((one) => text.slice(one.start, one.end))).toEqual(["December 1st", "the 15th of December"]);
  });

  it("refuses a today that is no date", () => {
    expect(() => dateIn("tomorrow", "soon")).toThrow(RangeError);
  });

  it("hears every date it says", () => {
    const days = fc.date({ min: new Date("2010-01-01"), max: new Date("2098-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(days, (day) => {
        const iso = day.toISOString().slice(0, 10);
        const [year = 0, month = 0, date = 0] = iso.split("-").map(Number);
        expect(dateIn(dateWords(year, month, date), TODAY)).toBe(iso);
        expect(dateIn(`${month}/${date}/${year}`, TODAY)).toBe(iso);
      }),
    );
  });

  it("resolves days without a year to today or later, and with the past to today or earlier", () => {
    const day = fc.record({ month: fc.integer({ min: 1, max: 12 }), day: fc.integer({ min: 1, max: 28 }) });
    fc.assert(
      fc.property(day, ({ month, day: date }) => {
        const words = dateWords(undefined, month, date);
        expect((dateIn(words, TODAY) ?? "") >= TODAY).toBe(true);
        expect((dateIn(words, TODAY, { past: true }) ?? "z") <= TODAY).toBe(true);
      }),
    );
  });
});

describe("a day that is in no calendar", () => {
  it.each([
    "on February 30th",
    "the thirty first of June",
    "31st of November",
    "2/30",
    "February 29 2027",
    "payoff for my mortgage on February 30th",
  ])("is no other day: %j", (text) => {
    expect(datesIn(text, "2026-11-21")).toEqual([]);
    expect(namesNoDay(text, "2026-11-21")).toBe(true);
  });

  it.each([
    ["February 29", "2028-02-29"],
    ["the 30th", "2026-11-30"],
    ["January thirty first", "2027-01-31"],
    ["not June 31st, June 30th", "2027-06-30"],
  ])("is not %j", (text, date) => {
    expect(datesIn(text, "2026-11-21").map((span) => span.date)).toEqual([date]);
  });
});
