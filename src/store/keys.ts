/** Luna's API keys in D1: made by the host, found again by their hash. The key itself is never here. */
import type { ApiKey, Scope } from "../legs/api-keys.ts";
import { dayOf } from "./spending.ts";

/** More keys than this are a mistake in somebody's loop. */
export const MOST_KEYS = 100;

const COLUMNS = "id, label, hint, scopes, created_at, expires_at, last_used_on, revoked_at";

/** Writes a new key down. Gives false, and writes nothing, where the host has `MOST_KEYS` that are not revoked. */
export async function addKey(db: D1Database, key: ApiKey, hash: string): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO api_keys (id, hash, label, hint, scopes, created_at, expires_at)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
         WHERE (SELECT count(*) FROM api_keys WHERE revoked_at IS NULL) < ?8`,
    )
    .bind(key.id, hash, key.label, key.hint, JSON.stringify(key.scopes), key.created_at, key.expires_at, MOST_KEYS)
    .run();
  return meta.changes > 0;
}

/** Newest first; revoked ones stay in the list, so that the host sees what was. */
export async function listKeys(db: D1Database): Promise<ApiKey[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM api_keys ORDER BY revoked_at IS NOT NULL, created_at DESC, id DESC LIMIT 500`)
    .all();
  return results.map(keyOf);
}

/** From now on it opens nothing new. Gives false where there is no such key; revoking twice keeps the first time. */
export async function revokeKey(db: D1Database, id: string, now: number): Promise<boolean> {
  const { meta } = await db
    .prepare("UPDATE api_keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?")
    .bind(now, id)
    .run();
  return meta.changes > 0;
}

export interface Found {
  /** The key of this hash, unless it is revoked or has expired. */
  key: ApiKey | null;
  /** The host has made keys, or this is one that was: a word alone does not do, not even on localhost. */
  any: boolean;
}

/** The lookup goes by the hash of what was shown, which tells whoever measures its time nothing about a key. */
export async function findKey(db: D1Database, hash: string, now: number): Promise<Found> {
  const row = await db
    .prepare(
      // A key that has been revoked is no word like any other.
      `SELECT ${COLUMNS}, EXISTS (SELECT 1 FROM api_keys WHERE revoked_at IS NULL OR hash = ?1) AS any_key
         FROM (SELECT 1) LEFT JOIN api_keys
           ON hash = ?1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?2)`,
    )
    .bind(hash, now)
    .first();
  return { key: row && row.id !== null ? keyOf(row) : null, any: row?.any_key === 1 };
}

/** Whether the key of this id still opens anything: what it has minted goes with it. */
export async function keyStands(db: D1Database, id: string, now: number): Promise<boolean> {
  const found = await db
    .prepare("SELECT 1 FROM api_keys WHERE id = ? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)")
    .bind(id, now)
    .first();
  return found !== null;
}

/** Notes the day a key was used; one write a day and key. */
export async function noteUse(db: D1Database, key: ApiKey, now: number): Promise<void> {
  const day = dayOf(now);
  if (key.last_used_on === day) return;
  await db.prepare("UPDATE api_keys SET last_used_on = ? WHERE id = ?").bind(day, key.id).run();
}

function keyOf(row: Record<string, unknown>): ApiKey {
  return {
    id: row.id as string,
    label: row.label as string,
    hint: row.hint as string,
    scopes: JSON.parse(row.scopes as string) as Scope[],
    created_at: row.created_at as number,
    expires_at: row.expires_at as number | null,
    last_used_on: row.last_used_on as string | null,
    revoked_at: row.revoked_at as number | null,
  };
}
