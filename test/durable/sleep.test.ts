import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Progress } from "../../src/durable/call/record.ts";
import { Phone } from "../support/workerd/phone.ts";
import { GOOD_KEY, type Line, type Manners, provide } from "../support/workerd/provider.ts";
import { bindings } from "../support/workerd/rides.ts";
import { PAUSE, quiet, spoken } from "../support/workerd/spoken.ts";

const TRANSFER = "Move two hundred fifty dollars from checking to savings. My card ends in 4829.";

let lines: Line[];
let manners: Manners;

beforeEach(() => {
  bindings({ SLEEP_AFTER_SECONDS: "1" });
  manners = { hears: true, keepsSound: true };
  lines = provide(manners);
});
afterEach(() => {
  vi.restoreAllMocks();
  bindings({ SLEEP_AFTER_SECONDS: "30" });
});

async function asleep(scenario: string, words?: string): Promise<Phone> {
  const phone = await Phone.call({ scenario, key: GOOD_KEY });
  await phone.turn(0);
  if (words !== undefined) await phone.ask(words);
  await phone.until("sleep", () => phone.line === "asleep");
  return phone;
}

/** A number that is in the memory of this instance of the object and nowhere else. */
function mark(phone: Phone): Promise<unknown> {
  return runInDurableObject(phone.stub, (call) => {
    const known = instances.get(call);
    if (known === undefined) instances.set(call, instances.size);
    return instances.get(call);
  });
}
const instances = new Map<object, number>();

/** A page in a sleeping call: the first syllable, then what was kept from before it, then what comes. */
async function wakeAloud(phone: Phone, text: string): Promise<ArrayBuffer[]> {
  const frames = [...quiet(12), ...spoken(text), ...quiet(PAUSE)];
  phone.said.push(text);
  phone.send({ type: "luna.wake" });
  for (let at = 0; at < frames.length; at += 5) {
    phone.sound(frames.slice(at, at + 5));
    await scheduler.wait(2);
  }
  return frames;
}

test("frames that were on their way when the call fell asleep wake nobody", async () => {
  const phone = await asleep("block-card");
  phone.sound(quiet(5));
  await scheduler.wait(300);
  expect(phone.line).toBe("asleep");
  expect(lines).toHaveLength(1);
});

test("a call in which nobody speaks closes the provider's socket, and then nothing keeps the object in memory", async () => {
  const phone = await asleep("block-card");
  expect(lines).toHaveLength(1);
  await phone.until("the socket to close", () => lines[0]?.closed?.code === 1000);
  const before = await mark(phone);
  const started = Date.now();
  await evictDurableObject(phone.stub);
  expect(Date.now() - started).toBeLessThan(1_000);
  expect(phone.closed).toBeUndefined();
  expect(await mark(phone)).not.toBe(before);
});

test("nor does a recording: what it had in memory is on disk", async () => {
  const phone = await Phone.call({ scenario: "block-card", key: GOOD_KEY, settings: { record: true } });
  await phone.turn(0);
  phone.sound(quiet(20));
  await phone.until("sleep", () => phone.line === "asleep");
  const kept = () =>
    runInDurableObject(phone.stub, (_, { storage }) => [...storage.kv.list({ prefix: "recording:piece:" })].length);
  await expect.poll(kept, { timeout: 1_000 }).toBeGreaterThan(0);
  const started = Date.now();
  await evictDurableObject(phone.stub);
  expect(Date.now() - started).toBeLessThan(1_000);
});

test("a call with a provider on the line wakes itself each minute, however quiet it is", async () => {
  bindings({ SLEEP_AFTER_SECONDS: "3600" });
  const phone = await Phone.call({ scenario: "block-card", key: GOOD_KEY });
  await phone.turn(0);
  for (let n = 0; n < 2; n++) {
    await runDurableObjectAlarm(phone.stub);
    const alarm = await runInDurableObject(phone.stub, (_, { storage }) => storage.getAlarm());
    expect((alarm ?? Number.POSITIVE_INFINITY) - Date.now()).toBeLessThanOrEqual(60_000);
  }
});

test("the first syllable wakes it: the caller's sound is heard by the new session from before its beginning, and answered", async () => {
  const phone = await asleep("transfer-funds", TRANSFER);
  await evictDurableObject(phone.stub);
  const frames = await wakeAloud(phone, "Yes, please.");
  await phone.until("the transfer", () => phone.did("transfer_funds"));
  expect(phone.of("luna.key_wanted")).toHaveLength(1);
  expect(lines).toHaveLength(2);
  const heard = lines[1]?.sound.map(({ frame }) => frame) ?? [];
  expect(heard.slice(-frames.length)).toEqual(frames.map((frame) => new Uint8Array(frame).toBase64()));
  await phone.turn();
  expect(phone.callers.map((turn) => turn.text)).toEqual(phone.said);
  expect(phone.last("luna.call")).toMatchObject({ verified: true });
  expect((await phone.record()).tools.filter((run) => run.name === "verify_identity")).toHaveLength(1);
});

test("without an eviction the key is still there: it is not asked for again, and the words are heard", async () => {
  const phone = await asleep("block-card");
  await wakeAloud(phone, "My card ending in 4829 was stolen, please block it.");
  await phone.until("the words", () => phone.callers.at(-1)?.text === phone.said[0]);
  expect(phone.of("luna.key_wanted")).toEqual([]);
  expect(await phone.turn()).toMatch(/Shall I go ahead/);
});

