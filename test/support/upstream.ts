/**
 * A Realtime provider for tests: the scripted Realtime server behind a real WebSocket on 127.0.0.1, with ears and a voice,
 * with bursts faster than real time and seeded delays, and with the manners of a provider on a bad day: it refuses keys after
 * the upgrade, stalls, breaks off, runs out of credit.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Brain } from "../../src/engines/scripted/brain.ts";
import type { Ears } from "../../src/engines/scripted/input-audio.ts";
import type { Voice } from "../../src/engines/scripted/response.ts";
import { ScriptedServer } from "../../src/engines/scripted/server.ts";
import type { ClientEvent, ServerEvent } from "../../src/realtime/events.ts";
import { seeded } from "./chance.ts";
import { type Faults, FaultyWire } from "./faults.ts";
import { withRawArguments } from "./hostile.ts";
import type { RtcCalls } from "./webrtc-provider.ts";

export interface UpstreamOptions {
  /** Good as it is, and with anything behind it: so callers can be told apart. */
  key?: string;
  /** Thinks for each new session. */
  brain: () => Brain;
  ears?: () => Ears;
  voice?: Voice;
  /** Delays between pieces and between bursts come from this seed. */
  seed?: number;
  /** Longest delay between two bursts of events, ms. 0: everything at once. */
  burstMs?: number;
  /** Answers the upgrade with this HTTP status instead. */
  refuseWith?: number;
  /** Answers upgrades with these keys, and no others, with 503. */
  refusedKeys?: Set<string>;
  /** What goes wrong on the n-th connection, from 0. */
  faults?: (n: number) => Faults | undefined;
  /** Every response fails like that of an account without credit. */
  noCredit?: boolean;
  /** Takes WebRTC calls, too. */
  calls?: RtcCalls;
}

/** One connection, as the provider saw it. */
export class UpstreamSession {
  /** Client events in the order of arrival; audio is counted, not kept. */
  readonly received: ClientEvent[] = [];
  readonly sent: ServerEvent[] = [];
  audioFrames = 0;
  audioBytes = 0;
  readonly model: string;
  readonly headers: Record<string, string>;
  /** Close code of the client, once it has gone; -1 while it is here. */
  closed = -1;
  readonly faults: Faults | undefined;
  readonly #wire: FaultyWire;
  readonly #server: ScriptedServer;
  readonly #chance: () => number;
  readonly #options: UpstreamOptions;
  #outbox: ServerEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stalled: { promise: Promise<void>; release: () => void } | undefined;
  #ids = 0;

