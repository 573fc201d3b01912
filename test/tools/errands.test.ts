import { beforeEach, describe, expect, it } from "vitest";
import { Conversation } from "./conversation.ts";

let call: Conversation;
beforeEach(async () => {
  call = await new Conversation().verified();
});

interface Found {
  transaction_id: string;
  merchant: string;
  amount: string;
}
const found = () => (call.answer.transactions ?? []) as Found[];

describe("loans", () => {
  it("are told one by one or all together", async () => {
    expect((await call.uses("check_loan_balance", { loan_type: "auto" })).say).toBe(
      "You still owe $16,394.74 on your auto loan ending in 2206. The next payment of $476.97 is due on December 2.",
    );
    expect((await call.uses("check_loan_balance")).say).toContain("$9,271.28 on your personal loan");
  });

  it("cost a little more to pay off the later it is, until the next payment is taken", async () => {
    await call.uses("calculate_payoff", { loan_type: "auto" });
    const today = call.answer;
    await call.uses("calculate_payoff", { loan_type: "auto", payoff_date: "2026-11-30" });
    const later = call.answer;
    await call.uses("calculate_payoff", { loan_type: "auto", payoff_date: "2026-12-10" });
    const afterPayment = call.answer;
    // 18 days since November 2 at $2.83 a day.
    expect(today).toMatchObject({ total: "$16,445.60", principal: "$16,394.74", interest: "$50.86" });
    expect(later).toMatchObject({ total: "$16,473.85" });
    expect(afterPayment).toMatchObject({ principal: "$16,003.71" });
  });

  it("have no payoff in the past, far ahead, or without knowing which", async () => {
    expect(await call.uses("calculate_payoff", { loan_type: "auto", payoff_date: "2026-11-19" })).toMatchObject({
      code: "invalid_arguments",
    });
    expect(await call.uses("calculate_payoff", { loan_type: "auto", payoff_date: "2027-11-19" })).toMatchObject({
      code: "not_allowed",
    });
    expect(await call.uses("calculate_payoff", { loan_type: "auto", payoff_date: "2026-02-30" })).toMatchObject({
      code: "invalid_arguments",
    });
    expect((await call.uses("calculate_payoff")).say).toContain("Which loan");
  });

  it("are laid out for a talk about restructuring", async () => {
    expect((await call.uses("get_account_details", { account_last_4: "3318" })).say).toContain(
      "35 more times, next on November 25",
    );
    expect(await call.uses("get_account_details")).toMatchObject({ ok: true });
    expect((call.answer.loans as unknown[]).length).toBe(3);
    expect(await call.uses("get_account_details", { account_last_4: "3052" })).toMatchObject({ code: "not_found" });
  });
});

describe("disputes", () => {
  it("begin with finding the payment, however it is said", async () => {
    await call.uses("get_transaction_details", { merchant: "harbour lane electronic", amount: 249.99 });
    expect(found().map((one) => one.amount)).toEqual(["$249.99", "$249.99"]);
    await call.uses("get_transaction_details", { amount: 150 });
    expect(found()).toMatchObject([{ merchant: "Quickcart Digital", amount: "$150.00" }]);
    expect(call.answer.say).toBe(
      "I found it: $150.00 at Quickcart Digital on November 16, paid with your credit card ending in 4829.",
    );
  });

  it("find a payment when the day or the amount is remembered nearly right", async () => {
    await call.uses("get_transaction_details", { merchant: "Quickcart", date: "2026-11-15" });
    expect(found()).toHaveLength(1);
    await call.uses("get_transaction_details", { amount: 145, merchant: "Quickcart" });
    expect(found()).toHaveLength(1);
    expect(await call.uses("get_transaction_details", { merchant: "Nowhere Store" })).toMatchObject({
      code: "not_found",
    });
  });

  it("give the money back for the time of the inquiry, once", async () => {
    const owed = async () => (await call.bank.cards("cus_maya"))[0]?.owed_cents ?? 0;
    const before = await owed();
    await call.uses("get_transaction_details", { merchant: "Quickcart" });
    const dispute = { transaction_id: found()[0]?.transaction_id, reason: "not_recognised" };
    expect(await call.agreed("file_dispute", dispute)).toMatchObject({
      ok: true,
      credit: "$150.00",
      answer_by: "2026-12-04",
    });
    expect(await owed()).toBe(before - 15_000);
    expect(await call.uses("file_dispute", dispute)).toMatchObject({ code: "already_done" });
    expect(await owed()).toBe(before - 15_000);
    expect((await call.bank.snapshot()).disputes).toMatchObject([{ merchant: "Quickcart Digital", status: "open" }]);
    expect((await call.bank.audit()).faults).toEqual([]);
  });

  it("over a pending payment give no credit yet", async () => {
    await call.uses("get_transaction_details", { amount: 63.15 });
    await call.agreed("file_dispute", { transaction_id: found()[0]?.transaction_id, reason: "wrong_amount" });
    expect(call.answer).toMatchObject({ ok: true, credit: "$0.00" });
  });

  it("are for card payments only", async () => {
    await call.uses("get_transaction_details", { merchant: "Lakeside Insurance" });
    expect(
      await call.uses("file_dispute", { transaction_id: found()[0]?.transaction_id, reason: "other" }),
    ).toMatchObject({ code: "not_allowed" });
    expect(await call.uses("file_dispute", { transaction_id: "TX-ZZZZ", reason: "other" })).toMatchObject({
      code: "not_found",
    });
  });
});

