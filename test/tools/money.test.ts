import { beforeEach, describe, expect, it } from "vitest";
import { CHECKING, Conversation } from "./conversation.ts";

let call: Conversation;
beforeEach(async () => {
  call = await new Conversation().verified();
});

/** Asks, reads back, says yes, and asks again. */
async function transfers(args: Record<string, unknown>) {
  const first = await call.uses("transfer_funds", args);
  if (first.code !== "confirmation_required") return first;
  call.lunaRepeats().caller("Yes.");
  return call.uses("transfer_funds", args);
}

describe("balances", () => {
  it("of one account, with what pending payments hold", async () => {
    expect(await call.uses("check_balance", { account: "checking" })).toMatchObject({
      say: "Your checking account has $8,412.67, and $8,364.87 of it is available.",
    });
  });

  it("of both accounts when none was named, and of a credit card", async () => {
    expect((await call.uses("check_balance")).say).toBe("You have $8,412.67 in checking and $24,650.00 in savings.");
    expect(await call.uses("check_balance", { account: "4829" })).toMatchObject({
      owed: "$2,024.38",
      limit: "$12,000.00",
    });
  });

  it("of an account that is somebody else's are not told", async () => {
    expect(await call.uses("check_balance", { account: "3052" })).toMatchObject({ ok: false, code: "not_found" });
    expect(call.last?.output).not.toContain("1,934");
  });
});

describe("transfers", () => {
  it("beyond what is available are refused before anything is asked", async () => {
    expect(await call.uses("transfer_funds", { from: "checking", to: "savings", amount: 8_364.88 })).toMatchObject({
      code: "insufficient_funds",
    });
    expect(call.answer.say).toContain("$8,364.87 is available");
    expect(await transfers({ from: "checking", to: "savings", amount: 8_364.87 })).toMatchObject({ ok: true });
  });

  it("that become impossible between question and yes are refused", async () => {
    const args = { from: "checking", to: "savings", amount: 8_000 };
    await call.uses("transfer_funds", args);
    call.lunaRepeats().caller("Yes.");
    await call.bank.transfer({
      customer_id: "cus_maya",
      key: "elsewhere",
      from_id: "acc_checking",
      to: { kind: "payee", id: "pay_nadia" },
      amount_cents: 500_000,
    });
    expect(await call.uses("transfer_funds", args)).toMatchObject({ ok: false, code: "insufficient_funds" });
    expect((await call.balances()).checking).toBe(CHECKING - 500_000);
  });

  it("over the daily limit are refused until the next day", async () => {
    expect(await transfers({ from: "savings", to: "checking", amount: 9_000 })).toMatchObject({ ok: true });
    expect(await transfers({ from: "savings", to: "checking", amount: 6_000.01 })).toMatchObject({
      code: "limit_exceeded",
    });
    expect(await transfers({ from: "savings", to: "checking", amount: 6_000 })).toMatchObject({ ok: true });
  });

  it("need two different accounts and a known recipient", async () => {
    expect(await transfers({ from: "checking", to: "checking", amount: 5 })).toMatchObject({ code: "not_allowed" });
    expect(await transfers({ from: "checking", to: "Captain Nobody", amount: 5 })).toMatchObject({
      code: "not_found",
      field: "to",
    });
    expect(await transfers({ from: "4829", to: "savings", amount: 5 })).toMatchObject({
      code: "not_found",
      field: "from",
    });
    expect(await transfers({ from: "3052", to: "savings", amount: 5 })).toMatchObject({
      code: "not_found",
      field: "from",
    });
  });

  it("to a payee who banks here arrive in that account", async () => {
    const before = (await call.bank.accounts("cus_tomas"))[0]?.balance_cents ?? 0;
    expect(await transfers({ from: "checking", to: "Thomas Lindquist", amount: 40 })).toMatchObject({
      ok: true,
      to: "Tomas Lindqvist",
    });
    expect((await call.bank.accounts("cus_tomas"))[0]?.balance_cents).toBe(before + 4_000);
    expect((await call.bank.audit()).faults).toEqual([]);
  });

  it("of sums that are no sums are refused", async () => {
    for (const amount of [0, -5, 1.005, Number.NaN, "lots", 1e12]) {
      expect(await transfers({ from: "checking", to: "savings", amount })).toMatchObject({
        ok: false,
        code: "invalid_arguments",
      });
    }
  });

  it("are said in cents where there are cents", async () => {
    await call.uses("transfer_funds", { from: "checking", to: "savings", amount: 1_250.5 });
    expect(call.answer.say).toContain("$1,250.50");
  });
});
