/**
 * The calls of one link, counted: who is on, how many there were, and what all of them cost. Everything here is one read and
 * one write with nothing in between, so that of any number of people at the same moment exactly as many get in as may.
 */
import { grantFor, type Leave, type Purse, shareOf, type Used } from "../../call/allowance.ts";

/** The token of a call is good for a minute; who has not come by then does not come. */
export const HELD_MS = 90_000;
/** A call comes to its end by itself so long after its time at the latest. */
const OVERTIME_MS = 5 * 60_000;

export interface OnCall {
  call_id: string;
  opened_at: number;
  /** Somebody has come to it; before that its use may be given back. */
  connected: boolean;
  /** What it has cost so far, US dollars. */
  usd: number;
}

/** The browser of a guest. Kept as long as its call is on. */
export interface Guest {
  /** SHA-256 of its cookie, hex. */
  visitor: string;
  /** Token of the call's postcard. */
  postcard: string;
}

/** Calls that are over. */
interface Past {
  calls: number;
  usd: number;
}

/** When a call that has told nothing more is asked whether it is still on. */
export function lookAt({ opened_at, connected }: OnCall, { minutes }: { minutes: number }): number {
  return opened_at + (connected ? minutes * 60_000 + OVERTIME_MS : HELD_MS);
}

type Row = { call_id: string; opened_at: number; connected: number; usd: number };

