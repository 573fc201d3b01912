import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { newCall } from "../../src/call/machine.ts";
import type { Input } from "../../src/call/state.ts";
import type { Live } from "../../src/durable/call/live.ts";
import type { Progress } from "../../src/durable/call/record.ts";
import { READER_GRACE_MS, Reading, type ReadingContext, type SayReply } from "../../src/durable/call/say.ts";
import type { BrowserLeg } from "../../src/legs/browser.ts";
import { WordPace } from "../../src/legs/pace.ts";
import { newPolicy } from "../../src/tools/policy.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

/** A call whose engine never answers by itself. */
function quietCall(text = true) {
  const state = newCall({ silence_ms: null, rest_ms: null, rotate_at: null, greeting: true, text: true });
  const progress = { status: "open", left_at: null, state, policy: newPolicy() } as unknown as Progress;
  const answering = { engine: undefined, keyShown: vi.fn(), earIsThere: vi.fn() };
  const live = {
    opened: { id: "01", scenario: "freeform", mode: "scripted", text },
    progress,
    answering,
    words: new WordPace({ messages: 0, chars: 0 }, Date.now()),
    leg: undefined,
  };
  const taken: Input[] = [];
  const wakes: number[] = [];
  const kept = { progress: undefined } as unknown as ReadingContext["memory"];
  const reading = new Reading(live as unknown as Live, {
    take: (input) => void taken.push(input),
    memory: kept,
    wakeBy: (time) => void wakes.push(time),
  });
  return { reading, live, state, taken, wakes, answering };
}

async function refusalOf(reply: Promise<SayReply> | SayReply) {
  const known = await reply;
  return known.kind === "refused" ? known.error : known.kind;
}

test("an answer that does not come is given up after half a minute, and the call can be spoken to again", async () => {
  const { reading } = quietCall();
  const first = reading.say({ text: "Hello", stream: false });
  expect(await refusalOf(reading.say({ text: "Hello?", stream: false }))).toBe("busy");
  await vi.advanceTimersByTimeAsync(29_999);
  expect(await refusalOf(reading.say({ text: "Hello?", stream: false }))).toBe("busy");
  await vi.advanceTimersByTimeAsync(1);
  expect(await refusalOf(first)).toBe("no_answer");
  const again = reading.say({ text: "Hello?", stream: false });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await refusalOf(again)).toBe("no_answer");
});

test("a stream says that it is still there every ten seconds, and ends with what went wrong", async () => {
  const { reading } = quietCall();
  const reply = await reading.say({ text: "Hello", stream: true });
  if (reply.kind !== "stream") throw new Error(reply.kind);
  const whole = new Response(reply.events).text();
  await vi.advanceTimersByTimeAsync(30_000);
  const text = await whole;
  expect(text.match(/^: still here$/gm)?.length).toBeGreaterThanOrEqual(2);
  expect(text).toMatch(/event: error\ndata: \{.*"code":"no_answer".*\}\n\n$/);
});

test("who hangs up in the middle of a stream holds the call no longer than anybody else", async () => {
  const { reading } = quietCall();
  const reply = await reading.say({ text: "Hello", stream: true });
  if (reply.kind !== "stream") throw new Error(reply.kind);
  await reply.events.cancel();
  await vi.advanceTimersByTimeAsync(30_000);
  const again = reading.say({ text: "Hello?", stream: false });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(await refusalOf(again)).toBe("no_answer");
});

test("words come no faster than a person says them", async () => {
  const { reading } = quietCall();
  const errors: string[] = [];
  for (let i = 0; i < 25; i++) {
    const reply = reading.say({ text: "Hello", stream: false });
    reading.tell({ type: "luna.ended", reason: "failed" } as Parameters<Reading["tell"]>[0]);
    errors.push(await refusalOf(reply));
  }
  expect(errors.filter((error) => error === "answer")).toHaveLength(20);
  expect(errors.at(-1)).toBe("too_many");
});

test("what is written has been heard; what is cut off, as far as it was written", () => {
  const { reading, taken } = quietCall();
  const at = {
    type: "response.output_text.delta",
    item_id: "item_1",
    content_index: 0,
    response_id: "r",
    output_index: 0,
  };
  const tell = (event: object) => reading.tell(event as Parameters<Reading["tell"]>[0]);
  tell({ ...at, delta: "Good " });
  tell({ ...at, delta: "evening" });
  tell({ type: "luna.flush" });
  tell({ ...at, item_id: "item_2", delta: "Yes." });
  tell({ ...at, type: "response.output_text.done", item_id: "item_2", text: "Yes." });
  tell({ type: "luna.flush" });
  const reports = taken.flatMap((input) => (input.from === "page" ? [input.message] : []));
  expect(reports).toMatchObject([
    { type: "luna.playback", item_id: "item_1", state: "flushed", heard_chars: 12 },
    { type: "luna.playback", item_id: "item_2", state: "done", heard_chars: 4 },
  ]);
});

test("where a page is connected its ear counts, and the reader reports nothing", () => {
  const { reading, live, taken } = quietCall();
  live.leg = {} as BrowserLeg as unknown as undefined;
  const done = { type: "response.output_text.done", item_id: "item_1", content_index: 0, text: "Yes." };
  reading.tell(done as Parameters<Reading["tell"]>[0]);
  expect(taken).toEqual([]);
  expect(reading.attends).toBe(false);
});

test("a call that a reader opened waits for the next words, and no longer than it said", async () => {
  const { reading, live, wakes, state } = quietCall();
  reading.wait();
  expect(live.progress).toMatchObject({ status: "live", left_at: Date.now() });
  expect(wakes).toEqual([Date.now() + READER_GRACE_MS]);
  expect(state.setup.greeting).toBe(false);
  const reply = reading.say({ text: "Hello", stream: false });
  expect(live.progress.left_at).toBeNull();
  await vi.advanceTimersByTimeAsync(30_000);
  await reply;
  expect(live.progress.left_at).toBe(Date.now());
  expect(wakes.at(-1)).toBe(Date.now() + READER_GRACE_MS);
});

test("a call of a page does not become a reader's by being spoken to", async () => {
  const { reading, live, wakes } = quietCall(false);
  reading.wait();
  const reply = reading.say({ text: "Hello", stream: false });
  await vi.advanceTimersByTimeAsync(30_000);
  await reply;
  expect(live.progress).toMatchObject({ status: "open", left_at: null });
  expect(wakes).toEqual([]);
});

test("what was told between two requests is told with the next answer", async () => {
  const { reading } = quietCall();
  const missed = { type: "luna.notice" as const, code: "day_spent", tone: "warning" as const, message: "Spent." };
  reading.tell(missed);
  const reply = reading.say({ text: "Hello", stream: false });
  reading.tell({ type: "luna.ended", reason: "failed" } as Parameters<Reading["tell"]>[0]);
  const answer = await reply;
  expect(answer).toMatchObject({
    kind: "answer",
    answer: { notices: [{ code: "day_spent" }], ended: { reason: "failed" } },
  });
});

test("a call that sleeps is not waited for where nothing was said", async () => {
  const { reading, state } = quietCall();
  state.rest.parked = true;
  const reply = await reading.say({ persona: "luna", stream: false });
  expect(reply).toMatchObject({ kind: "answer", answer: { answer: "", persona: { key: "luna" } } });
});

test("somebody who is not there is refused at once, and holds nothing up", async () => {
  const { reading, taken } = quietCall();
  expect(await refusalOf(reading.say({ persona: "pirate", stream: true }))).toBe("not_found");
  expect(taken).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
