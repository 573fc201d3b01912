/** The first day of a sandbox. The same day gives the same bank, to the cent. */
import { balanceAfter, monthlyPayment } from "./amortisation.ts";
import { addDays, addMonths, dayOf } from "./days.ts";
import { balanceOf, INTERNAL, move, post } from "./ledger.ts";
import { settleLoans } from "./loans.ts";
import {
  CARDS,
  CREDIT_LINES,
  CUSTOMERS,
  DEPOSITS,
  LINES,
  type Line,
  LOANS,
  MAYA,
  type Means,
  PAYEES,
  RATES,
} from "./seed-data.ts";
import { first, type Sql } from "./sql.ts";
import { addLine } from "./statement.ts";

/** Statements begin this many days before the first day. */
const WINDOW_DAYS = 75;
/** Loan payments that fall into the window, whatever the month: the next one is 5 to 12 days away. */
const PAID_LOANS = 2;

const ACCOUNT_OF: Record<Means, string> = {
  P: "acc_platinum",
  V: "acc_platinum",
  D: "acc_checking",
  C: "acc_checking",
  S: "acc_savings",
};
const CARD_OF: Partial<Record<Means, string>> = { P: "crd_platinum", V: "crd_virtual", D: "crd_debit" };

/** ISO day on which this sandbox began, or undefined for one that has not. */
export function firstDay(sql: Sql): string | undefined {
  return first<{ value: string }>(sql, `SELECT value FROM facts WHERE name = 'first_day'`)?.value;
}

/** Fills empty tables. @param salt Keeps hashes of codes apart between sandboxes. */
export function seed(sql: Sql, now: number, salt: string): void {
  const today = dayOf(now);
  const opening = addDays(today, -WINDOW_DAYS);
  sql.rows(`INSERT INTO facts (name, value) VALUES ('first_day', ?), ('salt', ?)`, today, salt);
  people(sql);
  places(sql, opening);
  loans(sql, today, opening);
  for (const line of LINES) write(sql, line, today);
  settleLoans(sql, today);
  trueOpenings(sql);
}

