/**
 * What the call's own SQLite remembers: how it was opened, its turns and tool runs, and enough to wake up again. Written at
 * turn ends only: every write holds back the sockets behind it (output gate), so nothing here runs on the audio path.
 */
import { type CallState, newCall } from "../../call/machine.ts";
import type { ToolRun, Turn } from "../../call/turn.ts";
import type { CallEnded, CallSettings, Mode } from "../../legs/wire.ts";
import type { CallRecord } from "../../store/calls.ts";
import { newPolicy, type PolicyState } from "../../tools/policy.ts";
import { maskDigits } from "../../words/masked.ts";
import { latencyOf } from "./latency.ts";
import type { TokenState } from "./token.ts";

/** How the call was opened. The key is not here: it lives in memory alone. */
export interface Opened {
  id: string;
  visitor: string;
  scenario: string;
  settings: CallSettings;
  /** As the call began; a call that fell back is still one that began with AI. */
  mode: Mode;
  model: string;
  /** Unix ms. */
  opened_at: number;
}

/** What `POST /api/calls` has already checked. */
export interface OpenRequest extends Pick<Opened, "id" | "visitor" | "scenario" | "settings"> {
  /** Stays in memory; absent means scripted. */
  key: string | undefined;
}

/** A tool that has run: its row in the record, and what the engine was told. */
export interface FinishedTool {
  run: ToolRun;
  /** JSON text of `function_call_output`. */
  output: string;
  then: "end" | "transfer" | undefined;
}

/** What changes while the call runs. */
export interface Progress {
  /** `open`: nobody has connected yet. */
  status: "open" | "live" | "ended";
  fell_back: boolean;
  speaker: "luna" | "specialist";
  lit: string | null;
  policy: PolicyState;
  state: CallState;
}

export function newProgress(mode: Mode): Progress {
  return {
    status: "open",
    fell_back: false,
    speaker: "luna",
    lit: null,
    policy: newPolicy(),
    state: newCall({ silence_ms: null, greeting: true, text: mode === "scripted" }),
  };
}

export class CallMemory {
  readonly #storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS turns (item_id TEXT PRIMARY KEY, ord INTEGER NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS tool_runs (call_id TEXT PRIMARY KEY, ord INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
    `);
  }

  get opened(): Opened | undefined {
    return this.#storage.kv.get<Opened>("opened");
  }
  set opened(value: Opened) {
    this.#storage.kv.put("opened", value);
  }

  get token(): TokenState | undefined {
    return this.#storage.kv.get<TokenState>("token");
  }
  set token(value: TokenState) {
    this.#storage.kv.put("token", value);
  }

  get progress(): Progress | undefined {
    return this.#storage.kv.get<Progress>("progress");
  }
  set progress(value: Progress) {
    this.#storage.kv.put("progress", value);
  }

  /** How the call ended; there until D1 has the record. */
  get ended(): CallEnded | undefined {
    return this.#storage.kv.get<CallEnded>("ended");
  }
  set ended(value: CallEnded) {
    this.#storage.kv.put("ended", value);
  }

  /** A turn may be written again when a late transcript or a heard correction arrives: the last one counts. */
  writeTurn(turn: Turn): void {
    const masked = { ...turn, text: maskDigits(turn.text), heard: maskDigits(turn.heard) };
    this.#storage.sql.exec(
      "INSERT OR REPLACE INTO turns (item_id, ord, json) VALUES (?, ?, ?)",
      turn.item_id,
      turn.order,
      JSON.stringify(masked),
    );
  }

  writeFinishedTool(tool: FinishedTool): void {
    this.#storage.sql.exec(
      "INSERT OR IGNORE INTO tool_runs (call_id, ord, json) VALUES (?, ?, ?)",
      tool.run.call_id,
      tool.run.order,
      JSON.stringify(tool),
    );
  }

  turns(): Turn[] {
    return this.#rows("SELECT json FROM turns ORDER BY ord") as Turn[];
  }

  /** In the order in which they finished. */
  finishedTools(): FinishedTool[] {
    return this.#rows("SELECT json FROM tool_runs ORDER BY ord, rowid") as FinishedTool[];
  }

  toolRuns(): ToolRun[] {
    return this.finishedTools().map((tool) => tool.run);
  }

  /** The record as it stands; outcome, reason and end are null while the call is on. */
  record(): CallRecord | null {
    const { opened, progress, ended } = this;
    if (!opened || !progress) return null;
    const turns = this.turns();
    return {
      id: opened.id,
      visitor: opened.visitor,
      scenario: opened.scenario,
      lit: progress.lit,
      mode: opened.mode,
      fell_back: progress.fell_back,
      model: opened.model,
      verified: progress.policy.identity !== null,
      outcome: ended?.outcome ?? null,
      reason: ended?.reason ?? null,
      started_at: opened.opened_at,
      ended_at: ended ? opened.opened_at + ended.seconds * 1000 : null,
      latency: ended?.latency ?? latencyOf(turns),
      turns,
      tools: this.toolRuns(),
    };
  }

  #rows(query: string): unknown[] {
    return this.#storage.sql
      .exec<{ json: string }>(query)
      .toArray()
      .map((row) => JSON.parse(row.json));
  }
}
