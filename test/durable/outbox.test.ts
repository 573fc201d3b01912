import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { Bank } from "../../src/durable/bank.ts";
import { recordingKey } from "../../src/store/recordings.ts";
import { refusing as disk } from "../support/workerd/disk.ts";
import { Phone } from "../support/workerd/phone.ts";
import { GOOD_KEY, provide } from "../support/workerd/provider.ts";
import { leftovers } from "../support/workerd/rides.ts";
import { quiet } from "../support/workerd/spoken.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

type Batch = D1Database["batch"];

/** D1 refuses every write from here on; `after` it has done it, if it does it at all. */
function refusing(does: boolean): { refused: () => number; end: () => void } {
  const database = Object.getPrototypeOf(env.DB) as { batch: Batch };
  const batch = database.batch;
  const spy = vi.spyOn(database, "batch").mockImplementation(async function (this: D1Database, statements) {
    if (does) await batch.call(this, statements);
    throw new Error("D1_ERROR: Network connection lost.");
  } as Batch);
  return { refused: () => spy.mock.calls.length, end: () => spy.mockRestore() };
}

async function talking(): Promise<Phone> {
  const phone = await Phone.call({ scenario: "transfer-funds", mode: "scripted" });
  await phone.turn(0);
  await phone.ask("Move two hundred fifty dollars from checking to savings. My card ends in 4829.");
  return phone;
}

/** A call whose sound is kept: four seconds of the caller's, and Luna listens. */
async function recorded(): Promise<Phone> {
  provide();
  const phone = await Phone.call({ scenario: "block-card", key: GOOD_KEY, settings: { record: true } });
  await phone.turn(0);
  phone.sound(quiet(100));
  await phone.until("Luna to listen", () => phone.line === "listening");
  return phone;
}

/** The caller hangs up while R2 takes nothing, and the object is put away; `mockRestore` brings R2 back. */
async function endsWithoutR2(phone: Phone) {
  const bucket = Object.getPrototypeOf(env.RECORDINGS) as R2Bucket;
  const away = vi.spyOn(bucket, "createMultipartUpload").mockRejectedValue(new Error("internal error (10001)"));
  phone.hangUp();
  await expect.poll(() => away.mock.calls.length).toBeGreaterThan(0);
  await evictDurableObject(phone.stub);
  return away;
}

/** Rows of this call as they are in D1. */
async function rows(phone: Phone): Promise<{ calls: number; turns: string[]; tools: string[] }> {
  const of = async (statement: string) => (await env.DB.prepare(statement).bind(phone.id).all()).results;
  return {
    calls: (await of("SELECT id FROM calls WHERE id = ?")).length,
    turns: (await of("SELECT text FROM turns WHERE call_id = ? ORDER BY ord")).map((row) => String(row.text)),
    tools: (await of("SELECT name, state FROM tool_runs WHERE call_id = ? ORDER BY ord, at")).map(
      (row) => `${row.name} ${row.state}`,
    ),
  };
}

/** The alarm that is set rings now, as often as this; the object is put away between two of them. */
async function ring(phone: Phone, times: number): Promise<void> {
  for (let n = 0; n < times; n++) {
    expect(await runDurableObjectAlarm(phone.stub)).toBe(true);
    await evictDurableObject(phone.stub);
  }
}

async function whole(phone: Phone): Promise<void> {
  const stored = await rows(phone);
  expect(stored.calls).toBe(1);
  expect(stored.turns).toEqual(phone.inOrder.map((turn) => turn.text));
  expect(stored.tools).toEqual(["verify_identity done", "transfer_funds refused", "transfer_funds done"]);
  expect((await phone.finalRecord()).turns.filter((turn) => turn.who === "caller").map((turn) => turn.text)).toEqual(
    phone.said,
  );
  expect(await leftovers(phone)).toEqual([]);
}

test("D1 is away for the rest of the call and for minutes after it: nothing is lost, nothing is there twice", async () => {
  const phone = await talking();
  const outage = refusing(false);
  await ring(phone, 1);
  await phone.ask("Yes, please.");
  await ring(phone, 1);
  phone.hangUp();
  await phone.until("the end", () => phone.ended !== undefined);
  await expect.poll(outage.refused).toBeGreaterThan(2);
  await evictDurableObject(phone.stub);
  await ring(phone, 30);
  outage.end();
  expect((await rows(phone)).calls).toBe(0);
  await ring(phone, 1);
  await whole(phone);
});

