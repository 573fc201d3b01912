/** Calls that have ended, with their turns and tool runs, in D1. */
import type { ToolRun, Turn } from "../call/turn.ts";
import type { CallEnded, Mode, Outcome } from "../legs/wire.ts";

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
  /** Null while the call is on; in D1 never. */
  outcome: Outcome | null;
  reason: CallEnded["reason"] | null;
  /** Unix ms. */
  started_at: number;
  ended_at: number | null;
  latency: CallEnded["latency"];
  turns: Turn[];
  tools: ToolRun[];
}

/** Writes the whole record in one transaction. Writing it again changes nothing, so a retry is safe. */
export async function saveCall(db: D1Database, call: CallRecord): Promise<void> {
  const head = db
    .prepare(
      `INSERT OR IGNORE INTO calls (id, visitor, scenario, lit, mode, fell_back, model, verified, outcome, reason,
         started_at, ended_at, latency_p50, latency_p95) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(
      call.id,
      call.visitor,
      call.scenario,
      call.lit,
      call.mode,
      Number(call.fell_back),
      call.model,
      Number(call.verified),
      call.outcome,
      call.reason,
      call.started_at,
      call.ended_at,
      call.latency.p50,
      call.latency.p95,
    );
  const turn = db.prepare(
    `INSERT OR IGNORE INTO turns (call_id, item_id, ord, who, how, text, heard, state, at, latency_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const run = db.prepare(
    `INSERT OR IGNORE INTO tool_runs (call_id, tool_call_id, ord, name, arguments, state, summary, at, ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  await db.batch([
    head,
    ...call.turns.map((t) =>
      turn.bind(call.id, t.item_id, t.order, t.who, t.how, t.text, t.heard, t.state, t.at, t.latency_ms),
    ),
    ...call.tools.map((r) =>
      run.bind(call.id, r.call_id, r.order, r.name, r.arguments, r.state, r.summary, r.at, r.ms),
    ),
  ]);
}

/** One ended call of this visitor, or `null`: another visitor's call is as absent as one that never was. */
export async function readCall(db: D1Database, id: string, visitor: string): Promise<CallRecord | null> {
  const [calls, turns, tools] = await db.batch<Record<string, unknown>>([
    db.prepare("SELECT * FROM calls WHERE id = ? AND visitor = ?").bind(id, visitor),
    db.prepare("SELECT * FROM turns WHERE call_id = ? ORDER BY ord").bind(id),
    db.prepare("SELECT * FROM tool_runs WHERE call_id = ? ORDER BY ord, at").bind(id),
  ]);
  const row = calls?.results[0];
  if (!row) return null;
  const replies = (turns?.results ?? []).filter((t) => t.latency_ms !== null);
  return {
    id: row.id as string,
    visitor: row.visitor as string,
    scenario: row.scenario as string,
    lit: row.lit as string | null,
    mode: row.mode as Mode,
    fell_back: row.fell_back === 1,
    model: row.model as string,
    verified: row.verified === 1,
    outcome: row.outcome as Outcome,
    reason: row.reason as CallEnded["reason"],
    started_at: row.started_at as number,
    ended_at: row.ended_at as number,
    latency: {
      p50: row.latency_p50 as number | null,
      p95: row.latency_p95 as number | null,
      turns: replies.length,
    },
    turns: (turns?.results ?? []).map(({ call_id: _, ord, ...t }) => ({ ...t, order: ord }) as unknown as Turn),
    tools: (tools?.results ?? []).map(
      ({ call_id: _, tool_call_id, ord, ...r }) => ({ ...r, call_id: tool_call_id, order: ord }) as unknown as ToolRun,
    ),
  };
}
