import { describe, expect } from "vitest";
import { bank, caller, luna, noTool, robustDialogue, silence, tool } from "../talking.ts";

describe("activating a card", () => {
  robustDialogue("a new card is switched on, with contactless", "activate-card", [
    caller("My new card came in the mail."),
    luna("last four digits of the new card"),
    caller("five five oh two"),
    tool("verify_identity", { last_4_digits: "5502" }, true),
    tool("activate_card", { card_last_4: "5502" }, true),
    luna("is active now", "contactless"),
    caller("Yes, please."),
    tool("enable_contactless", { card_last_4: "5502" }, true),
    luna("anything else"),
    caller("No thanks, bye."),
    tool("end_call"),
    bank(async (desk) => {
      const card = await desk.card("5502");
      expect([card?.status, card?.contactless]).toEqual(["active", true]);
    }),
  ]);

  for (const words of ["the card ending in 5502", "I said 5502", "no 5502"])
    robustDialogue(`nothing was done with the card that is active already: ${words}`, "activate-card", [
      caller("I want to activate my new card"),
      caller("4829"),
      tool("activate_card", { card_last_4: "4829" }, false),
      luna("already active", "contactless"),
      caller(words),
      tool("activate_card", { card_last_4: "5502" }, true),
      luna("contactless payments switched on as well?"),
    ]);

  robustDialogue("contactless asked for at once is not asked again", "activate-card", [
    caller("I'd like to activate my card ending in 5502 and turn on tap to pay."),
    tool("activate_card", { card_last_4: "5502" }, true),
    tool("enable_contactless", { card_last_4: "5502" }, true),
    luna("anything else"),
  ]);

  robustDialogue("a blocked card is not activated, and Luna says why", "activate-card", [
    bank((desk) =>
      desk.bank.blockCard({ customer_id: "cus_maya", key: "before", card_id: "crd_travel", reason: "lost" }),
    ),
    caller("activate my new card please"),
    caller("5502"),
    tool("activate_card", { card_last_4: "5502" }, false),
    luna("has been blocked", "can't be activated"),
    noTool("enable_contactless"),
    caller("then order a new one, I lost the card"),
    luna("I can connect you with a colleague"),
    caller("Yes."),
    tool("transfer_to_specialist", {}, true),
    bank(async (desk) => expect((await desk.card("5502"))?.status).toBe("blocked")),
  ]);

  robustDialogue("the wrong card's digits: it is active already, and that is said", "activate-card", [
    caller("activate my new card"),
    caller("4829"),
    tool("activate_card", { card_last_4: "4829" }, false),
    luna("already active"),
  ]);

  robustDialogue("oh, for, to and too among the digits", "activate-card", [
    caller("I want to activate a card"),
    caller("it's five five o too"),
    tool("activate_card", { card_last_4: "5502" }, true),
  ]);

  robustDialogue("no contactless, and a question on the way", "activate-card", [
    caller("I got my new card"),
    caller("5502"),
    luna("contactless"),
    caller("Is it safe?"),
    luna("contactless"),
    noTool(),
    caller("No, thank you."),
    noTool("enable_contactless"),
    luna("anything else"),
    bank(async (desk) => expect((await desk.card("5502"))?.contactless).toBe(false)),
  ]);
});

describe("raising a credit limit", () => {
  robustDialogue("a complete request, then a person decides", "credit-limit", [
    caller("I'd like a higher limit on my credit card."),
    luna("last four digits"),
    caller("four eight two nine"),
    tool("check_credit_score", {}, true),
    luna("742", "What limit"),
    caller("fifteen thousand"),
    luna("yearly income"),
    caller("ninety thousand a year"),
    luna("what is the higher limit for"),
    caller("a new kitchen"),
    tool("request_limit_increase", {
      card_last_4: "4829",
      requested_limit: 15_000,
      annual_income: 90_000,
      reason: "a new kitchen",
    }),
    luna("$15,000.00", "Amara Solis"),
    tool("transfer_to_specialist", { department: "cards" }, true),
  ]);

  robustDialogue("the limit named at the start is not asked again", "credit-limit", [
    caller("Raise the limit of my card ending in 4829 to eighteen thousand dollars."),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    luna("yearly income"),
  ]);

  robustDialogue("a limit that is no higher is asked for again", "credit-limit", [
    caller("increase my credit limit"),
    caller("4829"),
    caller("ten thousand dollars"),
    caller("ninety thousand"),
    caller("travel"),
    tool("request_limit_increase", {}, false),
    luna("already $12,000.00"),
    caller("sixteen thousand"),
    tool("request_limit_increase", { requested_limit: 16_000 }, true),
    tool("transfer_to_specialist", { department: "cards" }, true),
  ]);

  robustDialogue("a debit card has no limit: the card is asked for again", "credit-limit", [
    caller("I want a bigger credit limit"),
    caller("7316"),
    caller("fifteen thousand"),
    caller("ninety thousand"),
    caller("travel"),
    luna("no credit limit", "Which credit card"),
    caller("four eight two nine"),
    tool("request_limit_increase", { card_last_4: "4829" }, true),
  ]);

  robustDialogue("why do you need that? is answered, and asked again", "credit-limit", [
    caller("credit limit increase please"),
    caller("4829"),
    caller("fifteen thousand"),
    luna("yearly income"),
    caller("Why do you need my income?"),
    luna("fits your income", "yearly income"),
    silence,
    luna("Are you still there?"),
    caller("it's a hundred and ten thousand"),
    luna("what is the higher limit for"),
    caller("I'd rather talk to a person"),
    tool("transfer_to_specialist", { department: "cards" }, true),
  ]);
});
