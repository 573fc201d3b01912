/** Loans: what is owed, what clears it, and the monthly payment that the bank takes by itself. */
import type { Loan, LoanType, Payoff } from "../../tools/bank.ts";
import { instalment, paymentsLeft, payoff as payoffSum } from "./amortisation.ts";
import { addMonths, daysBetween } from "./days.ts";
import { balanceOf, heldOn, INTERNAL, post } from "./ledger.ts";
import { first, type Sql } from "./sql.ts";
import { addLine } from "./statement.ts";

interface Row {
  id: string;
  customer_id: string;
  account_id: string;
  type: LoanType;
  name: string;
  last_4: string;
  original_cents: number;
  rate_bp: number;
  term_months: number;
  payment_cents: number;
  due_day: number;
  next_payment: string;
  paid_from: string;
  address: string | null;
  value_cents: number | null;
}

function owed(sql: Sql, row: Row): number {
  return -balanceOf(sql, row.account_id);
}

function read(sql: Sql, row: Row, today: string): Loan {
  const balance = owed(sql, row);
  return {
    id: row.id,
    type: row.type,
    name: row.name,
    last_4: row.last_4,
    balance_cents: balance,
    original_cents: row.original_cents,
    payment_cents: row.payment_cents,
    rate_bp: row.rate_bp,
    term_months: row.term_months,
    payments_left: paymentsLeft(balance, row.rate_bp, row.payment_cents),
    next_payment: row.next_payment,
    past_due: balance > 0 && row.next_payment < today,
    home: row.address === null ? null : { address: row.address, value_cents: row.value_cents ?? 0, fixed: true },
  };
}

export function loans(sql: Sql, customer_id: string, today: string): Loan[] {
  return sql
    .rows<Row>(`SELECT * FROM loans WHERE customer_id = ? ORDER BY rowid`, customer_id)
    .map((row) => read(sql, row, today));
}

/** What clears the loan on a day; null for a loan that is not the customer's or a day that has passed. */
export function payoff(sql: Sql, customer_id: string, loan_id: string, day: string, today: string): Payoff | null {
  const row = first<Row>(sql, `SELECT * FROM loans WHERE customer_id = ? AND id = ?`, customer_id, loan_id);
  if (!row || day < today) return null;
  let balance = owed(sql, row);
  let next = row.next_payment;
  // Payments that will be taken before that day count; one that is late does not.
  for (; next >= today && next < day && balance > 0; next = addMonths(next, 1, row.due_day)) {
    balance = instalment(balance, row.rate_bp, row.payment_cents).balance_cents;
  }
  const interestPaidTo = addMonths(next, -1, row.due_day);
  const days = Math.max(0, daysBetween(interestPaidTo, day));
  return { loan: read(sql, row, today), date: day, ...payoffSum(balance, row.rate_bp, days) };
}

/** Takes every payment that has fallen due, as long as the account it comes from has the money. */
export function settleLoans(sql: Sql, today: string): void {
  for (const row of sql.rows<Row>(`SELECT * FROM loans WHERE next_payment <= ? ORDER BY next_payment`, today)) {
    let due = row.next_payment;
    while (due <= today && payOnce(sql, row, due)) {
      due = addMonths(due, 1, row.due_day);
      sql.rows(`UPDATE loans SET next_payment = ? WHERE id = ?`, due, row.id);
    }
  }
}

/** One monthly payment, split into interest and principal. False when there was nothing to pay or no money to pay it. */
function payOnce(sql: Sql, row: Row, day: string): boolean {
  const part = instalment(owed(sql, row), row.rate_bp, row.payment_cents);
  if (part.payment_cents <= 0) return false;
  if (balanceOf(sql, row.paid_from) - heldOn(sql, row.paid_from) < part.payment_cents) return false;
  const postings = [
    { account_id: row.paid_from, amount_cents: -part.payment_cents },
    { account_id: row.account_id, amount_cents: part.principal_cents },
    { account_id: INTERNAL.interest, amount_cents: part.interest_cents },
  ];
  const journal_id = post(sql, {
    day,
    kind: "loan",
    customer_id: row.customer_id,
    description: `${row.name} payment`,
    postings: postings.filter((posting) => posting.amount_cents !== 0),
  });
  addLine(sql, {
    customer_id: row.customer_id,
    account_id: row.paid_from,
    card_id: null,
    journal_id,
    day,
    merchant: `${row.name} Payment`,
    category: "loan",
    city: "Aurora Bank",
    amount_cents: -part.payment_cents,
  });
  return true;
}
