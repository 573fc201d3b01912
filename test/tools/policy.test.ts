import { beforeEach, describe, expect, it } from "vitest";
import { decide, PENDING_MS, policyCard, wordsStillComing } from "../../src/tools/policy.ts";
import type { Proposal } from "../../src/tools/tool.ts";
import { CHECKING, Conversation, SAVINGS } from "./conversation.ts";

let call: Conversation;
beforeEach(() => {
  call = new Conversation();
});

describe("before the caller is verified", () => {
  it("nothing about the caller's money is told", async () => {
    call.caller("What's my balance?");
    expect(await call.uses("check_balance")).toMatchObject({ ok: false, code: "identity_required" });
    expect(call.last?.output).not.toMatch(/\$|4471|8890/);
  });

  it("nothing is changed, however sure the model is", async () => {
    call.caller("Block my card ending in 4829.");
    expect(await call.uses("block_card", { card_last_4: "4829" })).toMatchObject({ code: "identity_required" });
    const card = (await call.bank.snapshot()).cards.find((one) => one.last_4 === "4829");
    expect(card?.status).toBe("active");
  });

  it("today's rates are told to anybody", async () => {
    expect(await call.uses("check_rates", { product: "30_year_fixed" })).toMatchObject({ ok: true });
    expect(call.answer.say).toContain("6.12%");
  });

  it("a person can be asked for, and the call can be ended", async () => {
    expect(await call.uses("transfer_to_specialist", { reason: "wants a person" })).toMatchObject({ ok: true });
    expect(call.last?.then).toBe("transfer");
    expect(await call.uses("end_call")).toMatchObject({ ok: true });
    expect(call.last?.then).toBe("end");
  });
});

describe("verification", () => {
  it("takes the last four digits of any card, account or loan of the caller's", async () => {
    for (const digits of ["4829", "7316", "4471", "8890", "2206", "6104"]) {
      const fresh = new Conversation().caller("Here are my digits.");
      expect(await fresh.uses("verify_identity", { last_4_digits: digits })).toMatchObject({ ok: true });
      expect(fresh.policy.identity?.name).toBe("Maya Lindqvist");
    }
  });

  it("does not take another customer's digits", async () => {
    call.caller("It ends in 6628.");
    expect(await call.uses("verify_identity", { last_4_digits: "6628" })).toMatchObject({
      ok: false,
      attempts_left: 2,
    });
    expect(call.policy.identity).toBeNull();
  });

  it("waits until the caller has said something", async () => {
    call.luna("Hi Maya, how can I help?");
    expect(await call.uses("verify_identity", { last_4_digits: "4829" })).toMatchObject({ code: "identity_required" });
    expect(call.policy.attempts).toBe(0);
  });

  it("locks the call after three wrong answers, also for the right one", async () => {
    call.caller("One one one one.");
    for (const left of [2, 1]) {
      expect(await call.uses("verify_identity", { last_4_digits: "1111" })).toMatchObject({ attempts_left: left });
    }
    expect(await call.uses("verify_identity", { last_4_digits: "1111" })).toMatchObject({ code: "locked" });
    expect(call.answer.say).toContain("specialist");
    expect(await call.uses("verify_identity", { last_4_digits: "4829" })).toMatchObject({ code: "locked" });
    expect(await call.uses("check_balance")).toMatchObject({ code: "locked" });
    expect(await call.uses("transfer_to_specialist", { reason: "locked out" })).toMatchObject({ ok: true });
  });

  it("does not count digits that are not four as an attempt", async () => {
    call.caller("Four eight two.");
    expect(await call.uses("verify_identity", { last_4_digits: "482" })).toMatchObject({ code: "invalid_arguments" });
    expect(call.policy.attempts).toBe(0);
  });

  it("stays when digits of something unknown come up later", async () => {
    await call.verified();
    for (let i = 0; i < 4; i += 1) {
      expect(await call.uses("verify_identity", { last_4_digits: "1234" })).toMatchObject({ code: "not_found" });
    }
    expect(await call.uses("check_balance")).toMatchObject({ ok: true });
  });

  it("holds for this call only", async () => {
    await call.verified();
    const next = new Conversation(call.bank, "call-2").caller("What's my balance?");
    expect(await next.uses("check_balance")).toMatchObject({ code: "identity_required" });
  });
});

