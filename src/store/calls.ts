/** Calls with their turns and tool runs, in D1: while they are on, as far as they have come, and after their end. */

import { encodeTime } from "ulid";
import type { Figures } from "../call/figures.ts";
import type { Tokens } from "../call/money.ts";
import { spreadOf } from "../call/timing.ts";
import type { ToolRun, Turn } from "../call/turn.ts";
import type { CallEnded, Mode, Outcome } from "../legs/wire.ts";
import { type NewPostcard, postcardStatement } from "./postcards.ts";
import { SEARCHABLE } from "./search.ts";

export interface CallRecord {
  id: string;
  /** The sandbox this call belongs to: only that browser may read it. */
  visitor: string;
  scenario: string;
  /** Freeform: the scenario whose tool was used last. */
  lit: string | null;
  mode: Mode;
  /** The call began with AI and ended scripted. */
  fell_back: boolean;
  model: string;
  verified: boolean;
  /** Outcome, reason and end are null while the call is on. */
  outcome: Outcome | null;
  reason: CallEnded["reason"] | null;
  /** Unix ms. */
  started_at: number;
  ended_at: number | null;
  latency: CallEnded["latency"];
  /** Cost and latency; absent where nothing was counted. */
  figures?: StoredFigures;
  turns: Turn[];
  tools: ToolRun[];
}

/** As `Figures`; calls of before the counting have no tokens. */
export type StoredFigures = Omit<Figures, "tokens" | "talk_overs"> & {
  tokens: Tokens | null;
  talk_overs: number | null;
};

/** How a guest's call came to be. */
export interface CameBy {
  link_id: string;
  postcard: NewPostcard;
}

/** Rows go in pieces of about so many bytes: a text that is bound holds 2 MB at most. One row is never near that. */
const PIECE_BYTES = 500_000;
const UTF8 = new TextEncoder();

/**
 * Writes the record as it stands, in one transaction. Writing the same again changes nothing and touches no row, so a retry is
 * safe and a growing call costs only what is new. What has ended does not begin again, and a turn that is settled stays so:
 * an older state of the record that comes late is passed over.
 */
export async function saveCall(db: D1Database, call: CallRecord, from?: CameBy): Promise<void> {
  await db.batch([
    callRow(db, call, from?.link_id ?? null),
    ...(from ? [postcardStatement(db, from.postcard)] : []),
    ...inPieces(call.turns).map((turns) => db.prepare(TURNS).bind(call.id, turns)),
    ...inPieces(call.tools).map((runs) => db.prepare(TOOL_RUNS).bind(call.id, runs)),
    ...(call.ended_at === null ? [] : [db.prepare(SEARCHABLE).bind(call.id)]),
  ]);
}

/** What may change while a call goes on. */
const CHANGING = [
  "lit",
  "fell_back",
  "verified",
  "outcome",
  "reason",
  "ended_at",
  "latency_p50",
  "latency_p95",
  "latency_mean",
  "server_p50",
  "server_p95",
  "server_mean",
  "cost_usd",
  "tokens",
  "talk_overs",
] as const;
const CALL_COLUMNS = ["id", "visitor", "scenario", "mode", "model", "started_at", "link_id", ...CHANGING] as const;
const CALL = `
  INSERT INTO calls (${CALL_COLUMNS.join(", ")}) VALUES (${CALL_COLUMNS.map(() => "?").join(", ")})
  ON CONFLICT (id) DO UPDATE SET ${taken(CHANGING)}
    WHERE (calls.ended_at IS NULL OR excluded.ended_at IS NOT NULL) AND ${differs("calls", CHANGING)}`;

const TURN_CHANGING = ["ord", "text", "heard", "state", "latency_ms", "server_ms", "cost_usd"] as const;
const TURNS = `
  INSERT INTO turns (call_id, item_id, who, persona, how, at, ${TURN_CHANGING.join(", ")})
  SELECT ?1, value ->> 'item_id', value ->> 'who', value ->> 'persona', value ->> 'how', value ->> 'at', value ->> 'order', value ->> 'text',
    value ->> 'heard', value ->> 'state', value ->> 'latency_ms', value ->> 'server_ms', value ->> 'cost_usd'
    FROM json_each(?2) WHERE true
  ON CONFLICT (call_id, item_id) DO UPDATE SET ${taken(TURN_CHANGING)}
    WHERE (turns.state = 'live' OR excluded.state <> 'live') AND ${differs("turns", TURN_CHANGING)}`;

/** A tool runs once: what came of it does not change, only its place among the turns. */
const TOOL_RUNS = `
  INSERT INTO tool_runs (call_id, tool_call_id, ord, name, arguments, state, code, summary, at, ms)
  SELECT ?1, value ->> 'call_id', value ->> 'order', value ->> 'name', value ->> 'arguments', value ->> 'state',
    value ->> 'code', value ->> 'summary', value ->> 'at', value ->> 'ms'
    FROM json_each(?2) WHERE true
  ON CONFLICT (call_id, tool_call_id) DO UPDATE SET ord = excluded.ord WHERE tool_runs.ord <> excluded.ord`;

