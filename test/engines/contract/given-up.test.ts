/** When a provider whose socket stays open is given up all the same, and when it is not. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Gone } from "../../../src/engines/engine.ts";
import { ProviderEngine } from "../../../src/engines/provider.ts";
import type { ServerEvent } from "../../../src/realtime/events.ts";
import { KEY, OPENAI, providerOf } from "./vendors.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

type Json = Record<string, unknown>;

/** The provider's end of the one line that is dialled. */
class Open {
  readonly gone: Gone[] = [];
  readonly events: ServerEvent[] = [];
  readonly engine: ProviderEngine;
  #hears: (event: { data: unknown }) => void = () => {};

  constructor(options: { led?: boolean } = {}) {
    const socket = {
      addEventListener: (type: string, listener: (event: { data: unknown }) => void) => {
        if (type === "message") this.#hears = listener;
      },
      accept() {},
      send() {},
      close() {},
    };
    vi.stubGlobal("fetch", async () => ({ status: 101, webSocket: socket }));
    this.engine = new ProviderEngine({
      ...options,
      provider: providerOf(OPENAI.settings),
      key: KEY,
      listener: {
        onReady() {},
        onEvent: (event) => this.events.push(event),
        onAudio() {},
        onGone: (gone) => this.gone.push(gone),
      },
    });
  }

  static async line(options: { led?: boolean } = {}): Promise<Open> {
    const line = new Open(options);
    await vi.advanceTimersByTimeAsync(0);
    line.says({ type: "session.created", session: {} });
    return line;
  }

  says(event: Json): void {
    this.frame(JSON.stringify(event));
  }

  frame(data: unknown): void {
    this.#hears({ data });
  }

  refuses(code: string, event_id: string | null): void {
    this.says({ type: "error", error: { type: "invalid_request_error", code, message: "no", event_id } });
  }

  asks(event_id: string): void {
    this.engine.send({ type: "response.create", event_id });
  }

  answers(id: string, status = "completed"): void {
    this.says({ type: "response.created", response: { id, status: "in_progress", output: [] } });
    this.says({ type: "response.done", response: { id, status, output: [] } });
  }

  get codes(): string[] {
    return this.gone.map(({ code }) => code);
  }
}

describe("a provider that refuses to answer", () => {
  test("twice in a row is left; once, or about something else, it is not", async () => {
    const line = await Open.line();
    line.asks("one");
    line.refuses("server_error", "one");
    line.refuses("server_error", "something else");
    line.refuses("server_error", null);
    line.asks("two");
    line.answers("r1");
    line.asks("three");
    line.refuses("rate_limit_exceeded", "three");
    expect(line.codes).toEqual([]);
    line.asks("four");
    line.refuses("rate_limit_exceeded", "four");
    expect(line.gone).toMatchObject([{ code: "rate_limit_exceeded", retriable: true }]);
  });

  test("has failed once where one failure is told by an error and by the end of the answer", async () => {
    const line = await Open.line();
    line.asks("one");
    line.says({ type: "response.created", response: { id: "r1", status: "in_progress", output: [] } });
    line.refuses("rate_limit_exceeded", "one");
    line.says({ type: "response.done", response: { id: "r1", status: "failed", output: [] } });
    expect(line.codes).toEqual([]);
    line.asks("two");
    line.refuses("rate_limit_exceeded", "two");
    expect(line.codes).toEqual(["rate_limit_exceeded"]);
  });

  test("because it answers already has refused nothing, however often, and is waited for as before", async () => {
    const line = await Open.line();
    line.says({ type: "response.created", response: { id: "r1", status: "in_progress", output: [] } });
    for (const id of ["one", "two", "three"]) {
      line.asks(id);
      line.refuses("conversation_already_has_active_response", id);
    }
    expect(line.codes).toEqual([]);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(line.codes).toEqual(["stalled"]);
  });

  test("has answered: nobody waits for more until it is asked again", async () => {
    const line = await Open.line();
    line.asks("one");
    line.refuses("server_error", "one");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(line.codes).toEqual([]);
  });

  test.each([
    ["insufficient_quota", false],
    ["session_expired", true],
  ])("with %s is left without the close that ought to follow", async (code, retriable) => {
    const line = await Open.line();
    line.refuses(code, null);
    expect(line.gone).toMatchObject([{ code, retriable }]);
  });

  test("is its client's business where a client leads", async () => {
    const line = await Open.line({ led: true });
    for (const id of ["one", "two", "three"]) {
      line.asks(id);
      line.refuses("server_error", id);
    }
    line.refuses("insufficient_quota", null);
    expect(line.codes).toEqual([]);
  });
});

