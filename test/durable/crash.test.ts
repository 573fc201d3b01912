import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { TOOL_LOST_MS } from "../../src/call/tool-calls.ts";
import { Bank } from "../../src/durable/bank.ts";
import { GRACE_MS } from "../../src/durable/call/limits.ts";
import type { Progress } from "../../src/durable/call/record.ts";
import { once } from "../support/faults.ts";
import { refusing } from "../support/workerd/disk.ts";
import { Phone } from "../support/workerd/phone.ts";
import { GOOD_KEY, type Line, type Manners, provide } from "../support/workerd/provider.ts";
import { bindings } from "../support/workerd/rides.ts";
import { spoken } from "../support/workerd/spoken.ts";

const TRANSFER = "Move two hundred fifty dollars from checking to savings. My card ends in 4829.";

beforeEach(() => bindings({ SLEEP_AFTER_SECONDS: "30" }));
afterEach(() => vi.restoreAllMocks());

/** What the provider does on the n-th connection. */
let manners: Manners;
let lines: Line[];

function provider(faults: Manners["faults"] = () => undefined): void {
  manners = { hears: true, faults };
  lines = provide(manners);
}

async function calls(scenario: string, mode: "ai" | "scripted" = "ai"): Promise<Phone> {
  const phone = await Phone.call({ scenario, ...(mode === "ai" ? { key: GOOD_KEY } : { mode }) });
  return phone;
}

/** The object dies with everything in its memory, and all its sockets with it; the page comes back with its last token. */
async function crash(phone: Phone): Promise<void> {
  await abortAllDurableObjects();
  await phone.until("the page to notice", () => phone.closed !== undefined);
  await phone.comeBack();
}

async function movedOnce(phone: Phone): Promise<void> {
  const { transactions } = await phone.bank.snapshot();
  const today = new Date().toISOString().slice(0, 10);
  const moved = transactions.filter((one) => Math.abs(one.amount_cents) === 25_000 && one.date === today);
  expect(moved).toHaveLength(2);
  expect((await phone.bank.audit()).faults).toEqual([]);
  expect(
    (await phone.record()).tools.filter((run) => run.name === "transfer_funds" && run.state === "done"),
  ).toHaveLength(1);
}

function toldOnce(phone: Phone): void {
  expect(phone.callers.map((turn) => turn.text)).toEqual(phone.said);
  expect(phone.inOrder.map((turn) => turn.order)).toEqual(phone.inOrder.map((_, at) => at + 1));
}

test("while storage takes nothing, no money moves: whoever came after this object would not know of it", async () => {
  provider();
  const phone = await calls("transfer-funds");
  await phone.turn(0);
  await phone.ask(TRANSFER);
  const asked = vi.spyOn(Bank.prototype, "transfer");
  const disk = await refusing(phone, "progress", Number.POSITIVE_INFINITY);
  phone.type("Yes, please.");
  await phone.until("the refusal", () => phone.did("transfer_funds", "failed"));
  expect(disk.refused()).toBeGreaterThan(0);
  expect(asked).not.toHaveBeenCalled();
  disk.end();
});

