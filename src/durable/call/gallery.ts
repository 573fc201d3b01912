/**
 * Who watches a call: staff on sockets of the call's own, and the spectators of its link through the link's switchboard. They
 * are told a few times a second what has changed, masked as the record is, and cannot say anything. Where nobody watches this
 * costs nothing, and the sound never comes here.
 */
import { personaStatus } from "../../call/machine.ts";
import { serverMs } from "../../call/timing.ts";
import { turnStatus, turnsInOrder } from "../../call/transcript.ts";
import type { Turn } from "../../call/turn.ts";
import type { Bindings } from "../../env.ts";
import { closeQuietly } from "../../legs/browser.ts";
import { WATCHED, type WatchAnswered, type WatchEvent, type WatchLatency } from "../../legs/watcher.ts";
import type { CallEnded, PageEvent, TurnStatus } from "../../legs/wire.ts";
import { log } from "../../log.ts";
import { scenarioById } from "../../scenarios/index.ts";
import { maskUnfinished, maskValue } from "../../words/masked.ts";
import { boardOf } from "../switchboard/names.ts";
import { encodeEvents, selectedFor } from "../switchboard/spectators.ts";
import { Masking } from "./masking.ts";
import type { CallMemory, Opened, Progress } from "./record.ts";
import { statusesOf } from "./tool-desk.ts";

const WATCH_ADDRESS = "https://call.luna.internal/watch";
const TAG = "watcher";
/** Set while spectators watch through the switchboard: an object that is rebuilt goes on telling them. */
const AT_BOARD = "watched_at_board";
/** News are gathered for so long, ms. */
const GATHER_MS = 150;
/** More staff than this does not watch one call. */
const MOST = 20;
const PASSED_ON = new Set<string>(WATCHED);

/** A staff member's upgrade as it goes on to the call. Only the Worker's own routes dial this address. */
export function watchCallRequest(request: Request): Request {
  const headers = new Headers({ upgrade: "websocket" });
  const offered = request.headers.get("sec-websocket-protocol");
  if (offered !== null) headers.set("sec-websocket-protocol", offered);
  return new Request(WATCH_ADDRESS, { headers });
}

export interface GalleryHost {
  ctx: DurableObjectState;
  env: Bindings;
  memory: CallMemory;
  /** What is in memory while the call is on; nothing where the record has to do. */
  live(): { opened: Opened; progress: Progress } | undefined;
}