test("a caller who speaks into a sleeping call whose provider refuses them is answered by the built-in Luna, who has not heard it", async () => {
  const phone = await asleep("block-card", "My card ending in 4829 was stolen, please block it.");
  const before = phone.inOrder.length;
  manners.status = 401;
  await wakeAloud(phone, "Yes, go ahead.");
  await phone.until("the built-in Luna", () => phone.last("luna.engine")?.mode === "scripted");
  await phone.until("her word", () => phone.inOrder.length > before && phone.inOrder.at(-1)?.who === "luna");
  expect(phone.did("block_card")).toBe(false);
});

test("a page that comes back to a sleeping call finds it as it was, and does not wake it", async () => {
  const phone = await asleep("transfer-funds", TRANSFER);
  const pending = phone.last("luna.confirm")?.pending;
  expect(pending).not.toBeNull();
  phone.leave();
  await evictDurableObject(phone.stub);
  const told = phone.of("luna.engine").length;
  await phone.comeBack();
  expect(phone.line).toBe("asleep");
  // A page that was loaded meanwhile learns where its ears are: without that it would not hear the word that wakes the call.
  expect(phone.of("luna.engine").slice(told)).toMatchObject([{ mode: "ai", voice: "call", ready: false }]);
  expect(phone.last("luna.confirm")?.pending).toEqual(pending);
  expect(phone.last("luna.call")).toMatchObject({ verified: true });
  await scheduler.wait(200);
  expect(lines).toHaveLength(1);
});

test("that a browser did not show its key again is known to an object that is put away before anything is said", async () => {
  const phone = await asleep("transfer-funds", TRANSFER);
  await evictDurableObject(phone.stub);
  phone.key = undefined;
  const real = Date.now.bind(Date);
  const idle = vi.spyOn(Date, "now").mockImplementation(() => real() + 300_500);
  await runInDurableObject(phone.stub, (call) => call.alarm());
  await phone.until("the built-in Luna", () => phone.last("luna.engine")?.mode === "scripted", 7_000);
  const { fell_back, state } = await runInDurableObject(
    phone.stub,
    (_, { storage }) => storage.kv.get<Progress>("progress") as Progress,
  );
  idle.mockRestore();
  expect({ fell_back, asked: state.rest.asked }).toEqual({ fell_back: true, asked: 1 });
});

test("a browser that does not show its key again gets the built-in Luna within six seconds, with all she needs to know", async () => {
  const phone = await asleep("transfer-funds", TRANSFER);
  await evictDurableObject(phone.stub);
  phone.key = undefined;
  const started = Date.now();
  phone.type("Yes, please.");
  await phone.until("the built-in Luna", () => phone.last("luna.engine")?.mode === "scripted", 7_000);
  expect(Date.now() - started).toBeLessThan(6_000);
  expect(phone.last("luna.notice")).toMatchObject({ code: "key_gone" });
  await phone.until("the transfer", () => phone.did("transfer_funds"));
  expect(lines).toHaveLength(1);
});

test("on hold it sleeps at once, and wakes when it is taken off hold", async () => {
  bindings({ SLEEP_AFTER_SECONDS: "600" });
  const phone = await Phone.call({ scenario: "block-card", key: GOOD_KEY });
  await phone.turn(0);
  phone.send({ type: "luna.hold", on: true });
  await phone.until("the socket to close", () => lines[0]?.closed !== null, 3_000);
  phone.sound(quiet(5));
  await scheduler.wait(100);
  expect(lines).toHaveLength(1);
  phone.send({ type: "luna.hold", on: false });
  await phone.until("a new session", () => lines.length === 2 && phone.line === "listening");
  expect(await phone.ask("My card ending in 4829 was stolen, please block it.")).toMatch(/4829/);
});

test("asked for while it sleeps, and then the object goes: whoever was asked for answers, and a change is answered", async () => {
  const phone = await asleep("freeform");
  phone.send({ type: "luna.persona", key: "waiter" });
  await phone.until("the waiter", () => phone.last("luna.persona")?.key === "waiter");
  phone.send({ type: "luna.session", update: { speed: 1.2 } });
  phone.send({ type: "luna.mute", microphone: true });
  await mark(phone);
  await evictDurableObject(phone.stub);
  expect(await phone.ask("What should I drink with the ribeye?")).toMatch(/Malbec/);
  expect(phone.last("luna.session")).toMatchObject({ ok: true });
  const kept = await runInDurableObject(phone.stub, (_, { storage }) =>
    storage.kv.get<{ state: { ear: { muted: boolean } } }>("progress"),
  );
  expect(kept?.state.ear.muted).toBe(true);
});

test("a sleeping call in which nobody says anything for minutes is asked twice by its alarm, and ends as silent", async () => {
  const phone = await asleep("block-card");
  await evictDurableObject(phone.stub);
  for (let minutes = 5; minutes < 12 && phone.ended === undefined; minutes++) {
    const now = Date.now() + 5 * 60_000;
    const clock = vi.spyOn(Date, "now").mockReturnValue(now + minutes * 60_000);
    await runInDurableObject(phone.stub, (call) => call.alarm());
    clock.mockRestore();
    await scheduler.wait(300);
  }
  await phone.until("the end", () => phone.ended !== undefined, 5_000);
  expect(phone.ended).toMatchObject({ reason: "silent" });
});
