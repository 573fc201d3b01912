/** The company's journal, its demo exchange rates and the tax table, in D1. */

import type { AccountTotal, BooksApi, FxRate, TaxRule } from "../tools/finance/books.ts";
import type { Tables } from "./tables.ts";

/** Credits are negative in the journal: income is turned round, so that it and costs are both positive. */
const TOTALS = `
  SELECT a.code, a.name, a.section, sum(iif(a.section = 'revenue', -l.amount_cents, l.amount_cents)) AS cents
    FROM journal_entries e
      JOIN journal_lines l ON l.entry_id = e.id
      JOIN ledger_accounts a ON a.code = l.account
    WHERE e.day BETWEEN ? AND ? AND a.section IN ('revenue', 'cost_of_sales', 'operating', 'finance', 'tax')
    GROUP BY a.code ORDER BY a.code`;

export function booksOf(db: Tables): BooksApi {
  return {
    async totals(from, to) {
      return (await db.prepare(TOTALS).bind(from, to).all<AccountTotal>()).results;
    },
    firstDay() {
      return db.prepare("SELECT min(day) AS day FROM journal_entries").first<string>("day");
    },
    rate(currency, day) {
      const sql = `SELECT currency, day, per_usd_millionths FROM fx_rates
        WHERE currency = ? AND day <= ? ORDER BY day DESC LIMIT 1`;
      return db.prepare(sql).bind(currency, day).first<FxRate>();
    },
    async taxRules() {
      const sql =
        "SELECT jurisdiction, topic, rule, rate_percent, source, as_of FROM tax_rules ORDER BY jurisdiction, topic";
      return (await db.prepare(sql).all<TaxRule>()).results;
    },
  };
}
