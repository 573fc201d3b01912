import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openBank, SURROUNDINGS } from "../../../src/durable/bank/desk.ts";
import { audit, faultOf, move, post } from "../../../src/durable/bank/ledger.ts";
import { memorySql, NOON } from "../../tools/bank-in-memory.ts";

async function books() {
  const sql = memorySql();
  const bank = openBank(sql, { ...SURROUNDINGS, now: () => NOON });
  await bank.caller();
  return { sql, bank };
}
const entry = { day: "2026-11-20", kind: "card", customer_id: null, description: "test" } as const;

describe("an entry of the ledger", () => {
  it("has two sides that sum to zero in whole cents", () => {
    expect(faultOf(move("a", "b", 100))).toBeUndefined();
    expect(faultOf([{ account_id: "a", amount_cents: 5 }])).toContain("two sides");
    expect(
      faultOf([
        { account_id: "a", amount_cents: 5 },
        { account_id: "b", amount_cents: -4 },
      ]),
    ).toContain("zero");
    expect(faultOf(move("a", "a", 5))).toContain("once");
    expect(faultOf(move("a", "b", 0.5))).toContain("whole number");
    expect(faultOf(move("a", "b", 0))).toContain("whole number");
  });

  it("is not written when it does not balance", async () => {
    const { sql } = await books();
    const before = audit(sql);
    const write = () =>
      post(sql, {
        ...entry,
        postings: [
          { account_id: "acc_checking", amount_cents: 5 },
          { account_id: "acc_savings", amount_cents: -4 },
        ],
      });
    expect(write).toThrow("zero");
    expect(audit(sql)).toEqual(before);
  });

  it("between any accounts leaves the sum of all money where it was", async () => {
    const { sql } = await books();
    const sum = () => sql.rows<{ sum: number }>(`SELECT SUM(amount_cents) AS sum FROM postings`)[0]?.sum;
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom("acc_checking", "acc_savings", "acc_platinum", "acc_tomas", "bank:outside"), {
          minLength: 2,
          maxLength: 2,
        }),
        fc.integer({ min: 1, max: 1_000 }),
        ([from, to], cents) => {
          post(sql, { ...entry, postings: move(from ?? "", to ?? "", cents) });
          expect(sum()).toBe(0);
        },
      ),
      { numRuns: 50 },
    );
    expect(audit(sql).faults).toEqual([]);
  });
});

describe("the audit", () => {
  it("finds an entry that was tampered with", async () => {
    const { sql } = await books();
    sql.rows(`UPDATE postings SET amount_cents = amount_cents + 1 WHERE journal_id = 30 AND amount_cents > 0`);
    expect(audit(sql).faults).toContain("an entry does not sum to zero: 30");
  });

  it("finds a statement line without its money, and an account below zero", async () => {
    const { sql } = await books();
    sql.rows(`UPDATE transactions SET amount_cents = -1 WHERE id = 'TX-BBBC'`);
    expect(audit(sql).faults).toEqual(["a statement line that differs from its posting: TX-BBBC"]);
    post(sql, { ...entry, postings: move("acc_tomas", "bank:outside", 99_999_999) });
    expect(audit(sql).faults).toContain("a deposit account below zero: acc_tomas");
  });
});
