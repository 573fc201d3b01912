/** The migrations' tables over SQLite in memory, behind the part of D1's interface that the stores use. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { booksOf } from "../../src/store/books.ts";
import { menuOf } from "../../src/store/menu.ts";
import type { Query, Tables } from "../../src/store/tables.ts";

const FOLDER = path.join(import.meta.dirname, "../../migrations");

/** A database after all migrations. */
export function migrated(): DatabaseSync {
  const db = new DatabaseSync(":memory:");
  db.exec("PRAGMA foreign_keys = ON");
  for (const file of readdirSync(FOLDER).sort()) db.exec(readFileSync(path.join(FOLDER, file), "utf8"));
  return db;
}

/** D1 as far as menu and books use it. */
function d1(db: DatabaseSync): Tables {
  const query = (sql: string, binds: (string | number | null)[] = []): Query => ({
    bind: (...values) => query(sql, values),
    all: async <Row>() => ({ results: db.prepare(sql).all(...binds) as Row[] }),
    first: async <Row>(column?: string) => {
      const row = db.prepare(sql).get(...binds);
      return ((column === undefined ? row : row?.[column]) ?? null) as Row | null;
    },
  });
  return { prepare: (sql) => query(sql) };
}

let shelf: { menu: ReturnType<typeof menuOf>; books: ReturnType<typeof booksOf> } | undefined;

/** Menu and books; read only, so one for all tests of a file. */
export function shelves() {
  if (!shelf) {
    const db = d1(migrated());
    shelf = { menu: menuOf(db), books: booksOf(db) };
  }
  return shelf;
}
