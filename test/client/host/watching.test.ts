import { describe, expect, it } from "vitest";
import { eventOf, NOTHING, type Watched, watched } from "../../../src/client/host/watching.ts";
import type { WatchEvent } from "../../../src/legs/watcher.ts";

const call = { id: "call-1", scenario: "block-card", title: "Block a card", mode: "ai" as const, started_at: 1_000 };
const on: WatchEvent = { type: "luna.watch", state: "on", call };
const turn = (item_id: string, order: number, text: string): WatchEvent => ({
  type: "luna.turn",
  item_id,
  order,
  who: order % 2 === 0 ? "luna" : "caller",
  how: "speech",
  text,
  heard: text,
  state: "final",
});
const seenAfter = (...events: WatchEvent[]): Watched =>
  events.reduce((state, event) => watched(state, event, 5_000), NOTHING);

describe("watching a call", () => {
  it("shows its turns in order, with how long answers took", () => {
    const { call: shown } = seenAfter(on, turn("b", 1, "Stolen."), turn("a", 0, "Hello."), {
      type: "luna.latency",
      item_id: "a",
      ms: 640,
    });
    expect(shown.rows.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(shown.rows[0]).toMatchObject({ latency: { ms: 640, to: "sound" } });
    expect(shown.startedAt).toBe(1_000);
  });

  it("keeps what is shown when the line was lost, and begins anew with another call", () => {
    expect(seenAfter(on, turn("a", 0, "Hello."), on).call.rows).toHaveLength(1);
    const other: WatchEvent = { type: "luna.watch", state: "on", call: { ...call, id: "call-2" } };
    expect(seenAfter(on, turn("a", 0, "Hello."), other).call.rows).toEqual([]);
  });

  it("ends with the call", () => {
    const ended: WatchEvent = {
      type: "luna.ended",
      reason: "caller_ended",
      outcome: "contained",
      seconds: 60,
      latency: { p50: null, p95: null, turns: 0 },
    };
    expect(seenAfter(on, ended).call).toMatchObject({ phase: "ended", ended: { outcome: "contained" } });
  });

  it("takes only events from the socket", () => {
    expect(eventOf('{"type":"luna.watch","state":"waiting","call":null}')).toMatchObject({ state: "waiting" });
    for (const data of ["", "null", "[]", '{"no":"type"}', "pong", new ArrayBuffer(2)])
      expect(eventOf(data)).toBeNull();
  });
});
