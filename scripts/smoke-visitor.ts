/** Who tries a Luna out from a shell: requests with a cookie, and the socket of a call. */
import WebSocket from "ws";
import type { CallOpened } from "../src/legs/open-call.ts";
import { type PageEvent, TOKEN_PROTOCOL, WIRE_PROTOCOL } from "../src/legs/wire.ts";

/** For one request or one thing to happen in a call, ms: a first request may have to start an object far away. */
const PATIENCE_MS = 15_000;

/** Something of this Luna is not as it should be. */
export class Unwell extends Error {}
/** There is no answer at all. */
export class Nobody extends Error {}

/** Asserts; the text says what should have been, and what was. */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Unwell(what);
}

/** One browser that nobody sees: keeps its cookie. */
export class Visitor {
  readonly base: string;
  #cookie = "";

  constructor(base: string) {
    this.base = base;
  }

  get cookie(): string {
    return this.#cookie;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#cookie !== "") headers.set("cookie", this.#cookie);
    const response = await fetch(this.base + path, {
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...init,
      headers,
    }).catch((failure: Error) => {
      throw new Nobody(`No answer from ${this.base}${path}: ${reasonOf(failure)}`);
    });
    const cookie = response.headers.getSetCookie().find((one) => /^(__Host-)?luna_visitor=/.test(one));
    if (cookie) this.#cookie = cookie.split(";")[0] ?? "";
    return response;
  }

  send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    return this.fetch(path, { method, headers: { "content-type": "application/json", ...headers }, ...json });
  }
}

function reasonOf(failure: Error): string {
  const cause = failure.cause as { code?: string; message?: string } | undefined;
  return cause?.code ?? cause?.message ?? failure.message;
}

export async function textOf(response: Response, status: number, what: string): Promise<string> {
  const text = await response.text();
  must(response.status === status, `${what}: answered ${response.status} instead of ${status}. ${text.slice(0, 300)}`);
  return text;
}

export async function jsonOf<T>(response: Response, status: number, what: string): Promise<T> {
  const text = await textOf(response, status, what);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new Unwell(`${what}: the answer is no JSON: ${text.slice(0, 200)}`);
  }
}

/** The socket of one call, and everything it has said. */
export class Line {
  readonly events: PageEvent[] = [];
  readonly #socket: WebSocket;
  #closed: string | undefined;

  constructor(visitor: Visitor, opened: Pick<CallOpened, "socket" | "token">) {
    const url = new URL(opened.socket, visitor.base);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new WebSocket(url, [WIRE_PROTOCOL, TOKEN_PROTOCOL + opened.token], {
      headers: { cookie: visitor.cookie },
      handshakeTimeout: PATIENCE_MS,
    });
    this.#socket.on("message", (data: Buffer, binary: boolean) => {
      if (!binary) this.#take(JSON.parse(data.toString()) as PageEvent);
    });
    this.#socket.on("error", (error) => {
      this.#closed = error.message;
    });
    this.#socket.on("close", (code, reason) => {
      this.#closed ??= `${code} ${reason.toString()}`.trim();
    });
  }

  /** Who reads counts as having heard what stands there whole. */
  #take(event: PageEvent): void {
    this.events.push(event);
    if (event.type !== "response.output_text.done") return;
    const { item_id, content_index, text } = event;
    const place = { type: "luna.playback", item_id, content_index, heard_chars: text.length };
    this.send({ ...place, state: "started", heard_ms: 0, heard_chars: 0 });
    this.send({ ...place, state: "done", heard_ms: 0 });
  }

  send(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }

  say(text: string): void {
    const content = [{ type: "input_text", text }];
    this.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  }

  of<T extends PageEvent["type"]>(type: T): Extract<PageEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<PageEvent, { type: T }>[];
  }

  async until<T>(what: string, look: () => T | undefined | false): Promise<T> {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const seen = look();
      if (seen !== undefined && seen !== false) return seen;
      const problem = this.of("error").at(-1)?.error.message ?? this.of("luna.notice").at(-1)?.message;
      if (this.#closed !== undefined) throw new Unwell(`the socket closed (${this.#closed}) before ${what}`);
      if (Date.now() > end)
        throw new Unwell(`no ${what} within ${PATIENCE_MS / 1000} s${problem ? `: ${problem}` : ""}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** What Luna said after the caller's turns so far, once she listens again or has hung up. */
  async answer(answersBefore: number): Promise<string> {
    await this.until(
      "answer of Luna's",
      () => this.#answers().length > answersBefore || this.of("luna.ended").length > 0,
    );
    await this.until("end of her answer", () => {
      return this.of("luna.ended").length > 0 || this.of("luna.line").at(-1)?.state === "listening";
    });
    return this.#answers().slice(answersBefore).join(" ");
  }

  get answers(): number {
    return this.#answers().length;
  }

  #answers(): string[] {
    const turns = new Map<string, string>();
    for (const turn of this.of("luna.turn")) {
      if (turn.who !== "caller" && turn.state === "final") turns.set(turn.item_id, turn.text);
    }
    return [...turns.values()];
  }

  close(): void {
    this.#socket.terminate();
  }
}
