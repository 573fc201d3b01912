/**
 * A caller who stays: opens a call, hears everything at once, loses the socket and comes back as the page does, shows the key
 * when it is asked for, and knows what was said. What it holds is what a page would show.
 */

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { vi } from "vitest";
import { BYTES_PER_MS } from "../../../src/audio/pcm.ts";
import { AUDIO_HEADER_BYTES } from "../../../src/legs/frames.ts";
import type { CallOpened, OpenCallInput } from "../../../src/legs/open-call.ts";
import { SoundPace } from "../../../src/legs/pace.ts";
import type { CallEnded, PageEvent, PageMessageInput, ToolStatus, TurnStatus } from "../../../src/legs/wire.ts";
import type { CallRecord } from "../../../src/store/calls.ts";
import { Browser } from "./caller.ts";
import { PAUSE, quiet, spoken } from "./spoken.ts";

/** Each call from an address of its own: opening calls is limited per address. */
let addresses = 0;

export interface Heard {
  at: number;
  event: PageEvent;
}

export class Phone {
  readonly browser = new Browser();
  readonly opened: CallOpened;
  readonly heard: Heard[] = [];
  readonly turns = new Map<string, TurnStatus>();
  readonly tools = new Map<string, ToolStatus>();
  /** What the caller has said, in order. */
  readonly said: string[] = [];
  /** Shown when the call asks for it; undefined: the page does not answer. */
  key: string | undefined;
  closed: { code: number; reason: string } | undefined;
  frames = 0;
  #socket: WebSocket | undefined;
  /** Sound of each item at the ear, ms. */
  readonly #ms = new Map<string, number>();
  readonly #done = new Set<string>();
  readonly #items = new Map<number, { item_id: string; content_index: number }>();

  private constructor(browser: Browser, opened: CallOpened, key: string | undefined) {
    this.browser = browser;
    this.opened = opened;
    this.key = key;
  }

  static async call(request: OpenCallInput, browser = new Browser()): Promise<Phone> {
    const address = `2001:db8:0:${(++addresses).toString(16)}::1`;
    const response = await browser.post("/api/calls", request, { "cf-connecting-ip": address });
    if (response.status !== 201) throw new Error(`no call: ${response.status} ${await response.text()}`);
    const phone = new Phone(browser, (await response.json()) as CallOpened, request.key);
    await phone.connect(phone.opened.token);
    return phone;
  }

