/** Who the customer is and what they have. */
import type { Account, CreditProfile, Customer, Payee } from "../../tools/bank.ts";
import { addDays } from "./days.ts";
import { balanceOf, heldOn } from "./ledger.ts";
import { first, type Sql } from "./sql.ts";

/** The credit bureau reports once a month. */
const SCORE_AGE_DAYS = 11;

interface CustomerRow {
  id: string;
  name: string;
  first_name: string;
  tier: string;
  phone: string;
  email: string;
  online_locked: number;
  credit_score: number;
  credit_factors: string;
}

export function customerRow(sql: Sql, id: string): CustomerRow | undefined {
  return first<CustomerRow>(sql, `SELECT * FROM customers WHERE id = ?`, id);
}

export function customer(sql: Sql, id: string): Customer {
  const row = customerRow(sql, id);
  if (!row) throw new Error("the sandbox has no such customer");
  return {
    id: row.id,
    name: row.name,
    first_name: row.first_name,
    tier: row.tier,
    phone: `ending in ${row.phone.slice(-4)}`,
    email: `${row.email.slice(0, 1)}•••@${row.email.split("@")[1] ?? ""}`,
    online_locked: row.online_locked === 1,
  };
}

export function deposits(sql: Sql, customer_id: string): Account[] {
  const rows = sql.rows<{ id: string; kind: "checking" | "savings"; name: string; last_4: string }>(
    `SELECT id, kind, name, last_4 FROM accounts
     WHERE customer_id = ? AND kind IN ('checking', 'savings') ORDER BY kind`,
    customer_id,
  );
  return rows.map((row) => {
    const balance = balanceOf(sql, row.id);
    return { ...row, balance_cents: balance, available_cents: balance - heldOn(sql, row.id) };
  });
}

export function payees(sql: Sql, customer_id: string): Payee[] {
  return sql.rows<Payee>(
    `SELECT id, name, bank, country, last_4, last_paid FROM payees WHERE customer_id = ? ORDER BY name`,
    customer_id,
  );
}

/** "credit card", "checking account", "auto loan": what of the customer's ends in these digits. */
export function identify(sql: Sql, customer_id: string, last_4: string): string | null {
  const row = first<{ what: string }>(
    sql,
    `SELECT kind || ' card' AS what FROM cards WHERE customer_id = ?1 AND last_4 = ?2
     UNION ALL SELECT kind || ' account' FROM accounts
       WHERE customer_id = ?1 AND last_4 = ?2 AND kind IN ('checking', 'savings')
     UNION ALL SELECT CASE type WHEN 'mortgage' THEN type ELSE type || ' loan' END FROM loans
       WHERE customer_id = ?1 AND last_4 = ?2`,
    customer_id,
    last_4,
  );
  return row?.what ?? null;
}

export function credit(sql: Sql, customer_id: string, today: string): CreditProfile {
  const row = customerRow(sql, customer_id);
  if (!row) throw new Error("the sandbox has no such customer");
  const score = row.credit_score;
  return {
    score,
    band: score >= 740 ? "excellent" : score >= 670 ? "good" : score >= 580 ? "fair" : "poor",
    as_of: addDays(today, -SCORE_AGE_DAYS),
    factors: JSON.parse(row.credit_factors) as string[],
  };
}
