import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  EventLog,
  eventOf,
  type Filter,
  glanceOf,
  KINDS,
  kindOf,
  LOG_LIMIT,
  passing,
  rowsOf,
} from "../../../src/client/lab/log.ts";
import type { Trace } from "../../../src/legs/wire.ts";

const ALL: Filter = { dir: "both", hidden: [], search: "" };

function trace(dir: Trace["dir"], type: string, rest: Record<string, unknown> = {}, at = 0): Trace {
  return { type: "luna.trace", dir, at, event: { type, ...rest } };
}

const frame = (ms = 40) => trace("up", "input_audio_buffer.append", { audio_ms: ms });
const sound = (item_id: string, ms = 100) => trace("down", "response.output_audio.delta", { item_id, audio_ms: ms });
const words = (item_id: string, delta: string) => trace("down", "response.output_text.delta", { item_id, delta });

function logOf(...traces: Trace[]): EventLog {
  const log = new EventLog();
  for (const one of traces) log.add(one);
  return log;
}

describe("the event log", () => {
  it("keeps pieces of sound in a row as one entry with their whole length, each direction by itself", () => {
    const log = logOf(frame(), sound("a"), frame(), sound("a"), trace("down", "response.done"), frame(), sound("a"));
    expect(log.entries.map(({ type, count, audio_ms }) => [type, count, audio_ms])).toEqual([
      ["input_audio_buffer.append", 3, 120],
      ["response.output_audio.delta", 2, 200],
      ["response.done", 1, null],
      ["response.output_audio.delta", 1, 100],
    ]);
    expect(log.entries[0]?.event.audio_ms).toBe(120);
  });

  it("never mixes the sound of two items", () => {
    expect(logOf(sound("a"), sound("b"), sound("b")).entries.map((entry) => entry.count)).toEqual([1, 2]);
  });

  it("keeps the newest two thousand and counts the others, however much comes", () => {
    const log = new EventLog();
    for (let n = 0; n < LOG_LIMIT + 500; n++) log.add(trace("down", "response.done", { n }));
    expect(log.entries).toHaveLength(LOG_LIMIT);
    expect(log.dropped).toBe(500);
    expect(log.entries[0]?.event.n).toBe(500);
    log.clear();
    expect([log.entries.length, log.dropped]).toEqual([0, 0]);
  });

  it("starts a new entry when the one the sound belonged to has gone", () => {
    const log = new EventLog(2);
    for (const one of [frame(), trace("down", "a"), trace("down", "b"), frame()]) log.add(one);
    expect(log.entries.map((entry) => entry.type)).toEqual(["b", "input_audio_buffer.append"]);
  });

  it("loses no sound and no event, whatever the order", () => {
    const some = fc.oneof(
      fc.integer({ min: 1, max: 200 }).map(frame),
      fc.tuple(fc.constantFrom("a", "b"), fc.integer({ min: 1, max: 200 })).map(([id, ms]) => sound(id, ms)),
      fc.constantFrom("up" as const, "down" as const).map((dir) => trace(dir, "response.done")),
      fc.tuple(fc.constantFrom("a", "b"), fc.string({ maxLength: 5 })).map(([id, text]) => words(id, text)),
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 100 }), (traces) => {
        const log = logOf(...traces);
        const ms = (each: Iterable<{ event: Record<string, unknown> }>) =>
          [...each].reduce((sum, { event }) => sum + (typeof event.audio_ms === "number" ? event.audio_ms : 0), 0);
        expect(ms(log.entries)).toBe(ms(traces));
        expect(log.entries.reduce((sum, entry) => sum + entry.count, 0)).toBe(traces.length);
        const rows = rowsOf(log.entries, ALL);
        expect(rows.reduce((sum, row) => sum + row.count, 0)).toBe(traces.length);
        const said = (id: string) => rows.filter((row) => row.first.event.item_id === id).map((row) => row.text ?? "");
        const spoken = (id: string) =>
          traces.filter((one) => one.event.item_id === id).map((one) => one.event.delta ?? "");
        for (const id of ["a", "b"]) expect(said(id).join("")).toBe(spoken(id).join(""));
      }),
    );
  });
});

describe("the rows of the log", () => {
  const log = logOf(
    trace("up", "session.update", { session: { type: "realtime", instructions: "Be a bank.", tools: [] } }),
    trace("down", "conversation.item.added", {
      item: { type: "message", role: "user", content: [{ type: "input_text", text: "Block my card" }] },
    }),
    words("a", "Your "),
    words("a", "card "),
    words("a", "is blocked."),
    trace("down", "error", { error: { code: "invalid_value", message: "No such voice." } }),
    trace("down", "rate_limits.updated"),
    frame(),
  );

  it("draw the pieces of one text together, and open as one event", () => {
    const row = rowsOf(log.entries, ALL).find((one) => one.first.type === "response.output_text.delta");
    expect(row).toMatchObject({ count: 3, text: "Your card is blocked." });
    expect(row && eventOf(row)).toMatchObject({ item_id: "a", delta: "Your card is blocked." });
    expect(log.entries).toHaveLength(8);
  });

  it("tell at a glance what each is about", () => {
    expect(rowsOf(log.entries, ALL).map(glanceOf)).toEqual([
      "instructions, tools",
      "user: Block my card",
      "Your card is blocked.",
      "invalid_value: No such voice.",
      "",
      "",
    ]);
  });

  it("know every event's kind", () => {
    expect(rowsOf(log.entries, ALL).map((row) => kindOf(row.first))).toEqual([
      "session",
      "conversation",
      "response",
      "error",
      "other",
      "sound",
    ]);
    expect(KINDS).toHaveLength(6);
  });

  it.each([
    ["direction", { ...ALL, dir: "up" as const }, ["session.update", "input_audio_buffer.append"]],
    [
      "kind",
      { ...ALL, hidden: ["response", "sound", "other", "error"] as const },
      ["session.update", "conversation.item.added"],
    ],
    ["words in it, of any case", { ...ALL, search: "BLOCK MY" }, ["conversation.item.added"]],
    ["type", { ...ALL, search: "rate_lim" }, ["rate_limits.updated"]],
    ["nothing that is there", { ...ALL, search: "zebra" }, []],
  ])("can be chosen by %s", (_, filter, types) => {
    expect(rowsOf(log.entries, filter).map((row) => row.first.type)).toEqual(types);
    expect([...new Set(passing(log.entries, filter).map(({ type }) => type))]).toEqual(types);
  });
});
