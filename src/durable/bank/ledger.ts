/** Double entry: money never appears or vanishes, it only moves between accounts. */
import { first, type Sql } from "./sql.ts";

/** The bank's own side of the books. */
export const INTERNAL = {
  opening: "bank:opening",
  /** Card networks, other banks, employers: the world outside. */
  outside: "bank:outside",
  interest: "bank:interest",
  /** Money lent to customers for the time of a dispute. */
  disputes: "bank:disputes",
} as const;

export interface Posting {
  account_id: string;
  amount_cents: number;
}

export interface Entry {
  day: string;
  kind: "opening" | "card" | "deposit" | "payment" | "transfer" | "loan" | "dispute";
  customer_id: string | null;
  description: string;
  postings: Posting[];
}

/** What is wrong with an entry, or undefined when it may be written. */
export function faultOf(postings: Posting[]): string | undefined {
  if (postings.length < 2) return "an entry needs two sides";
  if (postings.some((p) => !Number.isSafeInteger(p.amount_cents) || p.amount_cents === 0)) {
    return "a posting is a whole number of cents other than zero";
  }
  if (new Set(postings.map((p) => p.account_id)).size < postings.length) return "an account stands once in an entry";
  if (postings.reduce((sum, p) => sum + p.amount_cents, 0) !== 0) return "an entry sums to zero";
  return undefined;
}

/** Writes one entry and gives its number. Throws on an entry that does not balance: a fault of the bank's own code. */
export function post(sql: Sql, entry: Entry): number {
  const fault = faultOf(entry.postings);
  if (fault) throw new Error(`${fault}: ${entry.kind} ${entry.description}`);
  const row = first<{ id: number }>(
    sql,
    `INSERT INTO journal (day, kind, customer_id, description) VALUES (?, ?, ?, ?) RETURNING id`,
    entry.day,
    entry.kind,
    entry.customer_id,
    entry.description,
  );
  if (!row) throw new Error("the journal gave no number");
  for (const posting of entry.postings) {
    sql.rows(
      `INSERT INTO postings (journal_id, account_id, amount_cents) VALUES (?, ?, ?)`,
      row.id,
      posting.account_id,
      posting.amount_cents,
    );
  }
  return row.id;
}

/** From one account to another. */
export function move(from: string, to: string, amount_cents: number): Posting[] {
  return [
    { account_id: from, amount_cents: -amount_cents },
    { account_id: to, amount_cents },
  ];
}

/** Positive: the customer's money. Cards and loans are owed, so theirs is negative. */
export function balanceOf(sql: Sql, account_id: string): number {
  const row = first<{ sum: number }>(
    sql,
    `SELECT COALESCE(SUM(amount_cents), 0) AS sum FROM postings WHERE account_id = ?`,
    account_id,
  );
  return row?.sum ?? 0;
}

/** Money held back by pending card payments, as a positive sum. */
export function heldOn(sql: Sql, account_id: string): number {
  const row = first<{ sum: number }>(
    sql,
    `SELECT COALESCE(-SUM(amount_cents), 0) AS sum FROM transactions
     WHERE account_id = ? AND status = 'pending' AND amount_cents < 0`,
    account_id,
  );
  return row?.sum ?? 0;
}

/** Checks the whole book. An empty list of faults means every entry balances and every statement line has its posting. */
export function audit(sql: Sql): { journals: number; postings: number; faults: string[] } {
  const faults: string[] = [];
  const report = (text: string, statement: string) => {
    for (const row of sql.rows<{ what: string | number }>(statement)) faults.push(`${text}: ${row.what}`);
  };
  report(
    "an entry does not sum to zero",
    `SELECT journal_id AS what FROM postings GROUP BY journal_id HAVING SUM(amount_cents) <> 0 OR COUNT(*) < 2`,
  );
  report(
    "an entry without postings",
    `SELECT id AS what FROM journal WHERE id NOT IN (SELECT journal_id FROM postings)`,
  );
  report(
    "a posting to an unknown account or entry",
    `SELECT p.journal_id AS what FROM postings p LEFT JOIN accounts a ON a.id = p.account_id
     LEFT JOIN journal j ON j.id = p.journal_id WHERE a.id IS NULL OR j.id IS NULL`,
  );
  report(
    "a deposit account below zero",
    `SELECT a.id AS what FROM accounts a JOIN postings p ON p.account_id = a.id
     WHERE a.kind IN ('checking', 'savings') GROUP BY a.id HAVING SUM(p.amount_cents) < 0`,
  );
  report(
    "a loan paid beyond its end",
    `SELECT a.id AS what FROM accounts a JOIN postings p ON p.account_id = a.id
     WHERE a.kind = 'loan' GROUP BY a.id HAVING SUM(p.amount_cents) > 0`,
  );
  report(
    "a statement line that differs from its posting",
    `SELECT t.id AS what FROM transactions t LEFT JOIN postings p
       ON p.journal_id = t.journal_id AND p.account_id = t.account_id
     WHERE t.status = 'posted' AND (p.amount_cents IS NULL OR p.amount_cents <> t.amount_cents)`,
  );
  report(
    "a pending payment in the books",
    `SELECT id AS what FROM transactions WHERE status = 'pending' AND journal_id IS NOT NULL`,
  );
  const count = (table: string) => first<{ n: number }>(sql, `SELECT COUNT(*) AS n FROM ${table}`)?.n ?? 0;
  return { journals: count("journal"), postings: count("postings"), faults };
}
