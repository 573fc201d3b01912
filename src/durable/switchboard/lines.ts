/**
 * The calls that are on the server's own key at the same time, counted exactly: one read and one write with nothing in
 * between. A call that could not give its line back loses it when it cannot be on any more.
 */
export class Lines {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** @param until the call is over then at the latest, Unix ms. Gives false where all lines are taken. */
  take(call_id: string, most: number, until: number, now: number): boolean {
    const sql = this.#table();
    sql.exec("DELETE FROM lines WHERE until < ?", now);
    const taken = sql.exec<{ n: number }>("SELECT count(*) AS n FROM lines WHERE call_id <> ?", call_id).one().n;
    if (taken >= most) return false;
    sql.exec("INSERT OR REPLACE INTO lines (call_id, until) VALUES (?, ?)", call_id, until);
    return true;
  }

  give(call_id: string): void {
    this.#table().exec("DELETE FROM lines WHERE call_id = ?", call_id);
  }

  /** Made on first use: most switchboards are of a link and count no lines. */
  #table(): SqlStorage {
    const { sql } = this.#storage;
    sql.exec("CREATE TABLE IF NOT EXISTS lines (call_id TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT");
    return sql;
  }
}
