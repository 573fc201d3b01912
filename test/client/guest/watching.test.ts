import { describe, expect, it } from "vitest";
import { answersOf, atFirst, type Watching, watched } from "../../../src/client/guest/watching.ts";
import type { WatchEvent } from "../../../src/legs/watcher.ts";
import type { TurnStatus } from "../../../src/legs/wire.ts";

const NOW = 1_800_000_000_000;

const on = (id: string): WatchEvent => ({
  type: "luna.watch",
  state: "on",
  call: { id, scenario: "block-card", title: "Block a card", mode: "scripted", started_at: NOW - 5_000 },
});
const waiting: WatchEvent = { type: "luna.watch", state: "waiting", call: null };
const ended: WatchEvent = {
  type: "luna.ended",
  reason: "caller_ended",
  outcome: "contained",
  seconds: 42,
  latency: { p50: 700, p95: 900, turns: 2 },
};

function turn(item_id: string, order: number, who: TurnStatus["who"], text: string): WatchEvent {
  return { type: "luna.turn", item_id, order, who, how: "speech", text, heard: text, state: "final" };
}

const follow = (events: WatchEvent[], from: Watching = atFirst(null, NOW)) =>
  events.reduce((state, event) => watched(state, event, NOW), from);

const texts = ({ call }: Watching) => call.rows.flatMap((row) => (row.kind === "turn" ? [row.text] : []));

describe("who watches", () => {
  it("waits at first, and sees the call when it begins", () => {
    const before = follow([waiting]);
    expect(before.on).toBeNull();
    const during = follow([on("A"), turn("a", 1, "luna", "Hello."), turn("b", 2, "caller", "Hi.")], before);
    expect(during.on?.id).toBe("A");
    expect(during.call.phase).toBe("live");
    expect(texts(during)).toEqual(["Hello.", "Hi."]);
  });

  it("finds the call that was on when the page was loaded", () => {
    const state = atFirst({ id: "A", started_at: NOW - 1_000, scenario: "block-card" }, NOW);
    expect(state.on?.id).toBe("A");
    expect(state.call.scenario).toBe("block-card");
    expect(state.call.phase).toBe("live");
  });

  it("is told everything anew after a lost line, and sees nothing twice", () => {
    const first = follow([on("A"), turn("a", 1, "luna", "Hello.")]);
    const again = follow([on("A"), turn("a", 1, "luna", "Hello."), turn("b", 2, "caller", "Hi.")], first);
    expect(texts(again)).toEqual(["Hello.", "Hi."]);
  });

  it("keeps the words of a call that is over, until the next one begins", () => {
    const over = follow([on("A"), turn("a", 1, "luna", "Goodbye."), ended, waiting]);
    expect(over.on).toBeNull();
    expect(over.call.phase).toBe("ended");
    expect(texts(over)).toEqual(["Goodbye."]);
    const next = follow([on("B")], over);
    expect(next.call.callId).toBe("B");
    expect(texts(next)).toEqual([]);
  });

  it("takes a call for over whose end was told to nobody", () => {
    const over = follow([on("A"), turn("a", 1, "luna", "Hello."), waiting]);
    expect(over.call.phase).toBe("ended");
  });

  it("learns how quickly Luna answers", () => {
    const state = follow([
      on("A"),
      turn("a", 1, "luna", "One."),
      turn("b", 2, "luna", "Two."),
      turn("c", 3, "luna", "Three."),
      { type: "luna.latency", item_id: "a", ms: 900 },
      { type: "luna.latency", item_id: "c", ms: 500 },
      { type: "luna.latency", item_id: "b", ms: 700 },
    ]);
    expect(answersOf(state)).toEqual({ at: "ear", last: 500, median: 700, count: 3 });
  });

  it("has the server's view of answers that are only read, and mixes it with nothing that was heard", () => {
    const typed = follow([
      on("A"),
      turn("a", 1, "luna", "One."),
      turn("b", 2, "luna", "Two."),
      { type: "luna.answered", item_id: "a", server_ms: 30 },
      { type: "luna.answered", item_id: "b", server_ms: 12 },
    ]);
    expect(answersOf(typed)).toEqual({ at: "server", last: 12, median: 12, count: 2 });
    const heard = follow([{ type: "luna.latency", item_id: "a", ms: 640 }], typed);
    expect(answersOf(heard)).toEqual({ at: "ear", last: 640, median: 640, count: 1 });
    expect(follow([on("B")], heard).server).toEqual({});
  });

  it("is told no figures where none were measured", () => {
    expect(answersOf(follow([on("A")]))).toEqual({ at: "server", last: null, median: null, count: 0 });
  });

  it("never learns of money", () => {
    expect(follow([on("A"), ended]).call.ended?.cost_usd).toBeNull();
  });
});
