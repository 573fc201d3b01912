/**
 * What the call's own SQLite remembers: how it was opened, its turns and tool runs, and enough to wake up again. Written at
 * turn ends only: every write holds back the sockets behind it (output gate), so nothing here runs on the audio path.
 */
import type { Leave } from "../../call/allowance.ts";
import type { Cast } from "../../call/cast.ts";
import type { Changed } from "../../call/kept.ts";
import { type Left, least, withLeft, withoutLeft } from "../../call/led-past.ts";
import { type CallState, newCall } from "../../call/machine.ts";
import { completed } from "../../call/older.ts";
import { withoutPast, withPast } from "../../call/past.ts";
import type { ToolRun, Turn } from "../../call/turn.ts";
import type { CallSettings } from "../../legs/open-call.ts";
import type { Said } from "../../legs/pace.ts";
import type { CallEnded, Mode, TransferStatus } from "../../legs/wire.ts";
import { log } from "../../log.ts";
import type { ClientEvent, Session, SessionConfig } from "../../realtime/events.ts";
import type { CallRecord } from "../../store/calls.ts";
import { newPolicy, type PolicyState } from "../../tools/policy.ts";
import type { CallLink } from "../switchboard/kept.ts";
import { recordForGuest } from "./guest.ts";
import { Masking } from "./masking.ts";
import type { MediaState } from "./media.ts";
import { type Counts, counted, newCounts } from "./meter.ts";
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
  /** The server's own key is spent, and is there again after an eviction; a visitor's is not. */
  server_key: boolean;
  /** The caller reads: the engine answers in text, and nobody speaks it. */
  text?: boolean;
  /** Who leads: Luna (absent), or a client with Realtime events of its own. */
  led?: "client";
  /** Led by a client: the Luna agent that answers; absent where it is a model as it is. */
  agent?: string;
  /** Led by a client that came with a secret: its configuration, which the client cannot widen. */
  bound?: SessionConfig;
  /** Led by a client: its sound goes by WebRTC, between it and the provider. */
  peer?: true;
  /** Led by a client with a key of its own: the session that it asked for with its offer. */
  asked?: SessionConfig;
  /** The link it came by. */
  link?: CallLink;
  /** One of the calls at the same time that the server's own key is good for: given back at the end. */
  line?: true;
  /** Unix ms. */
  opened_at: number;
}

/** What `POST /api/calls` has already checked. */
export interface OpenRequest
  extends Pick<Opened, "id" | "visitor" | "scenario" | "settings" | "server_key" | "text" | "link" | "line"> {
  /** Stays in memory; absent means scripted. */
  key: string | undefined;
  /** Direct WebRTC is open to who opens this call. */
  direct?: boolean;
  /** The most this call may cost the host, US dollars; null where nobody has set a limit, or the visitor pays. */
  cap_usd: number | null;
  /** What it may cost the link it came by; null is no limit. */
  leave?: Leave | null;
  /** All lines on the server's own key are taken. */
  busy?: boolean;
}

/** A tool that has run: its row in the record, and what the engine was told. */
export interface FinishedTool {
  run: ToolRun;
  /** JSON text of `function_call_output`. */
  output: string;
  then: "end" | "transfer" | undefined;
  /** Key of who answers from here on. */
  persona?: string;
}

/** What changes while the call runs. */
export interface Progress {
  /** `open`: nobody has connected yet. */
  status: "open" | "live" | "ended";
  /** Sockets accepted so far: only the newest is the caller's. */
  leg: number;
  /** Since when no page is connected, Unix ms; null while one is, or none has been. */
  left_at: number | null;
  fell_back: boolean;
  speaker: "luna" | "specialist";
  lit: string | null;
  policy: PolicyState;
  state: CallState;
  counts: Counts;
  /** How many words the caller has brought; absent before the first. */
  said?: Said;
  /** The hand-over as the page was told of it. */
  transfer: TransferStatus | null;
  /** Led by a client: the session in force, for an engine that takes over. */
  session?: Session;
  /** Led by a client: what it told the model beside the conversation. */
  system: ClientEvent[];
  /** Its sound by WebRTC; null or absent: through Luna. */
  media?: MediaState | null;
  /** Led by a client with a secret: what the program that minted it has changed of it since. */
  changed?: Changed;
  /** As it is stored: what of the state is left to the tables; absent: turns of the past, in a call that Luna leads. */
  left?: Left;
}

