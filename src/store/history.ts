/** Looking back over all calls, for the host: which there were, page by page, and one of them as a whole. D1 only. */
import { LunaError } from "../errors.ts";
import type { ByLink, CallListed, HistoryPage, Sort } from "../legs/host.ts";
import type { CallEnded, Mode, Outcome } from "../legs/wire.ts";
import { type CallRecord, readCall } from "./calls.ts";
import { MARK, matchOf, type Traits } from "./search.ts";

export interface Question extends Omit<Traits, "outcome"> {
  /** Words that were said, or that a tool gave; only calls that have ended are found by them, and only by time. */
  q?: string;
  /** `running`: not ended, or not yet known to have. */
  outcome?: Outcome | "running";
  /** Began at or after, Unix ms. */
  from?: number;
  /** Began before, Unix ms. */
  to?: number;
  sort: Sort;
  /** `next` of the page before. */
  cursor?: string;
  /** Calls on a page. */
  limit: number;
}

export interface Statement {
  sql: string;
  values: (string | number)[];
}

/** `index`: the planner would rather sort all calls of an outcome than walk the order that is there. */
const RANK: Record<Sort, { by: string; least: number; way: "ASC" | "DESC"; index?: string }> = {
  newest: { by: "started_at", least: 0, way: "DESC" },
  oldest: { by: "started_at", least: 0, way: "ASC" },
  longest: { by: "coalesce(ended_at - started_at, -1)", least: -1, way: "DESC", index: "calls_by_length" },
  dearest: { by: "coalesce(cost_usd, -1)", least: -1, way: "DESC", index: "calls_by_cost" },
  slowest: { by: "coalesce(latency_p95, -1)", least: -1, way: "DESC", index: "calls_by_answer" },
};

const SHOWN = `
  calls.id, calls.scenario, calls.mode, calls.fell_back, calls.model, calls.outcome, calls.reason, calls.started_at,
  calls.ended_at, calls.cost_usd, calls.latency_p50, calls.latency_p95, calls.link_id, links.label AS link_label,
  (SELECT count(*) FROM turns WHERE turns.call_id = calls.id) AS turns,
  (SELECT count(*) FROM tool_runs WHERE tool_runs.call_id = calls.id) AS tools`;
/** Characters around what was found, in words of the index. */
const EXCERPT = 18;
const FARTHEST = 8_640_000_000_000;

/** @throws LunaError `invalid_request`: a cursor of another question, words without a letter, words sorted by anything but time. */
export async function findCalls(db: D1Database, question: Question): Promise<HistoryPage> {
  const { sql, values } = statementOf(question);
  const { results } = await db
    .prepare(sql)
    .bind(...values)
    .all<Row>();
  const rows = results.slice(0, question.limit);
  const last = results.length > question.limit ? rows.at(-1) : undefined;
  return { calls: rows.map(listed), next: last ? cursorOf(question.sort, last) : null };
}

/** The one statement that answers a question; it asks for one call more than a page, which tells whether there is a next one. */
export function statementOf(question: Question): Statement {
  return question.q === undefined ? byTraits(question) : byWords(question.q, question);
}

/** One walk along an index that holds everything the question looks at; rows are read for the calls of this page alone. */
function byTraits(question: Question): Statement {
  const { by, least, way, index } = RANK[question.sort];
  const wheres = [`${by} >= ?`];
  const values: (string | number)[] = [least];
  const want = (where: string, ...bound: (string | number)[]) => {
    wheres.push(where);
    values.push(...bound);
  };
  const { scenario, outcome, mode, link, from, to } = question;
  if (scenario !== undefined) want("scenario = ?", scenario);
  if (outcome === "running") want("outcome IS NULL");
  else if (outcome !== undefined) want("outcome = ?", outcome);
  if (mode === "fell_back") want("fell_back = 1");
  else if (mode !== undefined) want("mode = ?", mode);
  if (link !== undefined) want("link_id = ?", link);
  if (from !== undefined) want("started_at >= ?", from);
  if (to !== undefined) want("started_at < ?", to);
  if (question.cursor !== undefined) {
    const { rank, id } = readCursor(question.cursor, question.sort);
    want(`(${by}, id) ${way === "ASC" ? ">" : "<"} (?, ?)`, rank, id);
  }
  const sql = `
    SELECT ${SHOWN}, found.rank, NULL AS excerpt
    FROM (
      SELECT id, ${by} AS rank FROM calls ${index ? `INDEXED BY ${index}` : ""} WHERE ${wheres.join(" AND ")}
      ORDER BY ${by} ${way}, id ${way} LIMIT ?
    ) AS found
    JOIN calls ON calls.id = found.id
    LEFT JOIN links ON links.id = calls.link_id
    ORDER BY found.rank ${way}, found.id ${way}`;
  return { sql, values: [...values, question.limit + 1] };
}