function taken(columns: readonly string[]): string {
  return columns.map((column) => `${column} = excluded.${column}`).join(", ");
}

function differs(table: string, columns: readonly string[]): string {
  const of = (name: string) => columns.map((column) => `${name}.${column}`).join(", ");
  return `(${of(table)}) IS NOT (${of("excluded")})`;
}

function callRow(db: D1Database, call: CallRecord, link_id: string | null): D1PreparedStatement {
  const { figures } = call;
  const row: Record<(typeof CALL_COLUMNS)[number], string | number | null> = {
    id: call.id,
    visitor: call.visitor,
    scenario: call.scenario,
    lit: call.lit,
    mode: call.mode,
    fell_back: Number(call.fell_back),
    model: call.model,
    verified: Number(call.verified),
    outcome: call.outcome,
    reason: call.reason,
    started_at: call.started_at,
    link_id,
    ended_at: call.ended_at,
    latency_p50: call.latency.p50,
    latency_p95: call.latency.p95,
    latency_mean: figures?.ear.mean ?? null,
    server_p50: figures?.server.p50 ?? null,
    server_p95: figures?.server.p95 ?? null,
    server_mean: figures?.server.mean ?? null,
    cost_usd: figures?.cost_usd ?? null,
    tokens: figures?.tokens ? JSON.stringify(figures.tokens) : null,
    talk_overs: figures?.talk_overs ?? null,
  };
  return db.prepare(CALL).bind(...CALL_COLUMNS.map((column) => row[column]));
}

/** Lists of rows, as JSON. */
function inPieces(rows: readonly object[]): string[] {
  const pieces: string[][] = [];
  let left = 0;
  for (const row of rows) {
    const json = JSON.stringify(row);
    const bytes = UTF8.encode(json).length;
    if (bytes > left) {
      pieces.push([]);
      left = PIECE_BYTES;
    }
    pieces.at(-1)?.push(json);
    left -= bytes;
  }
  return pieces.map((piece) => `[${piece.join(",")}]`);
}

/** One call of this visitor, as far as it has been saved, or `null`: another visitor's call is as absent as one that never was. */
export async function readCall(db: D1Database, id: string, visitor: string): Promise<CallRecord | null> {
  const [calls, turns, tools] = await db.batch<Record<string, unknown>>([
    db.prepare("SELECT * FROM calls WHERE id = ? AND visitor = ?").bind(id, visitor),
    db.prepare("SELECT * FROM turns WHERE call_id = ? ORDER BY ord").bind(id),
    db.prepare("SELECT * FROM tool_runs WHERE call_id = ? ORDER BY ord, at").bind(id),
  ]);
  const row = calls?.results[0];
  if (!row) return null;
  const figuresOf = (column: "latency_ms" | "server_ms") =>
    spreadOf((turns?.results ?? []).flatMap((turn) => (turn[column] as number | null) ?? []));
  const ear = figuresOf("latency_ms");
  return {
    id: row.id as string,
    visitor: row.visitor as string,
    scenario: row.scenario as string,
    lit: row.lit as string | null,
    mode: row.mode as Mode,
    fell_back: row.fell_back === 1,
    model: row.model as string,
    verified: row.verified === 1,
    outcome: row.outcome as Outcome | null,
    reason: row.reason as CallEnded["reason"] | null,
    started_at: row.started_at as number,
    ended_at: row.ended_at as number | null,
    latency: {
      p50: row.latency_p50 as number | null,
      p95: row.latency_p95 as number | null,
      turns: ear.turns,
    },
    figures: {
      cost_usd: row.cost_usd as number | null,
      tokens: row.tokens === null ? null : (JSON.parse(row.tokens as string) as Tokens),
      talk_overs: row.talk_overs as number | null,
      ear,
      server: figuresOf("server_ms"),
    },
    turns: (turns?.results ?? []).map(({ call_id: _, ord, ...t }) => ({ ...t, order: ord }) as unknown as Turn),
    tools: (tools?.results ?? []).map(toolRun),
  };
}

function toolRun({ call_id: _, tool_call_id, ord, code, ...rest }: Record<string, unknown>): ToolRun {
  const refused = code === null ? {} : { code };
  return { ...rest, ...refused, call_id: tool_call_id, order: ord } as unknown as ToolRun;
}

/** Whether this visitor made this call. */
export async function isCallOf(db: D1Database, id: string, visitor: string): Promise<boolean> {
  const row = await db.prepare("SELECT 1 FROM calls WHERE id = ? AND visitor = ?").bind(id, visitor).first();
  return row !== null;
}

/**
 * Deletes the oldest calls that began before this time (Unix ms), with their turns and tool runs; gives how many calls.
 * Ids are ULIDs, which sort by time: the primary key finds them, and no other index is needed.
 */
export async function deleteCallsBefore(db: D1Database, time: number, most: number): Promise<number> {
  const { results } = await db
    .prepare("DELETE FROM calls WHERE id IN (SELECT id FROM calls WHERE id < ? ORDER BY id LIMIT ?) RETURNING id")
    .bind(encodeTime(time), most)
    .all();
  return results.length;
}
