/** A caller without a browser: opens a call as the page does, says things by typing, and reports everything as heard. */
import { exports } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { CallOpened, OpenCallInput } from "../../../src/legs/open-call.ts";
import { type PageEvent, type PageMessageInput, TOKEN_PROTOCOL, WIRE_PROTOCOL } from "../../../src/legs/wire.ts";

export const ORIGIN = "http://localhost:8787";

/** One browser: keeps its cookie. */
export class Browser {
  cookie = "";

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.cookie) headers.set("cookie", this.cookie);
    const response = await exports.default.fetch(new Request(ORIGIN + path, { ...init, headers }));
    const set = response.headers.get("set-cookie");
    if (set) this.cookie = set.split(";")[0] ?? "";
    return response;
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return this.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  async call(request: OpenCallInput): Promise<Caller> {
    const response = await this.post("/api/calls", request);
    expect(response.status).toBe(201);
    const opened = (await response.json()) as CallOpened;
    return new Caller(opened, await this.socket(opened.socket, opened.token));
  }

  async socket(path: string, token: string): Promise<WebSocket> {
    const response = await this.fetch(path, {
      headers: { upgrade: "websocket", "sec-websocket-protocol": `${WIRE_PROTOCOL}, ${TOKEN_PROTOCOL}${token}` },
    });
    const socket = response.webSocket;
    if (!socket) throw new Error(`no socket, HTTP ${response.status}`);
    return socket;
  }
}

export class Caller {
  readonly opened: CallOpened;
  readonly socket: WebSocket;
  readonly told: PageEvent[] = [];
  readonly audio: ArrayBuffer[] = [];
  closed: { code: number; reason: string } | undefined;
  /** How many letters of a text get to the ear before the caller speaks; undefined: all of them. */
  ear: number | undefined;

  constructor(opened: CallOpened, socket: WebSocket) {
    this.opened = opened;
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") return void this.audio.push(data as ArrayBuffer);
      this.#heard(JSON.parse(data) as PageEvent);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.closed = { code, reason };
      try {
        socket.close();
      } catch {
        // Closed from both ends already.
      }
    });
    socket.accept();
  }

  /** A page without a voice reports each text as heard to its end once it stands there whole. */
  #heard(event: PageEvent): void {
    this.told.push(event);
    if (event.type !== "response.output_text.done") return;
    const { item_id, content_index, text } = event;
    const heard_chars = Math.min(text.length, this.ear ?? text.length);
    const state = heard_chars < text.length ? "flushed" : "done";
    this.send({ type: "luna.playback", item_id, content_index, heard_ms: 0, heard_chars, state });
  }

  send(message: PageMessageInput): void {
    this.socket.send(JSON.stringify(message));
  }

  say(text: string): void {
    const content: [{ type: "input_text"; text: string }] = [{ type: "input_text", text }];
    this.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  }

  /** Says it and waits for Luna's next words. */
  async ask(text: string): Promise<string> {
    const before = this.told.length;
    this.say(text);
    return this.answer(before);
  }

  /** Luna's words from `since` on, once she waits for the caller again. */
  async answer(since = 0): Promise<string> {
    const words = () =>
      this.told.slice(since).flatMap((event) => (event.type === "response.output_text.done" ? [event.text] : []));
    await this.until(() => {
      const line = this.told.findLast((event) => event.type === "luna.line");
      return words().length > 0 && (this.ended !== undefined || line?.state === "listening");
    });
    return words().join(" ");
  }

  get ended() {
    return this.told.find((event) => event.type === "luna.ended");
  }

  last<T extends PageEvent["type"]>(type: T): Extract<PageEvent, { type: T }> | undefined {
    return this.told.findLast((event) => event.type === type) as Extract<PageEvent, { type: T }> | undefined;
  }

  async until(what: () => boolean, timeout = 8_000): Promise<void> {
    await vi.waitFor(() => expect(what()).toBe(true), { timeout, interval: 20 });
  }
}
