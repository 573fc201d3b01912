import { beforeEach, describe, expect, it } from "vitest";
import { Conversation } from "./conversation.ts";

let call: Conversation;
beforeEach(async () => {
  call = await new Conversation().verified();
});
const card = async (last_4: string) => (await call.bank.snapshot()).cards.find((one) => one.last_4 === last_4);

describe("blocking a card", () => {
  it("blocks it for good", async () => {
    expect(await call.agreed("block_card", { card_last_4: "4829", reason: "lost" })).toMatchObject({
      ok: true,
      say: "Your Platinum Card ending in 4829 is blocked now, and nobody can use it anymore.",
      status: "blocked",
    });
    expect(await card("4829")).toMatchObject({ status: "blocked" });
    expect(await card("7316")).toMatchObject({ status: "active" });
  });

  it("says so when it is blocked already", async () => {
    await call.agreed("block_card", { card_last_4: "4829" });
    expect(await call.uses("block_card", { card_last_4: "4829" })).toMatchObject({ ok: false, code: "already_done" });
  });

  it("names the caller's own cards when the digits are of none of them", async () => {
    expect(await call.uses("block_card", { card_last_4: "4828" })).toMatchObject({
      code: "not_found",
      cards: ["4829", "7316", "5502", "9047"],
    });
  });

  it("does not touch another customer's card", async () => {
    expect(await call.uses("block_card", { card_last_4: "6628" })).toMatchObject({ code: "not_found" });
    expect((await call.bank.cards("cus_tomas"))[0]).toMatchObject({ status: "active" });
  });

  it("leaves a blocked card impossible to activate or to tap with, in this call and the next", async () => {
    await call.agreed("block_card", { card_last_4: "5502" });
    const next = await new Conversation(call.bank, "call-2").verified();
    for (const at of [call, next]) {
      expect(await at.uses("activate_card", { card_last_4: "5502" })).toMatchObject({ ok: false, code: "not_allowed" });
      expect(await at.uses("enable_contactless", { card_last_4: "5502" })).toMatchObject({
        ok: false,
        code: "not_allowed",
      });
    }
    expect(await card("5502")).toMatchObject({ status: "blocked", contactless: false });
  });
});

describe("a replacement", () => {
  it("is only for a blocked card", async () => {
    expect(await call.uses("order_replacement", { card_last_4: "4829" })).toMatchObject({ code: "not_allowed" });
    expect(call.answer.say).toContain("isn't blocked");
  });

  it("comes once, with other digits, and can be activated when it arrives", async () => {
    await call.agreed("block_card", { card_last_4: "4829" });
    // Friday, November 20; two working days later it is Tuesday.
    expect(await call.uses("order_replacement", { card_last_4: "4829", delivery: "express" })).toMatchObject({
      ok: true,
      arrives: "2026-11-24",
      fee: "$0.00",
    });
    const digits = String(call.answer.new_card_last_4);
    expect(digits).toMatch(/^\d{4}$/);
    expect(digits).not.toBe("4829");
    expect(await call.uses("order_replacement", { card_last_4: "4829" })).toMatchObject({ code: "already_done" });
    expect(call.answer.say).toContain(digits);
    expect(await card(digits)).toMatchObject({ status: "inactive", limit_cents: 1_200_000 });
    expect(await call.uses("activate_card", { card_last_4: digits })).toMatchObject({ ok: true });
    expect(await card("4829")).toMatchObject({ status: "blocked", replaced_by: digits });
  });
});

describe("activating a card", () => {
  it("makes a new card active, then contactless", async () => {
    expect(await call.uses("enable_contactless", { card_last_4: "5502" })).toMatchObject({ code: "not_allowed" });
    expect(await call.uses("activate_card", { card_last_4: "5502" })).toMatchObject({ ok: true, status: "active" });
    expect(await call.uses("enable_contactless", { card_last_4: "5502" })).toMatchObject({ ok: true });
    expect(await card("5502")).toMatchObject({ status: "active", contactless: true });
  });

  it("says so when there is nothing left to do", async () => {
    expect(await call.uses("activate_card", { card_last_4: "4829" })).toMatchObject({ code: "already_done" });
    expect(await call.uses("enable_contactless", { card_last_4: "4829" })).toMatchObject({ code: "already_done" });
    expect(await call.uses("enable_contactless", { card_last_4: "9047" })).toMatchObject({ code: "not_allowed" });
  });
});