/** The full text gives its finds in the order of time, and stops when the page is full. */
function byWords(q: string, question: Question): Statement {
  const { sort, from = 0, to = FARTHEST, outcome, cursor, limit } = question;
  if (sort !== "newest" && sort !== "oldest") {
    throw new LunaError("invalid_request", "Calls found by words come by time: sort by newest or oldest.", "sort");
  }
  const { way } = RANK[sort];
  const match = matchOf(q, { ...question, outcome: outcome === "running" ? undefined : outcome });
  // A cursor stands on a place that was given: the next one is beyond it.
  const at = cursor === undefined ? undefined : readCursor(cursor, sort).rank;
  const first = Math.max(from * 1_000, at !== undefined && way === "ASC" ? at + 1 : 0);
  const last = Math.min(to * 1_000, at !== undefined && way === "DESC" ? at : FARTHEST * 1_000);
  const sql = `
    SELECT ${SHOWN}, found.place AS rank, found.excerpt
    FROM (
      SELECT rowid AS place, snippet(search, 0, char(2), char(3), '…', ${EXCERPT}) AS excerpt
      FROM search WHERE search MATCH ? AND rowid >= ? AND rowid < ? ORDER BY rowid ${way} LIMIT ?
    ) AS found
    JOIN searched ON searched.place = found.place
    JOIN calls ON calls.id = searched.call_id
    LEFT JOIN links ON links.id = calls.link_id
    ORDER BY found.place ${way}`;
  // What runs is not in the full text: a page of none of them.
  return { sql, values: [match, first, last, outcome === "running" ? 0 : limit + 1] };
}

type Row = Record<string, string | number | null>;

function listed(row: Row): CallListed {
  return {
    id: row.id as string,
    scenario: row.scenario as string,
    mode: row.mode as Mode,
    fell_back: row.fell_back === 1,
    model: row.model as string,
    outcome: row.outcome as Outcome | null,
    reason: row.reason as CallEnded["reason"] | null,
    started_at: row.started_at as number,
    ended_at: row.ended_at as number | null,
    turns: row.turns as number,
    tools: row.tools as number,
    cost_usd: row.cost_usd as number | null,
    latency: { p50: row.latency_p50 as number | null, p95: row.latency_p95 as number | null },
    link: linkOf(row),
    found: row.excerpt === null ? null : piecesOf(row.excerpt as string),
  };
}

/** A link may be gone while its calls are kept. */
function linkOf(row: Row): ByLink {
  return row.link_id === null ? null : { id: row.link_id as string, label: row.link_label as string | null };
}

function piecesOf(excerpt: string): { text: string; hit: boolean }[] {
  return excerpt.split(MARK.from).flatMap((piece, index) => {
    const [hit = "", rest] = piece.split(MARK.to, 2);
    // Before the first mark nothing is a hit.
    const parts = index === 0 ? [{ text: piece, hit: false }] : [{ text: hit, hit: true }];
    if (index > 0 && rest !== undefined) parts.push({ text: rest, hit: false });
    return parts.filter(({ text }) => text !== "");
  });
}

function cursorOf(sort: Sort, row: Row): string {
  const bytes = new TextEncoder().encode(JSON.stringify([sort, row.rank, row.id]));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** @throws LunaError `invalid_request` */
function readCursor(cursor: string, sort: Sort): { rank: number; id: string } {
  try {
    const text = new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: "base64url" }));
    const [of, rank, id] = JSON.parse(text) as unknown[];
    if (of === sort && typeof rank === "number" && Number.isFinite(rank) && typeof id === "string") return { rank, id };
  } catch {
    // Not of this Luna.
  }
  throw new LunaError(
    "invalid_request",
    "This page mark does not belong to this question. Begin at the start.",
    "cursor",
  );
}

/** A call as far as it has been saved, with whose it is; null where there is none. */
export async function readAnyCall(db: D1Database, id: string): Promise<{ record: CallRecord; link: ByLink } | null> {
  const row = await db
    .prepare(
      `SELECT visitor, link_id, links.label AS link_label FROM calls LEFT JOIN links ON links.id = calls.link_id
         WHERE calls.id = ?`,
    )
    .bind(id)
    .first<Row>();
  const record = row && (await readCall(db, id, row.visitor as string));
  return row && record ? { record, link: linkOf(row) } : null;
}
