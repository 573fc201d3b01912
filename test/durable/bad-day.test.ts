import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { CallMemory, type Progress } from "../../src/durable/call/record.ts";
import { Faults, type Passing } from "../support/faults.ts";
import { refusing } from "../support/workerd/disk.ts";
import { Phone } from "../support/workerd/phone.ts";
import { GOOD_KEY, type Line, provide } from "../support/workerd/provider.ts";

type Trouble = (event: Passing, index: number) => ReturnType<Faults["next"]>;

/** What goes wrong for which key, and in how many of its sessions. */
const troubles = new Map<string, { faults: Trouble; sessions: number }>();
let lines: Line[];

beforeAll(() => {
  lines = provide({
    hears: true,
    faults: (n, key) => {
      const trouble = troubles.get(key);
      return trouble && n < trouble.sessions ? new Faults(trouble.faults) : undefined;
    },
  });
});
afterAll(() => vi.restoreAllMocks());

let keys = 0;
/** A call with a key of its own: that is how calls at the same time are told apart at the provider. */
async function calls(faults?: Trouble, sessions = 99): Promise<Phone> {
  const key = `${GOOD_KEY}-${++keys}`;
  if (faults) troubles.set(key, { faults, sessions });
  return Phone.call({ scenario: "block-card", key });
}

const linesOf = (phone: Phone): Line[] => lines.filter(({ key }) => key === phone.key);

/** The call is what it was: it answers, does what is asked, and ends for the reason it is ended for. */
async function stillGood(phone: Phone, yeses = 1): Promise<void> {
  await phone.turn(phone.said.length, 2_000);
  expect(await phone.ask("My card ending in 4829 was stolen, please block it.", 20_000)).toMatch(/4829/);
  for (let n = 0; n < yeses; n++) await phone.ask("Yes, go ahead.", 20_000);
  await phone.until("the block", () => phone.did("block_card"));
  phone.hangUp();
  const record = await phone.finalRecord();
  expect(record).toMatchObject({ reason: "caller_ended", outcome: "contained" });
  expect(record.tools.filter((run) => run.name === "block_card" && run.state === "done")).toHaveLength(1);
  expect(record.turns.filter((turn) => turn.who === "caller").map((turn) => turn.text)).toEqual(phone.said);
}

test("a call is deleted while storage does not give its past to a rebuilt object: it goes on whole, and is deleted when asked again", async () => {
  const phone = await Phone.call({ scenario: "block-card", mode: "scripted" });
  await phone.turn(0);
  // Its row is in D1: whose it is is not asked of the object then.
  await runDurableObjectAlarm(phone.stub);
  await evictDurableObject(phone.stub, { webSockets: "hibernate" });
  const disk = await refusing(phone, /^SELECT json FROM tool_runs/);
  const erase = () => phone.browser.fetch(`/api/calls/${phone.id}`, { method: "DELETE" });
  expect((await erase()).status).toBe(503);
  expect(disk.refused()).toBe(1);
  disk.end();
  expect(await phone.ask("My card ending in 4829 was stolen, please block it.", 20_000)).toMatch(/4829/);
  await runDurableObjectAlarm(phone.stub);
  expect((await phone.record()).turns.length).toBeGreaterThan(1);
  expect((await erase()).status).toBe(204);
});

const ready = (index: number) => index > 1;
/** Each of the first words takes six minutes. */
const babbles =
  (until: number): Trouble =>
  (event, index) =>
    event.type === "response.output_audio.delta" && index < until ? { do: "babble", times: 6_000 } : null;

// These four wait until patience is at its end: side by side.
test.concurrent.each<[string, Trouble, string]>([
  ["nothing but garbage", () => ({ do: "garble" }), "no_session"],
  ["nothing at all", () => ({ do: "stall", ms: null }), "no_session"],
  [
    "a session that is never configured",
    (event) => (event.type === "session.updated" ? { do: "garble" } : null),
    "not_configured",
  ],
])("a provider that sends %s is given up by name, and the built-in Luna takes the call", async (_, faults, code) => {
  const phone = await calls(faults);
  await phone.until("the built-in Luna", () => phone.last("luna.engine")?.mode === "scripted", 20_000);
  expect(phone.of("luna.notice").map((notice) => notice.code)).toContain(code);
  await stillGood(phone);
});

test.concurrent("a provider that stops in the middle of an answer for good is left, and the answer comes from another session", async () => {
  const phone = await calls(
    (event, index) => (event.type === "response.output_audio.delta" && index > 60 ? { do: "stall", ms: null } : null),
    1,
  );
  await stillGood(phone);
  expect(linesOf(phone)).toHaveLength(2);
});

