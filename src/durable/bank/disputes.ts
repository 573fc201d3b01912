/** Disputes over card payments. A posted payment is credited for the time of the inquiry. */
import type { Change, Dispute, DisputeReason, Order, Transaction } from "../../tools/bank.ts";
import { addWorkingDays, daysBetween } from "./days.ts";
import { type Desk, no, reference, yes } from "./effects.ts";
import { INTERNAL, move, post } from "./ledger.ts";
import { first, type Sql } from "./sql.ts";
import { addLine, one } from "./statement.ts";

const ANSWER_WORKING_DAYS = 10;
/** A payment older than this can no longer be disputed. */
const WITHIN_DAYS = 120;

/** The payment, and whether it could be disputed today. */
export function disputable({ sql, today }: Desk, customer_id: string, transaction_id: string) {
  const payment = one(sql, customer_id, transaction_id);
  return payment ? { payment, may: mayDispute(payment, today) } : null;
}

function mayDispute(payment: Transaction, today: string): Change<null> {
  if (payment.disputed) return no("already_done", "disputed");
  if (payment.paid_with === "account" || payment.amount_cents >= 0) return no("not_allowed", "not_a_card_payment");
  if (daysBetween(payment.date, today) > WITHIN_DAYS) return no("not_allowed", "too_old");
  return yes(null);
}

export function fileDispute(
  desk: Desk,
  order: Order & { transaction_id: string; reason: DisputeReason; note?: string },
): Change<Dispute> {
  const { sql, today } = desk;
  const payment = one(sql, order.customer_id, order.transaction_id);
  if (!payment) return no("not_found", "transaction");
  const may = mayDispute(payment, today);
  if (!may.ok) return may;
  const credited = payment.status === "posted" ? -payment.amount_cents : 0;
  const number = (first<{ n: number }>(sql, `SELECT COUNT(*) AS n FROM disputes`)?.n ?? 0) + 1;
  sql.rows(
    `INSERT INTO disputes (reference, customer_id, transaction_id, reason, note, day, answer_by, credited_cents)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    reference("DS", number),
    order.customer_id,
    order.transaction_id,
    order.reason,
    order.note ?? null,
    today,
    addWorkingDays(today, ANSWER_WORKING_DAYS),
    credited,
  );
  if (credited > 0) giveCredit(desk, order, payment.merchant, credited);
  const filed = disputes(sql, order.customer_id).find((dispute) => dispute.transaction_id === order.transaction_id);
  return filed ? yes(filed) : no("unavailable", "dispute");
}

function giveCredit(
  desk: Desk,
  order: { customer_id: string; transaction_id: string },
  merchant: string,
  cents: number,
) {
  const { sql, today } = desk;
  const payment = first<{ account_id: string; card_id: string | null }>(
    sql,
    `SELECT account_id, card_id FROM transactions WHERE id = ?`,
    order.transaction_id,
  );
  if (!payment) throw new Error("a disputed payment without an account");
  const journal_id = post(sql, {
    day: today,
    kind: "dispute",
    customer_id: order.customer_id,
    description: `Credit while ${merchant} is looked into`,
    postings: move(INTERNAL.disputes, payment.account_id, cents),
  });
  addLine(sql, {
    customer_id: order.customer_id,
    account_id: payment.account_id,
    card_id: payment.card_id,
    journal_id,
    day: today,
    merchant: `Dispute credit: ${merchant}`,
    category: "dispute",
    city: "Aurora Bank",
    amount_cents: cents,
  });
}

/** Newest first. */
export function disputes(sql: Sql, customer_id: string): Dispute[] {
  const rows = sql.rows<{
    reference: string;
    transaction_id: string;
    merchant: string;
    amount_cents: number;
    reason: DisputeReason;
    answer_by: string;
    credited_cents: number;
  }>(
    `SELECT d.reference, d.transaction_id, t.merchant, -t.amount_cents AS amount_cents, d.reason, d.answer_by, d.credited_cents
     FROM disputes d JOIN transactions t ON t.id = d.transaction_id WHERE d.customer_id = ? ORDER BY d.rowid DESC`,
    customer_id,
  );
  return rows.map((row) => ({ ...row, status: "open" as const }));
}
