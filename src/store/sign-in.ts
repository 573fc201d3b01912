/** What signing in with the password leaves in D1: the seal of all sessions, those that were signed out, and tries by address. */

const DAY_MS = 24 * 3_600_000;
/** An address where the password was known this lately is not held up by what others try. */
const KNOWN_FOR_MS = 30 * DAY_MS;
/** Tries over all addresses are counted in this row. */
const EVERYBODY = "*";

/** The seal, and whether this session has been signed out. */
export async function readSeal(db: D1Database, session: string): Promise<{ seal: string | null; signed_out: boolean }> {
  const row = await db
    .prepare(
      `SELECT (SELECT seal FROM session_seal WHERE id = 1) AS seal,
              EXISTS (SELECT 1 FROM signed_out WHERE session = ?) AS signed_out`,
    )
    .bind(session)
    .first<{ seal: string | null; signed_out: number }>();
  return { seal: row?.seal ?? null, signed_out: row?.signed_out === 1 };
}

/** The seal; the first who asks makes it. */
export async function sealNow(db: D1Database, now: number): Promise<string> {
  const [, read] = await db.batch<{ seal: string }>([
    db
      .prepare("INSERT INTO session_seal (id, seal, made_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING")
      .bind(fresh(), now),
    db.prepare("SELECT seal FROM session_seal WHERE id = 1"),
  ]);
  const seal = read?.results[0]?.seal;
  if (seal === undefined) throw new Error("the seal was not kept");
  return seal;
}

/** From now on everything that was signed with the seal before is worth nothing. */
export async function renewSeal(db: D1Database, now: number): Promise<void> {
  await db.batch([
    db
      .prepare(
        `INSERT INTO session_seal (id, seal, made_at) VALUES (1, ?, ?)
           ON CONFLICT (id) DO UPDATE SET seal = excluded.seal, made_at = excluded.made_at`,
      )
      .bind(fresh(), now),
    db.prepare("DELETE FROM signed_out"),
  ]);
}

/** @param ends_at when the session would have ended by itself, Unix ms */
export async function endSession(db: D1Database, session: string, ends_at: number, now: number): Promise<void> {
  await db.batch([
    db.prepare("DELETE FROM signed_out WHERE ends_at <= ?").bind(now),
    db.prepare("INSERT INTO signed_out (session, ends_at) VALUES (?, ?) ON CONFLICT DO NOTHING").bind(session, ends_at),
  ]);
}

/** How often may be tried: `each` in `eachMs` from one address, `all` in `allMs` from addresses that have not known the password. */
export interface TryLimits {
  each: number;
  eachMs: number;
  all: number;
  allMs: number;
}

export interface Tried {
  allowed: boolean;
  /** After this one, from this address. */
  left: number;
  /** When there are tries again, Unix ms. */
  again: number;
}

/**
 * Counts a try before it is judged, in one transaction: of many at the same moment exactly `each` are allowed. Tries that are
 * not allowed do not count for everybody, so that one address cannot use up what all have.
 * @param address as a hash
 */
export async function countTry(db: D1Database, address: string, limits: TryLimits, now: number): Promise<Tried> {
  const { each, eachMs, all, allMs } = limits;
  const [, mine, , everybody] = await db.batch<{ tries: number; since: number; known_at: number | null }>([
    db.prepare("DELETE FROM sign_in_tries WHERE since <= ?").bind(now - KNOWN_FOR_MS),
    db
      .prepare(
        `INSERT INTO sign_in_tries (address, tries, since) VALUES (?1, 1, ?2)
           ON CONFLICT (address) DO UPDATE SET
             tries = CASE WHEN since <= ?3 THEN 1 ELSE tries + 1 END,
             since = CASE WHEN since <= ?3 THEN ?2 ELSE since END
           RETURNING tries, since, known_at`,
      )
      .bind(address, now, now - eachMs),
    db
      .prepare(
        `INSERT INTO sign_in_tries (address, tries, since)
           SELECT ?1, 1, ?2 WHERE (SELECT tries FROM sign_in_tries WHERE address = ?4) <= ?5
           ON CONFLICT (address) DO UPDATE SET
             tries = CASE WHEN since <= ?3 THEN 1 ELSE tries + 1 END,
             since = CASE WHEN since <= ?3 THEN ?2 ELSE since END`,
      )
      .bind(EVERYBODY, now, now - allMs, address, each),
    db.prepare("SELECT tries, since, known_at FROM sign_in_tries WHERE address = ?").bind(EVERYBODY),
  ]);
  const here = mine?.results[0];
  if (!here) throw new Error("the try was not counted");
  const everywhere = everybody?.results[0] ?? { tries: 0, since: now };
  const tooManyHere = here.tries > each;
  const tooManyOfAll = everywhere.tries > all && (here.known_at ?? 0) <= now - KNOWN_FOR_MS;
  return {
    allowed: !tooManyHere && !tooManyOfAll,
    left: Math.max(0, each - here.tries),
    again: tooManyOfAll && !tooManyHere ? everywhere.since + allMs : here.since + eachMs,
  };
}

/** Somebody at this address knew the password: what was tried before is forgiven. */
export async function forgiveTries(db: D1Database, address: string, now: number): Promise<void> {
  await db
    .prepare("UPDATE sign_in_tries SET tries = 0, since = ?2, known_at = ?2 WHERE address = ?1")
    .bind(address, now)
    .run();
}

function fresh(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64();
}