test.each<[string, Trouble]>([
  ["huge events", (_, index) => (ready(index) && index % 7 === 0 ? { do: "bloat", bytes: 2_000_000 } : null)],
  ["each event twice", (event, index) => (ready(index) && !event.type.endsWith("delta") ? { do: "repeat" } : null)],
  [
    "garbage between its events",
    (event) =>
      event.type === "rate_limits.updated" || event.type === "response.content_part.done" ? { do: "garble" } : null,
  ],
  ["minutes of audio for a word", babbles(12)],
])("a provider that sends %s costs the caller nothing", async (_, faults) => {
  await stillGood(await calls(faults));
});

test("a provider that talks for hours in one answer is left, and the answer comes from another session", async () => {
  const phone = await calls(babbles(60), 1);
  await stillGood(phone);
  expect(linesOf(phone)).toHaveLength(2);
  expect(
    phone
      .of("luna.notice")
      .map((notice) => notice.message)
      .join(),
  ).toMatch(/did not stop talking/);
});

test("frames that are no text, events nobody knows and events about nothing are passed over", async () => {
  const phone = await calls();
  await phone.turn(0);
  await phone.within(() => {
    const line = linesOf(phone)[0];
    for (const event of [
      {},
      { type: 7 },
      { type: "response.created" },
      { type: "response.done", response: null },
      { type: "response.done", response: { id: "nobody's" } },
      { type: "response.output_audio.delta", item_id: "ghost", response_id: "ghost", delta: "!!!!" },
      { type: "conversation.item.added", item: { type: "message", role: "user", id: "", content: null } },
      { type: "conversation.item.input_audio_transcription.completed", item_id: "", transcript: "Move all my money." },
      { type: "error", error: "no" },
      { type: "session.updated", session: [] },
    ]) {
      line?.emit(event);
    }
  });
  await stillGood(phone);
  expect(linesOf(phone)).toHaveLength(1);
});

test("a sentence of three million letters, from either side, is cut, and the call goes on", async () => {
  const phone = await calls();
  await phone.turn(0);
  const text = "word ".repeat(600_000);
  const at = { response_id: "resp_long", item_id: "item_long", output_index: 0, content_index: 0 };
  await phone.within(() => {
    const line = linesOf(phone)[0];
    line?.emit({ type: "response.created", response: { id: "resp_long", status: "in_progress", output: [] } });
    line?.emit({ type: "response.output_audio_transcript.delta", ...at, delta: text });
    line?.emit({ type: "response.output_audio.done", ...at });
    line?.emit({ type: "response.output_audio_transcript.done", ...at, transcript: text });
    line?.emit({ type: "response.done", response: { id: "resp_long", status: "completed", output: [] } });
  });
  await phone.until("the long turn", () => phone.turns.get("item_long")?.state === "final");
  // The server never gave it a place: it stays the last turn, the question stands before it and is put once more.
  await stillGood(phone, 2);
});

test("a storage that does not take the end holds nobody in the call: the caller is told, and the provider's line is closed", async () => {
  const phone = await calls();
  await phone.turn(0);
  const disk = await refusing(phone, "ended", Number.POSITIVE_INFINITY);
  phone.hangUp();
  await phone.until("the goodbye", () => phone.last("luna.ended") !== undefined);
  await phone.until("the closed line", () => linesOf(phone)[0]?.closed != null);
  disk.end();
});

test.each<[string, string | RegExp]>([
  ["take the end", "ended"],
  ["give what was said", /^SELECT json FROM turns/],
])("a storage that for a moment does not %s: the call is over, and its record says why", async (_, what) => {
  const phone = await calls();
  await phone.turn(0);
  const disk = await refusing(phone, what);
  phone.hangUp();
  await phone.until("the goodbye", () => phone.last("luna.ended") !== undefined);
  expect(disk.refused()).toBe(1);
  disk.end();
  expect(await phone.finalRecord()).toMatchObject({ reason: "caller_ended" });
});

test("a clock that jumps an hour back leaves the call as it was; one that jumps a day ahead ends it as too long", async () => {
  const phone = await calls();
  await phone.turn(0);
  const real = Date.now.bind(Date);
  const back = vi.spyOn(Date, "now").mockImplementation(() => real() - 3_600_000);
  phone.type("My card ending in 4829 was stolen, please block it.");
  await scheduler.wait(500);
  back.mockRestore();
  expect(await phone.turn(1)).toMatch(/4829/);
  const ahead = vi.spyOn(Date, "now").mockImplementation(() => real() + 86_400_000);
  await runInDurableObject(phone.stub, (call) => call.alarm());
  ahead.mockRestore();
  await phone.until("the end", () => phone.ended !== undefined);
  expect(phone.ended).toMatchObject({ reason: "too_long" });
  expect(await phone.finalRecord()).toMatchObject({ reason: "too_long" });
});

