import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addDays, dayOf } from "../../../src/durable/bank/days.ts";
import { openBank, SURROUNDINGS } from "../../../src/durable/bank/desk.ts";
import { bankInMemory, memorySql, NOON } from "../../tools/bank-in-memory.ts";

const DAY = 86_400_000;
const MAYA = "cus_maya";
const at = (day: string) => bankInMemory({ now: () => Date.parse(`${day}T09:00:00Z`) });

describe("a new sandbox", () => {
  it("has the accounts, cards and loans of the story", async () => {
    const { customer, accounts, cards, loans } = await bankInMemory().snapshot();
    expect(customer).toMatchObject({
      name: "Maya Lindqvist",
      tier: "Platinum",
      phone: "ending in 0148",
      online_locked: true,
    });
    expect(accounts.map((a) => [a.kind, a.last_4, a.balance_cents])).toEqual([
      ["checking", "4471", 841_267],
      ["savings", "8890", 2_465_000],
    ]);
    expect(cards.map((c) => [c.kind, c.last_4, c.status])).toEqual([
      ["credit", "4829", "active"],
      ["debit", "7316", "active"],
      ["credit", "5502", "inactive"],
      ["virtual", "9047", "active"],
    ]);
    expect(loans.map((l) => [l.type, l.last_4])).toEqual([
      ["auto", "2206"],
      ["personal", "3318"],
      ["mortgage", "6104"],
    ]);
  });

  it("has more than sixty payments over two and a half months, some pending, one of them twice", async () => {
    const bank = bankInMemory();
    const sql = memorySql();
    const whole = openBank(sql, { ...SURROUNDINGS, now: () => NOON });
    await whole.caller();
    const lines = sql.rows<{ day: string; status: string; category: string }>(
      `SELECT day, status, category FROM transactions`,
    );
    expect(lines.filter((line) => line.category !== "loan").length).toBeGreaterThan(60);
    expect(lines.filter((line) => line.status === "pending").length).toBe(4);
    expect(lines.every((line) => line.day >= addDays("2026-11-20", -75) && line.day <= "2026-11-20")).toBe(true);
    const twice = await bank.transactions(MAYA, { merchant: "Harbor Lane Electronics", amount_cents: 24_999 });
    expect(twice.map((one) => one.date)).toEqual(["2026-11-12", "2026-11-12"]);
    const last4s = new Set((await bank.transactions(MAYA, { limit: 50 })).map((one) => one.last_4));
    expect([...last4s].sort()).toEqual(["4471", "4829", "7316", "8890", "9047"]);
  });

  it("has the same balances whichever day it begins on, and books that balance", async () => {
    const first = await bankInMemory().snapshot();
    const days = fc.integer({ min: 0, max: 1_500 }).map((n) => addDays("2026-01-01", n));
    await fc.assert(
      fc.asyncProperty(days, async (day) => {
        const bank = at(day);
        const { accounts, cards, loans } = await bank.snapshot();
        expect(accounts).toEqual(first.accounts);
        expect(cards).toEqual(first.cards);
        expect(loans.map((loan) => loan.balance_cents)).toEqual(first.loans.map((loan) => loan.balance_cents));
        expect(loans.every((loan) => loan.next_payment > day && !loan.past_due)).toBe(true);
        expect((await bank.audit()).faults).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it("is the same bank twice, but for its codes", async () => {
    expect(await at("2026-05-31").snapshot()).toEqual(await at("2026-05-31").snapshot());
  });

  it("never had an account below zero on the way", async () => {
    const sql = memorySql();
    await openBank(sql, { ...SURROUNDINGS, now: () => NOON }).caller();
    const moves = sql.rows<{ account_id: string; amount_cents: number }>(
      `SELECT p.account_id, p.amount_cents FROM postings p JOIN journal j ON j.id = p.journal_id
       WHERE p.account_id IN ('acc_checking', 'acc_savings', 'acc_tomas') ORDER BY j.day, j.id`,
    );
    const running = new Map<string, number>();
    for (const { account_id, amount_cents } of moves) {
      const balance = (running.get(account_id) ?? 0) + amount_cents;
      running.set(account_id, balance);
      expect(balance, account_id).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("as days go by", () => {
  it("pending payments are posted and loans are paid, without anybody asking", async () => {
    let now = NOON;
    const bank = bankInMemory({ now: () => now });
    const before = await bank.snapshot();
    now += 40 * DAY;
    const after = await bank.snapshot();
    expect(after.transactions.some((line) => line.status === "pending")).toBe(false);
    expect(after.loans.map((loan) => loan.next_payment)).toEqual(["2027-01-02", "2027-01-25", "2027-01-29"]);
    expect(after.loans.every((loan, i) => loan.balance_cents < (before.loans[i]?.balance_cents ?? 0))).toBe(true);
    expect(after.accounts[0]?.balance_cents).toBe(after.accounts[0]?.available_cents);
    expect((await bank.audit()).faults).toEqual([]);
  });

  it("a loan whose account has run dry falls behind, and the account does not go below zero", async () => {
    let now = NOON;
    const bank = bankInMemory({ now: () => now });
    await bank.caller();
    now += 900 * DAY;
    const { accounts, loans } = await bank.snapshot();
    expect(loans.some((loan) => loan.past_due)).toBe(true);
    expect(accounts[0]?.balance_cents).toBeGreaterThanOrEqual(0);
    expect((await bank.audit()).faults).toEqual([]);
  });

  it("codes run out after ten minutes", async () => {
    let now = NOON;
    const bank = bankInMemory({ now: () => now, code: () => "314159" });
    await bank.sendCode({ customer_id: MAYA, key: "k1", channel: "sms" });
    now += 10 * 60_000;
    expect(await bank.unlockOnline({ customer_id: MAYA, key: "k2", code: "314159" })).toMatchObject({
      detail: "expired",
    });
  });

  it("a day's limit for transfers is the day's", async () => {
    let now = NOON;
    const bank = bankInMemory({ now: () => now });
    const move = (key: string, amount_cents: number) =>
      bank.transfer({
        customer_id: MAYA,
        key,
        from_id: "acc_savings",
        to: { kind: "account", id: "acc_checking" },
        amount_cents,
      });
    expect(await move("k1", 999_999)).toMatchObject({ ok: true });
    expect(await move("k2", 500_002)).toMatchObject({ ok: false, code: "limit_exceeded" });
    now += DAY;
    expect(dayOf(now)).toBe("2026-11-21");
    expect(await move("k3", 500_002)).toMatchObject({ ok: true });
  });
});

describe("the same key again", () => {
  const orders = [
    ["blockCard", { card_id: "crd_platinum", reason: "lost" }],
    ["activateCard", { card_id: "crd_travel" }],
    ["enableContactless", { card_id: "crd_debit" }],
    ["transfer", { from_id: "acc_checking", to: { kind: "account", id: "acc_savings" }, amount_cents: 25_000 }],
    ["fileDispute", { transaction_id: "TX-BBFG", reason: "duplicate" }],
    ["requestLimit", { card_id: "crd_platinum", requested_cents: 1_800_000 }],
    ["draftWire", { recipient: "Elina Korhonen", amount_cents: 250_000, currency: "USD" }],
    ["sendCode", { channel: "sms" }],
  ] as const;

  for (const [method, order] of orders) {
    it(`gives the first answer of ${method} and changes nothing more`, async () => {
      const bank = bankInMemory();
      const run = (key: string) =>
        (bank[method] as (order: object) => Promise<unknown>)({ customer_id: MAYA, key, ...order });
      const first = await run("call-1:a");
      expect(first).toMatchObject({ ok: true });
      const state = await bank.snapshot();
      expect(await run("call-1:a")).toEqual(first);
      expect(await bank.snapshot()).toEqual(state);
    });
  }

  it("gives a refusal again too, and no answer to another request", async () => {
    const bank = bankInMemory();
    const transfer = {
      customer_id: MAYA,
      key: "k",
      from_id: "acc_checking",
      to: { kind: "account", id: "acc_savings" },
      amount_cents: 900_000,
    } as const;
    expect(await bank.transfer(transfer)).toMatchObject({ ok: false, code: "insufficient_funds" });
    expect(await bank.transfer(transfer)).toMatchObject({ ok: false, code: "insufficient_funds" });
    expect(await bank.transfer({ ...transfer, amount_cents: 1 })).toMatchObject({ ok: false, detail: "key_reused" });
    expect(await bank.transfer({ ...transfer, to: { kind: "payee", id: "pay_nadia" } })).toMatchObject({
      detail: "key_reused",
    });
    expect(
      await bank.blockCard({ customer_id: MAYA, key: "k", card_id: "crd_platinum", reason: "lost" }),
    ).toMatchObject({ detail: "key_reused" });
  });
});

describe("another customer", () => {
  it("is out of reach of every method, by id", async () => {
    const bank = bankInMemory();
    const order = { customer_id: MAYA, key: "k" };
    expect(await bank.blockCard({ ...order, key: "1", card_id: "crd_tomas", reason: "fraud" })).toMatchObject({
      code: "not_found",
    });
    expect(
      await bank.transfer({
        ...order,
        key: "2",
        from_id: "acc_tomas",
        to: { kind: "account", id: "acc_savings" },
        amount_cents: 5,
      }),
    ).toMatchObject({ code: "not_found" });
    expect(
      await bank.transfer({
        ...order,
        key: "3",
        from_id: "acc_checking",
        to: { kind: "account", id: "acc_tomas" },
        amount_cents: 5,
      }),
    ).toMatchObject({ code: "not_found" });
    expect(
      await bank.transfer({
        ...order,
        key: "4",
        from_id: "bank:outside",
        to: { kind: "account", id: "acc_savings" },
        amount_cents: 5,
      }),
    ).toMatchObject({ code: "not_found" });
    expect(
      await bank.transfer({
        customer_id: "cus_tomas",
        key: "5",
        from_id: "acc_tomas",
        to: { kind: "payee", id: "pay_nadia" },
        amount_cents: 5,
      }),
    ).toMatchObject({ code: "not_found" });
    expect(await bank.payoff("cus_tomas", "lon_auto", "2026-11-20")).toBeNull();
    expect(await bank.identify(MAYA, "6628")).toBeNull();
    expect((await bank.audit()).faults).toEqual([]);
  });
});

describe("starting afresh", () => {
  it("brings the first day back, dated today", async () => {
    let now = NOON;
    const bank = bankInMemory({ now: () => now });
    await bank.blockCard({ customer_id: MAYA, key: "k", card_id: "crd_platinum", reason: "stolen" });
    await bank.sendCode({ customer_id: MAYA, key: "k2", channel: "sms" });
    now += 10 * DAY;
    await bank.reset();
    expect(await bank.snapshot()).toEqual(await at("2026-11-30").snapshot());
    expect(
      await bank.blockCard({ customer_id: MAYA, key: "k", card_id: "crd_platinum", reason: "stolen" }),
    ).toMatchObject({ ok: true });
  });
});
