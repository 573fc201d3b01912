/** What all calls have cost, by day (UTC), in D1: held against the day's cap. */

/** The day a moment belongs to, `YYYY-MM-DD` in UTC. @param now Unix ms */
export function dayOf(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}

/**
 * A call reports all it has cost so far, US dollars. What is new since its last report is added to today; so a repeated or a
 * belated report adds nothing, and a call over midnight is charged to both days. Gives today's sum over all calls.
 */
export async function addSpending(db: D1Database, call_id: string, usd: number, now: number): Promise<number> {
  const day = dayOf(now);
  // One transaction: the difference is taken before the report is replaced.
  const [, , today] = await db.batch<{ usd: number }>([
    db
      .prepare(
        `INSERT INTO spending (day, usd)
           VALUES (?1, max(0, ?2 - coalesce((SELECT usd FROM spent_by_call WHERE call_id = ?3), 0)))
           ON CONFLICT (day) DO UPDATE SET usd = usd + excluded.usd WHERE excluded.usd > 0`,
      )
      .bind(day, usd, call_id),
    db
      .prepare(
        `INSERT INTO spent_by_call (call_id, usd) VALUES (?1, ?2)
           ON CONFLICT (call_id) DO UPDATE SET usd = excluded.usd WHERE excluded.usd > usd`,
      )
      .bind(call_id, usd),
    readDay(db, day),
  ]);
  return today?.results[0]?.usd ?? 0;
}

/** What all calls have cost today, US dollars. */
export async function spentToday(db: D1Database, now: number): Promise<number> {
  return (await readDay(db, dayOf(now)).first<number>("usd")) ?? 0;
}

function readDay(db: D1Database, day: string): D1PreparedStatement {
  return db.prepare("SELECT usd FROM spending WHERE day = ?").bind(day);
}