describe("moving money", () => {
  const transfer = { from: "checking", to: "savings", amount: 250 };
  beforeEach(async () => {
    await call.verified();
    call.caller("Move two hundred and fifty dollars from checking to savings.");
    await call.uses("transfer_funds", transfer);
  });
  const moved = async () => CHECKING - ((await call.balances()).checking ?? 0);

  it("first asks, with amount and both sides, and shows a card", async () => {
    expect(call.answer).toMatchObject({ ok: false, code: "confirmation_required" });
    expect(call.answer.say).toBe(
      "Just to confirm: you'd like to move $250.00 from your checking account to your savings account. Is that right?",
    );
    expect(policyCard(call.policy)).toMatchObject({
      title: "Transfer $250.00",
      lines: [
        { label: "Amount", value: "$250.00" },
        { label: "From", value: "Everyday Checking ending in 4471" },
        { label: "To", value: "your savings account" },
      ],
    });
    expect(await moved()).toBe(0);
  });

  it("moves it after the read-back and a yes", async () => {
    call.lunaRepeats().caller("Yes, please.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ ok: true, new_balance: "$8,162.67" });
    expect(await call.balances()).toEqual({ checking: CHECKING - 25_000, savings: SAVINGS + 25_000 });
    expect(policyCard(call.policy)).toBeNull();
  });

  it("moves it after the model's own words, when they hold amount and target", async () => {
    call.luna("So that's two hundred and fifty dollars into your savings. Shall I go ahead?").caller("Go ahead.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ ok: true });
  });

  it("does not move it twice on one yes", async () => {
    call.lunaRepeats().caller("Yes.");
    await call.uses("transfer_funds", transfer);
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "confirmation_required" });
    expect(await moved()).toBe(25_000);
  });

  it("does not move it when the model calls again at once", async () => {
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed", read_back: true });
    expect(await moved()).toBe(0);
  });

  it("does not take a yes that came before the read-back", async () => {
    call.caller("Yes, do it.").lunaRepeats();
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    expect(await moved()).toBe(0);
  });

  it("does not take a yes to something else", async () => {
    call.luna("Would you like to hear your balance?").caller("Yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    call.lunaRepeats().luna("And is there anything else?").caller("Hmm, let me see.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    call.luna("Do you want to hear today's rates?").caller("Yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    expect(await moved()).toBe(0);
  });

  it("does not take a yes to another amount", async () => {
    call.luna("You'd like to move $25.00 to your savings account, right?").caller("Yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    expect(await moved()).toBe(0);
  });

  it("does not take a yes to another target or the other way round", async () => {
    call.luna("You'd like to move $250 from checking to Nadia, right?").caller("Yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    call.luna("You'd like to move $250 from savings to checking, right?").caller("Yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    call.luna("You'd like to move $250 from 8890 to 4471, right?").caller("Yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    expect(await moved()).toBe(0);
  });

  it("does not take a read-back whose amount was cut off before it was heard", async () => {
    call.luna("Just to confirm: you'd like to move").caller("Yes, yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    expect(await moved()).toBe(0);
  });

  it("does not take a doubtful yes", async () => {
    for (const words of [
      "Yes, but make it three hundred.",
      "Hmm, I think so.",
      "Yes?",
      "Yes, three hundred.",
      "What?",
      "",
    ]) {
      call.lunaRepeats().caller(words);
      expect(await call.uses("transfer_funds", transfer), words).toMatchObject({ ok: false });
    }
    expect(await moved()).toBe(0);
  });

  it("leaves it after a no", async () => {
    call.lunaRepeats().caller("No, don't.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed", cancelled: true });
    expect(policyCard(call.policy)).toBeNull();
    expect(await moved()).toBe(0);
  });

  it("takes back a yes that is followed by a no", async () => {
    call.lunaRepeats().caller("Yes.", "No, wait, don't.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    expect(await moved()).toBe(0);
  });

  it("waits when a yes is followed by a question", async () => {
    call.lunaRepeats().caller("Yes.").luna("One moment.").caller("What does that cost me?");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    expect(await moved()).toBe(0);
  });

  it("asks anew when a no turned into a yes", async () => {
    call.lunaRepeats().caller("No.").lunaRepeats().caller("Yes, go ahead.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "confirmation_required" });
    expect(await moved()).toBe(0);
  });

  it("does not take a yes given before the tool had asked", async () => {
    const eager = await new Conversation().verified();
    eager.luna("Shall I move $250 from checking to savings?").caller("Yes.");
    expect(await eager.uses("transfer_funds", transfer)).toMatchObject({ code: "confirmation_required" });
    expect(await eager.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    expect((await eager.balances()).checking).toBe(CHECKING);
  });

  it("does not take a yes after the caller has named another amount", async () => {
    call.lunaRepeats().caller("Three hundred dollars.", "Yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "not_confirmed" });
    expect(await moved()).toBe(0);
  });

  it("takes a yes said in two breaths", async () => {
    call.lunaRepeats().caller("Yes.", "Please do it.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ ok: true });
  });

  it("takes a yes after a digression when the question was read back again", async () => {
    call.lunaRepeats().caller("What's my balance first?");
    await call.uses("check_balance");
    call.luna("You have $8,412.67 in checking. Now, shall I move the $250 to savings?").caller("Yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ ok: true });
  });

  it("asks again when the amount changed after the yes", async () => {
    call.lunaRepeats().caller("Yes.");
    expect(await call.uses("transfer_funds", { ...transfer, amount: 2_500 })).toMatchObject({
      code: "confirmation_required",
    });
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "confirmation_required" });
    expect(await moved()).toBe(0);
  });

  it("asks again when the target changed after the yes", async () => {
    call.lunaRepeats().caller("Yes.");
    expect(await call.uses("transfer_funds", { ...transfer, to: "Nadia" })).toMatchObject({
      code: "confirmation_required",
    });
    expect(await moved()).toBe(0);
  });

  it("knows the same account by another name", async () => {
    call.lunaRepeats().caller("Yes.");
    expect(await call.uses("transfer_funds", { from: "4471", to: "8890", amount: "$250.00" })).toMatchObject({
      ok: true,
    });
  });

  it("forgets a question that was left for three minutes", async () => {
    call.lunaRepeats().caller("Yes.");
    call.now += PENDING_MS + 1;
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "confirmation_required" });
    expect(await moved()).toBe(0);
  });

  it("moves it when the caller presses yes on the card", async () => {
    call.pressesYes();
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ ok: true });
    expect(await moved()).toBe(25_000);
  });

  it("ignores a press on a card that is gone, and binds the press to its own amount", async () => {
    const old = policyCard(call.policy)?.token;
    await call.uses("transfer_funds", { ...transfer, amount: 900 });
    call.pressesYes(old);
    expect(await call.uses("transfer_funds", { ...transfer, amount: 900 })).toMatchObject({ code: "not_confirmed" });
    call.pressesYes();
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "confirmation_required" });
    expect(await moved()).toBe(0);
  });

  it("leaves it when the caller presses no", async () => {
    call.pressesNo();
    expect(policyCard(call.policy)).toBeNull();
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ code: "confirmation_required" });
  });

  it("waits for the caller's words when only their sound is there yet", () => {
    call.lunaRepeats();
    expect(wordsStillComing(call.policy, call.turns)).toBe(false);
    call.caller("");
    expect(wordsStillComing(call.policy, call.turns)).toBe(true);
    call.turns.push({ who: "caller", text: "Yes.", order: call.turns.length });
    expect(wordsStillComing(call.policy, call.turns)).toBe(false);
  });

  it("moves money to a payee after their name was read back", async () => {
    const pay = { from: "checking", to: "nadia", amount: 120.5 };
    await call.uses("transfer_funds", pay);
    expect(call.answer.say).toContain("$120.50 from your checking account to Nadia Castellan");
    call.luna("Okay, pay Nadia a hundred and twenty dollars fifty from checking?").caller("That's right.");
    expect(await call.uses("transfer_funds", pay)).toMatchObject({ ok: true });
    expect(await moved()).toBe(12_050);
  });
});

