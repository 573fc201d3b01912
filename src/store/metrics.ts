/** Figures over all calls of the last days, from D1: how many, how quick, how dear. */
import { keepsTargets, type Spread, TARGETS } from "../call/timing.ts";
import type { Held } from "../legs/host.ts";
import type { Mode, Outcome } from "../legs/wire.ts";
import { dayOf } from "./spending.ts";

const DAY_MS = 86_400_000;

/** Who answered. A call that fell back had both: its turns count with neither. */
export type Answered = Mode | "fell_back";

export interface CallCount {
  by: Answered;
  /** Null: still on, or never ended in the record. */
  outcome: Outcome | null;
  calls: number;
}

export interface Latency {
  by: Answered;
  /** End of the caller's speech to first sound, by the page. */
  ear: Held;
  /** End of the caller's speech to first audio byte, by the object. */
  server: Held;
}

export interface Metrics {
  days: number;
  /** Unix ms: calls that began from here on. */
  since: number;
  calls: { total: number; by: CallCount[] };
  targets: typeof TARGETS;
  latency: Latency[];
  cost: {
    /** US dollars of the calls whose cost is known. */
    usd: number;
    /** Calls with AI whose cost is not known, or not all of it. */
    unknown: number;
    /** What was counted against the day's cap, US dollars by day (UTC), newest first. */
    days: { day: string; usd: number }[];
  };
  /** How often callers began to speak while Luna was sounding. */
  talk_overs: number;
}

const BY = "CASE WHEN fell_back = 1 THEN 'fell_back' ELSE mode END";

/** One row a kind of call and outcome; sums over them make the totals. */
export const CALLS = `
  SELECT ${BY} AS answered, outcome, count(*) AS calls, sum(cost_usd) AS usd, sum(talk_overs) AS talk_overs,
    count(*) FILTER (WHERE mode = 'ai' AND cost_usd IS NULL) AS unknown
  FROM calls WHERE started_at >= ?1 GROUP BY answered, outcome ORDER BY answered, outcome`;

/** Percentiles by nearest rank: the first figure with so many hundredths of all at or below it. */
const spread = (column: "latency_ms" | "server_ms") => `
  SELECT answered, count(*) AS turns, avg(ms) AS mean,
    min(ms) FILTER (WHERE place * 100 >= total * 50) AS p50,
    min(ms) FILTER (WHERE place * 100 >= total * 95) AS p95
  FROM (
    SELECT ${BY} AS answered, turns.${column} AS ms,
      row_number() OVER (PARTITION BY ${BY} ORDER BY turns.${column}) AS place,
      count(*) OVER (PARTITION BY ${BY}) AS total
    FROM calls JOIN turns ON turns.call_id = calls.id
    WHERE calls.started_at >= ?1 AND turns.${column} IS NOT NULL
  ) GROUP BY answered ORDER BY answered`;
export const EAR = spread("latency_ms");
export const SERVER = spread("server_ms");

export const SPENDING = "SELECT day, usd FROM spending WHERE day >= ?1 ORDER BY day DESC";

type Row = Record<string, number | string | null>;

/** @param days how far back, whole days. @param now Unix ms. */
export async function readMetrics(db: D1Database, days: number, now: number): Promise<Metrics> {
  const since = now - days * DAY_MS;
  const [calls, ear, server, spending] = await db.batch<Row>([
    db.prepare(CALLS).bind(since),
    db.prepare(EAR).bind(since),
    db.prepare(SERVER).bind(since),
    db.prepare(SPENDING).bind(dayOf(since)),
  ]);
  const counts = calls?.results ?? [];
  const sum = (column: string) => counts.reduce((total, row) => total + Number(row[column] ?? 0), 0);
  return {
    days,
    since,
    calls: {
      total: sum("calls"),
      by: counts.map((row) => ({
        by: row.answered as Answered,
        outcome: row.outcome as Outcome | null,
        calls: Number(row.calls),
      })),
    },
    targets: TARGETS,
    latency: latencies(ear?.results ?? [], server?.results ?? []),
    cost: {
      usd: sum("usd"),
      unknown: sum("unknown"),
      days: (spending?.results ?? []).map((row) => ({ day: String(row.day), usd: Number(row.usd) })),
    },
    talk_overs: sum("talk_overs"),
  };
}

export function latencies(ear: Row[], server: Row[]): Latency[] {
  const all = [...new Set([...ear, ...server].map((row) => row.answered as Answered))].toSorted();
  const of = (rows: Row[], by: Answered) => measured(rows.find((row) => row.answered === by));
  return all.map((by) => ({ by, ear: of(ear, by), server: of(server, by) }));
}

function measured(row: Row | undefined): Held {
  const ms = (column: string) => (row?.[column] == null ? null : Math.round(Number(row[column])));
  const spread: Spread = { turns: Number(row?.turns ?? 0), mean: ms("mean"), p50: ms("p50"), p95: ms("p95") };
  return { ...spread, keeps: keepsTargets(spread) };
}