test("a call that its alarm ends, and whose object dies while that is being written down, has set another alarm", async () => {
  const phone = await talking();
  await phone.ask("Yes, go ahead.");
  phone.leave();
  await phone.until("the page to be gone", () => phone.closed !== undefined);
  // All that was said is saved: the next alarm is the end of the patience with a page that is gone.
  await runDurableObjectAlarm(phone.stub);
  const database = Object.getPrototypeOf(env.DB) as { batch: Batch };
  const away = vi.spyOn(database, "batch").mockImplementation(() => new Promise<never>(() => undefined));
  const now = Date.now;
  const later = vi.spyOn(Date, "now").mockImplementation(() => now() + 61_000);
  await runDurableObjectAlarm(phone.stub);
  const alarm = () => runInDurableObject(phone.stub, (_, { storage }) => storage.getAlarm());
  await expect.poll(alarm).not.toBeNull();
  later.mockRestore();
  await abortAllDurableObjects();
  away.mockRestore();
  expect(await runDurableObjectAlarm(phone.stub)).toBe(true);
  await whole(phone);
  expect((await phone.finalRecord()).reason).toBe("caller_left");
});

test("D1 says nothing at all while a call is on: its alarms go on meanwhile, and the record is brought again", async () => {
  const phone = await talking();
  const database = Object.getPrototypeOf(env.DB) as { batch: Batch };
  const away = vi.spyOn(database, "batch").mockImplementation(() => new Promise<never>(() => undefined));
  // What is waited for comes a hundred times sooner.
  const { setTimeout } = globalThis;
  const sooner = (...[act, ms = 0]: Parameters<typeof setTimeout>) => setTimeout(act, ms < 2_000 ? ms : ms / 100);
  vi.spyOn(globalThis, "setTimeout").mockImplementation(sooner as typeof setTimeout);
  const rung = runDurableObjectAlarm(phone.stub);
  const inside = <T>(look: (storage: DurableObjectStorage) => T) =>
    runInDurableObject(phone.stub, (_, { storage }) => look(storage));
  await expect.poll(() => away.mock.calls.length, { interval: 1 }).toBe(1);
  expect(await inside((storage) => storage.getAlarm())).not.toBeNull();
  expect(await rung).toBe(true);
  // D1 has not answered yet.
  expect(await inside((storage) => storage.kv.get("unsaved"))).toBe(false);
  await expect.poll(() => inside((storage) => storage.kv.get("unsaved"))).toBe(true);
  away.mockRestore();
  await ring(phone, 1);
  expect((await rows(phone)).turns).toEqual(phone.inOrder.map((turn) => turn.text));
});

test("D1 is away when a recorded call ends, and the object is put away: the recording has all that was heard", async () => {
  const phone = await recorded();
  const outage = refusing(false);
  phone.hangUp();
  await phone.until("the end", () => phone.ended !== undefined);
  await expect.poll(outage.refused).toBeGreaterThan(0);
  await evictDurableObject(phone.stub);
  outage.end();
  await ring(phone, 1);
  const { size = 0 } = (await env.RECORDINGS.head(recordingKey(phone.id))) ?? {};
  // Two channels of 24,000 samples a second, two bytes each.
  expect(size / 96).toBeGreaterThanOrEqual(4_000);
});

test("R2 refuses when a recorded call ends, and for minutes after it: its sound waits in the object, and is whole then", async () => {
  const phone = await recorded();
  const away = await endsWithoutR2(phone);
  await ring(phone, 8);
  expect((await rows(phone)).calls).toBe(1);
  expect(await env.RECORDINGS.head(recordingKey(phone.id))).toBeNull();
  away.mockRestore();
  await ring(phone, 1);
  const { size = 0 } = (await env.RECORDINGS.head(recordingKey(phone.id))) ?? {};
  expect(size / 96).toBeGreaterThanOrEqual(4_000);
  expect(await leftovers(phone)).toEqual([]);
});

test("R2 that has refused a recording for an hour is asked once an hour", async () => {
  const phone = await recorded();
  await endsWithoutR2(phone);
  await runInDurableObject(phone.stub, (_, { storage }) => storage.kv.put("refused", 51));
  await runDurableObjectAlarm(phone.stub);
  const alarm = await runInDurableObject(phone.stub, (_, { storage }) => storage.getAlarm());
  expect((alarm ?? 0) - Date.now()).toBeGreaterThan(20 * 60_000);
});

test("a running call is read from its object while D1 does not even read", async () => {
  const phone = await talking();
  const outage = refusing(false);
  expect((await phone.record()).turns.map(({ text }) => text)).toEqual(phone.inOrder.map(({ text }) => text));
  expect(outage.refused()).toBeGreaterThan(0);
  outage.end();
});

test("a caller hangs up while the bank moves the money: the record has the transfer, once, and the call solved something", async () => {
  const phone = await talking();
  const transfer = Bank.prototype.transfer;
  let moved = false;
  let over = false;
  vi.spyOn(Bank.prototype, "transfer").mockImplementation(async function (this: Bank, order) {
    const result = await transfer.call(this, order);
    moved = true;
    while (!over) await scheduler.wait(5);
    return result;
  });
  phone.type("Yes, please.");
  await phone.until("the bank to have moved it", () => moved);
  phone.hangUp();
  await phone.until("the end", () => phone.ended !== undefined);
  over = true;
  const outcome = () =>
    env.DB.prepare("SELECT outcome FROM calls WHERE id = ? AND ended_at IS NOT NULL").bind(phone.id).first("outcome");
  await expect.poll(outcome).toBe("contained");
  expect((await rows(phone)).tools).toEqual(["verify_identity done", "transfer_funds refused", "transfer_funds done"]);
});

