import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallEvent, CallState } from "../../../src/client/state/call-state.ts";
import { noCall } from "../../../src/client/state/call-state.ts";
import { reduce } from "../../../src/client/state/reduce.ts";
import type { PageEvent, ToolStatus, TurnStatus } from "../../../src/legs/wire.ts";

const NOW = 1_000_000;
const fold = (events: CallEvent[], from: CallState = noCall(), now = NOW) =>
  events.reduce((state, event, index) => reduce(state, event, now + index), from);

const turn = (order: number, change: Partial<TurnStatus> = {}): TurnStatus => ({
  type: "luna.turn",
  item_id: `item_${order}`,
  order,
  who: order % 2 === 0 ? "caller" : "luna",
  how: "speech",
  text: `What was said at ${order}.`,
  heard: `What was said at ${order}.`,
  state: "final",
  ...change,
});
const tool = (id: string, order: number): ToolStatus => ({
  type: "luna.tool",
  call_id: id,
  name: "block_card",
  label: "Blocking your card",
  state: "done",
  summary: "Your card is blocked.",
  arguments: {},
  ms: 12,
  order,
});
const status: PageEvent = {
  type: "luna.call",
  call_id: "c",
  scenario: "block-card",
  title: "Block a card",
  verified: true,
  lit: null,
  started_at: NOW - 90_000,
};
const replay: PageEvent[] = [
  status,
  turn(1),
  turn(2),
  turn(3, { state: "interrupted", heard: "What was" }),
  turn(4, { how: "typed" }),
  turn(5, { state: "live", heard: "" }),
  tool("t1", 2),
  tool("t2", 4),
  { type: "luna.confirm", pending: { token: "q", title: "Move money", lines: [] } },
  { type: "luna.engine", mode: "ai", voice: "call", speaker: "luna", model: "m", ready: true },
  { type: "luna.line", state: "listening" },
  { type: "luna.cost", usd: 0.0421, turn_usd: 0.004, cap_usd: 0.5 },
  { type: "luna.recording", state: "on" },
];
const back: CallEvent[] = [{ type: "local.away" }, { type: "local.back" }, ...replay, { type: "local.replayed" }];
const rowsOf = (state: CallState) => state.rows.map((row) => `${row.kind} ${row.id}`);

describe("a call told anew", () => {
  it("is the same call: told twice, and ten times, it changes nothing on the page", () => {
    const once = fold(back);
    expect(rowsOf(once)).toEqual([
      "turn item_1",
      "turn item_2",
      "tool t1",
      "turn item_3",
      "turn item_4",
      "tool t2",
      "turn item_5",
    ]);
    let again = once;
    for (let i = 0; i < 10; i++) again = fold(back, again, NOW + 1_000 * i);
    expect(again).toEqual(once);
  });

  it("fills what was missed, wherever the socket was lost", () => {
    const whole = fold(back);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: replay.length }), (lostAt) => {
        const state = fold(back, fold(replay.slice(0, lostAt)));
        expect(rowsOf(state)).toEqual(rowsOf(whole));
        expect(state.confirm).toEqual(whole.confirm);
        expect(state.cost).toEqual(whole.cost);
      }),
    );
  });

  it("neither doubles words that were typed while it was away, nor loses them", () => {
    const typed: CallEvent = { type: "local.said", item_id: "mine", text: "hello?", how: "typed" };
    const state = fold([...back, { type: "local.away" }, typed, { type: "local.back" }, ...replay]);
    expect(state.rows.filter((row) => row.id === "mine")).toHaveLength(1);
    const shown = fold([turn(6, { item_id: "mine", who: "caller", text: "hello?", heard: "hello?" })], state);
    expect(shown.rows.filter((row) => row.id === "mine")).toMatchObject([{ order: 6, text: "hello?" }]);
  });

  it("does not open again what is over here", () => {
    const state = fold([turn(1), turn(1, { state: "live", heard: "" })]);
    expect(state.rows).toMatchObject([{ state: "final", heard: turn(1).text.length }]);
  });

  it("lets words that were unclear become clear after all", () => {
    const state = fold([turn(2, { state: "unclear", text: "" }), turn(2, { state: "live", text: "block" })]);
    expect(state.rows).toMatchObject([{ state: "live", text: "block" }]);
  });
});

describe("a page that was reloaded", () => {
  const marks = {
    item_1: { at: NOW - 80_000, latency: { ms: 430, to: "sound" as const } },
    t1: { at: NOW - 60_000, latency: null },
  };
  const state = fold([{ type: "local.returning", scenario: "block-card", title: "Block a card", marks }, ...back]);

  it("has the call's age from the call, and the times of its rows from before", () => {
    expect(state.startedAt).toBe(NOW - 90_000);
    expect(state.rows.find((row) => row.id === "item_1")).toMatchObject(marks.item_1);
    expect(state.rows.find((row) => row.id === "t1")).toMatchObject({ at: NOW - 60_000 });
    expect(state.rows.find((row) => row.id === "item_2")?.at).toBeGreaterThanOrEqual(NOW);
  });

  it("does not put the beginning into the future when the clocks differ", () => {
    const ahead: CallEvent[] = [
      { type: "local.returning", scenario: "s", title: "t", marks: {} },
      { ...status, started_at: NOW + 5_000 } as PageEvent,
    ];
    expect(fold(ahead).startedAt).toBeLessThanOrEqual(NOW + 1);
  });
});

describe("the line to the call", () => {
  it("is away from the loss to the end of the replay, and a call that ends is away no more", () => {
    const live = fold([status]);
    const away = fold([{ type: "local.hearing", state: "speaking" }, { type: "local.away" }], live);
    expect([away.link, away.hearing]).toEqual(["away", null]);
    const gone = fold([{ type: "local.failed", message: "m", elsewhere: true }], away);
    expect([gone.link, gone.phase, gone.elsewhere]).toEqual(["on", "failed", true]);
  });

  it("knows after the call that it was recorded, also when that was stopped in the middle", () => {
    const state = fold([
      { type: "luna.recording", state: "on" },
      { type: "luna.recording", state: "off" },
    ]);
    expect([state.recording, state.recorded]).toEqual(["off", true]);
  });
});