export class Count {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Not before there is a link: an address that somebody only guesses leaves nothing behind. */
  begin(): void {
    this.#storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS calls
        (call_id TEXT PRIMARY KEY, opened_at INTEGER NOT NULL, connected INTEGER NOT NULL, usd REAL NOT NULL) STRICT;
      CREATE TABLE IF NOT EXISTS visits (who TEXT PRIMARY KEY, calls INTEGER NOT NULL) STRICT;
    `);
  }

  /** @param who the mark of the address that opened it. */
  hold(call_id: string, opened_at: number, who: string, guest?: Guest): void {
    this.#storage.sql.exec(
      "INSERT OR IGNORE INTO calls (call_id, opened_at, connected, usd) VALUES (?, ?, 0, 0)",
      call_id,
      opened_at,
    );
    this.#heldTable().exec("INSERT OR IGNORE INTO held (call_id, who) VALUES (?, ?)", call_id, who);
    if (!guest) return;
    const { visitor, postcard } = guest;
    const put = "INSERT OR IGNORE INTO guests (call_id, visitor, postcard) VALUES (?, ?, ?)";
    this.#guestTable().exec(put, call_id, visitor, postcard);
  }

  /** The newest call of this guest that is not over. */
  callOf(visitor: string): { call_id: string; opened_at: number; postcard: string } | undefined {
    const query = `SELECT call_id, opened_at, postcard FROM guests JOIN calls USING (call_id)
      WHERE visitor = ? ORDER BY opened_at DESC, call_id DESC LIMIT 1`;
    return this.#guestTable()
      .exec<{ call_id: string; opened_at: number; postcard: string }>(query, visitor)
      .toArray()[0];
  }

  /** The table came later than links. */
  #guestTable(): SqlStorage {
    const { sql } = this.#storage;
    sql.exec(
      "CREATE TABLE IF NOT EXISTS guests (call_id TEXT PRIMARY KEY, visitor TEXT NOT NULL, postcard TEXT NOT NULL) STRICT",
    );
    return sql;
  }

  /** The calls this address has opened, no later than `until`, and nobody has come to; since when the first. Unix ms. */
  heldBy(who: string, until: number): { n: number; since: number } {
    const query = `SELECT count(*) AS n, coalesce(min(opened_at), 0) AS since
      FROM held JOIN calls USING (call_id) WHERE who = ? AND connected = 0 AND opened_at <= ?`;
    return this.#heldTable().exec<{ n: number; since: number }>(query, who, until).one();
  }

  /** The table came later than links. */
  #heldTable(): SqlStorage {
    const { sql } = this.#storage;
    sql.exec("CREATE TABLE IF NOT EXISTS held (call_id TEXT PRIMARY KEY, who TEXT NOT NULL) STRICT");
    return sql;
  }

  /** False: this call is none of the link's any more. */
  connect(call_id: string): boolean {
    return this.#storage.sql.exec("UPDATE calls SET connected = 1 WHERE call_id = ?", call_id).rowsWritten > 0;
  }

  /**
   * What this call may cost, and sets as much aside for it. Null is no limit; a call that is none of the link's any more may
   * take nothing.
   */
  grant(call_id: string, cap_usd: number | null): Leave | null {
    const call = this.on(call_id);
    if (!call) return { may_usd: 0, share_usd: 0 };
    if (cap_usd === null) return null;
    const granted = this.#granted();
    const purseOf = ({ call_id, usd }: OnCall): Purse => ({ usd, granted_usd: granted.get(call_id) ?? 0 });
    const own = purseOf(call);
    const others = this.all().filter((other) => other.call_id !== call_id);
    const may_usd = grantFor(cap_usd, this.#past.usd, own, others.map(purseOf));
    this.#storage.sql.exec("INSERT OR REPLACE INTO granted (call_id, usd) VALUES (?, ?)", call_id, may_usd);
    return { may_usd, share_usd: shareOf(cap_usd, this.used.usd, own.usd) ?? 0 };
  }

  /** What is set aside, by call. The table came later than links. */
  #granted(): Map<string, number> {
    const { sql } = this.#storage;
    sql.exec("CREATE TABLE IF NOT EXISTS granted (call_id TEXT PRIMARY KEY, usd REAL NOT NULL) STRICT");
    const rows = sql.exec<{ call_id: string; usd: number }>("SELECT * FROM granted").toArray();
    return new Map(rows.map(({ call_id, usd }) => [call_id, usd]));
  }

  /** It has cost so much in all. A report that comes twice, or late, adds nothing. */
  charge(call_id: string, usd: number): void {
    this.#storage.sql.exec("UPDATE calls SET usd = max(usd, ?) WHERE call_id = ?", usd, call_id);
  }

  /** It is over: what was set aside for it is free again. A call that nobody ever came to, and that cost nothing, gives its use back. */
  drop(call_id: string): void {
    const call = this.on(call_id);
    if (!call) return;
    const { calls, usd } = this.#past;
    this.#past = { calls: calls + Number(call.connected || call.usd > 0), usd: usd + call.usd };
    this.#storage.sql.exec("DELETE FROM calls WHERE call_id = ?", call_id);
    this.#heldTable().exec("DELETE FROM held WHERE call_id = ?", call_id);
    this.#guestTable().exec("DELETE FROM guests WHERE call_id = ?", call_id);
    if (this.#granted().has(call_id)) this.#storage.sql.exec("DELETE FROM granted WHERE call_id = ?", call_id);
  }

  on(call_id: string): OnCall | undefined {
    return this.all().find((call) => call.call_id === call_id);
  }

  /** Oldest first. */
  all(): OnCall[] {
    return this.#storage.sql
      .exec<Row>("SELECT * FROM calls ORDER BY opened_at, call_id")
      .toArray()
      .map((row) => ({ ...row, connected: row.connected === 1 }));
  }

  get used(): Used {
    const { calls, usd } = this.#past;
    const now = this.all();
    return { calls: calls + now.length, usd: now.reduce((sum, call) => sum + call.usd, usd) };
  }

  /** How often this address has called today, this time included. */
  visit(who: string): number {
    return this.#storage.sql
      .exec<{ calls: number }>(
        "INSERT INTO visits (who, calls) VALUES (?, 1) ON CONFLICT (who) DO UPDATE SET calls = calls + 1 RETURNING calls",
        who,
      )
      .one().calls;
  }

  /** Another day. */
  forgetVisits(): void {
    this.#storage.sql.exec("DELETE FROM visits");
  }

  get #past(): Past {
    return this.#storage.kv.get<Past>("past") ?? { calls: 0, usd: 0 };
  }
  set #past(past: Past) {
    this.#storage.kv.put("past", past);
  }
}
