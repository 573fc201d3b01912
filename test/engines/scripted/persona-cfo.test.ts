/** An owner who asks for a country, a period, a currency: it is told, or it is said that it is not there. */
import { describe, expect, it } from "vitest";
import { taxIn } from "../../../src/engines/scripted/personas/cfo/tax.ts";
import { periodIn, timesIn } from "../../../src/engines/scripted/personas/periods.ts";
import { readPeriod } from "../../../src/tools/finance/period.ts";
import { maskValue } from "../../../src/words/masked.ts";
import { caller, dialogue, luna, lunaNever, noTool, tool } from "./talking.ts";

const TODAY = "2026-11-21";

describe("a tax", () => {
  dialogue("of a country that is not in the table is never told by another's law", "cfo", [
    caller("VAT in Finland"),
    luna("nothing on Finland", "Germany", "Rwanda"),
    caller("VAT in Germany"),
    luna("In Germany:", "19 percent"),
    caller("VAT in Japan"),
    luna("nothing on Japan"),
    lunaNever("19 percent"),
    caller("And in Malta?"),
    luna("In Malta:", "18 percent"),
    caller("Corporate tax on Mars"),
    luna("nothing on Mars"),
    lunaNever("percent"),
    caller("VAT in Sweden, no, Finland"),
    luna("nothing on Finland"),
    caller("VAT in Germany, no, France"),
    luna("In France:"),
    lunaNever("In Germany"),
  ]);

  dialogue("of two countries is told for both, and on a thing by the general rule", "cfo", [
    caller("VAT in Germany and France"),
    luna("In Germany:", "In France:"),
    caller("VAT on books in Ireland"),
    luna("nothing on books in particular", "In Ireland:"),
    caller("What is the inheritance tax in France?"),
    luna("nothing on inheritance tax"),
    noTool(),
  ]);

  it.each([
    ["Japanese VAT", { elsewhere: "Japan", topic: "VAT" }],
    ["sales tax in California", { elsewhere: "California" }],
    ["what's the VAT in the Netherlands", { elsewhere: "Netherlands" }],
    ["norway corporate tax", { elsewhere: "Norway", topic: "corporate income tax" }],
    ["the tax rate in south africa", { elsewhere: "South Africa" }],
    ["VAT in the UK", { countries: ["UK"], elsewhere: undefined }],
    ["tell us about VAT in Malta", { countries: ["Malta"] }],
    ["VAT in France and Germany", { countries: ["France", "Germany"] }],
    ["how much tax do we pay on profits", { countries: [], elsewhere: undefined, thing: undefined }],
    ["when is the tax return due", { topic: "filing deadline", elsewhere: undefined }],
  ])("%s", (text, wish) => expect(taxIn(text)).toMatchObject(wish));
});

describe("a period", () => {
  dialogue("that does not exist is not told as another one", "cfo", [
    caller("How did we do in Q5 2025?"),
    luna("four quarters"),
    noTool(),
    caller("Revenue in the thirteenth month of 2025"),
    luna("twelve months"),
    noTool(),
    caller("P&L for February 30 2025"),
    luna("February 2025 has no day 30", "whole of February 2025?"),
    noTool(),
    caller("Yes please"),
    tool("fetch_financials", { period: "2025-02" }, true),
    caller("How was yesterday?"),
    luna("not by day or week"),
    noTool(),
    caller("How was 1999?"),
    luna("don't go back to 1999"),
    caller("And next quarter?"),
    luna("I don't forecast"),
    noTool(),
  ]);

  dialogue("of several months is told as one", "cfo", [
    caller("Profit from January to April 2025"),
    tool("fetch_financials", { period: "2025-01 to 2025-04" }, true),
    luna("January to April 2025"),
    caller("How was the first half of 2025 against the first half of 2024?"),
    tool("fetch_financials", { period: "2025-01 to 2025-06", compare: "year_ago" }, true),
    luna("Against January to June 2024"),
  ]);

  dialogue("is compared with the one that is named", "cfo", [
    caller("Compare March two thousand twenty five with March the year before"),
    tool("fetch_financials", { period: "2025-03", compare: "year_ago" }, true),
    luna("Against March 2024"),
    caller("Compare March 2025 with March 2024"),
    tool("fetch_financials", { period: "2025-03", compare: "year_ago" }, true),
    caller("Q2 2025 against Q4 2024"),
    tool("fetch_financials", { period: "2025-Q2", compare: "2024-Q4" }, true),
    luna("Against the fourth quarter of 2024"),
  ]);

  dialogue("with a line of the statement, twice in one sentence", "cfo", [
    caller("How much did we spend on wages last month and the month before?"),
    luna("Wages in October 2026", "Wages in September 2026"),
    caller("How much did we spend on lawyers last month?"),
    luna("no line for lawyers"),
  ]);

  dialogue("is corrected by its year, and stays the quarter it was", "cfo", [
    caller("How was Q2 2025 against Q1?"),
    tool("fetch_financials", { period: "2025-Q2", compare: "previous" }, true),
    caller("No, I meant 2024"),
    tool("fetch_financials", { period: "2024-Q2", compare: "previous" }, true),
    caller("And Q3?"),
    tool("fetch_financials", { period: "2024-Q3" }, true),
  ]);

  it.each([
    ["march of two thousand twenty five", "2025-03"],
    ["march two thousand and twenty five", "2025-03"],
    ["in twenty twenty four", "2024"],
    ["2025 q1", "2025-Q1"],
    ["two quarters ago", "2026-Q2"],
    ["the month before last", "2026-09"],
    ["the last three months", "2026-08 to 2026-10"],
    ["the last two years", "2024-01 to 2025-12"],
    ["since march", "2026-03 to 2026-11"],
    ["between january and march 2026", "2026-Q1"],
    ["november to february", "2025-11 to 2026-02"],
    ["fiscal year 25", "2025"],
    ["may i ask something", undefined],
  ])("%s", (said, key) => {
    expect(periodIn(said, TODAY)).toBe(key);
    if (key) expect(readPeriod(key)?.key).toBe(key);
    // The record masks long numbers: a period is none.
    if (key) expect(maskValue({ period: key })).toEqual({ period: key });
  });

  it.each(["the fifth quarter", "quarter seven", "month thirteen of 2025", "last week", "on monday", "march 3rd"])(
    "%s is none of the books",
    (said) => expect(timesIn(said, { today: TODAY })).toHaveProperty("say"),
  );
});

describe("a currency", () => {
  dialogue("holds for the question it was asked in, and the way back is said", "cfo", [
    caller("How was the last quarter?"),
    caller("And in yen?"),
    tool("fetch_financials", { period: "2026-Q3", currency: "JPY" }, true),
    caller("How was August?"),
    luna("In US dollars again", "August 2026, revenue was $"),
    lunaNever("yen"),
    caller("Last quarter in rupees"),
    luna("no rate for INR"),
  ]);
});
