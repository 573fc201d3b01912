import { vi } from "vitest";

const ROW_BYTES = 100_000;

/**
 * Rows of storage hold 2 MB where Luna runs, and whatever there is in the runtime of the tests. Here they hold less, so that
 * little is too much: in all objects, until mocks are restored.
 */
export function smallRows(storage: DurableObjectStorage): void {
  const { kv, sql } = storage;
  refuse(Object.getPrototypeOf(kv) as typeof kv, "put");
  refuse(Object.getPrototypeOf(sql) as typeof sql, "exec");
}

function refuse<K extends "put" | "exec">(of: Record<K, (...args: never[]) => unknown>, name: K): void {
  const real = of[name];
  const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value) ?? "").length;
  vi.spyOn(of as Record<string, (...args: unknown[]) => unknown>, name).mockImplementation(function (
    this: unknown,
    ...args: unknown[]
  ) {
    if (args.some((arg) => bytesOf(arg) > ROW_BYTES)) throw new Error("string or blob too big: SQLITE_TOOBIG");
    return Reflect.apply(real, this, args);
  });
}