describe.each(["ai", "scripted"] as const)("an object that dies in a call (%s)", (mode) => {
  test("while Luna waits: the next words are answered in context", async () => {
    provider();
    const phone = await calls("transfer-funds", mode);
    await phone.turn(0);
    await phone.ask("My card ends in 4829. What is my checking balance?");
    await crash(phone);
    expect(await phone.ask("And my savings balance?")).toMatch(/savings/);
    expect(phone.last("luna.call")).toMatchObject({ verified: true });
    toldOnce(phone);
  });

  test("while money waits for a yes: the yes moves it, once", async () => {
    provider();
    const phone = await calls("transfer-funds", mode);
    await phone.turn(0);
    await phone.ask(TRANSFER);
    expect(phone.last("luna.confirm")?.pending).not.toBeNull();
    await crash(phone);
    expect(phone.last("luna.confirm")?.pending).not.toBeNull();
    await phone.ask("Yes, please.");
    await phone.until("the transfer", () => phone.did("transfer_funds"));
    await movedOnce(phone);
    toldOnce(phone);
  });

  test("while money moves: the bank did it, nobody was told, and it is not done again", async () => {
    provider();
    const phone = await calls("transfer-funds", mode);
    await phone.turn(0);
    await phone.ask(TRANSFER);
    const transfer = Bank.prototype.transfer;
    let moved = false;
    const slow = vi.spyOn(Bank.prototype, "transfer").mockImplementation(async function (this: Bank, order) {
      const result = await transfer.call(this, order);
      moved = true;
      await scheduler.wait(60_000);
      return result;
    });
    phone.type("Yes, please.");
    await phone.until("the bank to have moved it", () => moved);
    slow.mockRestore();
    await crash(phone);
    await phone.until("the tool's result", () => phone.did("transfer_funds"));
    expect(await phone.turn()).toMatch(/moved|done/i);
    await movedOnce(phone);
    toldOnce(phone);
  });

  test("while money moves, and nobody comes back before the tool would have been given up: its result is told, not doubted", async () => {
    provider();
    const phone = await calls("transfer-funds", mode);
    await phone.turn(0);
    await phone.ask(TRANSFER);
    let moved = false;
    const { transfer } = Bank.prototype;
    const slow = vi.spyOn(Bank.prototype, "transfer").mockImplementation(async function (this: Bank, order) {
      await transfer.call(this, order);
      moved = true;
      return new Promise<never>(() => undefined);
    });
    phone.type("Yes, please.");
    await phone.until("the bank to have moved it", () => moved);
    slow.mockRestore();
    await abortAllDurableObjects();
    await phone.until("the page to notice", () => phone.closed !== undefined);
    const real = Date.now.bind(Date);
    vi.spyOn(Date, "now").mockImplementation(() => real() + TOOL_LOST_MS + 1_000);
    await phone.comeBack();
    await phone.until("the tool's result", () => phone.did("transfer_funds"));
    expect(await phone.turn()).toMatch(/moved|done/i);
    expect(phone.inOrder.map((turn) => turn.text).join(" ")).not.toMatch(/cannot be sure/);
    await movedOnce(phone);
  });

  test("before the bank has heard of it: it is done then, once", async () => {
    provider();
    const phone = await calls("transfer-funds", mode);
    await phone.turn(0);
    await phone.ask(TRANSFER);
    let asked = false;
    const slow = vi.spyOn(Bank.prototype, "transfer").mockImplementation(async () => {
      asked = true;
      await scheduler.wait(60_000);
      throw new Error("never");
    });
    phone.type("Yes, please.");
    await phone.until("the bank to be asked", () => asked);
    slow.mockRestore();
    await crash(phone);
    await phone.until("the tool's result", () => phone.did("transfer_funds"));
    await phone.turn();
    await movedOnce(phone);
  });

  test("while a specialist is on his way, and while one speaks: the specialist goes on", async () => {
    provider();
    const phone = await calls("block-card", mode);
    await phone.turn(0);
    phone.type("I want to talk to a human, please.");
    await phone.until("the transfer to begin", () => phone.last("luna.transfer")?.state === "starting");
    await crash(phone);
    await phone.until("the specialist", () => phone.last("luna.engine")?.speaker === "specialist");
    await phone.until("the specialist's words", () => phone.inOrder.at(-1)?.who === "specialist");
    expect(await phone.turn()).not.toBe("");
    await crash(phone);
    expect(phone.last("luna.engine")?.speaker).toBe("specialist");
    await phone.ask("My card was stolen.");
    expect(phone.inOrder.at(-1)?.who).toBe("specialist");
    expect(phone.of("luna.transfer").at(-1)).toMatchObject({ state: "connected" });
    toldOnce(phone);
  });
});

test("while the provider is dialled: it is dialled again, and Luna greets once", async () => {
  provider((n) => (n === 0 ? once(() => true, { do: "stall", ms: null }) : undefined));
  const phone = await calls("block-card");
  await phone.until("a dialled line", () => lines.length === 1);
  await crash(phone);
  expect(await phone.turn(0)).toMatch(/Luna/);
  expect(phone.of("luna.key_wanted").length).toBeGreaterThan(0);
  expect(phone.inOrder.filter((turn) => turn.who === "luna")).toHaveLength(1);
});

