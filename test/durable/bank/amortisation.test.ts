import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  balanceAfter,
  type Instalment,
  instalment,
  monthlyPayment,
  paymentsLeft,
  payoff,
  type Terms,
} from "../../../src/durable/bank/amortisation.ts";

const terms = fc.record({
  principal_cents: fc.integer({ min: 10_000, max: 100_000_000 }),
  rate_bp: fc.integer({ min: 0, max: 3_000 }),
  months: fc.integer({ min: 1, max: 360 }),
});

/** Every payment from the first to the last. */
function schedule(loan: Terms): Instalment[] {
  const payment = monthlyPayment(loan);
  const rows: Instalment[] = [];
  for (let balance = loan.principal_cents; balance > 0; balance = rows.at(-1)?.balance_cents ?? 0) {
    rows.push(instalment(balance, loan.rate_bp, payment));
  }
  return rows;
}

describe("a loan paid back in equal payments", () => {
  it("of $24,500 at 6.29% over five years costs $476.97 a month", () => {
    expect(monthlyPayment({ principal_cents: 2_450_000, rate_bp: 629, months: 60 })).toBe(47_697);
  });

  it("without interest is divided by its months", () => {
    expect(monthlyPayment({ principal_cents: 120_000, rate_bp: 0, months: 12 })).toBe(10_000);
  });

  it("is paid off to the cent within its term, and its balance only falls", () => {
    fc.assert(
      fc.property(terms, (loan) => {
        const rows = schedule(loan);
        expect(rows.length).toBeLessThanOrEqual(loan.months);
        expect(balanceAfter(loan, loan.months)).toBe(0);
        expect(rows.reduce((sum, row) => sum + row.principal_cents, 0)).toBe(loan.principal_cents);
        const payment = monthlyPayment(loan);
        let before = loan.principal_cents;
        for (const row of rows) {
          expect(row.principal_cents + row.interest_cents).toBe(row.payment_cents);
          expect(row.payment_cents).toBeLessThanOrEqual(payment);
          expect(row.balance_cents).toBeLessThan(before);
          before = row.balance_cents;
        }
        expect(before).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  it("has as many payments left as its schedule has rows left", () => {
    fc.assert(
      fc.property(terms, fc.nat(400), (loan, made) => {
        const rows = schedule(loan);
        const balance = balanceAfter(loan, made);
        expect(paymentsLeft(balance, loan.rate_bp, monthlyPayment(loan))).toBe(Math.max(0, rows.length - made));
      }),
      { numRuns: 40 },
    );
  });

  it("never takes more than is owed", () => {
    expect(instalment(5_000, 629, 47_697)).toEqual({
      payment_cents: 5_026,
      interest_cents: 26,
      principal_cents: 5_000,
      balance_cents: 0,
    });
  });
});

describe("a payoff", () => {
  it("is principal and interest by the day", () => {
    expect(payoff(1_639_474, 629, 18)).toEqual({
      principal_cents: 1_639_474,
      interest_cents: 5_086,
      per_day_cents: 283,
      total_cents: 1_644_560,
    });
  });

  it("never falls with the days, and is the principal on the day interest was paid", () => {
    fc.assert(
      fc.property(fc.nat(50_000_000), fc.nat(3_000), fc.nat(120), (balance, rate, days) => {
        expect(payoff(balance, rate, 0).total_cents).toBe(balance);
        expect(payoff(balance, rate, days + 1).total_cents).toBeGreaterThanOrEqual(
          payoff(balance, rate, days).total_cents,
        );
      }),
    );
  });
});
