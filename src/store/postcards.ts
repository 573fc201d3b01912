/** Postcards in D1: which call a guest's token shows, and how long. A postcard goes with its call, and its call with it. */

export interface PostcardRow {
  call_id: string;
  /** Whose call it is. */
  visitor: string;
  host_name: string;
  link_id: string | null;
  /** Unix ms. */
  kept_until: number;
}

/** As it is written beside its call. */
export interface NewPostcard {
  /** SHA-256 of the token, hex. */
  hash: string;
  call_id: string;
  host_name: string;
  kept_until: number;
}

/** Writes it down, once. The call has to be there. */
export function postcardStatement(db: D1Database, { hash, call_id, host_name, kept_until }: NewPostcard) {
  return db
    .prepare("INSERT OR IGNORE INTO postcards (hash, call_id, host_name, kept_until) VALUES (?, ?, ?, ?)")
    .bind(hash, call_id, host_name, kept_until);
}

/** @param hash SHA-256 of the token, hex. */
export async function findPostcard(db: D1Database, hash: string, now: number): Promise<PostcardRow | null> {
  return db
    .prepare(
      `SELECT p.call_id, c.visitor, p.host_name, c.link_id, p.kept_until
         FROM postcards p JOIN calls c ON c.id = p.call_id WHERE p.hash = ? AND p.kept_until > ?`,
    )
    .bind(hash, now)
    .first<PostcardRow>();
}

/** Calls of links that keep theirs for a shorter time than the host keeps all, and whose time is over. */
export async function overdueCalls(db: D1Database, now: number, most: number): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT call_id FROM postcards WHERE kept_until < ? ORDER BY kept_until LIMIT ?")
    .bind(now, most)
    .all<{ call_id: string }>();
  return results.map(({ call_id }) => call_id);
}
