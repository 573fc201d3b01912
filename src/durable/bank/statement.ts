/** Lines of a statement: what moved on a customer's accounts and cards, posted or still pending. */
import type { Transaction, TransactionSearch } from "../../tools/bank.ts";
import { soundsLike } from "../../words/similar.ts";
import { addDays } from "./days.ts";
import { letters } from "./effects.ts";
import { INTERNAL, move, post } from "./ledger.ts";
import { first, type Sql } from "./sql.ts";

/** A pending payment is settled on the third day. */
const SETTLES_AFTER_DAYS = 3;
const ALIKE = 0.8;

export interface StatementLine {
  customer_id: string;
  account_id: string;
  card_id: string | null;
  /** Null while pending. */
  journal_id: number | null;
  day: string;
  merchant: string;
  category: string;
  city: string;
  amount_cents: number;
}

/** Adds a line and gives its id. */
export function addLine(sql: Sql, line: StatementLine): string {
  const seq = (first<{ n: number | null }>(sql, `SELECT MAX(seq) AS n FROM transactions`)?.n ?? 0) + 1;
  const id = `TX-${letters(seq, 4)}`;
  sql.rows(
    `INSERT INTO transactions (id, customer_id, account_id, card_id, journal_id, day, seq, merchant, category, city, amount_cents, status)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    line.customer_id,
    line.account_id,
    line.card_id,
    line.journal_id,
    line.day,
    seq,
    line.merchant,
    line.category,
    line.city,
    line.amount_cents,
    line.journal_id === null ? "pending" : "posted",
  );
  return id;
}

interface Row {
  id: string;
  day: string;
  merchant: string;
  category: string;
  city: string;
  amount_cents: number;
  status: "pending" | "posted";
  card_kind: "credit" | "debit" | "virtual" | null;
  last_4: string;
  disputed: number;
}

const LINES = `SELECT t.id, t.day, t.merchant, t.category, t.city, t.amount_cents, t.status, c.kind AS card_kind,
    COALESCE(c.last_4, a.last_4) AS last_4, d.reference IS NOT NULL AS disputed
  FROM transactions t JOIN accounts a ON a.id = t.account_id
    LEFT JOIN cards c ON c.id = t.card_id LEFT JOIN disputes d ON d.transaction_id = t.id
  WHERE t.customer_id = ?`;

function read(row: Row): Transaction {
  return {
    id: row.id,
    date: row.day,
    merchant: row.merchant,
    category: row.category,
    city: row.city,
    amount_cents: row.amount_cents,
    status: row.status,
    last_4: row.last_4,
    paid_with: row.card_kind === null ? "account" : (`${row.card_kind} card` as const),
    disputed: row.disputed === 1,
  };
}

export function search(sql: Sql, customer_id: string, wanted: TransactionSearch): Transaction[] {
  const limit = Math.min(Math.max(wanted.limit ?? 5, 1), 50);
  const found: Transaction[] = [];
  const heard = hearing(wanted.merchant);
  for (const row of sql.rows<Row>(`${LINES} ORDER BY t.day DESC, t.seq DESC`, customer_id)) {
    if (found.length === limit) break;
    if (fits(row, wanted) && heard(row.merchant)) found.push(read(row));
  }
  return found;
}

function fits(row: Row, wanted: TransactionSearch): boolean {
  if (wanted.card_last_4 !== undefined && row.last_4 !== wanted.card_last_4) return false;
  if (wanted.date !== undefined && row.day !== wanted.date) return false;
  return wanted.amount_cents === undefined || Math.abs(row.amount_cents) === Math.abs(wanted.amount_cents);
}

/** Is this the shop that was named? Each shop is compared once in a search. */
function hearing(said: string | undefined): (merchant: string) => boolean {
  if (said === undefined) return () => true;
  const known = new Map<string, boolean>();
  return (merchant) => {
    const fits = known.get(merchant) ?? merchantFits(merchant, said);
    known.set(merchant, fits);
    return fits;
  };
}

/** "harbour lane", "Harbor Lane Electronics" and "the harbor lane charge" all mean the same shop. */
function merchantFits(merchant: string, said: string): boolean {
  const name = merchant.toLowerCase();
  const words = said
    .toLowerCase()
    .replace(/[^a-z0-9 ]/g, " ")
    .trim()
    .replace(/\s+/g, " ");
  if (words === "") return false;
  if (name.includes(words) || words.includes(name)) return true;
  const beginning = name.split(" ").slice(0, words.split(" ").length).join(" ");
  return soundsLike(name, words) >= ALIKE || soundsLike(beginning, words) >= ALIKE;
}

export function one(sql: Sql, customer_id: string, id: string): Transaction | undefined {
  const row = first<Row>(sql, `${LINES} AND t.id = ?`, customer_id, id);
  return row && read(row);
}

/** Turns pending payments that are old enough into entries of the ledger. */
export function settlePayments(sql: Sql, today: string): void {
  const due = sql.rows<{
    id: string;
    customer_id: string;
    account_id: string;
    day: string;
    merchant: string;
    amount_cents: number;
  }>(
    `SELECT id, customer_id, account_id, day, merchant, amount_cents FROM transactions
     WHERE status = 'pending' AND day <= ? ORDER BY seq`,
    addDays(today, -SETTLES_AFTER_DAYS),
  );
  for (const payment of due) {
    const journal_id = post(sql, {
      day: addDays(payment.day, SETTLES_AFTER_DAYS),
      kind: "card",
      customer_id: payment.customer_id,
      description: payment.merchant,
      postings: move(payment.account_id, INTERNAL.outside, -payment.amount_cents),
    });
    sql.rows(`UPDATE transactions SET status = 'posted', journal_id = ? WHERE id = ?`, journal_id, payment.id);
  }
}