describe("large sums and wires", () => {
  beforeEach(() => call.verified());

  it("a transfer of ten thousand dollars or more is for a specialist", async () => {
    const large = { from: "savings", to: "checking", amount: 10_000 };
    expect(await call.uses("transfer_funds", large)).toMatchObject({ code: "needs_specialist" });
    expect(await call.uses("transfer_funds", { ...large, amount: 9_999.99 })).toMatchObject({
      code: "confirmation_required",
    });
  });

  it("the policy refuses a large sum whatever the tool proposes, and the bank whatever the policy says", async () => {
    const proposal: Proposal = {
      ok: true,
      fingerprint: "all of it",
      amount_cents: 1_000_000,
      target: ["checking"],
      act: { words: ["to"], leads: true },
      left_alone: "I haven't moved anything.",
      title: "Transfer",
      lines: [],
      read_back: "All of it?",
    };
    const { verdict } = decide(call.policy, "transfer_funds", proposal, { turns: [], order: 0, now: call.now });
    expect(verdict).toMatchObject({ go: false, refusal: { code: "needs_specialist" } });
    const order = { customer_id: "cus_maya", key: "k", from_id: "acc_savings", amount_cents: 1_000_000 };
    expect(await call.bank.transfer({ ...order, to: { kind: "account", id: "acc_checking" } })).toMatchObject({
      code: "needs_specialist",
    });
  });

  it("a wire is only ever prepared", async () => {
    const answer = await call.uses("initiate_wire", { recipient: "Elina Korhonen", amount: 2_500, purpose: "rent" });
    expect(answer).toMatchObject({ ok: false, code: "needs_specialist", department: "wires" });
    expect(answer).toMatchObject({ draft: { recipient: "Elina Korhonen", amount: "$2,500.00", known_payee: true } });
    expect(await call.balances()).toEqual({ checking: CHECKING, savings: SAVINGS });
  });
});
