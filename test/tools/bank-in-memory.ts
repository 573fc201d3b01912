/** The real bank over SQLite in memory: what tools are tested against without the Worker's runtime. */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { openBank, SURROUNDINGS, type Surroundings } from "../../src/durable/bank/desk.ts";
import type { Sql } from "../../src/durable/bank/sql.ts";
import type { BankApi } from "../../src/tools/bank.ts";

export function memorySql(): Sql {
  const db = new DatabaseSync(":memory:");
  const prepared = new Map<string, StatementSync>();
  const ready = (statement: string) => {
    const known = prepared.get(statement) ?? db.prepare(statement);
    prepared.set(statement, known);
    return known;
  };
  return {
    rows: <Row>(statement: string, ...binds: (string | number | null)[]) => ready(statement).all(...binds) as Row[],
    atomic: (work) => {
      db.exec("BEGIN");
      try {
        const result = work();
        db.exec("COMMIT");
        return result;
      } catch (error) {
        db.exec("ROLLBACK");
        throw error;
      }
    },
  };
}

/** Noon of the day on which most tests take place. */
export const NOON = Date.parse("2026-11-20T12:00:00Z");

/** A bank of its own for one test. Without `now` the day is 2026-11-20. */
export function bankInMemory(world: Partial<Surroundings> = {}): BankApi {
  return openBank(memorySql(), { ...SURROUNDINGS, now: () => NOON, ...world });
}
