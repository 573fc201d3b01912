/** Cards: block, replace, activate, contactless. A blocked card stays blocked for good. */
import type { BlockReason, Card, CardStatus, Change, Delivery, Order, Replacement } from "../../tools/bank.ts";
import { addWorkingDays } from "./days.ts";
import { type Desk, no, yes } from "./effects.ts";
import { balanceOf } from "./ledger.ts";
import { first, type Sql } from "./sql.ts";

const WORKING_DAYS: Record<Delivery, number> = { standard: 5, express: 2 };

interface Row {
  id: string;
  account_id: string;
  kind: Card["kind"];
  name: string;
  last_4: string;
  status: CardStatus;
  contactless: number;
  limit_cents: number | null;
  replaced_by: string | null;
}

function read(sql: Sql, row: Row): Card {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    last_4: row.last_4,
    status: row.status,
    contactless: row.contactless === 1,
    limit_cents: row.limit_cents,
    owed_cents: row.kind === "credit" ? owedOn(sql, row.account_id) : null,
    replaced_by: row.replaced_by,
  };
}

/** Postings and pending payments together; never shown below zero. */
function owedOn(sql: Sql, account_id: string): number {
  const pending = first<{ sum: number }>(
    sql,
    `SELECT COALESCE(SUM(amount_cents), 0) AS sum FROM transactions WHERE account_id = ? AND status = 'pending'`,
    account_id,
  );
  return Math.max(0, -(balanceOf(sql, account_id) + (pending?.sum ?? 0)));
}

export function cards(sql: Sql, customer_id: string): Card[] {
  return sql
    .rows<Row>(`SELECT * FROM cards WHERE customer_id = ? ORDER BY rowid`, customer_id)
    .map((row) => read(sql, row));
}

function find(sql: Sql, order: { customer_id: string; card_id: string }): Row | undefined {
  return first<Row>(sql, `SELECT * FROM cards WHERE customer_id = ? AND id = ?`, order.customer_id, order.card_id);
}

function again(sql: Sql, order: { customer_id: string; card_id: string }): Change<Card> {
  const row = find(sql, order);
  return row ? yes(read(sql, row)) : no("not_found", "card");
}

type CardOrder = Order & { card_id: string };

export function blockCard({ sql }: Desk, order: CardOrder & { reason: BlockReason }): Change<Card> {
  const card = find(sql, order);
  if (!card) return no("not_found", "card");
  if (card.status === "blocked") return no("already_done", "blocked");
  sql.rows(`UPDATE cards SET status = 'blocked', blocked_for = ? WHERE id = ?`, order.reason, card.id);
  return again(sql, order);
}

export function activateCard({ sql }: Desk, order: CardOrder): Change<Card> {
  const card = find(sql, order);
  if (!card) return no("not_found", "card");
  if (card.status === "blocked") return no("not_allowed", "blocked");
  if (card.status === "active") return no("already_done", "active");
  sql.rows(`UPDATE cards SET status = 'active' WHERE id = ?`, card.id);
  return again(sql, order);
}

export function enableContactless({ sql }: Desk, order: CardOrder): Change<Card> {
  const card = find(sql, order);
  if (!card) return no("not_found", "card");
  if (card.kind === "virtual") return no("not_allowed", "virtual");
  if (card.status !== "active") return no("not_allowed", card.status);
  if (card.contactless === 1) return no("already_done", "contactless");
  sql.rows(`UPDATE cards SET contactless = 1 WHERE id = ?`, card.id);
  return again(sql, order);
}

export function orderReplacement(desk: Desk, order: CardOrder & { delivery: Delivery }): Change<Replacement> {
  const { sql } = desk;
  const card = find(sql, order);
  if (!card) return no("not_found", "card");
  if (card.status !== "blocked") return no("not_allowed", "not_blocked");
  if (card.replaced_by !== null) return no("already_done", "replaced");
  const last_4 = freshDigits(sql, card.last_4);
  sql.rows(
    `INSERT INTO cards (id, customer_id, account_id, kind, name, last_4, status, contactless, limit_cents)
     VALUES (?, ?, ?, ?, ?, ?, 'inactive', 0, ?)`,
    `${card.id}_next`,
    order.customer_id,
    card.account_id,
    card.kind,
    card.name,
    last_4,
    card.limit_cents,
  );
  sql.rows(`UPDATE cards SET replaced_by = ? WHERE id = ?`, last_4, card.id);
  const arrives = card.kind === "virtual" ? desk.today : addWorkingDays(desk.today, WORKING_DAYS[order.delivery]);
  return yes({ last_4: card.last_4, new_last_4: last_4, delivery: order.delivery, arrives });
}

/** Last four digits that nothing else at the bank ends in; the same for the same card in every sandbox. */
function freshDigits(sql: Sql, last_4: string): string {
  const taken = new Set(
    sql
      .rows<{ last_4: string | null }>(
        `SELECT last_4 FROM cards UNION SELECT last_4 FROM accounts UNION SELECT last_4 FROM loans`,
      )
      .map((row) => row.last_4),
  );
  let number = Number(last_4);
  let digits: string;
  do {
    number = (number * 41 + 1_811) % 10_000;
    digits = String(number).padStart(4, "0");
  } while (taken.has(digits));
  return digits;
}
