import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { addResponse, newTally } from "../../src/call/money.ts";
import { newTiming } from "../../src/call/timing.ts";
import { type CallRecord, readCall, saveCall } from "../../src/store/calls.ts";
import { counted, ended, running, tool, turn, VISITOR } from "./records.ts";

beforeEach(async () => {
  await env.DB.batch(["turns", "tool_runs", "calls"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
});

async function tables() {
  const read = async (table: string) => (await env.DB.prepare(`SELECT * FROM ${table}`).all()).results;
  return { calls: await read("calls"), turns: await read("turns"), tools: await read("tool_runs") };
}

/** Saves, and counts the rows inserted or changed, as D1 tells them. */
async function rowsChanged(call: CallRecord): Promise<number> {
  let changed = 0;
  const counting = {
    prepare: (query: string) => env.DB.prepare(query),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = await env.DB.batch(statements);
      for (const { meta } of results) changed += meta.changes;
      return results;
    },
  };
  await saveCall(counting as D1Database, call);
  return changed;
}

function priced() {
  const tally = newTally();
  const output = [{ id: "item_1", type: "message" as const, role: "assistant" as const, content: [] }];
  addResponse(tally, { id: "resp_1", usage: { output_tokens: 1_200 }, output }, "gpt-realtime-2.1");
  const timing = { ...newTiming(), turns: { item_1: 310 }, talk_overs: 2 };
  return { tally, timing };
}

test("a record grows while the call is on, and reads back as it was written", async () => {
  await saveCall(env.DB, running("call-1"));
  expect(await readCall(env.DB, "call-1", VISITOR)).toMatchObject({
    outcome: null,
    reason: null,
    ended_at: null,
    turns: [],
  });

  const { tally, timing } = priced();
  const turns = [turn("item_1", 1, { latency_ms: 640, persona: "waiter" }), turn("item_2", 2)];
  const tools = [tool("tool-1"), tool("tool-2", { state: "refused", code: "not_found", order: 3 })];
  const more = counted(running("call-1", { turns, tools, verified: true }), tally, timing);
  await saveCall(env.DB, more);
  expect(await readCall(env.DB, "call-1", VISITOR)).toEqual(more);

  const whole = counted(
    ended({ ...more, turns: [...more.turns, turn("item_3", 3, { latency_ms: 200 })] }),
    tally,
    timing,
  );
  await saveCall(env.DB, whole);
  expect(await readCall(env.DB, "call-1", VISITOR)).toEqual(whole);
  expect(whole.figures).toMatchObject({ cost_usd: 0.0768, talk_overs: 2, server: { mean: 310 }, ear: { turns: 2 } });
});

test("writing the same again touches no row", async () => {
  const { tally, timing } = priced();
  const turns = [turn("item_1", 1), turn("item_2", 2)];
  const record = counted(ended(running("call-1", { turns, tools: [tool("tool-1")] })), tally, timing);
  // The call, two turns and a tool run; and their words for the search: a row, and what its full text makes of it.
  expect(await rowsChanged(record)).toBe(4 + 3);
  const before = await tables();
  expect(await rowsChanged(record)).toBe(0);
  expect(await tables()).toEqual(before);
});

test("a late transcript changes its own turn and no other row", async () => {
  const record = ended(
    running("call-1", { turns: [turn("item_1", 1), turn("item_2", 2, { state: "unclear", text: "", heard: "" })] }),
  );
  await saveCall(env.DB, record);
  const late = { ...record, turns: [turn("item_1", 1), turn("item_2", 2)] };
  // The turn; and the words of its call, taken out of the full text and put in anew.
  expect(await rowsChanged(late)).toBe(1 + 5);
  expect((await readCall(env.DB, "call-1", VISITOR))?.turns[1]).toMatchObject({
    state: "final",
    text: "Words of item_2.",
  });
});

test("an older state of the record that comes late reopens nothing", async () => {
  const whole = ended(running("call-1", { turns: [turn("item_1", 1)], verified: true }));
  await saveCall(env.DB, whole);
  const before = await tables();
  const live = turn("item_1", 1, { state: "live", text: "Words", heard: "" });
  expect(await rowsChanged(running("call-1", { turns: [live] }))).toBe(0);
  expect(await tables()).toEqual(before);
});

test("what ran once stays as it ran; turns move with the order of the conversation", async () => {
  await saveCall(env.DB, running("call-1", { turns: [turn("item_1", 1), turn("item_2", 2)], tools: [tool("tool-1")] }));
  const moved = [turn("item_2", 1, { who: "caller" }), turn("item_1", 2, { who: "luna" })];
  const other = tool("tool-1", { state: "failed", summary: "Ran twice?", order: 3 });
  await saveCall(env.DB, running("call-1", { turns: moved, tools: [other] }));
  const record = await readCall(env.DB, "call-1", VISITOR);
  expect(record?.turns.map((each) => each.item_id)).toEqual(["item_2", "item_1"]);
  expect(record?.tools).toEqual([tool("tool-1", { order: 3 })]);
});

test("a call of a thousand turns is written whole in a handful of statements", async () => {
  const turns = Array.from({ length: 1_000 }, (_, index) => turn(`item_${index + 1}`, index + 1));
  const quotes = turn("item_1001", 1_001, { text: `"O'Brien" \\ {"a":[1]} ☎`, heard: "" });
  await saveCall(env.DB, ended(running("call-1", { turns: [...turns, quotes] })));
  const record = await readCall(env.DB, "call-1", VISITOR);
  expect(record?.turns).toHaveLength(1_001);
  expect(record?.turns[1_000]?.text).toBe(quotes.text);
});

test("a call of long texts is written whole, in pieces that D1 takes, and searched by its beginning", async () => {
  const text = "字".repeat(19_990);
  const turns = Array.from({ length: 60 }, (_, index) =>
    turn(`item_${index + 1}`, index + 1, { text: `word${index + 1} ${text}`, heard: text }),
  );
  const bound: number[] = [];
  const db = {
    prepare: (query: string) => ({
      bind: (...values: unknown[]) => {
        bound.push(...values.map((value) => (typeof value === "string" ? new TextEncoder().encode(value).length : 0)));
        return env.DB.prepare(query).bind(...values);
      },
    }),
    batch: (statements: D1PreparedStatement[]) => env.DB.batch(statements),
  } as unknown as D1Database;
  await saveCall(db, ended(running("call-1", { turns })));
  expect(Math.max(...bound)).toBeLessThan(1_000_000);
  expect((await readCall(env.DB, "call-1", VISITOR))?.turns.map((each) => each.text)).toEqual(
    turns.map((each) => each.text),
  );
  const searched = await env.DB.prepare(
    "SELECT octet_length(words) AS bytes, instr(words, 'word1 ') AS first, instr(words, 'word12 ') AS twelfth FROM searched WHERE call_id = ?",
  )
    .bind("call-1")
    .first<{ bytes: number; first: number; twelfth: number }>();
  expect(searched).toMatchObject({ first: 1, twelfth: expect.any(Number) });
  expect(searched?.twelfth).toBeGreaterThan(0);
  expect(searched?.bytes).toBeLessThan(1_000_000);
});

test("a row that breaks the tables' rules leaves nothing of the record behind", async () => {
  const bad = turn("item_2", 2, { who: "nobody" as "luna" });
  await expect(saveCall(env.DB, running("call-1", { turns: [turn("item_1", 1), bad] }))).rejects.toThrow();
  expect(await tables()).toEqual({ calls: [], turns: [], tools: [] });
  await expect(saveCall(env.DB, running("call-1", { outcome: "contained" }))).rejects.toThrow();
});

test("another visitor's call is as absent as one that never was", async () => {
  await saveCall(env.DB, running("call-1"));
  expect(await readCall(env.DB, "call-1", "somebody-else")).toBeNull();
  expect(await readCall(env.DB, "call-2", VISITOR)).toBeNull();
});
