/** As much of D1 as who only looks things up in it needs: the same statements run over any SQLite. */
export interface Tables {
  prepare(sql: string): Query;
}

export interface Query {
  bind(...values: (string | number | null)[]): Query;
  all<Row>(): Promise<{ results: Row[] }>;
  /** The first row, or one column of it; null where there is none. */
  first<Row>(): Promise<Row | null>;
  first<Value>(column: string): Promise<Value | null>;
}