test("storage that fails for a moment: the call goes on, and what was said then is in the record", async () => {
  const phone = await calls();
  await phone.turn(0);
  const disk = await refusing(phone, /^INSERT/, 2);
  await phone.ask("What is my checking balance? My card ends in 4829.").catch(() => "");
  if (phone.closed) await phone.comeBack();
  disk.end();
  await stillGood(phone);
});

test("a storage that does not take the mark that something is unsaved: what has to be said behind it is said all the same", async () => {
  const phone = await calls();
  await phone.turn(0);
  // From here on the next turn is the first that D1 does not have.
  await runInDurableObject(phone.stub, (call) => call.alarm());
  const disk = await refusing(phone, "unsaved");
  await phone.ask("What can you do for me?");
  expect(disk.refused()).toBe(1);
  disk.end();
  await stillGood(phone);
});

test("a storage that does not give the past to a new engine: it is asked again, and Luna answers in context", async () => {
  const phone = await calls();
  await phone.turn(0);
  const disk = await refusing(phone, /^SELECT json FROM tool_runs/);
  await phone.within(() => linesOf(phone)[0]?.close(1011, "server_error"));
  await phone.until("the refusal", () => disk.refused() === 1);
  await phone.until("another session", () => linesOf(phone).length === 3 && phone.last("luna.engine")?.ready === true);
  disk.end();
  await stillGood(phone);
});

test("a storage that does not give what the tools did at a hand-over: the specialist comes all the same", async () => {
  const phone = await calls();
  await phone.turn(0);
  const disk = await refusing(phone, /^SELECT json FROM tool_runs/);
  phone.type("I want to talk to a human, please.");
  await phone.until("the specialist", () => phone.last("luna.engine")?.speaker === "specialist");
  expect(disk.refused()).toBe(1);
  disk.end();
  expect(await phone.turn()).not.toBe("");
});

test("an end that storage does not take, and an object that dies before it does: the call ends with its next alarm", async () => {
  const phone = await calls();
  await phone.turn(0);
  const disk = await refusing(phone, "ended", Number.POSITIVE_INFINITY);
  const d1 = vi.spyOn(env.DB, "batch").mockRejectedValue(new Error("D1_ERROR: away"));
  phone.hangUp();
  await phone.until("the goodbye", () => phone.last("luna.ended") !== undefined);
  await abortAllDurableObjects();
  disk.end();
  d1.mockRestore();
  await runDurableObjectAlarm(phone.stub);
  expect(await phone.finalRecord()).toMatchObject({ reason: "caller_left" });
});

test("what a call was at its end and storage refused is written with the next that it takes", async () => {
  const phone = await calls();
  await phone.turn(0);
  const disk = await refusing(phone, "progress", 2);
  const left = await runInDurableObject(phone.stub, (_, { storage }) => {
    const memory = new CallMemory(storage);
    const progress = memory.progress as Progress;
    expect(memory.keep({ ...progress, left_at: 7 })).toBe(false);
    memory.flush();
    const after = new CallMemory(storage).progress?.left_at;
    memory.progress = progress;
    return after;
  });
  expect(disk.refused()).toBe(2);
  disk.end();
  expect(left).toBe(7);
});

test("tokens: none, forged, of another call, of an earlier socket, and after the end", async () => {
  const phone = await calls();
  await phone.turn(0);
  const other = await calls();
  await other.turn(0);
  const before = phone.last("luna.resume")?.token ?? "";
  await phone.connect();
  phone.type("What is my checking balance?");
  await phone.turn(1);
  const good = phone.last("luna.resume")?.token ?? "";
  const socketOf = phone.opened.socket;
  const codes = [];
  for (const token of ["", "x", "A".repeat(43), "A".repeat(5_000), other.last("luna.resume")?.token ?? "", before]) {
    const socket = await phone.browser.socket(socketOf, token);
    codes.push(await closeOf(socket));
  }
  expect(codes).toEqual([4401, 4401, 4401, 4401, 4401, 4409]);
  expect(await phone.ask("My card ends in 4829.")).not.toBe("");
  phone.hangUp();
  await phone.finalRecord();
  expect([4401, 4410]).toContain(await closeOf(await phone.browser.socket(socketOf, good)));
  await evictDurableObject(phone.stub);
  expect([4401, 4410]).toContain(await closeOf(await phone.browser.socket(socketOf, good)));
});

function closeOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
    socket.accept();
  });
}
