/** A client of `GET /v1/realtime` without an SDK: for what no SDK would send, and for looking at each event as it came. */
import { exports } from "cloudflare:workers";
import { vi } from "vitest";
import type { ClientEvent, ServerEvent } from "../../../src/realtime/events.ts";

const ORIGIN = "http://localhost:8787";

export interface ClientOptions {
  model?: string;
  /** Whole query, instead of the model. */
  query?: string;
  key?: string;
  headers?: Record<string, string>;
}

export class SdkClient {
  readonly socket: WebSocket;
  readonly texts: string[] = [];
  readonly events: ServerEvent[] = [];
  readonly answer: Response;
  closed: { code: number; reason: string } | undefined;

  private constructor(socket: WebSocket, answer: Response) {
    this.socket = socket;
    this.answer = answer;
    socket.addEventListener("message", ({ data }) => {
      this.texts.push(String(data));
      this.events.push(JSON.parse(String(data)) as ServerEvent);
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

  static async open({ model, query, key = "any-key", headers = {} }: ClientOptions = {}): Promise<SdkClient> {
    const search = query ?? `model=${model ?? "luna-scripted"}`;
    const response = await exports.default.fetch(
      new Request(`${ORIGIN}/v1/realtime?${search}`, {
        headers: { upgrade: "websocket", ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers },
      }),
    );
    const socket = response.webSocket;
    if (!socket) throw new Error(`no socket, HTTP ${response.status} ${await response.text()}`);
    return new SdkClient(socket, response);
  }

  send(event: ClientEvent | Record<string, unknown> | string | ArrayBuffer): void {
    const raw = typeof event === "string" || event instanceof ArrayBuffer;
    this.socket.send(raw ? event : JSON.stringify(event));
  }

  say(text: string): void {
    const content = [{ type: "input_text" as const, text }];
    this.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  }

  of<T extends ServerEvent["type"]>(type: T): Extract<ServerEvent, { type: T }>[] {
    return this.events.filter((event) => event.type === type) as Extract<ServerEvent, { type: T }>[];
  }

  async until<T>(what: string, look: () => T | undefined | false, timeout = 8_000): Promise<T> {
    return vi.waitFor(
      () => {
        const seen = look();
        if (seen === undefined || seen === false) {
          const told = this.texts.map((text) => text.slice(0, 200)).join("\n");
          throw new Error(`not seen: ${what} (closed ${JSON.stringify(this.closed)})\n${told}`);
        }
        return seen;
      },
      { timeout, interval: 10 },
    );
  }

  created() {
    return this.until("session.created", () => this.of("session.created")[0]);
  }

  /** The `count`-th event of its kind, from 1. */
  async nth<T extends ServerEvent["type"]>(type: T, count: number): Promise<Extract<ServerEvent, { type: T }>> {
    return this.until(`${type} number ${count}`, () => this.of(type)[count - 1]);
  }

  /** The same where tools run in between: gives the first words, and waits until nothing is under way. */
  async talk(text: string): Promise<string> {
    const before = this.of("response.done").length;
    this.say(text);
    this.send({ type: "response.create" });
    return this.until(`an answer to "${text}"`, () => {
      const done = this.of("response.done").slice(before);
      const words = done.flatMap(({ response }) => response.output.map(wordsOf)).join(" ");
      return words !== "" && this.of("response.created").length === this.of("response.done").length ? words : undefined;
    });
  }

  /** Says it, asks for an answer, and gives its text (or transcript). */
  async ask(text: string): Promise<string> {
    const before = this.of("response.done").length;
    this.say(text);
    this.send({ type: "response.create" });
    const { response } = await this.nth("response.done", before + 1);
    return response.output.map(wordsOf).join(" ").trim();
  }
}

export function wordsOf(item: { type: string; content?: unknown }): string {
  if (item.type !== "message" || !Array.isArray(item.content)) return "";
  return (item.content as { text?: string; transcript?: string }[])
    .map((part) => part.text ?? part.transcript ?? "")
    .join(" ");
}
