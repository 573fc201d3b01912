/** How the day is going, for the host's first page: who is on, how much was talked, what it cost, how quickly Luna answered. D1 only. */
import { TARGETS } from "../call/timing.ts";
import type { DayFigures, LiveCall, Today } from "../legs/host.ts";
import type { Mode, Outcome } from "../legs/wire.ts";
import { EAR, latencies, SERVER } from "./metrics.ts";
import { dayOf, spentToday } from "./spending.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Calls in the plot of answers, the newest. */
const MOST_POINTS = 300;
/** Calls that are listed as being on. */
const MOST_LIVE = 50;

/** `?1`: now, `?2`: from, `?3`: longer than this no call takes, ms. A call that is on counts up to now. */
export const DAYS = `
  SELECT strftime('%Y-%m-%d', started_at / 1000, 'unixepoch') AS day, count(*) AS calls,
    sum(max(0, min(coalesce(ended_at, ?1) - started_at, ?3))) AS ms, sum(cost_usd) AS usd
  FROM calls WHERE started_at >= ?2 GROUP BY day`;
export const OUTCOMES = `
  SELECT outcome, count(*) AS calls FROM calls WHERE started_at >= ?1 GROUP BY outcome ORDER BY calls DESC`;
/** `?1`: a call cannot be on that began earlier; `?2` at most. */
export const LIVE = `
  SELECT calls.id, calls.scenario, calls.mode, calls.started_at, calls.link_id, links.label AS link_label,
    (SELECT count(*) FROM turns WHERE turns.call_id = calls.id) AS turns
  FROM calls LEFT JOIN links ON links.id = calls.link_id
  WHERE calls.outcome IS NULL AND calls.started_at >= ?1 ORDER BY calls.started_at DESC LIMIT ?2`;
export const ANSWERS = `
  SELECT started_at, latency_p50, latency_p95 FROM calls
  WHERE started_at >= ?1 AND latency_p95 IS NOT NULL ORDER BY started_at DESC LIMIT ?2`;

type Row = Record<string, string | number | null>;

/**
 * @param now Unix ms.
 * @param days of the series, today among them.
 * @param longestMs no call takes longer: one that seems to has lost its object, and is not on.
 */
export async function readToday(db: D1Database, now: number, days: number, longestMs: number): Promise<Today> {
  const since = now - (now % DAY_MS);
  const first = since - (days - 1) * DAY_MS;
  const [counted, outcomes, live, answers, ear, server] = await db.batch<Row>([
    db.prepare(DAYS).bind(now, first, longestMs),
    db.prepare(OUTCOMES).bind(since),
    db.prepare(LIVE).bind(now - longestMs, MOST_LIVE),
    db.prepare(ANSWERS).bind(first, MOST_POINTS),
    db.prepare(EAR).bind(since),
    db.prepare(SERVER).bind(since),
  ]);
  const series = allDays(counted?.results ?? [], first, days);
  const today = series.at(-1) ?? emptyDay(since);
  return {
    ...today,
    since,
    live: (live?.results ?? []).map(liveCall),
    outcomes: (outcomes?.results ?? []).map((row) => ({
      outcome: row.outcome as Outcome | null,
      calls: Number(row.calls),
    })),
    charged_usd: await spentToday(db, now),
    targets: TARGETS,
    latency: latencies(ear?.results ?? [], server?.results ?? []),
    series: {
      days: series,
      answers: (answers?.results ?? []).toReversed().map((row) => ({
        at: Number(row.started_at),
        p50: Number(row.latency_p50),
        p95: Number(row.latency_p95),
      })),
    },
  };
}

function allDays(rows: Row[], first: number, days: number): DayFigures[] {
  const known = new Map(rows.map((row) => [row.day, row]));
  return Array.from({ length: days }, (_, index) => {
    const empty = emptyDay(first + index * DAY_MS);
    const row = known.get(empty.day);
    if (row === undefined) return empty;
    return {
      day: empty.day,
      calls: Number(row.calls),
      minutes: Number(row.ms ?? 0) / MINUTE_MS,
      usd: Number(row.usd ?? 0),
    };
  });
}

function emptyDay(at: number): DayFigures {
  return { day: dayOf(at), calls: 0, minutes: 0, usd: 0 };
}

function liveCall(row: Row): LiveCall {
  return {
    id: row.id as string,
    scenario: row.scenario as string,
    mode: row.mode as Mode,
    started_at: Number(row.started_at),
    turns: Number(row.turns),
    link: row.link_id === null ? null : { id: row.link_id as string, label: row.link_label as string | null },
  };
}
