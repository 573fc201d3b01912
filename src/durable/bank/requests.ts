/** What Luna may only prepare and a specialist decides: higher limits and wires. Nothing here moves money. */
import type { Change, LimitRequest, Order, Rate, RateProduct, RatePurpose, WireDraft } from "../../tools/bank.ts";
import { payees } from "./accounts.ts";
import { type Desk, no, reference, yes } from "./effects.ts";
import { first, type Sql } from "./sql.ts";

export function requestLimit(
  { sql, today }: Desk,
  order: Order & { card_id: string; requested_cents: number; income_cents?: number; reason?: string },
): Change<LimitRequest> {
  const card = first<{ last_4: string; kind: string; status: string; limit_cents: number | null }>(
    sql,
    `SELECT last_4, kind, status, limit_cents FROM cards WHERE customer_id = ? AND id = ?`,
    order.customer_id,
    order.card_id,
  );
  if (!card) return no("not_found", "card");
  if (card.kind !== "credit" || card.limit_cents === null) return no("not_allowed", "no_limit");
  if (card.status !== "active") return no("not_allowed", card.status);
  const requested = order.requested_cents;
  if (!Number.isSafeInteger(requested)) return no("invalid_arguments", "amount");
  if (requested <= card.limit_cents) return no("not_allowed", "not_higher", { limit_cents: card.limit_cents });
  if (first(sql, `SELECT reference FROM limit_requests WHERE card_id = ?`, order.card_id))
    return no("already_done", "requested");
  const number = (first<{ n: number }>(sql, `SELECT COUNT(*) AS n FROM limit_requests`)?.n ?? 0) + 1;
  sql.rows(
    `INSERT INTO limit_requests (reference, customer_id, card_id, current_cents, requested_cents, income_cents, reason, day)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    reference("LR", number),
    order.customer_id,
    order.card_id,
    card.limit_cents,
    requested,
    order.income_cents ?? null,
    order.reason ?? null,
    today,
  );
  return yes({
    reference: reference("LR", number),
    card_last_4: card.last_4,
    current_cents: card.limit_cents,
    requested_cents: requested,
  });
}

export function draftWire(
  { sql, today }: Desk,
  order: Order & { recipient: string; amount_cents: number; currency: string; purpose?: string },
): Change<WireDraft> {
  if (!Number.isSafeInteger(order.amount_cents) || order.amount_cents <= 0) return no("invalid_arguments", "amount");
  const name = order.recipient.toLowerCase();
  const payee = payees(sql, order.customer_id).find((known) => known.name.toLowerCase() === name) ?? null;
  const number = (first<{ n: number }>(sql, `SELECT COUNT(*) AS n FROM wire_drafts`)?.n ?? 0) + 1;
  sql.rows(
    `INSERT INTO wire_drafts (reference, customer_id, recipient, payee_id, amount_cents, currency, purpose, day)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    reference("WR", number),
    order.customer_id,
    order.recipient,
    payee?.id ?? null,
    order.amount_cents,
    order.currency,
    order.purpose ?? null,
    today,
  );
  return yes({
    reference: reference("WR", number),
    recipient: order.recipient,
    amount_cents: order.amount_cents,
    currency: order.currency,
    purpose: order.purpose ?? null,
    payee,
  });
}

export function rates(sql: Sql, today: string): Rate[] {
  return sql
    .rows<{ product: RateProduct; purpose: RatePurpose; rate_bp: number; apr_bp: number }>(
      `SELECT product, purpose, rate_bp, apr_bp FROM rates ORDER BY purpose DESC, product`,
    )
    .map((row) => ({ ...row, as_of: today }));
}
