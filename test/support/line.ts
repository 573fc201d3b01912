/** A bare line to a call: what a page does on its socket, without a page. For frames no honest page would send. */
import WebSocket from "ws";
import { BYTES_PER_MS } from "../../src/audio/pcm.ts";
import { AUDIO_HEADER_BYTES } from "../../src/legs/frames.ts";
import type { CallOpened, OpenCallInput } from "../../src/legs/open-call.ts";
import { type PageEvent, TOKEN_PROTOCOL, WIRE_PROTOCOL } from "../../src/legs/wire.ts";

/** One visitor: keeps the cookie the bank knows them by. */
export class Visitor {
  readonly url: string;
  cookie = "";

  constructor(url: string) {
    this.url = url;
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie !== "") headers.set("cookie", this.cookie);
    const response = await fetch(`${this.url}${path}`, { ...init, headers });
    const set = response.headers.get("set-cookie");
    if (set) this.cookie = set.split(";")[0] ?? "";
    return response;
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: text,
    });
  }

  /** @throws with the server's answer when the call is refused. */
  async open(call: OpenCallInput): Promise<CallOpened> {
    const response = await this.post("/api/calls", call);
    if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as CallOpened;
  }

  connect(opened: Pick<CallOpened, "socket" | "token">, headers: Record<string, string> = {}): Line {
    const url = new URL(opened.socket, this.url);
    url.protocol = "ws:";
    return new Line(
      new WebSocket(url, [WIRE_PROTOCOL, TOKEN_PROTOCOL + opened.token], {
        headers: { cookie: this.cookie, ...headers },
      }),
    );
  }
}

export class Line {
  readonly socket: WebSocket;
  readonly events: PageEvent[] = [];
  /** Bytes of audio that came down. */
  audioBytes = 0;
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data: Buffer, binary: boolean) => {
      if (binary) this.audioBytes += data.length;
      // A sign of life that the page asked for.
      else if (data.toString() !== "pong") this.events.push(JSON.parse(data.toString()) as PageEvent);
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
      socket.on("error", (error) => resolve({ code: -1, reason: error.message }));
    });
  }

  send(message: unknown): void {
    const frame = typeof message === "string" || message instanceof Uint8Array ? message : JSON.stringify(message);
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(frame);
    else this.socket.once("open", () => this.socket.send(frame));
  }

  say(text: string): void {
    this.send({
      type: "conversation.item.create",
      item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
    });
  }

  of<T extends PageEvent["type"]>(type: T): Extract<PageEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<PageEvent, { type: T }>[];
  }

  /** Waits for something in the events; @throws with all types seen when it does not come in time. */
  async until<T>(what: string, look: (events: PageEvent[]) => T | undefined | false, withinMs = 20_000): Promise<T> {
    const end = Date.now() + withinMs;
    for (;;) {
      const seen = look(this.events);
      if (seen !== undefined && seen !== false) return seen;
      if (Date.now() > end) {
        throw new Error(
          `Not seen in ${withinMs} ms: ${what}\n${this.events.map((event) => JSON.stringify(event).slice(0, 160)).join("\n")}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /**
   * Plays the page's part: every finished item of the bank's side counts as read, or heard to its end, at once.
   */
  readAlong(): this {
    const items = new Map<number, { item_id: string; content_index: number }>();
    const ms = new Map<string, number>();
    this.socket.on("message", (data: Buffer, binary: boolean) => {
      if (binary) {
        const item = items.get(data.readUInt32LE(0))?.item_id ?? "";
        ms.set(item, (ms.get(item) ?? 0) + (data.length - AUDIO_HEADER_BYTES) / BYTES_PER_MS);
        return;
      }
      if (data.toString() === "pong") return;
      const event = JSON.parse(data.toString()) as PageEvent;
      if (event.type === "luna.audio") items.set(event.n, event);
      else if (event.type === "response.output_text.done") {
        this.#heard(event.item_id, event.content_index, { heard_ms: 0, heard_chars: event.text.length });
      } else if (event.type === "response.output_audio.done") {
        this.#heard(event.item_id, event.content_index, { heard_ms: Math.floor(ms.get(event.item_id) ?? 0) });
      }
    });
    return this;
  }

  #heard(item_id: string, content_index: number, how: { heard_ms: number; heard_chars?: number }): void {
    const place = { type: "luna.playback", item_id, content_index };
    this.send({ ...place, state: "started", heard_ms: 0 });
    this.send({ ...place, state: "done", ...how });
  }

  /** Waits for the next finished turn of the bank's side after `turns` of them. */
  async answer(turns: number): Promise<string> {
    return this.until(`answer ${turns + 1} of the bank`, () => {
      const done = this.of("luna.turn").filter((turn) => turn.who !== "caller" && turn.state === "final");
      const ids = [...new Set(done.map((turn) => turn.item_id))];
      const next = ids[turns];
      return next === undefined ? undefined : done.findLast((turn) => turn.item_id === next)?.text;
    });
  }

  close(): void {
    this.socket.close();
  }
}
