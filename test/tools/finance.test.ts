import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { comparedWith, periodFrom, periodName, readPeriod } from "../../src/tools/finance/period.ts";
import { statementOf } from "../../src/tools/finance/statement.ts";
import { Conversation } from "./conversation.ts";
import { migrated, shelves } from "./d1-in-memory.ts";

const { books } = shelves();
const owner = () => new Conversation();
const asks = (args: object) => owner().uses("fetch_financials", args);
const rows = <T>(sql: string) => migrated().prepare(sql).all() as T[];

describe("the journal", () => {
  it("balances, entry by entry, over two years and more", () => {
    const [{ entries, months }] = rows<{ entries: number; months: number }>(
      "SELECT count(*) AS entries, count(DISTINCT substr(day, 1, 7)) AS months FROM journal_entries",
    ) as [{ entries: number; months: number }];
    expect(entries).toBeGreaterThan(500);
    expect(months).toBeGreaterThanOrEqual(24);
    const bad =
      "SELECT e.id FROM journal_entries e LEFT JOIN journal_lines l ON l.entry_id = e.id GROUP BY e.id HAVING sum(l.amount_cents) IS NOT 0 OR count(*) < 2";
    expect(rows(bad)).toEqual([]);
  });

  it("is the same each time it is made", () => {
    const sum = "SELECT sum(entry_id * 31 + account * 7 + amount_cents) AS n FROM journal_lines";
    expect(rows(sum)).toEqual(rows(sum));
  });

  it("owes nobody what it has paid: receivables, sales tax and payroll are settled each month", () => {
    const open =
      "SELECT account, substr(day, 1, 7) AS month FROM journal_lines JOIN journal_entries e ON e.id = entry_id WHERE account IN (1100, 2000, 2100, 2200) GROUP BY 1, 2 HAVING sum(amount_cents) <> 0";
    expect(rows(open)).toEqual([]);
  });

  it("books on days that exist", () => {
    expect(rows("SELECT day FROM journal_entries WHERE date(day) IS NOT day")).toEqual([]);
  });
});

describe("the profit and loss", () => {
  it("of a quarter is that of its months, whichever quarter, to the cent", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2024, max: 2027 }), fc.integer({ min: 1, max: 4 }), async (year, q) => {
        const quarter = periodFrom("quarter", year, q * 3 - 2);
        const whole = statementOf(await books.totals(quarter.from, quarter.to));
        let [revenue, net] = [0, 0];
        for (const month of [0, 1, 2]) {
          const { from, to } = periodFrom("month", year, quarter.month + month);
          const part = statementOf(await books.totals(from, to));
          revenue += part.sections.revenue;
          net += part.net;
        }
        expect([whole.sections.revenue, whole.net]).toEqual([revenue, net]);
      }),
      { numRuns: 16 },
    );
  });

  it("says revenue, profit and margin, and lists the accounts by group", async () => {
    const answer = await asks({ period: "2026-Q3" });
    expect(answer.say).toBe(
      "In the third quarter of 2026, revenue was $823,743 and net profit $155,232, a margin of 18.8%.",
    );
    expect(answer).toMatchObject({ period: "2026-Q3", complete: true, currency: "USD", net_profit: "$155,232" });
    const groups = answer.groups as { group: string; total: string; accounts: { name: string }[] }[];
    expect(groups.map(({ group }) => group)).toEqual([
      "Revenue",
      "Cost of sales",
      "Operating costs",
      "Interest",
      "Income tax",
    ]);
    expect(groups[2]?.accounts.map(({ name }) => name)).toContain("Rent");
  });

  it("compares with the period before and with a year ago", async () => {
    expect((await asks({ period: "2026-09", compare: "previous" })).say).toMatch(
      /Against August 2026, revenue is down \d/,
    );
    expect((await asks({ period: "2026", compare: "year_ago" })).say).toMatch(
      /Against the same stretch of 2025, revenue is up \d/,
    );
    expect((await asks({ period: "2024", compare: "year_ago" })).say).toMatch(
      /nothing in the books to compare with for 2023/,
    );
  });

  it("stops at today, and compares as many days", async () => {
    // 2026-11-20 is the day of these tests.
    const answer = await asks({ period: "2026-11", compare: "previous" });
    expect(answer.say).toMatch(/^In November 2026 so far, .* Against the same stretch of October 2026/);
    expect(answer).toMatchObject({ to: "2026-11-20", complete: false, compared_with: { to: "2026-10-20" } });
  });

  it("is told in another currency at a dated rate, or not at all", async () => {
    const answer = await asks({ period: "2026-Q3", currency: "eur" });
    expect(answer.say).toMatch(/revenue was 716,656 euros/);
    expect(answer.rate).toBe("1 US dollar = 0.87 EUR, demo rate of 2026-01-01");
    expect(await asks({ period: "2025-Q3", currency: "EUR" })).toMatchObject({
      rate: expect.stringContaining("2025-01-01"),
    });
    expect(await asks({ period: "2026-Q3", currency: "XXX" })).toMatchObject({ ok: false, code: "not_found" });
  });

  it("has no future and no time before the books", async () => {
    expect((await asks({ period: "2027-01" })).say).toMatch(/has not begun/);
    expect((await asks({ period: "2023" })).say).toMatch(/begin on January 1, 2024/);
    for (const period of ["last month", "2026-13", "2026-Q5", "1999"]) {
      expect(await asks({ period })).toMatchObject({ ok: false, code: "invalid_arguments" });
    }
  });
});