test("in the middle of Luna's sentence: what was not heard is not lost, and the next words are answered", async () => {
  provider((n) =>
    n === 0
      ? once((event) => event.type === "response.output_audio.delta" && ++heard > 30, { do: "stall", ms: null })
      : undefined,
  );
  let heard = 0;
  const phone = await calls("block-card");
  await phone.turn(0);
  phone.type("My card ending in 4829 was stolen, please block it.");
  await phone.until("Luna in mid-sentence", () => heard > 30);
  await crash(phone);
  expect(await phone.turn()).not.toBe("");
  await phone.ask("Yes, go ahead.");
  await phone.until("the block", () => phone.did("block_card"));
  toldOnce(phone);
});

test("a page that comes back before its dead socket was seen to close: the sentence is cut where it was heard, and Luna goes on", async () => {
  let sent = Number.NEGATIVE_INFINITY;
  provider(() =>
    once((event) => event.type === "response.output_audio.delta" && ++sent > 20, { do: "stall", ms: 700 }),
  );
  const phone = await calls("block-card");
  await phone.turn(0);
  sent = 0;
  phone.type("My card ending in 4829 was stolen, please block it.");
  await phone.until("Luna in mid-sentence", () => sent > 20);
  await phone.comeBack();
  await phone.until("Luna to go on", () => {
    const cut = phone.inOrder.some((turn) => turn.who === "luna" && turn.state === "interrupted");
    const asked = phone.inOrder.some((turn) => turn.state === "final" && turn.heard.includes("Shall I go ahead?"));
    return cut && asked && phone.line === "listening";
  });
  await phone.ask("Yes, go ahead.");
  await phone.until("the block", () => phone.did("block_card"));
  toldOnce(phone);
});

test("a page that reloads while a tool runs: what the tool found is said when it is back, and counts as heard only then", async () => {
  provider();
  const phone = await calls("transfer-funds");
  await phone.turn(0);
  const { identify } = Bank.prototype;
  let asked = false;
  let open = false;
  vi.spyOn(Bank.prototype, "identify").mockImplementation(async function (this: Bank, ...who) {
    asked = true;
    while (!open) await scheduler.wait(5);
    return identify.apply(this, who);
  });
  phone.type("My card ends in 4829. What is my checking balance?");
  await phone.until("the bank to be asked", () => asked);
  phone.leave();
  await phone.until("the page to be gone", () => phone.closed !== undefined);
  open = true;
  const found = async () => expect((await phone.record()).tools.map((run) => run.name)).toContain("verify_identity");
  await vi.waitFor(found, { timeout: 5_000, interval: 20 });
  await scheduler.wait(300);
  expect((await phone.record()).turns.filter(({ who, text }) => who === "luna" && text.includes("$"))).toEqual([]);
  await phone.comeBack();
  expect(await phone.turn()).toMatch(/\$/);
  expect(phone.inOrder.at(-1)).toMatchObject({ who: "luna", state: "final" });
  toldOnce(phone);
});

test("in the middle of the caller's sentence: what comes after it is heard", async () => {
  provider();
  const phone = await calls("block-card");
  await phone.turn(0);
  phone.sound(spoken("My card ending in 4829 was stolen, please block it.").slice(0, 12));
  await phone.until("the caller to be heard", () => phone.line === "user-speaking");
  await crash(phone);
  await phone.turn(0);
  await phone.speak("Please block my card ending in 4829.");
  await phone.until("the words", () =>
    phone.callers.some((turn) => turn.text === "Please block my card ending in 4829."),
  );
});

test("an object that is evicted in a call with a provider that has been put to sleep: the next words wake it", async () => {
  bindings({ SLEEP_AFTER_SECONDS: "1" });
  provider();
  const phone = await calls("transfer-funds");
  await phone.turn(0);
  await phone.ask(TRANSFER);
  await phone.until("sleep", () => phone.line === "asleep");
  await evictDurableObject(phone.stub);
  await phone.ask("Yes, please.");
  await phone.until("the transfer", () => phone.did("transfer_funds"));
  await movedOnce(phone);
  toldOnce(phone);
});

test("asleep, and then it dies: the page comes back to a sleeping call and the next words wake it", async () => {
  bindings({ SLEEP_AFTER_SECONDS: "1" });
  provider();
  const phone = await calls("transfer-funds");
  await phone.turn(0);
  await phone.ask(TRANSFER);
  await phone.until("sleep", () => phone.line === "asleep");
  await crash(phone);
  expect(phone.line).toBe("asleep");
  expect(lines).toHaveLength(1);
  await phone.ask("Yes, please.");
  await phone.until("the transfer", () => phone.did("transfer_funds"));
  await movedOnce(phone);
  toldOnce(phone);
});

