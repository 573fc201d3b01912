/** Online banking: reset links, one-time codes, and opening it again. The inbox plays the customer's phone and mail. */
import type { Change, Message, Order } from "../../tools/bank.ts";
import { customer, customerRow } from "./accounts.ts";
import { type Desk, letters, no, yes } from "./effects.ts";
import { first, type Sql } from "./sql.ts";

const VALID_MINUTES = 10;
const MAX_TRIES = 3;
const MAX_SENT_PER_HOUR = 5;
const HOUR_MS = 3_600_000;

/** A fresh code in clear for the message, and its hash for the books. */
export interface Secret {
  code: string;
  hash: string;
}

export function sendCode(
  desk: Desk,
  order: Order & { channel: "email" | "sms" },
  secret: Secret,
): Change<{ to: string; minutes: number }> {
  const { sql, now } = desk;
  const owner = customerRow(sql, order.customer_id);
  if (!owner) return no("not_found", "customer");
  const sent = first<{ n: number }>(
    sql,
    `SELECT COUNT(*) AS n FROM codes WHERE customer_id = ? AND sent_at > ?`,
    owner.id,
    now - HOUR_MS,
  );
  if ((sent?.n ?? 0) >= MAX_SENT_PER_HOUR) return no("limit_exceeded", "codes");
  // A new code puts the ones before it out of use.
  sql.rows(`UPDATE codes SET used = 1 WHERE customer_id = ?`, owner.id);
  sql.rows(
    `INSERT INTO codes (customer_id, channel, hash, sent_at, expires_at, tries, used) VALUES (?, ?, ?, ?, ?, 0, 0)`,
    owner.id,
    order.channel,
    order.channel === "sms" ? secret.hash : null,
    now,
    now + VALID_MINUTES * 60_000,
  );
  const bySms = order.channel === "sms";
  deliver(desk, {
    customer_id: owner.id,
    channel: order.channel,
    to: bySms ? owner.phone : owner.email,
    subject: bySms ? "Aurora Bank code" : "Reset your Aurora Bank password",
    body: bySms
      ? `Your Aurora Bank code is ${secret.code}. It is good for ${VALID_MINUTES} minutes. Choose a new password at aurora.example/reset.`
      : `Choose a new password at aurora.example/reset. The link is good for ${VALID_MINUTES} minutes.`,
  });
  const masked = customer(sql, owner.id);
  return yes({ to: bySms ? masked.phone : masked.email, minutes: VALID_MINUTES });
}

function deliver(
  { sql, now }: Desk,
  message: { customer_id: string; channel: string; to: string; subject: string; body: string },
): void {
  const number = first<{ n: number }>(sql, `SELECT COUNT(*) AS n FROM messages`)?.n ?? 0;
  sql.rows(
    `INSERT INTO messages (id, customer_id, channel, sent_to, subject, body, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    `MS-${letters(number)}`,
    message.customer_id,
    message.channel,
    message.to,
    message.subject,
    message.body,
    now,
  );
}

interface CodeRow {
  id: number;
  channel: "email" | "sms";
  hash: string | null;
  expires_at: number;
  tries: number;
}

/** @param hash Hash of the code the caller gave; null where none was given. */
export function unlockOnline(desk: Desk, order: Order, hash: string | null): Change<{ unlocked: true }> {
  const { sql, now } = desk;
  const owner = customerRow(sql, order.customer_id);
  if (!owner) return no("not_found", "customer");
  if (owner.online_locked === 0) return no("already_done", "unlocked");
  const code = first<CodeRow>(
    sql,
    `SELECT * FROM codes WHERE customer_id = ? AND used = 0 ORDER BY id DESC LIMIT 1`,
    owner.id,
  );
  if (!code) return no("not_confirmed", "nothing_sent");
  if (code.expires_at <= now) return no("not_confirmed", "expired");
  if (code.channel === "sms") {
    if (code.tries >= MAX_TRIES) return no("locked", "tries");
    if (hash === null) return no("not_confirmed", "code_missing");
    if (hash !== code.hash) return wrongCode(sql, code);
  }
  sql.rows(`UPDATE codes SET used = 1 WHERE id = ?`, code.id);
  sql.rows(`UPDATE customers SET online_locked = 0 WHERE id = ?`, owner.id);
  return yes({ unlocked: true });
}

function wrongCode(sql: Sql, code: CodeRow): Change<never> {
  const tries = code.tries + 1;
  sql.rows(`UPDATE codes SET tries = ? WHERE id = ?`, tries, code.id);
  const left = MAX_TRIES - tries;
  return left > 0 ? no("not_confirmed", "wrong_code", { tries_left: left }) : no("locked", "tries");
}

/** Newest first. */
export function messages(sql: Sql, customer_id: string): Message[] {
  return sql.rows<Message>(
    `SELECT id, channel, sent_to AS "to", subject, body, at FROM messages WHERE customer_id = ? ORDER BY rowid DESC LIMIT 20`,
    customer_id,
  );
}