function people(sql: Sql): void {
  for (const c of CUSTOMERS) {
    sql.rows(
      `INSERT INTO customers (id, name, first_name, tier, phone, email, online_locked, credit_score, credit_factors)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      c.id,
      c.name,
      c.first_name,
      c.tier,
      c.phone,
      c.email,
      c.online_locked,
      c.credit_score,
      JSON.stringify(c.credit_factors),
    );
  }
  for (const r of RATES) {
    sql.rows(
      `INSERT INTO rates (product, purpose, rate_bp, apr_bp) VALUES (?, ?, ?, ?)`,
      r.product,
      r.purpose,
      r.rate_bp,
      r.apr_bp,
    );
  }
}

function account(
  sql: Sql,
  id: string,
  customer_id: string | null,
  kind: string,
  name: string,
  last_4: string | null,
): void {
  sql.rows(
    `INSERT INTO accounts (id, customer_id, kind, name, last_4) VALUES (?, ?, ?, ?, ?)`,
    id,
    customer_id,
    kind,
    name,
    last_4,
  );
}

function places(sql: Sql, opening: string): void {
  for (const [name, id] of Object.entries(INTERNAL)) account(sql, id, null, "internal", name, null);
  for (const d of DEPOSITS) {
    account(sql, d.id, d.customer_id, d.kind, d.name, d.last_4);
    open(sql, d.id, d.customer_id, d.balance_cents, opening);
  }
  for (const line of CREDIT_LINES) {
    account(sql, line.id, line.customer_id, "card", line.name, line.last_4);
    if (line.owed_cents > 0) open(sql, line.id, line.customer_id, -line.owed_cents, opening);
  }
  for (const c of CARDS) {
    sql.rows(
      `INSERT INTO cards (id, customer_id, account_id, kind, name, last_4, status, contactless, limit_cents)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      c.id,
      c.customer_id,
      c.account_id,
      c.kind,
      c.name,
      c.last_4,
      c.status,
      c.contactless,
      c.limit_cents,
    );
  }
  for (const p of PAYEES) {
    sql.rows(
      `INSERT INTO payees (id, customer_id, name, bank, country, last_4, account_id) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      p.id,
      MAYA,
      p.name,
      p.bank,
      p.country,
      p.last_4,
      p.account_id,
    );
  }
}

function open(sql: Sql, account_id: string, customer_id: string, cents: number, day: string): void {
  post(sql, {
    day,
    kind: "opening",
    customer_id,
    description: "Opening balance",
    postings: move(INTERNAL.opening, account_id, cents),
  });
}

/** A loan starts where the schedule stands before the payments of the last two months, which are then taken like any other. */
function loans(sql: Sql, today: string, opening: string): void {
  for (const l of LOANS) {
    const terms = { principal_cents: l.original_cents, rate_bp: l.rate_bp, months: l.term_months };
    const next = addDays(today, l.next_in);
    const dueDay = Number(next.slice(8));
    account(sql, `acc_${l.id}`, MAYA, "loan", l.name, l.last_4);
    open(sql, `acc_${l.id}`, MAYA, -balanceAfter(terms, l.paid - PAID_LOANS), opening);
    sql.rows(
      `INSERT INTO loans (id, customer_id, account_id, type, name, last_4, original_cents, rate_bp, term_months,
         payment_cents, due_day, next_payment, paid_from, address, value_cents)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'acc_checking', ?, ?)`,
      l.id,
      MAYA,
      `acc_${l.id}`,
      l.type,
      l.name,
      l.last_4,
      l.original_cents,
      l.rate_bp,
      l.term_months,
      monthlyPayment(terms),
      dueDay,
      addMonths(next, -PAID_LOANS, dueDay),
      l.address,
      l.value_cents,
    );
  }
}

function write(sql: Sql, [ago, means, merchant, category, city, cents, pending]: Line, today: string): void {
  const day = addDays(today, -ago);
  const account_id = ACCOUNT_OF[means];
  const base = { customer_id: MAYA, day, category, city };
  const card_id = CARD_OF[means] ?? null;
  if (pending) {
    addLine(sql, { ...base, merchant, account_id, card_id, journal_id: null, amount_cents: cents });
    return;
  }
  const payment = category === "card payment";
  const other = payment ? "acc_platinum" : merchant === "Interest" ? INTERNAL.interest : INTERNAL.outside;
  const journal_id = post(sql, {
    day,
    kind: payment ? "payment" : card_id ? "card" : "deposit",
    customer_id: MAYA,
    description: merchant,
    postings: move(account_id, other, -cents),
  });
  addLine(sql, { ...base, merchant, account_id, card_id, journal_id, amount_cents: cents });
  if (payment) {
    addLine(sql, {
      ...base,
      merchant: "Payment received",
      account_id: other,
      card_id: null,
      journal_id,
      amount_cents: -cents,
    });
  }
}

/** Moves the opening entries of deposit accounts so that the first day ends on the balances of the plan. */
function trueOpenings(sql: Sql): void {
  for (const d of DEPOSITS) {
    const gap = d.balance_cents - balanceOf(sql, d.id);
    if (gap === 0) continue;
    const entry = first<{ id: number }>(
      sql,
      `SELECT j.id FROM journal j JOIN postings p ON p.journal_id = j.id WHERE j.kind = 'opening' AND p.account_id = ?`,
      d.id,
    );
    if (!entry) throw new Error("an account without an opening entry");
    sql.rows(
      `UPDATE postings SET amount_cents = amount_cents + ? WHERE journal_id = ? AND account_id = ?`,
      gap,
      entry.id,
      d.id,
    );
    sql.rows(
      `UPDATE postings SET amount_cents = amount_cents - ? WHERE journal_id = ? AND account_id = ?`,
      gap,
      entry.id,
      INTERNAL.opening,
    );
  }
}
