/** Tables of one visitor's bank. Money is integer cents, days are ISO text, moments are Unix ms, flags are 0 or 1. */
import type { Sql } from "./sql.ts";

const TABLES = [
  `CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT`,

  `CREATE TABLE IF NOT EXISTS customers (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, first_name TEXT NOT NULL, tier TEXT NOT NULL,
    phone TEXT NOT NULL, email TEXT NOT NULL, online_locked INTEGER NOT NULL,
    credit_score INTEGER NOT NULL, credit_factors TEXT NOT NULL) STRICT`,

  // Every place money can be: a customer's own (checking, savings, card, loan) or the bank's (internal).
  `CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, customer_id TEXT, kind TEXT NOT NULL
      CHECK (kind IN ('checking', 'savings', 'card', 'loan', 'internal')),
    name TEXT NOT NULL, last_4 TEXT) STRICT`,

  // One journal is one event; its postings sum to zero. A balance is a sum of postings and is stored nowhere else.
  `CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, kind TEXT NOT NULL, customer_id TEXT, description TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS postings (
    journal_id INTEGER NOT NULL REFERENCES journal (id), account_id TEXT NOT NULL REFERENCES accounts (id),
    amount_cents INTEGER NOT NULL CHECK (amount_cents <> 0), PRIMARY KEY (journal_id, account_id)) STRICT, WITHOUT ROWID`,
  `CREATE INDEX IF NOT EXISTS postings_by_account ON postings (account_id, amount_cents)`,

  `CREATE TABLE IF NOT EXISTS cards (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, account_id TEXT NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL CHECK (kind IN ('credit', 'debit', 'virtual')), name TEXT NOT NULL, last_4 TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('inactive', 'active', 'blocked')), contactless INTEGER NOT NULL,
    limit_cents INTEGER, blocked_for TEXT, replaced_by TEXT) STRICT`,

  // What a statement shows. A pending payment has no journal yet: it only holds money.
  `CREATE TABLE IF NOT EXISTS transactions (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, account_id TEXT NOT NULL, card_id TEXT, journal_id INTEGER,
    day TEXT NOT NULL, seq INTEGER NOT NULL, merchant TEXT NOT NULL, category TEXT NOT NULL, city TEXT NOT NULL,
    amount_cents INTEGER NOT NULL, status TEXT NOT NULL CHECK (status IN ('pending', 'posted'))) STRICT`,
  `CREATE INDEX IF NOT EXISTS transactions_by_day ON transactions (customer_id, day DESC, seq DESC)`,

  `CREATE TABLE IF NOT EXISTS loans (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, account_id TEXT NOT NULL, type TEXT NOT NULL,
    name TEXT NOT NULL, last_4 TEXT NOT NULL, original_cents INTEGER NOT NULL, rate_bp INTEGER NOT NULL,
    term_months INTEGER NOT NULL, payment_cents INTEGER NOT NULL, due_day INTEGER NOT NULL,
    next_payment TEXT NOT NULL, paid_from TEXT NOT NULL, address TEXT, value_cents INTEGER) STRICT`,

  `CREATE TABLE IF NOT EXISTS payees (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, name TEXT NOT NULL, bank TEXT NOT NULL, country TEXT NOT NULL,
    last_4 TEXT NOT NULL, account_id TEXT, last_paid TEXT) STRICT`,

  `CREATE TABLE IF NOT EXISTS rates (
    product TEXT NOT NULL, purpose TEXT NOT NULL, rate_bp INTEGER NOT NULL, apr_bp INTEGER NOT NULL,
    PRIMARY KEY (product, purpose)) STRICT, WITHOUT ROWID`,

  `CREATE TABLE IF NOT EXISTS disputes (
    reference TEXT PRIMARY KEY, customer_id TEXT NOT NULL, transaction_id TEXT NOT NULL UNIQUE, reason TEXT NOT NULL,
    note TEXT, day TEXT NOT NULL, answer_by TEXT NOT NULL, credited_cents INTEGER NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS limit_requests (
    reference TEXT PRIMARY KEY, customer_id TEXT NOT NULL, card_id TEXT NOT NULL UNIQUE, current_cents INTEGER NOT NULL,
    requested_cents INTEGER NOT NULL, income_cents INTEGER, reason TEXT, day TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS wire_drafts (
    reference TEXT PRIMARY KEY, customer_id TEXT NOT NULL, recipient TEXT NOT NULL, payee_id TEXT,
    amount_cents INTEGER NOT NULL, currency TEXT NOT NULL, purpose TEXT, day TEXT NOT NULL) STRICT`,

  // Codes are kept as hashes; the words sent to the customer stand in the inbox, which plays the customer's phone.
  `CREATE TABLE IF NOT EXISTS codes (
    id INTEGER PRIMARY KEY, customer_id TEXT NOT NULL, channel TEXT NOT NULL, hash TEXT,
    sent_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, tries INTEGER NOT NULL, used INTEGER NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY, customer_id TEXT NOT NULL, channel TEXT NOT NULL, sent_to TEXT NOT NULL,
    subject TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL) STRICT`,

  // First answer to every key, with what was asked under it.
  `CREATE TABLE IF NOT EXISTS effects (key TEXT PRIMARY KEY, asked TEXT NOT NULL, answer TEXT NOT NULL) STRICT`,
];

/** In the order in which rows may be deleted. */
const EMPTIED = [
  "effects",
  "messages",
  "codes",
  "wire_drafts",
  "limit_requests",
  "disputes",
  "rates",
  "payees",
  "loans",
  "transactions",
  "cards",
  "postings",
  "journal",
  "accounts",
  "customers",
  "facts",
];

export function createTables(sql: Sql): void {
  for (const statement of TABLES) sql.rows(statement);
}

export function emptyTables(sql: Sql): void {
  for (const table of EMPTIED) sql.rows(`DELETE FROM ${table}`);
}