test("D1 takes everything and its answer is lost each time: nothing is there twice", async () => {
  const phone = await talking();
  const outage = refusing(true);
  await ring(phone, 2);
  await phone.ask("Yes, please.");
  await ring(phone, 2);
  phone.hangUp();
  await phone.until("the end", () => phone.ended !== undefined);
  await expect.poll(outage.refused).toBeGreaterThan(4);
  await evictDurableObject(phone.stub);
  await ring(phone, 5);
  outage.end();
  await ring(phone, 1);
  await whole(phone);
});

const ANSWERED = ["verify_identity done", "transfer_funds refused", "transfer_funds done"];

test("the object's storage takes neither the last turns nor the last tool, and is well again at the end: the record has them", async () => {
  const phone = await talking();
  const bad = await disk(phone, /INTO (turns|tool_runs) /, Number.POSITIVE_INFINITY);
  await phone.ask("Yes, please.");
  expect((await phone.record()).turns.length).toBeLessThan(phone.inOrder.length);
  bad.end();
  phone.hangUp();
  await phone.until("the end", () => phone.ended !== undefined);
  expect((await phone.finalRecord()).tools.map(({ name, state }) => `${name} ${state}`)).toEqual(ANSWERED);
  await expect.poll(async () => (await rows(phone)).calls).toBe(1);
  await whole(phone);
});

test("the object's storage takes neither the last turns nor the last tool, and the object dies: its successor writes them down", async () => {
  const phone = await talking();
  const bad = await disk(phone, /INTO (turns|tool_runs) /, Number.POSITIVE_INFINITY);
  await phone.ask("Yes, please.");
  bad.end();
  await abortAllDurableObjects();
  await phone.until("the page to notice", () => phone.closed !== undefined);
  await phone.comeBack();
  const { turns, tools } = await phone.record();
  expect(turns.map(({ text }) => text)).toEqual(phone.inOrder.map(({ text }) => text));
  expect(turns.map(({ text }) => text)).toContain("Yes, please.");
  expect(tools.map(({ name, state }) => `${name} ${state}`)).toEqual(ANSWERED);
});

test("a call is in D1 within seconds while it is still on, as far as it has come", async () => {
  const phone = await talking();
  const alarm = await runInDurableObject(phone.stub, (_, { storage }) => storage.getAlarm());
  expect((alarm ?? Number.POSITIVE_INFINITY) - Date.now()).toBeLessThanOrEqual(10_000);
  await ring(phone, 1);
  const stored = await rows(phone);
  expect(stored.calls).toBe(1);
  expect(stored.turns).toEqual(phone.inOrder.map((turn) => turn.text));
});

/** Date.now says so much more, ms, from here on. */
function later(ms: number): void {
  const now = Date.now;
  vi.spyOn(Date, "now").mockImplementation(() => now() + ms);
}

test("while a call goes on, D1 hears of it once a minute, however often its alarm rings", async () => {
  const phone = await talking();
  const batches = vi.spyOn(Object.getPrototypeOf(env.DB) as { batch: Batch }, "batch");
  const alarm = () => runInDurableObject(phone.stub, (_, { storage }) => storage.getAlarm());
  await runDurableObjectAlarm(phone.stub);
  expect(batches).toHaveBeenCalledTimes(1);
  await phone.ask("Yes, please.");
  await runDurableObjectAlarm(phone.stub);
  expect(batches).toHaveBeenCalledTimes(1);
  expect((await alarm()) ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(Date.now() + 60_000);
  later(60_000);
  await runDurableObjectAlarm(phone.stub);
  expect(batches).toHaveBeenCalledTimes(2);
  expect((await rows(phone)).turns).toContain("Yes, please.");
});

test("D1 that refuses is asked again after ten seconds, and later and later, never by all calls at the same time", async () => {
  const phone = await talking();
  const outage = refusing(false);
  phone.hangUp();
  await phone.until("the end", () => phone.ended !== undefined);
  await expect.poll(outage.refused).toBeGreaterThan(0);
  const chance = vi.spyOn(Math, "random");
  for (const [part, seconds] of [
    [1, 20],
    [0, 20],
    [1, 80],
    [0, 40],
    [1, 80],
  ] as const) {
    chance.mockReturnValue(part);
    await runDurableObjectAlarm(phone.stub);
    const alarm = await runInDurableObject(phone.stub, (_, { storage }) => storage.getAlarm());
    expect(((alarm ?? 0) - Date.now()) / 1_000).toBeCloseTo(seconds, 0);
    await evictDurableObject(phone.stub);
  }
  outage.end();
  await ring(phone, 1);
  expect((await rows(phone)).calls).toBe(1);
});