test("a storage that does not give the tools while the call is rebuilt: the next attempt rebuilds it, and Luna answers", async () => {
  provider();
  const phone = await calls("transfer-funds");
  await phone.turn(0);
  await phone.ask("My card ends in 4829. What is my checking balance?");
  await abortAllDurableObjects();
  await phone.until("the page to notice", () => phone.closed !== undefined);
  const disk = await refusing(phone, /^SELECT json FROM tool_runs/);
  await expect(runInDurableObject(phone.stub, (call) => call.alarm())).rejects.toThrow("SQLITE_IOERR");
  disk.end();
  await phone.comeBack();
  expect(await phone.ask("And my savings balance?")).toMatch(/savings/);
  toldOnce(phone);
});

describe("while the page is gone, an object that died with it is rebuilt by its alarm", () => {
  async function rebuilt(phone: Phone): Promise<void> {
    await phone.turn(0);
    await abortAllDurableObjects();
    await phone.until("the page to notice", () => phone.closed !== undefined);
    await runInDurableObject(phone.stub, (call) => call.alarm());
  }

  test("and the visitor's key is waited for until the page is there to show it: the AI goes on", async () => {
    provider();
    const phone = await calls("block-card");
    const wait = globalThis.setTimeout;
    // The patience with a page that is there is over at once.
    const hasty = vi.spyOn(globalThis, "setTimeout");
    hasty.mockImplementation(((act: () => void, ms: number) => wait(act, ms === 5_000 ? 0 : ms)) as typeof setTimeout);
    await rebuilt(phone);
    await scheduler.wait(20);
    hasty.mockRestore();
    await phone.comeBack();
    expect(await phone.ask("My card ending in 4829 was stolen, please block it.")).toMatch(/4829/);
    expect(phone.last("luna.engine")).toMatchObject({ mode: "ai", ready: true });
    expect(phone.of("luna.notice")).toEqual([]);
    expect(lines).toHaveLength(2);
  });

  test("and its grace begins there: a page that does not come back has left", async () => {
    const phone = await calls("block-card", "scripted");
    await rebuilt(phone);
    const alarm = await runInDurableObject(phone.stub, (_, { storage }) => storage.getAlarm());
    expect(alarm).toBeLessThanOrEqual(Date.now() + GRACE_MS);
    const later = Date.now() + GRACE_MS;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => later);
    await runInDurableObject(phone.stub, (call) => call.alarm());
    clock.mockRestore();
    expect(await phone.finalRecord()).toMatchObject({ reason: "caller_left" });
  });
});

test("a mute that was taken back stays so when the object dies: it would cut each of the caller's sentences", async () => {
  provider();
  const phone = await calls("block-card");
  await phone.turn(0);
  phone.send({ type: "luna.mute", microphone: true });
  phone.send({ type: "luna.hold", on: true });
  const kept = () => runInDurableObject(phone.stub, (_, { storage }) => storage.kv.get<Progress>("progress")?.state);
  await expect.poll(async () => (await kept())?.ear.muted).toBe(true);
  phone.send({ type: "luna.hold", on: false });
  phone.send({ type: "luna.mute", microphone: false });
  await expect.poll(async () => (await kept())?.ear.muted).toBe(false);
  await expect.poll(async () => (await kept())?.rest.held).toBe(false);
});

test("a bank that never comes back, and then the line is lost: Luna is there again when the tool has been given up", async () => {
  provider();
  const phone = await calls("transfer-funds");
  await phone.turn(0);
  await phone.ask(TRANSFER);
  let asked = false;
  vi.spyOn(Bank.prototype, "transfer").mockImplementation(async () => {
    asked = true;
    await scheduler.wait(60_000);
    throw new Error("never");
  });
  phone.type("Yes, please.");
  await phone.until("the bank to be asked", () => asked);
  const real = Date.now.bind(Date);
  const clock = vi.spyOn(Date, "now").mockImplementation(() => real() + TOOL_LOST_MS);
  await phone.within(() => lines[0]?.close(1011, "server_error"));
  await phone.until("another session", () => lines.length === 2 && phone.last("luna.engine")?.ready === true, 3_000);
  await phone.until("her word on it", () => /cannot be sure/.test(phone.inOrder.at(-1)?.text ?? ""));
  clock.mockRestore();
});
