/** Calls that have been, put into the state of a running Luna: records in D1, the sound of one in R2. */
import { join } from "node:path";
import { getPlatformProxy } from "wrangler";
import type { ToolRun, Turn } from "../../src/call/turn.ts";
import type { CallSeen } from "../../src/legs/host.ts";
import { SEARCHABLE } from "../../src/store/search.ts";

/** As much of D1 and R2 as is used here: their types and the browser's do not go together. */
interface Stores {
  DB: { batch(statements: Bound[]): Promise<unknown>; prepare(sql: string): Bound };
  RECORDINGS: { put(key: string, bytes: Uint8Array, options: object): Promise<unknown> };
}
interface Bound {
  bind(...values: (string | number | null)[]): Bound;
}
type Past = Pick<
  CallSeen,
  "id" | "scenario" | "mode" | "model" | "started_at" | "ended_at" | "outcome" | "turns" | "tools"
> & {
  p95: number | null;
  cost_usd: number | null;
};

export const RECORDED = "01KAH0000000000000000000R1";
/** Felix answered, and looked for a dish that there is not. */
export const SERVED = "01KAH0000000000000000000S1";
export const HOSTILE = "01KAH0000000000000000000H1";
/** What a guest may have typed, and a model may have made of it. */
export const SCRIPT = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>`;
const SECONDS = 24;
const RATE = 24_000;

/** @param started Unix ms of the recorded call. */
export async function putPastCalls(stateDir: string, started: number): Promise<void> {
  const { env, dispose } = await getPlatformProxy<Stores>({ persist: { path: join(stateDir, "v3") } });
  try {
    const calls = [
      recorded(started),
      served(started - 1_800_000),
      hostile(started - 3_600_000),
      ...Array.from({ length: 60 }, (_, n) => ordinary(n, started)),
    ];
    await env.DB.batch(calls.flatMap((call) => rowsOf(env.DB, call)));
    const customMetadata = { skipped_ms: "1000" };
    await env.RECORDINGS.put(`recordings/${RECORDED}.pcm`, tape(), { customMetadata });
  } finally {
    await dispose();
  }
}

function rowsOf(db: Stores["DB"], call: Past): Bound[] {
  const { id, turns, tools, p95 } = call;
  return [
    db
      .prepare(
        `INSERT INTO calls (id, visitor, scenario, mode, model, verified, outcome, reason, started_at, ended_at, latency_p50, latency_p95, cost_usd)
           VALUES (?, ?, ?, ?, ?, 1, ?, 'caller_ended', ?, ?, ?, ?, ?)`,
      )
      .bind(
        id,
        "v".repeat(32),
        call.scenario,
        call.mode,
        call.model,
        call.outcome,
        call.started_at,
        call.ended_at,
        p95,
        p95,
        call.cost_usd,
      ),
    ...turns.map((one) =>
      db
        .prepare(
          `INSERT INTO turns (call_id, item_id, ord, who, persona, how, text, heard, state, at, latency_ms)
             VALUES (?, ?, ?, ?, ?, 'speech', ?, ?, ?, ?, ?)`,
        )
        .bind(
          id,
          one.item_id,
          one.order,
          one.who,
          one.persona ?? null,
          one.text,
          one.heard,
          one.state,
          one.at,
          one.latency_ms,
        ),
    ),
    ...tools.map((run) =>
      db
        .prepare(
          `INSERT INTO tool_runs (call_id, tool_call_id, ord, name, arguments, state, code, summary, at, ms)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 12)`,
        )
        .bind(id, run.call_id, run.order, run.name, run.arguments, run.state, run.code ?? null, run.summary, run.at),
    ),
    db.prepare(SEARCHABLE).bind(id),
  ];
}

function turn(item_id: string, order: number, more: Partial<Turn> & { text: string; at: number }): Turn {
  return { item_id, order, who: "luna", how: "speech", heard: more.text, state: "final", latency_ms: null, ...more };
}

function tool(call_id: string, more: Partial<ToolRun> & { name: string; at: number }): ToolRun {
  return { call_id, arguments: "{}", state: "done", summary: "", order: 0, ms: 12, ...more };
}

/** The sound starts a second into the call: Luna from 2 to 6 s of the tape, the caller from 8 to 12, Luna again from 14 to 20. */
function recorded(at: number): Past {
  const turns = [
    turn("greeting", 0, {
      who: "luna",
      text: "Good day, this is Luna of Aurora Bank. How can I help you?",
      at: at + 2_900,
    }),
    turn("wish", 1, { who: "caller", text: "Please block my card ending in 4829, it was stolen.", at: at + 13_400 }),
    turn("answer", 2, {
      who: "luna",
      text: "I have blocked your card. A new one is on its way and will be with you in three days.",
      heard: "I have blocked your card. A new one is on its way",
      state: "interrupted",
      at: at + 14_800,
      latency_ms: 640,
    }),
  ];
  const tools = [
    tool("t-1", {
      name: "verify_identity",
      arguments: '{"last_four":"4829"}',
      summary: "The caller is verified.",
      order: 2,
      at: at + 13_600,
    }),
    tool("t-2", {
      name: "transfer_funds",
      arguments: '{"amount":"50"}',
      state: "refused",
      code: "confirmation_required",
      summary: "Waits for the caller's yes.",
      order: 2,
      at: at + 13_800,
    }),
    tool("t-3", {
      name: "block_card",
      arguments: '{"card":"4829"}',
      summary: "Card ending in 4829 blocked.",
      order: 2,
      at: at + 14_000,
    }),
  ];
  return past(RECORDED, at, 26_000, { turns, tools, p95: 640 });
}

function served(at: number): Past {
  const persona = "waiter";
  const turns = [
    turn("greeting", 0, { persona, text: "Good evening, what may I bring you?", at }),
    turn("wish", 1, { who: "caller", text: "The lobster, please.", at: at + 4_000 }),
    turn("answer", 2, { persona, text: "Lobster is not on the menu tonight.", at: at + 6_000, latency_ms: 420 }),
  ];
  const tools = [
    tool("m-1", {
      name: "add_to_order",
      arguments: '{"dish":"lobster"}',
      state: "refused",
      code: "not_found",
      summary: "There is no such dish on the menu.",
      order: 2,
      at: at + 5_000,
    }),
  ];
  return past(SERVED, at, 21_000, { scenario: "waiter", turns, tools, p95: 420 });
}

function hostile(at: number): Past {
  const turns = [
    turn("a", 0, { who: "luna", text: SCRIPT, at }),
    turn("b", 1, { who: "caller", text: SCRIPT, at: at + 1_000 }),
  ];
  const tools = [
    tool("x", {
      name: SCRIPT,
      arguments: JSON.stringify({ [SCRIPT]: SCRIPT }),
      summary: SCRIPT,
      state: "failed",
      at,
      order: 1,
    }),
    tool("y", { name: "lookup", arguments: "not JSON <b>", summary: "", state: "done", at, order: 1 }),
  ];
  const wild = { scenario: SCRIPT, model: SCRIPT, mode: "scripted" as const, outcome: "abandoned" as const };
  return past(HOSTILE, at, 9_000, { ...wild, turns, tools });
}

const OUTCOMES = ["contained", "contained", "contained", "escalated", "abandoned"] as const;

function ordinary(n: number, now: number): Past {
  const at = now - Math.floor((n * 13 * 86_400_000) / 60) - 7_200_000;
  const turns = [
    turn(`g-${n}`, 0, { who: "luna", text: "Good day, how can I help you?", at }),
    turn(`w-${n}`, 1, { who: "caller", text: `What is the balance of account ${1000 + n}?`, at: at + 5_000 }),
    turn(`a-${n}`, 2, {
      who: "luna",
      text: "Your balance is fine.",
      at: at + 6_000,
      latency_ms: 380 + ((n * 97) % 600),
    }),
  ];
  return past(`01KAG00000000000000000${String(n).padStart(4, "0")}`, at, 60_000 + n * 3_000, {
    turns,
    mode: n % 3 === 0 ? "scripted" : "ai",
    scenario: ["loan-balance", "block-card", "transfer-funds", "dispute"][n % 4] ?? "dispute",
    outcome: OUTCOMES[n % 5] ?? "contained",
    p95: 380 + ((n * 97) % 600),
    cost_usd: n % 3 === 0 ? null : 0.02 + (n % 7) / 100,
  });
}

function past(id: string, at: number, ms: number, more: Partial<Past>): Past {
  return {
    id,
    scenario: "block-card",
    mode: "ai",
    model: "gpt-realtime-2.1",
    started_at: at,
    ended_at: at + ms,
    outcome: "contained",
    turns: [],
    tools: [],
    p95: null,
    cost_usd: null,
    ...more,
  };
}

function tape(): Uint8Array {
  const samples = new Int16Array(SECONDS * RATE * 2);
  const speak = (side: 0 | 1, from: number, to: number) => {
    for (let i = from * RATE; i < to * RATE; i++) {
      const swell = 0.35 + 0.3 * Math.sin((2 * Math.PI * 3 * i) / RATE);
      samples[2 * i + side] = Math.round(
        22_000 * swell * Math.sin((2 * Math.PI * (side === 0 ? 150 : 230) * i) / RATE),
      );
    }
  };
  speak(1, 2, 6);
  speak(0, 8, 12);
  speak(1, 14, 20);
  return new Uint8Array(samples.buffer);
}
