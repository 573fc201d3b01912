/** The storage of a call's object that refuses something for a moment. */
import { runInDurableObject } from "cloudflare:test";
import { vi } from "vitest";
import type { Phone } from "./phone.ts";

export interface Refusing {
  /** How often it has. */
  readonly refused: () => number;
  end(): void;
}

/**
 * @param what statements of SQL, or the key of a value that is to be written.
 * @param times it refuses, and then no more. @param after it has taken so many.
 */
export function refusing(phone: Pick<Phone, "stub">, what: RegExp | string, times = 1, after = 0): Promise<Refusing> {
  return runInDurableObject(phone.stub, (_, { storage }) => {
    let refused = 0;
    let taken = 0;
    const refuse = (fits: boolean) => {
      if (!fits || refused >= times || taken++ < after) return;
      refused += 1;
      throw new Error("disk I/O error: SQLITE_IOERR");
    };
    const spy =
      typeof what === "string"
        ? onPut(storage, (key) => refuse(key === what))
        : onSql(storage, (sql) => refuse(what.test(sql)));
    return { refused: () => refused, end: () => spy.mockRestore() };
  });
}

function onSql(storage: DurableObjectStorage, look: (query: string) => void) {
  const sql = Object.getPrototypeOf(storage.sql) as { exec: SqlStorage["exec"] };
  const { exec } = sql;
  return vi.spyOn(sql, "exec").mockImplementation(function (this: SqlStorage, query: string, ...binds: unknown[]) {
    look(query);
    return exec.call(this, query, ...binds);
  } as SqlStorage["exec"]);
}

function onPut(storage: DurableObjectStorage, look: (key: string) => void) {
  const kv = Object.getPrototypeOf(storage.kv) as SyncKvStorage;
  const { put } = kv;
  return vi.spyOn(kv, "put").mockImplementation(function (this: SyncKvStorage, key, value) {
    look(key);
    put.call(this, key, value);
  });
}
