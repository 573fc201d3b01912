/** Makes a change happen once: the first answer under a key is the answer for good. */
import type { Change, Order } from "../../tools/bank.ts";
import { first, type Sql } from "./sql.ts";

/** Everything a change needs to know of the world. */
export interface Desk {
  sql: Sql;
  /** Unix ms. */
  now: number;
  /** ISO day of `now`. */
  today: string;
}

/**
 * Runs `work` in one transaction and remembers its answer, refusals too. The same key with another request is refused:
 * it would otherwise get the answer to a question it did not ask.
 */
export function once<T, O extends Order>(desk: Desk, name: string, order: O, work: (order: O) => Change<T>): Change<T> {
  const { key, ...rest } = order;
  const asked = `${name} ${plain(rest)}`;
  return desk.sql.atomic(() => {
    const known = first<{ asked: string; answer: string }>(
      desk.sql,
      `SELECT asked, answer FROM effects WHERE key = ?`,
      key,
    );
    if (known) {
      if (known.asked !== asked) return { ok: false, code: "not_allowed", detail: "key_reused" };
      return JSON.parse(known.answer) as Change<T>;
    }
    const answer = work(order);
    desk.sql.rows(`INSERT INTO effects (key, asked, answer) VALUES (?, ?, ?)`, key, asked, JSON.stringify(answer));
    return answer;
  });
}

/** JSON with keys in order, so that the same request always reads the same. */
function plain(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => `${name}:${plain(part)}`)
    .join()}}`;
}

export function yes<T>(value: T): Change<T> {
  return { ok: true, value };
}

type No = Extract<Change<never>, { ok: false }>;
export function no(code: No["code"], detail: string, more: Pick<No, "limit_cents" | "tries_left"> = {}): No {
  return { ok: false, code, detail, ...more };
}

const LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

/** `letters(0)` is "BBB", then "BBC"...: ids without digits, so that no number in them can pass for an account. */
export function letters(n: number, length = 3): string {
  let text = "";
  for (let left = n, i = 0; i < length; i += 1) {
    text = LETTERS[left % LETTERS.length] + text;
    left = Math.floor(left / LETTERS.length);
  }
  return text;
}

/** A reference a caller can write down: a letter for the kind, then four more that are not in plain order. */
export function reference(kind: string, n: number): string {
  return `${kind}-${letters((n * 7_919 + 1_237) % 160_000, 4)}`;
}
