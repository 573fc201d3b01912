import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { ledStep } from "../../src/call/led.ts";
import { CallMemory, newProgress, type Opened, type Progress } from "../../src/durable/call/record.ts";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { newId } from "../../src/realtime/ids.ts";
import { smallRows } from "../support/workerd/rows.ts";

afterEach(() => vi.restoreAllMocks());

const OPENED: Opened = {
  id: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  visitor: "key:open",
  scenario: "realtime",
  led: "client",
  settings: {},
  mode: "ai",
  model: "gpt-realtime-2.1",
  server_key: true,
  opened_at: 1_000,
};

const inObject = (work: (storage: DurableObjectStorage) => void) =>
  runInDurableObject(env.CALLS.getByName(newId("call")), (_, { storage }) => work(storage));

/** A client says this, and the call is written as it is while it goes on. */
function says(memory: CallMemory, progress: Progress, text: string, id: string): void {
  const item = { id, type: "message", role: "user", content: [{ type: "input_text", text }] };
  const event = { type: "conversation.item.added", event_id: "e", item } as ServerEvent;
  for (const command of ledStep(progress.state, { from: "engine", event }, { own: new Set(), answers: true }, 2_000))
    if (command.do === "record") memory.writeTurn(command.turn);
}

test.each([
  ["its early words are in the table", 1_000, 60],
  ["only the last few words are left to its row", 5_000, 40],
])("a led call of more words than a row holds is remembered, turn by turn and with its money: %s", (_, chars, turns) =>
  inObject((storage) => {
    smallRows(storage);
    const memory = new CallMemory(storage);
    memory.opened = OPENED;
    const progress = newProgress("ai", 1);
    for (let n = 0; n < turns; n++) says(memory, progress, `${n} ${"x".repeat(chars)}`, `item_${n}`);
    progress.counts.tally.charge_usd = 0.7;
    memory.progress = progress;
    const again = new CallMemory(storage).progress;
    expect(again?.counts.tally.charge_usd).toBe(0.7);
    const kept = (one: Progress | undefined) =>
      one?.state.transcript.turns.map(({ item_id, order, text }) => [item_id, order, text.length]);
    expect(kept(again)).toHaveLength(turns);
    expect(kept(again)).toEqual(kept(progress));
  }),
);

test("a tool run that storage refuses is written with the next one, and of a deleted call none is", () =>
  inObject((storage) => {
    const memory = new CallMemory(storage);
    const run = { name: "look_up", arguments: "{}", state: "done", summary: "", order: 1, at: 0, ms: 1 } as const;
    memory.writeFinishedTool({ run: { ...run, call_id: "call_0" }, output: "{}", then: undefined });
    memory.opened = OPENED;
    const sql = Object.getPrototypeOf(storage.sql) as { exec: SqlStorage["exec"] };
    const refuses = vi.spyOn(sql, "exec").mockImplementation(() => {
      throw new Error("disk I/O error: SQLITE_IOERR");
    });
    memory.writeFinishedTool({ run: { ...run, call_id: "call_1" }, output: "{}", then: undefined });
    refuses.mockRestore();
    memory.writeFinishedTool({ run: { ...run, call_id: "call_2" }, output: "{}", then: undefined });
    expect(memory.toolRuns().map(({ call_id }) => call_id)).toEqual(["call_1", "call_2"]);
  }));
