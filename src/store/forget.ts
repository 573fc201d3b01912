/**
 * Deleting calls for good, wherever they are kept: in their objects (one that is on is ended first), in R2, and in D1 with
 * everything that hangs on their rows. Doing it again does no harm, so whoever is interrupted begins anew.
 */
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { recordingKey } from "./recordings.ts";

const OF_VISITOR = "SELECT id FROM calls WHERE visitor = ?";
const OF_LINK = `SELECT id FROM calls WHERE link_id = ?1
  UNION SELECT call_id FROM link_openings WHERE link_id = ?1 AND call_id IS NOT NULL`;
/** Objects that are asked at a time. */
const AT_ONCE = 20;
/** R2 takes 1,000 keys in one deletion. */
const BATCH = 1_000;

/**
 * Deletes these calls. The rows go last: as long as they are there, the calls are found again.
 * @returns how many calls there were, in D1 or on their way to it.
 * @throws LunaError `unavailable` when a call could not be deleted now. A call that has heard of it deletes itself later, object and
 * sound; its row, and the calls behind it, go when somebody asks again, which is safe.
 */
export async function forgetCalls(env: Bindings, ids: readonly string[]): Promise<number> {
  const gone = new Set<string>();
  for (let from = 0; from < ids.length; from += BATCH) {
    const some = ids.slice(from, from + BATCH);
    const { there, away, refused } = await endAndErase(env, some);
    for (const id of there) gone.add(id);
    await env.RECORDINGS.delete(away.map(recordingKey));
    const { results } = await env.DB.prepare(
      "DELETE FROM calls WHERE id IN (SELECT value FROM json_each(?)) RETURNING id",
    )
      .bind(JSON.stringify(away))
      .all<{ id: string }>();
    // What it cost is in the day's sum; of a call without a row, nothing else takes this along.
    await env.DB.prepare("DELETE FROM spent_by_call WHERE call_id IN (SELECT value FROM json_each(?))")
      .bind(JSON.stringify(away))
      .run();
    for (const { id } of results) gone.add(id);
    if (refused) throw new LunaError("unavailable", "Not everything could be deleted just now. Try again in a moment.");
  }
  return gone.size;
}

interface Erased {
  /** Calls that were still kept in their objects: D1 may not have heard of them. */
  there: string[];
  /** Calls of which no object keeps anything. */
  away: string[];
  /** One could not be erased now; those behind it were not asked. */
  refused: boolean;
}

async function endAndErase(env: Bindings, ids: readonly string[]): Promise<Erased> {
  const there: string[] = [];
  const away: string[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    const some = ids.slice(from, from + AT_ONCE);
    const erased = await Promise.all(
      some.map((id) =>
        env.CALLS.getByName(id)
          .erase()
          .catch(() => "later" as const),
      ),
    );
    there.push(...some.filter((_, k) => erased[k] === "deleted"));
    away.push(...some.filter((_, k) => erased[k] !== "later"));
    if (erased.includes("later")) return { there, away, refused: true };
  }
  return { there, away, refused: false };
}

/** Everything of a browser: its calls, its bank. @returns how many calls there were. @throws as `forgetCalls`. */
export async function forgetVisitor(env: Bindings, visitor: string): Promise<number> {
  const bank = env.BANKS.getByName(visitor);
  const [known, stored] = await Promise.all([bank.calls(), idsWhere(env.DB, OF_VISITOR, visitor)]);
  const gone = await forgetCalls(env, [...new Set([...stored, ...known])]);
  await bank.forget();
  return gone;
}

/**
 * Every call of a link, also those that D1 has only heard of. @param on those that its switchboard knows of.
 * @returns how many calls there were. @throws as `forgetCalls`.
 */
export async function forgetLinkCalls(env: Bindings, link: string, on: readonly string[]): Promise<number> {
  return forgetCalls(env, [...new Set([...(await idsWhere(env.DB, OF_LINK, link)), ...on])]);
}

/** Whose call this is; null where D1 does not have it. */
export function visitorOfCall(db: D1Database, id: string): Promise<string | null> {
  return db.prepare("SELECT visitor FROM calls WHERE id = ?").bind(id).first<string>("visitor");
}

async function idsWhere(db: D1Database, condition: string, value: string): Promise<string[]> {
  const { results } = await db.prepare(condition).bind(value).all<{ id: string }>();
  return results.map(({ id }) => id);
}
