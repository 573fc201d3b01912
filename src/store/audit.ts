/**
 * The audit trail: who did what that touches other people's words or the host's doors. Each deed is chained to the one before
 * it by SHA-256, so that a deed that is changed, taken out or moved is seen; where the chain ends is noted in D1 as well.
 */
import type { Bindings } from "../env.ts";
import { log } from "../log.ts";

export interface Deed {
  /** `host:local`, `host:token`, `host:password`, `access:<email>`, `link:<id>`, `visitor`, `stranger`, `luna`; never a secret. */
  who: string;
  did:
    | "signed_in"
    | "sign_in_failed"
    | "signed_out"
    | "link_made"
    | "link_changed"
    | "link_revoked"
    | "link_opened"
    | "watched"
    | "listened"
    | "read_call"
    | "deleted_call"
    | "deleted_link_calls"
    | "deleted_visitor"
    | "key_made"
    | "key_revoked"
    | "retention"
    | "exported";
  /** Id of what it was done to, or a count; never anybody's words. */
  subject: string | null;
}

/** A deed in its place of the chain. */
export interface DeedRow extends Deed {
  /** Counts from 1, without gaps. */
  seq: number;
  /** Unix ms. */
  at: number;
  /** SHA-256, hex, of the deed before; `CHAIN_START` for the first. */
  previous: string;
  /** SHA-256, hex, of `previous`, a line feed, and `canonical(row)`. */
  hash: string;
}

/** Where the chain ends. */
export interface Head {
  count: number;
  hash: string;
}

/** What a walk over the chain has found. */
export interface Verdict extends Head {
  intact: boolean;
  /** The first deed that does not fit; null when all do, or when deeds are missing at the end. */
  broken_at: number | null;
  /** `changed`: its hash does not fit; `missing`: a number is left out; `cut`: the end that D1 knows is not there. */
  why: "changed" | "missing" | "cut" | null;
}

export const CHAIN_START = "0".repeat(64);
const HOST = "host";
const LONGEST = 200;

/** The text that is hashed: the fields in this order, as JSON without spaces. */
export function canonical({ seq, at, who, did, subject }: Omit<DeedRow, "previous" | "hash">): string {
  return JSON.stringify({ seq, at, who, did, subject });
}

/** @returns hex */
export async function chained(previous: string, row: Omit<DeedRow, "previous" | "hash">): Promise<string> {
  const bytes = new TextEncoder().encode(`${previous}\n${canonical(row)}`);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** One line of bounded length: a trail is read in terminals too. */
export function asLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, " ").slice(0, LONGEST);
}

/** The host's own trail. */
export function trailOf(env: Bindings) {
  return env.AUDIT.getByName(HOST);
}

/** Writes a deed down. Never throws: who noted it has done it already; a deed that could not be written is a log line. */
export async function noteDeed(env: Bindings, deed: Deed): Promise<void> {
  await written(env, deed, false);
}

/** The same for what anybody with a token can do as often as they like: noted once an hour. */
export async function noteOnce(env: Bindings, deed: Deed): Promise<void> {
  await written(env, deed, true);
}

async function written(env: Bindings, deed: Deed, once: boolean): Promise<void> {
  try {
    await trailOf(env).note(deed, once);
  } catch {
    try {
      // An object that was just restarted answers at the second time.
      await trailOf(env).note(deed, once);
    } catch (thrown) {
      log.error("Deed not written down", { did: deed.did, error: (thrown as Error).name });
    }
  }
}

/** Every night, whether anybody asks or not: a break is a line in the log. */
export async function lookAtTrail(env: Bindings): Promise<void> {
  const { intact, count, broken_at, why } = await trailOf(env).verify();
  if (!intact) log.error("Audit trail is broken", { why, broken_at, count });
}

/** Where the chain ends as far as D1 has been told; null before the first deed. */
export async function knownHead(db: D1Database): Promise<Head | null> {
  return db.prepare("SELECT count, hash FROM audit_heads WHERE trail = ?").bind(HOST).first<Head>();
}

/** Moves the head in D1 on from where it was. False: it was not there, so somebody else has moved it. */
export async function moveHead(db: D1Database, from: Head | null, to: Head): Promise<boolean> {
  const statement =
    from === null
      ? db.prepare("INSERT INTO audit_heads (trail, count, hash) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
      : db.prepare("UPDATE audit_heads SET count = ?2, hash = ?3 WHERE trail = ?1 AND count = ?4 AND hash = ?5");
  const bound = from === null ? [HOST, to.count, to.hash] : [HOST, to.count, to.hash, from.count, from.hash];
  const { meta } = await statement.bind(...bound).run();
  return meta.changes > 0;
}
