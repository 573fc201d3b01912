/**
 * Links in D1: the copy that lists and the record are made from, and the log of who tried to open them. What holds is in the
 * link's switchboard; it writes here what has changed.
 */
import { decodeTime } from "ulid";
import type { LinkOpening } from "../legs/links.ts";
import { newUlid } from "../ulid.ts";

export interface LinkRow {
  id: string;
  /** SHA-256 of the token, hex: the name of the switchboard. */
  hash: string;
  watch_hash: string | null;
  label: string;
  host_name: string;
  scenario: string;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  opened: number;
  running: number;
  spent_usd: number;
  version: number;
}

/** Of one link and one day: more tries than this are one attack, and the first tell about it all there is. */
export const LOGGED_A_DAY = 2_000;

const CHANGING = ["label", "expires_at", "revoked_at", "opened", "running", "spent_usd", "version"] as const;
const COLUMNS = ["id", "hash", "watch_hash", "host_name", "scenario", "created_at", ...CHANGING] as const;
const SAVE = `
  INSERT INTO links (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT (id) DO UPDATE SET ${CHANGING.map((column) => `${column} = excluded.${column}`).join(", ")}
    WHERE excluded.version > links.version`;

/** Writes the link as it stands. An older state that comes late changes nothing. */
export async function saveLink(db: D1Database, row: LinkRow): Promise<void> {
  await db
    .prepare(SAVE)
    .bind(...COLUMNS.map((column) => row[column]))
    .run();
}

/** Newest first. @param before id of the last link of the page before. */
export async function listLinks(db: D1Database, before: string | null, limit: number): Promise<LinkRow[]> {
  const { results } = await db
    .prepare("SELECT * FROM links WHERE id < ? ORDER BY id DESC LIMIT ?")
    .bind(before ?? "~", limit)
    .all<LinkRow>();
  return results;
}

/** The name of this link's switchboard; null where there is no such link. */
export async function linkHash(db: D1Database, id: string): Promise<string | null> {
  return db.prepare("SELECT hash FROM links WHERE id = ?").bind(id).first<string>("hash");
}

/** The link that is watched with this token. @param hash SHA-256 of the token, hex. */
export async function watchedLink(db: D1Database, hash: string): Promise<string | null> {
  return db.prepare("SELECT hash FROM links WHERE watch_hash = ?").bind(hash).first<string>("hash");
}

/** Whether this call came by a link: whoever made it was a guest, and the host has paid. */
export async function cameByLink(db: D1Database, call_id: string): Promise<boolean> {
  const row = await db.prepare("SELECT 1 FROM calls WHERE id = ? AND link_id IS NOT NULL").bind(call_id).first();
  return row !== null;
}

/** Notes a try. */
export async function noteOpening(db: D1Database, link_id: string, opening: LinkOpening): Promise<void> {
  const { at, result, call_id, who } = opening;
  await db
    .prepare("INSERT INTO link_openings (link_id, id, at, result, call_id, who) VALUES (?, ?, ?, ?, ?, ?)")
    .bind(link_id, newUlid(at), at, result, call_id, who)
    .run();
}

/** Newest first, at most 200. @param before id of the last one of the page before. */
export async function listOpenings(
  db: D1Database,
  link_id: string,
  before: string | null,
): Promise<(LinkOpening & { id: string })[]> {
  const { results } = await db
    .prepare(
      `SELECT id, at, result, call_id, who FROM link_openings WHERE link_id = ? AND id < ? ORDER BY id DESC LIMIT 200`,
    )
    .bind(link_id, before ?? "~")
    .all<LinkOpening & { id: string }>();
  return results;
}

/** Deletes at most so many tries from before this time, Unix ms. Gives how many. */
export async function deleteOpeningsBefore(db: D1Database, time: number, most: number): Promise<number> {
  const { meta } = await db
    .prepare(
      `DELETE FROM link_openings WHERE (link_id, id) IN
         (SELECT link_id, id FROM link_openings WHERE at < ? ORDER BY at LIMIT ?)`,
    )
    .bind(time, most)
    .run();
  return meta.changes;
}

/** Whether this can be the id of a link: a ULID. */
export function isLinkId(text: string): boolean {
  if (!/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text)) return false;
  return decodeTime(text) > 0;
}