describe("online banking", () => {
  const code = async () => /code is (\d{6})/.exec((await call.bank.snapshot()).messages[0]?.body ?? "")?.[1] ?? "";

  it("is unlocked with the code from the text message, which no tool ever tells", async () => {
    expect(await call.uses("send_reset_link", { channel: "sms" })).toMatchObject({
      ok: true,
      sent_to: "ending in 0148",
    });
    expect(call.last?.output).not.toContain(await code());
    expect(await call.uses("unlock_account", { code: await code() })).toMatchObject({ ok: true });
    expect(call.last?.status.arguments).toEqual({ code: "••••••" });
    expect((await call.bank.snapshot()).customer.online_locked).toBe(false);
    expect(await call.uses("unlock_account")).toMatchObject({ code: "already_done" });
  });

  it("is unlocked without a code after an email", async () => {
    await call.uses("send_reset_link", { channel: "email" });
    expect(await call.uses("unlock_account")).toMatchObject({ ok: true });
  });

  it("stays locked without a message, without the code, and with old codes", async () => {
    expect(await call.uses("unlock_account", { code: "123456" })).toMatchObject({
      code: "not_confirmed",
      detail: "nothing_sent",
    });
    await call.uses("send_reset_link", { channel: "sms" });
    const first = await code();
    expect(await call.uses("unlock_account")).toMatchObject({ code: "not_confirmed", detail: "code_missing" });
    await call.uses("send_reset_link", { channel: "sms" });
    if (first !== (await code()))
      expect(await call.uses("unlock_account", { code: first })).toMatchObject({ ok: false });
    expect((await call.bank.snapshot()).customer.online_locked).toBe(true);
  });

  it("takes a code three times at most", async () => {
    await call.uses("send_reset_link", { channel: "sms" });
    const right = await code();
    const wrong = right === "000000" ? "000001" : "000000";
    for (const detail of ["wrong_code", "wrong_code", "tries"]) {
      expect(await call.uses("unlock_account", { code: wrong })).toMatchObject({ ok: false, detail });
    }
    expect(await call.uses("unlock_account", { code: right })).toMatchObject({ ok: false, code: "locked" });
  });

  it("is not flooded with messages", async () => {
    for (let i = 0; i < 5; i += 1) await call.uses("send_reset_link", { channel: "email" });
    expect(await call.uses("send_reset_link", { channel: "email" })).toMatchObject({ code: "limit_exceeded" });
  });
});

describe("higher limits", () => {
  it("are filed and left to a specialist", async () => {
    expect(await call.uses("check_credit_score")).toMatchObject({ score: 742, band: "excellent" });
    const wish = { card_last_4: "4829", requested_limit: 18_000, annual_income: 92_000 };
    expect(await call.uses("request_limit_increase", wish)).toMatchObject({
      ok: true,
      requested_limit: "$18,000.00",
      department: "cards",
    });
    expect(await call.uses("request_limit_increase", wish)).toMatchObject({ code: "already_done" });
    expect((await call.bank.cards("cus_maya"))[0]?.limit_cents).toBe(1_200_000);
  });

  it("have to be higher, and belong to a credit card in use", async () => {
    expect(await call.uses("request_limit_increase", { card_last_4: "4829", requested_limit: 12_000 })).toMatchObject({
      detail: "not_higher",
    });
    expect(await call.uses("request_limit_increase", { card_last_4: "7316", requested_limit: 12_000 })).toMatchObject({
      detail: "no_limit",
    });
    expect(await call.uses("request_limit_increase", { card_last_4: "5502", requested_limit: 12_000 })).toMatchObject({
      detail: "inactive",
    });
  });
});

describe("the mortgage", () => {
  it("is told with its rate, next to today's", async () => {
    expect(await call.uses("get_mortgage_details")).toMatchObject({
      rate: "7.12%",
      loan_to_value: "76%",
      equity: "$94,472.50",
    });
    expect((await call.uses("check_rates", { purpose: "refinance" })).say).toBe(
      "Today's rates for refinancing: 5.38% for a 15-year fixed, 6.12% for a 30-year fixed, and 5.69% for a five-one adjustable.",
    );
  });
});

describe("recipients of wires", () => {
  it("are held against the saved payees", async () => {
    expect(await call.uses("verify_recipient", { name: "elina korhonen", country: "FI" })).toMatchObject({
      known: true,
      differs: [],
    });
    expect(await call.uses("verify_recipient", { name: "Elina Korhonen", account_last_4: "9999" })).toMatchObject({
      differs: ["account"],
    });
    expect(await call.uses("verify_recipient", { name: "Captain Nobody" })).toMatchObject({ ok: true, known: false });
  });
});