describe("periods", () => {
  it("are read back from their keys, and follow each other without a gap", () => {
    const kind = fc.constantFrom("month" as const, "quarter" as const, "year" as const);
    fc.assert(
      fc.property(kind, fc.integer({ min: 2020, max: 2040 }), fc.integer({ min: -30, max: 40 }), (one, year, month) => {
        const period = periodFrom(one, year, month);
        expect(readPeriod(period.key)).toEqual(period);
        const before = comparedWith(period, "previous");
        expect(Date.parse(period.from) - Date.parse(before.to)).toBe(86_400_000);
        expect(comparedWith(period, "year_ago").year).toBe(period.year - 1);
      }),
    );
    expect(periodName(periodFrom("quarter", 2026, 5))).toBe("the second quarter of 2026");
  });
});

describe("tax rules", () => {
  const tax = (jurisdiction: string, topic: string) => owner().uses("check_tax_rule", { jurisdiction, topic });

  it("come with their source and their date, and are no advice", async () => {
    const answer = await tax("Malta", "VAT");
    expect(answer.say).toMatch(
      /standard rate of VAT is 18 percent.*Value Added Tax Act.*September 2025, and no advice/,
    );
    expect(answer).toMatchObject({ rate_percent: 18, as_of: "2025-09-01" });
  });

  it("are found by what people call places and topics", async () => {
    expect(await tax("the United Kingdom", "corporation tax")).toMatchObject({ jurisdiction: "UK", rate_percent: 25 });
    expect(await tax("America", "net operating losses")).toMatchObject({
      jurisdiction: "US",
      topic: "loss carryforward",
    });
    expect(await tax("u.s.", "vat")).toMatchObject({ topic: "sales tax" });
    expect(await tax("European Union", "value added tax")).toMatchObject({ jurisdiction: "EU", topic: "VAT" });
    expect(await tax("Canada", "GST")).toMatchObject({ topic: "VAT" });
  });

  it("say what there is where there is no such rule", async () => {
    expect((await tax("Atlantis", "VAT")).say).toMatch(/I have rules for .*Rwanda/);
    expect((await tax("France", "inheritance of castles")).say).toMatch(/For France I have rules on/);
  });

  it("never hold a run of digits that would be masked", () => {
    const long = "SELECT rule FROM tax_rules WHERE rule GLOB '*[0-9][0-9][0-9][0-9][0-9]*'";
    expect(rows(long)).toEqual([]);
  });
});
