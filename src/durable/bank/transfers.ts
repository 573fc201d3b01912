/** Moving money: out of checking or savings, to another of the customer's accounts or to a payee. */
import type { Change, Transfer, TransferOrder } from "../../tools/bank.ts";
import { type Desk, no, reference, yes } from "./effects.ts";
import { balanceOf, heldOn, INTERNAL, move, post } from "./ledger.ts";
import { first, type Sql } from "./sql.ts";
import { addLine } from "./statement.ts";

/** A person at the bank looks at transfers of this size. */
const SPECIALIST_CENTS = 1_000_000;
/** All transfers of one customer on one day. */
const DAILY_LIMIT_CENTS = 1_500_000;

interface Side {
  account_id: string;
  /** Whose account it is; null for money that leaves the bank. */
  owner: string | null;
  name: string;
  payee_id: string | null;
}

type Asked = Omit<TransferOrder, "key">;

function source(sql: Sql, order: Asked): Side | undefined {
  const row = first<{ name: string }>(
    sql,
    `SELECT name FROM accounts WHERE id = ? AND customer_id = ? AND kind IN ('checking', 'savings')`,
    order.from_id,
    order.customer_id,
  );
  return row && { account_id: order.from_id, owner: order.customer_id, name: row.name, payee_id: null };
}

function destination(sql: Sql, order: Asked): Side | undefined {
  if (order.to.kind === "account") return source(sql, { ...order, from_id: order.to.id });
  const payee = first<{ id: string; name: string; account_id: string | null }>(
    sql,
    `SELECT id, name, account_id FROM payees WHERE id = ? AND customer_id = ?`,
    order.to.id,
    order.customer_id,
  );
  if (!payee) return undefined;
  const owner = payee.account_id
    ? first<{ customer_id: string | null }>(sql, `SELECT customer_id FROM accounts WHERE id = ?`, payee.account_id)
    : undefined;
  return {
    account_id: payee.account_id ?? INTERNAL.outside,
    owner: owner?.customer_id ?? null,
    name: payee.name,
    payee_id: payee.id,
  };
}

/** Transfers of the customer on this day, in cents. */
function movedToday(sql: Sql, customer_id: string, today: string): number {
  const row = first<{ sum: number }>(
    sql,
    `SELECT COALESCE(SUM(p.amount_cents), 0) AS sum FROM journal j JOIN postings p ON p.journal_id = j.id
     WHERE j.kind = 'transfer' AND j.customer_id = ? AND j.day = ? AND p.amount_cents > 0`,
    customer_id,
    today,
  );
  return row?.sum ?? 0;
}

/** Would it go through now? The sides of the transfer, or why not. */
function check({ sql, today }: Desk, order: Asked): Change<{ from: Side; to: Side }> {
  const amount = order.amount_cents;
  if (!Number.isSafeInteger(amount) || amount <= 0) return no("invalid_arguments", "amount");
  const from = source(sql, order);
  if (!from) return no("not_found", "from");
  const to = destination(sql, order);
  if (!to) return no("not_found", "to");
  if (from.account_id === to.account_id) return no("not_allowed", "same_account");
  if (amount >= SPECIALIST_CENTS) return no("needs_specialist", "large", { limit_cents: SPECIALIST_CENTS });
  if (amount > balanceOf(sql, from.account_id) - heldOn(sql, from.account_id))
    return no("insufficient_funds", "balance");
  if (amount + movedToday(sql, order.customer_id, today) > DAILY_LIMIT_CENTS) {
    return no("limit_exceeded", "daily", { limit_cents: DAILY_LIMIT_CENTS });
  }
  return yes({ from, to });
}

export function mayTransfer(desk: Desk, order: Asked): Change<null> {
  const checked = check(desk, order);
  return checked.ok ? yes(null) : checked;
}

export function transfer(desk: Desk, order: TransferOrder): Change<Transfer> {
  const { sql, today } = desk;
  const checked = check(desk, order);
  if (!checked.ok) return checked;
  const { from, to } = checked.value;
  const journal_id = post(sql, {
    day: today,
    kind: "transfer",
    customer_id: order.customer_id,
    description: order.memo ?? `${from.name} to ${to.name}`,
    postings: move(from.account_id, to.account_id, order.amount_cents),
  });
  const line = { card_id: null, journal_id, day: today, category: "transfer", city: "Aurora Bank" };
  addLine(sql, {
    ...line,
    customer_id: order.customer_id,
    account_id: from.account_id,
    merchant: `Transfer to ${to.name}`,
    amount_cents: -order.amount_cents,
  });
  if (to.owner !== null) {
    addLine(sql, {
      ...line,
      customer_id: to.owner,
      account_id: to.account_id,
      merchant: `Transfer from ${from.name}`,
      amount_cents: order.amount_cents,
    });
  }
  if (to.payee_id) sql.rows(`UPDATE payees SET last_paid = ? WHERE id = ?`, today, to.payee_id);
  return yes({
    reference: reference("TR", journal_id),
    amount_cents: order.amount_cents,
    from: from.name,
    to: to.name,
    from_balance_cents: balanceOf(sql, from.account_id),
    to_balance_cents: to.payee_id === null ? balanceOf(sql, to.account_id) : null,
  });
}
