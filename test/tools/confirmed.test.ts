/** What is no transfer and still waits for the caller's yes: a card blocked for good, a dispute that credits money. */
import { beforeEach, describe, expect, it } from "vitest";
import { policyCard } from "../../src/tools/policy.ts";
import { Conversation } from "./conversation.ts";

let call: Conversation;
beforeEach(() => {
  call = new Conversation();
});

describe("blocking a card", () => {
  const block = { card_last_4: "4829", reason: "lost" };
  beforeEach(async () => {
    await call.verified();
    call.caller("I lost my card ending in 4829, please block it.");
    await call.uses("block_card", block);
  });
  const status = async (last_4 = "4829") =>
    (await call.bank.snapshot()).cards.find((card) => card.last_4 === last_4)?.status;

  it("first asks, with the card and that it will be blocked, and shows a card in the page", async () => {
    expect(call.answer).toMatchObject({ ok: false, code: "confirmation_required" });
    expect(call.answer.say).toBe("I'll block the card ending in 4829 now, and that can't be undone. Shall I go ahead?");
    expect(policyCard(call.policy)).toMatchObject({
      title: "Block a card for good",
      lines: [
        { label: "Card", value: "Platinum Card ending in 4829" },
        { label: "Reason", value: "Lost" },
      ],
    });
    expect(await call.uses("block_card", block)).toMatchObject({ code: "not_confirmed", read_back: true });
    expect(await status()).toBe("active");
  });

  it.each([
    "I'll block the card ending in 4829 now, and that can't be undone. Shall I go ahead?",
    "So your Platinum card, four eight two nine, will be blocked for good. Okay?",
    "That can't be undone: shall I block 4829?",
    "It's the one ending in 4829. Do you want me to block it?",
  ])("is done after these words were heard and agreed to: %s", async (words) => {
    call.luna(words).caller("Yes, please.");
    expect(await call.uses("block_card", block)).toMatchObject({ ok: true });
    expect(await status()).toBe("blocked");
  });

  it.each([
    "",
    "I'll block the",
    "I'll block the card, and that can't be undone. Shall I go ahead?",
    "I'll block the card ending in 7316. Shall I go ahead?",
    "Is that the card ending in 4829?",
    "I haven't blocked the card ending in 4829. Would you like to hear your balance first?",
    "I won't block your card 4829 yet. Is there anything else?",
    "Would you like to hear your balance?",
  ])("is not done on a yes to: %s", async (words) => {
    call.luna(words).caller("Yes, please.");
    expect(await call.uses("block_card", block)).toMatchObject({ code: "not_confirmed" });
    expect(await status()).toBe("active");
  });

  it("is not done when another card was named on the way to the yes", async () => {
    call.lunaRepeats().caller("Seven three one six.", "Yes.");
    expect(await call.uses("block_card", block)).toMatchObject({ code: "not_confirmed" });
    call.lunaRepeats().caller("Four eight two nine.", "Yes.");
    expect(await call.uses("block_card", block)).toMatchObject({ ok: true });
  });

  it("a yes to one card is none to another", async () => {
    call.lunaRepeats().caller("Yes.");
    expect(await call.uses("block_card", { ...block, card_last_4: "7316" })).toMatchObject({
      code: "confirmation_required",
    });
    expect([await status(), await status("7316")]).toEqual(["active", "active"]);
  });

  it("is left after a no", async () => {
    call.lunaRepeats().caller("No, don't.");
    expect(await call.uses("block_card", block)).toMatchObject({
      code: "not_confirmed",
      cancelled: true,
      say: "All right, I haven't blocked anything.",
    });
    expect(policyCard(call.policy)).toBeNull();
  });

  it("is done when the caller presses yes on the card in the page", async () => {
    call.pressesYes();
    expect(await call.uses("block_card", block)).toMatchObject({ ok: true });
  });

  it("cut off right after it was done, is answered as done when it runs again", async () => {
    call.lunaRepeats().caller("Yes.");
    const before = call.policy;
    await call.uses("block_card", block);
    // What the tool taught the policy was lost with the object.
    call.policy = before;
    expect(await call.uses("block_card", block)).toMatchObject({ ok: true });
  });
});

describe("disputing a charge", () => {
  const dispute = { transaction_id: "TX-BBFL", reason: "not_recognised" };
  beforeEach(async () => {
    await call.verified();
    call.caller("I don't recognise the charge from Quickcart.");
    await call.uses("file_dispute", dispute);
  });
  const filed = async () => (await call.bank.snapshot()).disputes.length;

  it("first asks, with the shop, the amount and that it will be disputed; nothing is credited", async () => {
    expect(call.answer).toMatchObject({ code: "confirmation_required" });
    expect(call.answer.say).toBe(
      "I'll file a dispute for the $150.00 at Quickcart Digital on November 16 now. Shall I go ahead?",
    );
    expect(policyCard(call.policy)?.lines.map((line) => line.value)).toEqual([
      "$150.00",
      "Quickcart Digital",
      "November 16",
      "Not recognised",
    ]);
    expect(await call.uses("file_dispute", dispute)).toMatchObject({ code: "not_confirmed" });
    expect(await filed()).toBe(0);
  });

  it.each(["I'll file a dispute", "Shall I dispute the $15.00 at Quickcart?", "Shall I dispute the $150 at Osteria?"])(
    "is not filed on a yes to: %s",
    async (words) => {
      call.luna(words).caller("Yes.");
      expect(await call.uses("file_dispute", dispute)).toMatchObject({ code: "not_confirmed" });
      expect(await filed()).toBe(0);
    },
  );

  it("is filed and credited after the read-back and a yes, whatever the note says then", async () => {
    call.lunaRepeats().caller("Yes.");
    expect(await call.uses("file_dispute", { ...dispute, note: "never shopped there" })).toMatchObject({
      ok: true,
      credit: "$150.00",
    });
    expect(await filed()).toBe(1);
  });

  it("asks anew for another reason, and is left after a no", async () => {
    call.lunaRepeats().caller("Yes.");
    expect(await call.uses("file_dispute", { ...dispute, reason: "duplicate" })).toMatchObject({
      code: "confirmation_required",
    });
    call.lunaRepeats().caller("No.");
    expect(await call.uses("file_dispute", { ...dispute, reason: "duplicate" })).toMatchObject({
      say: "All right, I haven't filed anything.",
    });
    expect(await filed()).toBe(0);
  });
});