export class Gallery {
  readonly #host: GalleryHost;
  readonly #masking = new Masking();
  #sockets: number;
  #atBoard: boolean;
  /** Somebody at the switchboard has just come and is told everything. */
  #newAtBoard = false;
  /** Turns and latencies as they were told last. */
  readonly #told = new Map<string, string>();
  #news: WatchEvent[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(host: GalleryHost) {
    this.#host = host;
    this.#sockets = host.ctx.getWebSockets(TAG).length;
    this.#atBoard = host.ctx.storage.kv.get<boolean>(AT_BOARD) === true;
  }

  isFor(request: Request): boolean {
    return request.url === WATCH_ADDRESS;
  }

  /** A socket of staff. Told the call so far at once. */
  accept(request: Request): Response {
    const seen = this.#seen;
    if (!seen || this.#host.memory.ended) return new Response(null, { status: 404 });
    if (this.#sockets >= MOST) return new Response(null, { status: 429 });
    const { 0: page, 1: socket } = new WebSocketPair();
    this.#flush();
    this.#host.ctx.acceptWebSocket(socket, [TAG]);
    this.#sockets += 1;
    for (const event of encodeEvents(this.#whole(seen))) send(socket, event);
    return new Response(null, { status: 101, webSocket: page, headers: selectedFor(request) });
  }

  /** Whether this socket only watches, and what it says is for nobody. Asked on the way of the caller's sound. */
  ignores(socket: WebSocket): boolean {
    return this.#sockets > 0 && this.has(socket);
  }

  /** Whether this socket, which may be closing, only watches. */
  has(socket: WebSocket): boolean {
    return this.#host.ctx.getTags(socket).includes(TAG);
  }

  left(): void {
    this.#sockets = this.#open.length;
  }

  /** Somebody at the switchboard has come to watch. */
  lookIn(): void {
    if (!this.#host.memory.opened?.link || this.#host.memory.ended) return;
    this.#host.ctx.storage.kv.put(AT_BOARD, true);
    this.#atBoard = true;
    this.#newAtBoard = true;
    this.touch();
  }

  /** After each step of the rules: something may have changed. */
  touch(): void {
    if (!this.#watched || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.#flush(), GATHER_MS);
  }

  /** What the page is told, in so far as it is for other eyes. */
  tell(event: PageEvent): void {
    if (!this.#watched || !PASSED_ON.has(event.type)) return;
    this.#news.push(forOthers(event) as WatchEvent);
    this.touch();
  }

  ended({ cost_usd: _, ...ended }: CallEnded): void {
    if (!this.#watched) return;
    this.#news.push(ended);
    this.#flush();
    for (const socket of this.#open) closeQuietly(socket, 1000, "The call has ended.");
    this.#atBoard = false;
  }

  /** What was said to the end is on its way to the switchboard. */
  get settled(): Promise<void> {
    return this.#sending;
  }

  get #watched(): boolean {
    return this.#sockets > 0 || this.#atBoard;
  }

  get #open(): WebSocket[] {
    return this.#host.ctx.getWebSockets(TAG).filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  get #seen(): { opened: Opened; progress: Progress } | undefined {
    const live = this.#host.live();
    if (live) return live;
    const { opened, progress } = this.#host.memory;
    return opened && progress ? { opened, progress } : undefined;
  }

  #flush(): void {
    clearTimeout(this.#timer ?? null);
    this.#timer = undefined;
    const seen = this.#seen;
    if (!seen || !this.#watched) return;
    const fresh = encodeEvents([...this.#changed(seen), ...this.#news.splice(0)]);
    for (const socket of this.#open) for (const event of fresh) send(socket, event);
    if (!this.#atBoard || !seen.opened.link) return;
    const whole = this.#newAtBoard ? encodeEvents(this.#whole(seen)) : [];
    this.#newAtBoard = false;
    if (fresh.length + whole.length === 0) return;
    const { id, link } = seen.opened;
    // One after the other: what is told later is newer.
    this.#sending = this.#sending.then(() => this.#relay(id, link.hash, { whole, fresh }));
    this.#host.ctx.waitUntil(this.#sending);
  }

  async #relay(id: string, hash: string, scene: { whole: string[]; fresh: string[] }): Promise<void> {
    try {
      const watching = await boardOf(this.#host.env, hash).relay(id, scene);
      if (watching > 0 || this.#newAtBoard) return;
      this.#atBoard = false;
      if (this.#host.memory.opened) this.#host.ctx.storage.kv.delete(AT_BOARD);
    } catch (thrown) {
      log.warn("Watchers not told, will try again", { call: id, error: (thrown as Error).name });
      this.#told.clear();
      this.#newAtBoard ||= scene.whole.length > 0;
    }
  }

  /** Turns, and how long they took, that are not as they were told. */
  #changed({ progress }: { progress: Progress }): WatchEvent[] {
    return this.#turns(progress).filter((event) => {
      const what = `${event.type} ${event.item_id}`;
      const text = JSON.stringify(event);
      if (this.#told.get(what) === text) return false;
      this.#told.set(what, text);
      return true;
    });
  }

  #whole({ opened, progress }: { opened: Opened; progress: Progress }): WatchEvent[] {
    const { id, scenario, mode, opened_at: started_at } = opened;
    const title = scenarioById(scenario)?.title ?? scenario;
    const call = { id, scenario, title, mode: progress.fell_back ? ("scripted" as const) : mode, started_at };
    return [
      { type: "luna.watch", state: "on", call },
      ...this.#turns(progress),
      ...statusesOf(this.#host.memory.finishedTools()).map((status) => forOthers(status) as WatchEvent),
      ...(progress.transfer ? [forOthers(progress.transfer) as WatchEvent] : []),
      personaStatus(progress.state),
      { type: "luna.line", state: progress.state.line },
    ];
  }

  #turns({ state, counts }: Progress): (TurnStatus | WatchLatency | WatchAnswered)[] {
    const turns = this.#masking.turns<Turn>(turnsInOrder(state)).map(unfinished);
    return turns.flatMap((turn) => {
      const { item_id, who, latency_ms: ms } = turn;
      const server_ms = who === "caller" ? null : serverMs(counts.timing, item_id);
      return [
        turnStatus(turn),
        ...(server_ms === null ? [] : [{ type: "luna.answered" as const, item_id, server_ms }]),
        ...(ms === null ? [] : [{ type: "luna.latency" as const, item_id, ms }]),
      ];
    });
  }
}

/** Words that are still coming may be the first half of a number. */
function unfinished<T extends Turn>(turn: T): T {
  if (turn.state !== "live" || turn.who !== "caller") return turn;
  const text = maskUnfinished(turn.text);
  return { ...turn, text, heard: text };
}

/** Numbers in what a tool did or a specialist was told are masked as in the record. */
function forOthers(event: PageEvent): PageEvent {
  switch (event.type) {
    case "luna.tool":
      return { ...event, summary: maskValue(event.summary) as string };
    case "luna.transfer":
      return { ...event, summary: maskValue(event.summary) as typeof event.summary };
    default:
      return event;
  }
}

function send(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
  } catch {
    // Gone between two events.
  }
}
