import { abortAllDurableObjects, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { shelvesOf } from "../../src/durable/call/tool-desk.ts";
import type { BankApi } from "../../src/tools/bank.ts";
import { newPolicy } from "../../src/tools/policy.ts";
import { runTool } from "../../src/tools/registry.ts";
import { keptByBank } from "../support/workerd/kept.ts";

const MAYA = "cus_maya";
let visitors = 0;
const newVisitor = () => `visitor-${++visitors}`;
const bankOf = (visitor: string) => env.BANKS.getByName(visitor);
const toSavings = (key: string, amount_cents: number) => ({
  customer_id: MAYA,
  key,
  from_id: "acc_checking",
  to: { kind: "account", id: "acc_savings" } as const,
  amount_cents,
});

describe("a visitor's bank", () => {
  it("keeps every promise over RPC", async () => {
    const bank: BankApi = bankOf(newVisitor());
    expect(await bank.caller()).toMatchObject({ name: "Maya Lindqvist" });
    expect(await bank.identify(MAYA, "4829")).toBe("credit card");
    expect((await bank.accounts(MAYA)).map((account) => account.balance_cents)).toEqual([841_267, 2_465_000]);
    expect((await bank.cards(MAYA)).length).toBe(4);
    expect((await bank.loans(MAYA)).map((loan) => loan.type)).toEqual(["auto", "personal", "mortgage"]);
    expect((await bank.payees(MAYA)).length).toBe(4);
    expect((await bank.rates()).length).toBe(6);
    expect((await bank.credit(MAYA)).score).toBe(742);
    expect(await bank.payoff(MAYA, "lon_auto", "2020-01-01")).toBeNull();
    expect((await bank.transactions(MAYA, { merchant: "quickcart" })).length).toBe(1);
    expect(await bank.mayTransfer(toSavings("", 100))).toEqual({ ok: true, value: null });
    expect((await bank.snapshot()).transactions.length).toBe(30);
    expect((await bank.audit()).faults).toEqual([]);
  });

  it("is served by the same tools as in memory", async () => {
    const answer = await runTool(
      { call_id: "c1", name: "verify_identity", arguments: '{"last_4_digits":"7316"}' },
      {
        ...shelvesOf(env, "visitor"),
        bank: bankOf(newVisitor()),
        policy: newPolicy(),
        allowed: ["verify_identity"],
        key: "call",
        turns: [{ who: "caller", text: "Seven three one six.", order: 0 }],
        order: 0,
        now: Date.now(),
        today: new Date().toISOString().slice(0, 10),
      },
    );
    expect(answer).toMatchObject({ ok: true, policy: { identity: { customer_id: MAYA } } });
  });

  it("moves money once for a key, also when both requests come at the same time", async () => {
    const bank = bankOf(newVisitor());
    const [first, second] = await Promise.all([
      bank.transfer(toSavings("k", 25_000)),
      bank.transfer(toSavings("k", 25_000)),
    ]);
    expect(first).toMatchObject({ ok: true });
    expect(second).toEqual(first);
    expect((await bank.accounts(MAYA))[0]?.balance_cents).toBe(816_267);
  });

  it("is nobody else's", async () => {
    await bankOf("visitor-a").blockCard({ customer_id: MAYA, key: "k", card_id: "crd_platinum", reason: "lost" });
    expect((await bankOf("visitor-a").cards(MAYA))[0]?.status).toBe("blocked");
    expect((await bankOf("visitor-b").cards(MAYA))[0]?.status).toBe("active");
  });
});

describe("what was done lasts", () => {
  async function change(visitor: string) {
    const bank = bankOf(visitor);
    await bank.blockCard({ customer_id: MAYA, key: "1", card_id: "crd_platinum", reason: "stolen" });
    await bank.transfer(toSavings("2", 10_000));
    await bank.sendCode({ customer_id: MAYA, key: "3", channel: "sms" });
    return bank.snapshot();
  }

  it("when the object is put out of memory", async () => {
    const visitor = newVisitor();
    const before = await change(visitor);
    await evictDurableObject(bankOf(visitor));
    expect(await bankOf(visitor).snapshot()).toEqual(before);
    // The code that was sent before still opens the account: its salt has lasted too.
    const code = /code is (\d{6})/.exec(before.messages[0]?.body ?? "")?.[1];
    expect(await bankOf(visitor).unlockOnline({ customer_id: MAYA, key: "4", code })).toMatchObject({ ok: true });
  });

  it("when the object is killed", async () => {
    const visitor = newVisitor();
    const before = await change(visitor);
    await abortAllDurableObjects();
    expect(await bankOf(visitor).snapshot()).toEqual(before);
    expect(await bankOf(visitor).transfer(toSavings("2", 10_000))).toMatchObject({
      ok: true,
      value: { from_balance_cents: 831_267 },
    });
    expect((await bankOf(visitor).accounts(MAYA))[0]?.balance_cents).toBe(831_267);
  });

  it("until the visitor starts afresh", async () => {
    const visitor = newVisitor();
    await change(visitor);
    await bankOf(visitor).reset();
    expect(await bankOf(visitor).snapshot()).toEqual(await bankOf(newVisitor()).snapshot());
  });
});

describe("a bank that nobody comes back to", () => {
  const DAY_MS = 24 * 3_600_000;
  const RETENTION = Number(env.RETENTION_DAYS);
  const dueIn = (visitor: string) =>
    runInDurableObject(bankOf(visitor), async (_, { storage }) => ((await storage.getAlarm()) ?? 0) - Date.now());
  afterEach(() => vi.useRealTimers());

  it("is deleted with all that is in it, RETENTION_DAYS after it was last used", async () => {
    const visitor = newVisitor();
    const bank = bankOf(visitor);
    const untouched = await bank.snapshot();
    await bank.blockCard({ customer_id: MAYA, key: "1", card_id: "crd_platinum", reason: "lost" });
    await bank.keepInMind("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    expect(await dueIn(visitor)).toBeGreaterThan(RETENTION * DAY_MS);
    expect(await dueIn(visitor)).toBeLessThanOrEqual((RETENTION + 1) * DAY_MS);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + (RETENTION + 1) * DAY_MS });
    expect(await runDurableObjectAlarm(bank)).toBe(true);
    expect(await keptByBank(visitor)).toBe("[]");
    vi.useRealTimers();
    expect(await bank.calls()).toEqual([]);
    expect(await bank.snapshot()).toEqual(untouched);
  });

  it("is not deleted when somebody came while the alarm was on its way, and is kept anew by that", async () => {
    const visitor = newVisitor();
    const bank = bankOf(visitor);
    await bank.blockCard({ customer_id: MAYA, key: "1", card_id: "crd_platinum", reason: "lost" });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 20 * DAY_MS });
    await bank.cards(MAYA);
    expect(await dueIn(visitor)).toBeGreaterThan(RETENTION * DAY_MS);
    expect(await runDurableObjectAlarm(bank)).toBe(true);
    expect((await bank.cards(MAYA))[0]?.status).toBe("blocked");
  });

  it("says whether it has begun without beginning, and goes all the same", async () => {
    const visitor = newVisitor();
    expect(await bankOf(visitor).hasBegun()).toBe(false);
    expect(await bankOf(visitor).hasBegun()).toBe(false);
    // Whoever makes a cookie up leaves nothing behind by looking.
    expect(await keptByBank(visitor)).toBe("[]");
    expect(await dueIn(visitor)).toBeLessThan(0);
    await bankOf(visitor).caller();
    expect(await dueIn(visitor)).toBeGreaterThan(RETENTION * DAY_MS);
    expect(await bankOf(visitor).hasBegun()).toBe(true);
    await bankOf(visitor).forget();
    expect(await bankOf(visitor).hasBegun()).toBe(false);
  });
});

describe("codes", () => {
  it("are not in the books, only their hashes", async () => {
    const visitor = newVisitor();
    const bank = bankOf(visitor);
    await bank.sendCode({ customer_id: MAYA, key: "k", channel: "sms" });
    const code = /code is (\d{6})/.exec((await bank.snapshot()).messages[0]?.body ?? "")?.[1] ?? "";
    expect(code).toMatch(/^\d{6}$/);
    await runInDurableObject(bank, (_bank, state) => {
      const codes = JSON.stringify(state.storage.sql.exec(`SELECT * FROM codes`).toArray());
      const effects = JSON.stringify(state.storage.sql.exec(`SELECT * FROM effects`).toArray());
      expect(codes).toMatch(/"hash":"[0-9a-f]{64}"/);
      expect(codes + effects).not.toContain(code);
    });
  });
});
