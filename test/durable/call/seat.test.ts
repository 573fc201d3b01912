import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EngineSeat } from "../../../src/durable/call/seat.ts";
import type { EngineListener } from "../../../src/engines/engine.ts";
import type { ServerEvent } from "../../../src/realtime/events.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
const BROKE = { code: "connection_lost", message: "The line broke.", retriable: true };
const REFUSED = { code: "server_error", message: "The provider is busy.", retriable: true };

/** A seat and every engine that was opened for it; `again`: what was said of each one that was lost. */
class Call {
  readonly opened: { line: EngineListener; scripted: boolean }[] = [];
  readonly again: boolean[] = [];
  readonly seat: EngineSeat;

  constructor() {
    const nothing = () => undefined;
    this.seat = new EngineSeat({
      open: (line, _, scripted) => {
        this.opened.push({ line, scripted });
        const engine = { kind: "provider", send: nothing, hear: nothing, close: nothing } as const;
        return { engine, mode: "ai", model: "model", text: false, silence_ms: null };
      },
      retell: async () => [],
      onChange: nothing,
      onReady: nothing,
      onBack: nothing,
      onEvent: nothing,
      onAudio: nothing,
      onLost: (_, again) => this.again.push(again),
      items: () => 0,
      maySwap: () => true,
      onSwapped: nothing,
    });
    this.seat.open(false);
    this.comes();
  }

  get #newest(): EngineListener {
    const newest = this.opened.at(-1);
    if (!newest) throw new Error("no engine was opened");
    return newest.line;
  }

  comes(): void {
    this.#newest.onReady();
  }

  /** The newest engine is lost; the next one is dialled as soon as it may be. */
  lost(gone = BROKE, wait = 2_000): void {
    this.#newest.onGone(gone);
    vi.advanceTimersByTime(wait);
  }

  says(type: "response.created" | "response.done" | "input_audio_buffer.committed"): void {
    const response = { id: "r1", status: "completed", output: [] };
    this.#newest.onEvent({ type, event_id: "e1", item_id: "u1", previous_item_id: null, response } as ServerEvent);
  }

  get hopeful(): boolean {
    return this.opened.at(-1)?.scripted === false;
  }
}

describe("An engine that is lost", () => {
  it("is tried again three times, and then the built-in Luna sits there", () => {
    const call = new Call();
    call.lost();
    for (let n = 0; n < 3; n++) call.lost(REFUSED);
    expect(call.again).toEqual([true, true, true, false]);
    expect(call.hopeful).toBe(false);
  });

  it("is tried at once, after half a second, and after two", () => {
    const call = new Call();
    for (const wait of [0, 500, 2_000]) {
      const known = call.opened.length;
      call.lost(REFUSED, Math.max(0, wait - 1));
      expect(call.opened.length - known).toBe(wait === 0 ? 1 : 0);
      vi.advanceTimersByTime(1);
      expect(call.opened.length - known).toBe(1);
    }
  });

  it("is opened for as long as it takes where it is the built-in Luna, and not without a pause", () => {
    const call = new Call();
    call.seat.giveUp();
    call.seat.open(true);
    const before = call.opened.length;
    for (let n = 0; n < 6; n++) call.lost();
    expect(call.again).toEqual(Array(6).fill(true));
    expect(call.opened.length - before).toBe(6);
    expect(call.hopeful).toBe(false);
    call.lost({ ...BROKE, retriable: false });
    vi.advanceTimersByTime(60_000);
    expect(call.opened.length - before).toBe(7);
  });

  it("in a quiet moment of long ago does not count when the call wakes and the first dial is refused", () => {
    const call = new Call();
    call.lost();
    call.comes();
    vi.advanceTimersByTime(1_000);
    call.seat.leave();
    vi.advanceTimersByTime(10 * MINUTE);
    call.seat.open(true);
    call.lost(REFUSED);
    call.comes();
    expect(call.again).toEqual([true, true]);
    expect(call.hopeful).toBe(true);
  });

  it("does not count when the one after it was well for a while, though nobody asked it for anything", () => {
    const call = new Call();
    for (let n = 0; n < 5; n++) {
      vi.advanceTimersByTime(10_000);
      call.lost();
      call.comes();
    }
    expect(call.again).toEqual(Array(5).fill(true));
  });

  it("does not count when another one took its place in a pause", () => {
    const call = new Call();
    call.lost();
    call.comes();
    vi.advanceTimersByTime(9_000);
    call.seat.rotate();
    call.comes();
    call.lost();
    expect(call.again).toEqual([true, true]);
  });

  it.each([
    ["asked for an answer", (call: Call) => call.seat.send({ type: "response.create" })],
    ["spoken to", (call: Call) => call.says("input_audio_buffer.committed")],
    ["in the middle of an answer", (call: Call) => call.says("response.created")],
  ])("counts when the next one is %s and gives none: there is not a third", (_, ask) => {
    const call = new Call();
    for (let n = 0; n < 2; n++) {
      ask(call);
      vi.advanceTimersByTime(12_000);
      call.lost();
      call.comes();
    }
    expect(call.again).toEqual([true, false]);
  });

  it("does not count once an answer has come to its end", () => {
    const call = new Call();
    call.lost();
    call.comes();
    call.says("response.created");
    call.says("response.done");
    vi.advanceTimersByTime(9_000);
    call.seat.send({ type: "response.create" });
    call.lost();
    expect(call.again).toEqual([true, true]);
  });
});
