/** The little the bank asks of a database. A Durable Object's SQLite fits, and so does any other synchronous SQLite. */
export type Bind = string | number | null;

export interface Sql {
  /** Runs one statement and gives all its rows. */
  rows<Row>(statement: string, ...binds: Bind[]): Row[];
  /** All of `work` or nothing of it. Not nested. */
  atomic<T>(work: () => T): T;
}

/** The first row, where there may be none. */
export function first<Row>(sql: Sql, statement: string, ...binds: Bind[]): Row | undefined {
  return sql.rows<Row>(statement, ...binds)[0];
}