  constructor(
    socket: WebSocket,
    options: UpstreamOptions,
    model: string,
    headers: Record<string, string>,
    seed: number,
    faults?: Faults,
  ) {
    this.faults = faults;
    this.#wire = new FaultyWire(
      {
        send: (text) => socket.readyState === socket.OPEN && socket.send(text),
        close: (code, reason) => socket.close(code, reason),
        closeBare: () => socket.close(),
        drop: () => socket.terminate(),
      },
      faults,
    );
    this.#options = options;
    this.model = model;
    this.headers = headers;
    this.#chance = seeded(seed);
    const tag = Math.floor(this.#chance() * 2 ** 32).toString(36);
    this.#server = new ScriptedServer({
      emit: (event) => this.#emit(event),
      brain: options.brain(),
      id: (prefix) => `${prefix}_${tag}${(++this.#ids).toString(36).padStart(4, "0")}`,
      now: () => Date.now(),
      model,
      voice: options.voice,
      ears: options.ears?.(),
      pace: () => this.#pace(),
    });
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("close", (code) => {
      this.closed = code;
      this.#server.close();
      clearTimeout(this.#timer);
    });
    socket.on("error", () => socket.terminate());
  }

  /** Breaks off: 1006 without a goodbye, any other code with one. */
  kill(code = 1006, reason = ""): void {
    this.#wire.close(code, reason);
  }

  /** Says nothing more until `resume`; the socket stays open. */
  stall(): void {
    if (this.#stalled) return;
    let release = () => {};
    const promise = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#stalled = { promise, release };
  }

  resume(): void {
    const stalled = this.#stalled;
    this.#stalled = undefined;
    stalled?.release();
    this.#flush();
  }

  /** Sends an event of the test's own, in order with the rest. */
  inject(event: ServerEvent): void {
    this.#emit(event);
  }

  /** Client events of one type. */
  of<T extends ClientEvent["type"]>(type: T): Extract<ClientEvent, { type: T }>[] {
    return this.received.filter((event) => event.type === type) as Extract<ClientEvent, { type: T }>[];
  }

  #receive(data: RawData, isBinary: boolean): void {
    const text = isBinary ? "" : data.toString();
    try {
      const event = JSON.parse(text) as ClientEvent;
      if (event.type === "input_audio_buffer.append") {
        this.audioFrames += 1;
        this.audioBytes += (event.audio.length * 3) / 4;
      } else {
        this.received.push(event);
      }
    } catch {
      // The server says what is wrong with it.
    }
    this.#server.receive(text);
  }

  /** Between two pieces of a response. */
  #pace(): Promise<void> | undefined {
    if (this.#stalled) return this.#stalled.promise;
    const most = this.#options.burstMs ?? 30;
    if (most === 0 || this.#chance() < 0.7) return undefined;
    return new Promise((resolve) => setTimeout(resolve, this.#chance() * most));
  }

  #emit(event: ServerEvent): void {
    const out = withRawArguments(this.#options.noCredit ? withoutCredit(event) : event);
    this.sent.push(out);
    this.#outbox.push(out);
    const most = this.#options.burstMs ?? 30;
    if (most === 0) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), this.#chance() * most);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#stalled) return;
    for (const event of this.#outbox.splice(0)) {
      this.#wire.send(event);
    }
  }
}

function withoutCredit(event: ServerEvent): ServerEvent {
  if (event.type !== "response.done") return event;
  const error = {
    type: "insufficient_quota",
    code: "insufficient_quota",
    message: "You exceeded your current quota.",
  };
  const response = {
    ...event.response,
    status: "failed" as const,
    status_details: { type: "failed" as const, error },
    output: [],
  };
  return { ...event, response };
}

export interface Upstream {
  /** Base URL for `REALTIME_BASE_URL`, ending in `/v1`. */
  url: string;
  key: string;
  /** Oldest first. */
  sessions: UpstreamSession[];
  /** Those that came with this key, oldest first: calls that run beside each other each bring their own. */
  sessionsOf(key: string): UpstreamSession[];
  /** Ways to change its mind between two calls. */
  options: UpstreamOptions;
  stop(): Promise<void>;
}

/** The caller stops it; it listens on 127.0.0.1 only. */
export async function startUpstream(options: UpstreamOptions): Promise<Upstream> {
  const key = options.key ?? "sk-test-upstream-key-0001";
  const http: Server = createServer((request, response) => {
    if (options.calls) void options.calls.serve(request, response, options, key);
    else response.writeHead(404).end();
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const sessions: UpstreamSession[] = [];
  const seed = options.seed ?? 1;
  http.on("upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const refused = keysOf(request).some((shown) => options.refusedKeys?.has(shown));
    const rtcId = url.searchParams.get("call_id");
    const known = url.pathname === "/v1/realtime" && (rtcId === null || options.calls?.find(rtcId) !== undefined);
    const status = options.refuseWith ?? (refused ? 503 : known ? 101 : 404);
    if (status !== 101) {
      stream.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const fault = faultOf(request, url, key);
      if (fault) return refuse(socket, fault);
      if (rtcId !== null) return options.calls?.find(rtcId)?.attach(socket);
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      sessions.push(
        new UpstreamSession(
          socket,
          options,
          url.searchParams.get("model") ?? "",
          headers,
          seed + sessions.length,
          options.faults?.(sessions.length),
        ),
      );
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    key,
    sessions,
    sessionsOf: (shown) => sessions.filter(({ headers }) => headers.authorization === `Bearer ${shown}`),
    options,
    async stop() {
      options.calls?.stop();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

interface Fault {
  code: string;
  message: string;
  close: number;
}

/** What was shown as a key, in any of the places providers look for one. */
function keysOf({ headers }: IncomingMessage): string[] {
  return [headers.authorization, headers["x-luna-key"], headers["api-key"]].flatMap((value) =>
    typeof value === "string" ? [value.replace(/^Bearer /, "")] : [],
  );
}

/** Keys and models are checked after the upgrade, as providers do. */
function faultOf(request: IncomingMessage, url: URL, key: string): Fault | undefined {
  if (request.headers["openai-beta"] !== undefined) {
    return {
      code: "beta_api_shape_disabled",
      message: "The Realtime Beta API is no longer supported.",
      close: 4000,
    };
  }
  if (!keysOf(request).some((shown) => shown.startsWith(key))) {
    return { code: "invalid_api_key", message: "Incorrect API key provided.", close: 3000 };
  }
  if (!url.searchParams.get("model") && !url.searchParams.has("call_id"))
    return { code: "missing_model", message: "You must provide a model parameter.", close: 4000 };
  return undefined;
}

function refuse(socket: WebSocket, { code, message, close }: Fault): void {
  const error = { type: "invalid_request_error", code, message, param: null, event_id: null };
  socket.send(JSON.stringify({ type: "error", event_id: "event_refused", error }));
  socket.close(close, `invalid_request_error.${code}`);
}