/** @param cast who can answer; absent: Luna alone. */
export function newProgress(mode: Mode, cap_usd: number | null, cast?: Cast): Progress {
  const quiet = { silence_ms: null, rest_ms: null, rotate_at: null };
  return {
    status: "open",
    leg: 0,
    left_at: null,
    fell_back: false,
    speaker: "luna",
    lit: null,
    policy: newPolicy(),
    counts: { ...newCounts(), cap_usd },
    transfer: null,
    system: [],
    state: newCall({ ...quiet, greeting: true, text: mode === "scripted", ...(cast ? { cast } : {}) }),
  };
}

/** Of a session, where a row must be small: instructions of any length may be in it. */
const MOST_SESSION_CHARS = 262_144;

export class CallMemory {
  readonly #storage: DurableObjectStorage;
  /** Turns that storage has refused, by item, and tool runs. */
  readonly #refused = new Map<string, Turn>();
  #refusedTools: FinishedTool[] = [];
  #refusedEnd: CallEnded | undefined;
  #refusedProgress: Progress | undefined;
  readonly #masking = new Masking(() => this.turns());
  /** Turns that storage has, by item, and tool runs, by call; undefined after a rebuild, until somebody asks. */
  #inTable: Set<string> | undefined;
  #toolsInTable: Set<string> | undefined;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Not before a call is opened: an id that somebody only asks for leaves nothing behind. */
  #makeTables(): void {
    this.#storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS turns (item_id TEXT PRIMARY KEY, ord INTEGER NOT NULL, json TEXT NOT NULL) STRICT, WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS tool_runs (call_id TEXT PRIMARY KEY, ord INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
    `);
  }

  /** The first page of a call that Luna leads. */
  begin(opened: Opened, progress: Progress, token: TokenState): void {
    this.opened = opened;
    this.progress = progress;
    this.token = token;
  }

  get opened(): Opened | undefined {
    return this.#storage.kv.get<Opened>("opened");
  }
  set opened(value: Opened) {
    this.#makeTables();
    this.#storage.kv.put("opened", value);
  }

  get token(): TokenState | undefined {
    return this.#storage.kv.get<TokenState>("token");
  }
  set token(value: TokenState) {
    this.#storage.kv.put("token", value);
  }

  /** A deploy wakes calls that an older Luna has put to sleep: what is new since then begins as in a new call. */
  get progress(): Progress | undefined {
    const stored = this.#storage.kv.get<Progress>("progress");
    const { opened } = this;
    if (!stored || !opened) return stored;
    const whole = completed(newProgress(opened.mode, null, stored.state.setup.cast), stored);
    const { left } = stored;
    if (left) return { ...whole, state: withLeft(whole.state, left, this.turns(), this.finishedTools()) };
    return { ...whole, state: withPast(whole.state, opened.led ? [] : this.turns()) };
  }
  set progress(value: Progress) {
    this.keep(value);
  }

  /**
   * What storage does not take is written smaller, and that with the next one: the call does not stop, and its money is known.
   * Never throws; false: none of it was written.
   */
  keep(value: Progress): boolean {
    for (const small of [() => this.#small(value), () => this.#least(value)]) {
      try {
        this.#storage.kv.put("progress", this.#masking.progress(small()));
        this.#refusedProgress = undefined;
        return true;
      } catch (thrown) {
        // Whose it is would have to be read, from the same storage.
        log.error("Progress not written", { error: (thrown as Error).name });
      }
    }
    this.#refusedProgress = value;
    return false;
  }

  #small(value: Progress): Progress {
    if (this.opened?.led) return { ...value, ...withoutLeft(value.state, this.#tables) };
    const { left: _named, ...whole } = value;
    return { ...whole, state: withoutPast(value.state, this.#written) };
  }

  /** A row holds 2 MB. */
  #least(value: Progress): Progress {
    const { session, changed, ...others } = value;
    const small = (of: object | undefined) => of !== undefined && JSON.stringify(of).length < MOST_SESSION_CHARS;
    const short = { ...(small(session) && { session }), ...(small(changed) && { changed }) };
    return { ...others, ...short, system: [], ...least(value.state, this.#tables) };
  }

  get #tables(): { turns: Set<string>; tools: Set<string> } {
    this.#toolsInTable ??= new Set(this.toolRuns().map((run) => run.call_id));
    return { turns: this.#written, tools: this.#toolsInTable };
  }

  /** How the call ended; there until D1 has the record. What storage does not take is known all the same, and written later. */
  get ended(): CallEnded | undefined {
    return this.#refusedEnd ?? this.#storage.kv.get<CallEnded>("ended");
  }
  set ended(value: CallEnded) {
    this.#refusedEnd = value;
    this.flush();
  }

  /** Something has been written down that D1 does not have yet. */
  get unsaved(): boolean {
    return this.#storage.kv.get<boolean>("unsaved") ?? false;
  }
  set unsaved(value: boolean) {
    this.#storage.kv.put("unsaved", value);
  }

  /**
   * A turn may be written again when a late transcript or a heard correction arrives: the last one counts. What storage does
   * not take is written with the next one, or when the record is read out: a call does not stop over a line of its record.
   */
  writeTurn(turn: Turn): void {
    this.#refused.set(turn.item_id, turn);
    this.flush();
  }

  /** As a turn. Of a call that has been deleted nothing is written. */
  writeFinishedTool(tool: FinishedTool): void {
    this.#refusedTools.push(tool);
    this.flush();
  }

  /** Once more all that storage has refused. Never throws. */
  flush(): void {
    this.#flushEnd();
    if (this.#refusedProgress !== undefined) this.keep(this.#refusedProgress);
    for (const [id, turn] of this.#refused) {
      try {
        this.#writeTurn(turn);
        this.#refused.delete(id);
      } catch (thrown) {
        log.error("Turn not written, will try again", { turn: id, error: (thrown as Error).name });
      }
    }
    this.#refusedTools = this.#refusedTools.filter((tool) => {
      try {
        this.#writeTool(tool);
        return false;
      } catch (thrown) {
        log.error("Tool run not written, will try again", { tool: tool.run.call_id, error: (thrown as Error).name });
        return true;
      }
    });
  }

  #flushEnd(): void {
    if (this.#refusedEnd === undefined) return;
    try {
      this.#storage.kv.put("ended", this.#refusedEnd);
      this.#refusedEnd = undefined;
    } catch (thrown) {
      log.error("End not written, will try again", { error: (thrown as Error).name });
    }
  }

  /** What is over in a rebuilt state and not in the tables: storage refused it, and the object that was to try again is gone. */
  catchUp(state: CallState): void {
    const { turns, tools } = this.#tables;
    for (const { unclear_at: _awaited, ...turn } of state.transcript.turns) {
      if (turn.state !== "live" && !turns.has(turn.item_id)) this.writeTurn(turn);
    }
    for (const { call_id, run, output } of state.tools.calls) {
      if (run && output !== null && !tools.has(call_id)) this.writeFinishedTool({ run, output, then: undefined });
    }
  }

  #writeTurn(turn: Turn): void {
    for (const masked of this.#masking.written(turn)) this.#putTurn(masked);
    this.#inTable?.add(turn.item_id);
  }

  #putTurn(turn: Turn): void {
    this.#storage.sql.exec(
      "INSERT OR REPLACE INTO turns (item_id, ord, json) VALUES (?, ?, ?)",
      turn.item_id,
      turn.order,
      JSON.stringify(turn),
    );
  }

  #writeTool(tool: FinishedTool): void {
    if (!this.opened) return;
    this.#storage.sql.exec(
      "INSERT OR IGNORE INTO tool_runs (call_id, ord, json) VALUES (?, ?, ?)",
      tool.run.call_id,
      tool.run.order,
      JSON.stringify(tool),
    );
    this.#toolsInTable?.add(tool.run.call_id);
  }

  get #written(): Set<string> {
    this.#inTable ??= new Set(this.turns().map((turn) => turn.item_id));
    return this.#inTable;
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

  /** Without the host's money, where a guest has made the call and no staff reads it. */
  recordFor(staff: boolean): CallRecord | null {
    const record = this.record();
    return record && this.opened?.link && !staff ? recordForGuest(record) : record;
  }

  /** It is on, this browser's, and its sound goes by WebRTC, or is about to. */
  isByPeer(visitor: string): boolean {
    const { opened, progress, ended } = this;
    return opened?.visitor === visitor && !ended && progress?.fell_back === false && progress.media != null;
  }

  /** The record as it stands; outcome, reason and end are null while the call is on. */
  record(): CallRecord | null {
    const { opened, progress, ended } = this;
    if (!opened || !progress) return null;
    const { turns, figures } = counted(this.turns(), progress.counts);
    const { p50, p95, turns: measured } = figures.ear;
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
      latency: { p50, p95, turns: measured },
      figures,
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