describe("a provider that sends what nobody can read", () => {
  test("is as silent as one that sends nothing", async () => {
    const line = await Open.line();
    line.asks("one");
    for (let n = 0; n < 12; n++) {
      line.frame('{"type":"response.cre');
      line.frame(JSON.stringify({ type: "ping" }));
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(line.codes).toEqual(["stalled"]);
  });

  test("lives while it makes something of an answer that is new to us: how it thinks, for one", async () => {
    const line = await Open.line();
    line.asks("one");
    for (let n = 0; n < 20; n++) {
      line.says({ type: "response.reasoning.delta", delta: "Hm." });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(line.codes).toEqual([]);
    await vi.advanceTimersByTimeAsync(12_000);
    expect(line.codes).toEqual(["stalled"]);
  });

  test("is as silent as ever where the clock is set back meanwhile", async () => {
    const line = await Open.line();
    line.asks("one");
    vi.setSystemTime(Date.now() - 3_600_000);
    await vi.advanceTimersByTimeAsync(25_000);
    expect(line.codes).toEqual(["stalled"]);
  });

  test("and nothing else is left at the twentieth frame; a word between them is a sign of life", async () => {
    const line = await Open.line();
    for (let n = 0; n < 19; n++) line.frame(n % 2 === 0 ? "?" : new ArrayBuffer(4));
    line.says({ type: "rate_limits.updated", rate_limits: [] });
    for (let n = 0; n < 19; n++) line.frame("{}");
    expect(line.codes).toEqual([]);
    line.frame("{}");
    expect(line.gone).toMatchObject([{ code: "garbage", retriable: true }]);
  });
});

describe("a provider that does not stop talking", () => {
  const begin = (line: Open, id = "r1") =>
    line.says({ type: "response.created", response: { id, status: "in_progress", output: [] } });
  /** Sound as long as `ms`. */
  const sounds = (line: Open, ms: number, response_id = "r1") =>
    line.says({ type: "response.output_audio.delta", response_id, item_id: "m1", delta: "A".repeat(ms * 64) });

  test("when it was told to is left, some seconds later; one whose last pieces come late is not", async () => {
    const line = await Open.line();
    begin(line);
    sounds(line, 200);
    line.engine.send({ type: "response.cancel", response_id: "r1" });
    for (let s = 0; s < 8; s++) {
      await vi.advanceTimersByTimeAsync(1_000);
      sounds(line, 200);
      if (s === 4) line.engine.send({ type: "response.cancel", response_id: "r1" });
    }
    expect(line.codes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_000);
    sounds(line, 200, "another");
    expect(line.codes).toEqual([]);
    sounds(line, 200);
    expect(line.gone).toMatchObject([{ code: "endless_answer", retriable: true }]);
  });

  test("has stopped where only the end of what was made before is told", async () => {
    const line = await Open.line();
    begin(line);
    line.engine.send({ type: "response.cancel", response_id: "r1" });
    await vi.advanceTimersByTimeAsync(8_001);
    line.says({ type: "output_audio_buffer.stopped", response_id: "r1" });
    expect(line.codes).toEqual([]);
  });

  test("in writing is left like one that speaks", async () => {
    const line = await Open.line();
    begin(line);
    line.engine.send({ type: "response.cancel", response_id: "r1" });
    await vi.advanceTimersByTimeAsync(8_001);
    line.says({ type: "response.output_text.delta", response_id: "r1", item_id: "m1", delta: "and " });
    expect(line.codes).toEqual(["endless_answer"]);
  });

  test("is left at more sound than the longest answer has, however fast it comes", async () => {
    const line = await Open.line();
    begin(line);
    for (let minute = 0; minute < 3; minute++) sounds(line, 60_000);
    line.answers("r1");
    begin(line, "r2");
    for (let minute = 0; minute < 27; minute++) sounds(line, 60_000, "r2");
    expect(line.codes).toEqual([]);
    sounds(line, 60_000, "r2");
    expect(line.codes).toEqual(["endless_answer"]);
  });

  test("is left when an answer takes longer than the longest can, however little comes of it", async () => {
    const line = await Open.line();
    line.answers("r0");
    await vi.advanceTimersByTimeAsync(3_600_000);
    begin(line);
    for (let s = 0; s <= 1_630; s += 10) {
      sounds(line, 60);
      expect(line.codes).toEqual([]);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    sounds(line, 60);
    expect(line.codes).toEqual(["endless_answer"]);
  });

  test("is its client's business where a client leads", async () => {
    const line = await Open.line({ led: true });
    begin(line);
    for (let minute = 0; minute < 28; minute++) sounds(line, 60_000);
    expect(line.codes).toEqual([]);
  });
});