  /** The page's socket, with the token it was opened with or, by default, the newest it was given. */
  async connect(token = this.last("luna.resume")?.token ?? ""): Promise<void> {
    const socket = await this.browser.socket(this.opened.socket, token);
    this.#socket = socket;
    this.closed = undefined;
    this.#items.clear();
    // The call tells a page that comes back all there is; what it does not tell was never written down.
    this.turns.clear();
    this.tools.clear();
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#told(JSON.parse(data) as PageEvent);
      else this.#sound(data as ArrayBuffer);
    });
    const gone = (code: number, reason: string) => {
      if (this.#socket === socket) this.closed = { code, reason };
      try {
        socket.close();
      } catch {
        // Closed from both ends already.
      }
    };
    socket.addEventListener("close", ({ code, reason }) => gone(code, reason));
    socket.addEventListener("error", () => gone(1006, ""));
    socket.accept();
  }

  /** Comes back as soon as the old socket is known to be gone. */
  async comeBack(): Promise<void> {
    const before = this.heard.length;
    await this.connect();
    await this.until("the call to be told again", () =>
      this.heard.slice(before).some(({ event }) => event.type === "luna.line" || event.type === "luna.ended"),
    );
  }

  get id(): string {
    return this.opened.call_id;
  }

  get stub() {
    return env.CALLS.getByName(this.id);
  }

  get bank() {
    return env.BANKS.getByName(this.browser.cookie.split("=")[1] ?? "");
  }

  /** The provider's end of a socket belongs to the object that dialled it: it can be used from within that object only. */
  within(act: () => void): Promise<void> {
    return runInDurableObject(this.stub, act);
  }

  send(message: PageMessageInput): void {
    try {
      this.#socket?.send(JSON.stringify(message));
    } catch {
      // The line is down: a page would say it again when it is back.
    }
  }

  /** Many times faster than people speak, so the pace of sound is not held against it: the leg's own tests do that. */
  sound(frames: ArrayBuffer[]): void {
    vi.spyOn(SoundPace.prototype, "take").mockReturnValue(true);
    for (const frame of frames) {
      this.#socket?.send(frame);
      this.frames += 1;
    }
  }

  hangUp(): void {
    this.send({ type: "luna.end" });
  }

  leave(): void {
    this.#socket?.close(1000, "another network");
  }

  type(text: string, luna_how: "typed" | "speech" = "typed"): void {
    this.said.push(text);
    const content: [{ type: "input_text"; text: string }] = [{ type: "input_text", text }];
    this.send({ type: "conversation.item.create", item: { type: "message", role: "user", content }, luna_how });
  }

  /** Says it into the microphone, or where the page listens by itself as recognised words. Frames come in small bursts. */
  async speak(text: string): Promise<void> {
    if (this.last("luna.engine")?.voice === "page") return this.type(text, "speech");
    this.said.push(text);
    const frames = [...spoken(text), ...quiet(PAUSE)];
    for (let at = 0; at < frames.length; at += 10) {
      this.sound(frames.slice(at, at + 10));
      await scheduler.wait(1);
    }
  }

  get line(): string {
    return this.last("luna.line")?.state ?? "connecting";
  }

  get ended(): CallEnded | undefined {
    return this.last("luna.ended");
  }

  last<T extends PageEvent["type"]>(type: T): Extract<PageEvent, { type: T }> | undefined {
    return this.heard.findLast(({ event }) => event.type === type)?.event as
      | Extract<PageEvent, { type: T }>
      | undefined;
  }

  of<T extends PageEvent["type"]>(type: T): Extract<PageEvent, { type: T }>[] {
    return this.heard.flatMap(({ event }) => (event.type === type ? [event as Extract<PageEvent, { type: T }>] : []));
  }

  get inOrder(): TurnStatus[] {
    return [...this.turns.values()].sort((a, b) => a.order - b.order);
  }

  get callers(): TurnStatus[] {
    return this.inOrder.filter((turn) => turn.who === "caller");
  }

  did(name: string, state: ToolStatus["state"] = "done"): boolean {
    return [...this.tools.values()].some((tool) => tool.name === name && tool.state === state);
  }

  /** @throws with the story so far when it does not come true in time. */
  async until(what: string, holds: () => boolean, within = 8_000): Promise<void> {
    const end = Date.now() + within;
    while (!holds()) {
      if (Date.now() > end) throw new Error(`Not in ${within} ms: ${what}\n${this.story()}`);
      await scheduler.wait(5);
    }
  }

  /** What the bank's side has said since the caller's last words. */
  answer(): string {
    const turns = this.inOrder;
    const last = turns.findLastIndex((turn) => turn.who === "caller");
    return turns
      .slice(last + 1)
      .map((turn) => turn.heard || turn.text)
      .join(" ");
  }

  /** Waits until Luna has answered this many utterances and it is the caller's turn; "" when no answer comes in time. */
  async turn(utterances = this.said.length, within = 8_000): Promise<string> {
    const end = Date.now() + within;
    let calm = 0;
    while (Date.now() < end && !this.ended) {
      const turns = this.inOrder;
      const busy =
        this.callers.length < utterances ||
        this.line !== "listening" ||
        turns.at(-1)?.who === "caller" ||
        turns.length === 0 ||
        turns.some((turn) => turn.state === "live") ||
        [...this.tools.values()].some((tool) => tool.state === "running");
      calm = busy ? 0 : calm + 1;
      if (calm > 8) return this.answer();
      await scheduler.wait(5);
    }
    return this.ended ? this.answer() : "";
  }

  /** Types it and waits for the answer. */
  async ask(text: string, within = 8_000): Promise<string> {
    this.type(text);
    const answer = await this.turn(this.said.length, within);
    if (answer === "") throw new Error(`No answer to "${text}".\n${this.story()}`);
    return answer;
  }

  async record(): Promise<Omit<CallRecord, "visitor">> {
    return (await (await this.browser.fetch(`/api/calls/${this.id}`)).json()) as Omit<CallRecord, "visitor">;
  }

  /** The record in D1, once the call has ended. */
  async finalRecord(within = 5_000): Promise<Omit<CallRecord, "visitor">> {
    const end = Date.now() + within;
    for (;;) {
      const record = await this.record();
      if (record.reason !== null) return record;
      if (Date.now() > end) throw new Error(`no final record\n${this.story()}`);
      await scheduler.wait(20);
    }
  }

  story(): string {
    const lines = this.inOrder.map((turn) => `${turn.order} ${turn.who} [${turn.state}] ${turn.text} | ${turn.heard}`);
    const tools = [...this.tools.values()].map((tool) => `${tool.order} ${tool.name} ${tool.state} ${tool.summary}`);
    const notices = this.of("luna.notice").map((notice) => notice.code);
    const states = this.of("luna.line").map((line) => line.state);
    return [
      `said: ${JSON.stringify(this.said)}`,
      ...lines,
      ...tools,
      `notices: ${notices}`,
      `line: ${states.slice(-20)}`,
      `last: ${this.heard.slice(-12).map(({ event }) => event.type)}`,
      `ended: ${this.ended?.reason} closed: ${JSON.stringify(this.closed)}`,
    ].join("\n");
  }

  #told(event: PageEvent): void {
    this.heard.push({ at: Date.now(), event });
    switch (event.type) {
      case "luna.turn":
        this.turns.set(event.item_id, event);
        break;
      case "luna.tool":
        this.tools.set(event.call_id, event);
        break;
      case "luna.audio":
        this.#items.set(event.n, event);
        break;
      case "luna.key_wanted":
        if (this.key !== undefined) this.send({ type: "luna.key", key: this.key });
        break;
      case "luna.flush":
        for (const item_id of this.#ms.keys()) this.#report(item_id, 0, "flushed");
        break;
      case "response.output_text.done":
        this.#report(event.item_id, event.content_index, "done", event.text.length);
        break;
      case "response.output_audio.done":
        this.#report(event.item_id, event.content_index, "done");
    }
  }

  #sound(frame: ArrayBuffer): void {
    const item = this.#items.get(new DataView(frame).getUint32(0, true));
    if (!item) return;
    const ms = (frame.byteLength - AUDIO_HEADER_BYTES) / BYTES_PER_MS;
    this.#ms.set(item.item_id, (this.#ms.get(item.item_id) ?? 0) + ms);
  }

  #report(item_id: string, content_index: number, state: "done" | "flushed", heard_chars?: number): void {
    if (this.#done.has(item_id)) return;
    this.#done.add(item_id);
    const heard_ms = Math.floor(this.#ms.get(item_id) ?? 0);
    const chars = heard_chars === undefined ? {} : { heard_chars };
    this.send({ type: "luna.playback", item_id, content_index, state, heard_ms, ...chars });
  }
}

/** What to answer when Luna's last words fit; tried in order. */
export type Rule = [says: RegExp, answer: string];

export interface Script {
  opening: string;
  rules: readonly Rule[];
  /** The caller has what they wanted. */
  enough: (phone: Phone) => boolean;
  /** Speaks rather than types. */
  aloud: boolean;
  /** How long the caller waits before saying it again, ms. */
  patience: number;
}

const MOST_UTTERANCES = 7;

/** Talks until the caller has what they wanted. A caller who hears nothing says it again, as people do. */
export async function talk(phone: Phone, script: Script): Promise<void> {
  const { rules, enough, aloud, patience } = script;
  await phone.turn(0, patience);
  let words = script.opening;
  for (let n = 0; n < MOST_UTTERANCES; n++) {
    const known = phone.callers.length;
    if (aloud) await phone.speak(words);
    else phone.type(words);
    const answer = await phone.turn(known + 1, patience);
    if (enough(phone) || phone.ended) return;
    const rule = rules.find(([says]) => says.test(answer));
    if (answer !== "" && !rule) throw new Error(`Nothing to answer to: "${answer}"\n${phone.story()}`);
    words = rule?.[1] ?? words;
  }
  throw new Error(`The call does not come to an end.\n${phone.story()}`);
}
