import { describe, expect } from "vitest";
import { CHECKING, SAVINGS } from "../../../tools/conversation.ts";
import type { Desk } from "../desk.ts";
import { bank, caller, luna, lunaNever, noTool, robustDialogue, tool } from "../talking.ts";

const left = (checking: number, savings: number) => async (desk: Desk) => {
  expect(await desk.balance("checking")).toBe(CHECKING + checking);
  expect(await desk.balance("savings")).toBe(SAVINGS + savings);
};

describe("several wishes in one sentence", () => {
  robustDialogue("what this call is not for has its turn after what it is for", "transfer-funds", [
    caller("block my card 4829 and move fifty from checking to savings"),
    luna("One thing at a time: first the transfer, then blocking your card."),
    luna("$50.00", "Is that right?"),
    caller("yes"),
    luna("Done", "You also asked about blocking your card", "connect you with a colleague"),
    caller("yes"),
    tool("transfer_to_specialist", { department: "cards" }, true),
  ]);

  robustDialogue("where both can be done, one is done after the other", "freeform", [
    caller("block my lost card 4829 and move fifty from checking to savings"),
    luna("One thing at a time: first blocking your card, then the transfer."),
    luna("4829", "Shall I go ahead?"),
    noTool("transfer_funds"),
  ]);

  robustDialogue("two sums to two people: two transfers, each with its own yes", "transfer-funds", [
    caller("send 100 to Nadia and 50 to Tomas from checking"),
    luna("I'll make one transfer at a time: first to Nadia, then to Tomas."),
    caller("4829"),
    luna("$100.00 from your checking account to Nadia Castellan"),
    caller("yes"),
    luna("Done", "Now the next one.", "$50.00 from your checking account to Tomas Lindqvist"),
    bank(left(-10_000, 0)),
    caller("yes"),
    bank(left(-15_000, 0)),
  ]);

  robustDialogue("a hundred and fifty stays together", "transfer-funds", [
    caller("I want to transfer money"),
    caller("4829"),
    luna("How much"),
    caller("100 to Nadia and a hundred and fifty to Tomas"),
    luna("one transfer at a time: first to Nadia, then to Tomas"),
    caller("checking"),
    luna("$100.00"),
    caller("yes"),
    luna("$150.00 from your checking account to Tomas Lindqvist"),
  ]);

  robustDialogue("the same to both", "transfer-funds", [
    caller("send Tomas and Nadia 50 each"),
    luna("first to Tomas, then to Nadia"),
    caller("4829"),
    caller("checking"),
    luna("$50.00 from your checking account to Tomas Lindqvist"),
    caller("yes"),
    luna("$50.00 from your checking account to Nadia Castellan"),
  ]);

  robustDialogue("two loans, one after the other", "loan-balance", [
    caller("what's left on my car loan and on my mortgage"),
    luna("One at a time: first auto, then mortgage."),
    caller("4829"),
    tool("check_loan_balance", { loan_type: "auto" }, true),
    caller("no"),
    luna("Now the next one."),
    tool("check_loan_balance", { loan_type: "mortgage" }, true),
  ]);

  robustDialogue("a sum with an and in it is one order", "transfer-funds", [
    caller("send a hundred and twenty dollars to Nadia from checking"),
    lunaNever("at a time"),
    caller("4829"),
    luna("$120.00 from your checking account to Nadia Castellan"),
  ]);

  robustDialogue("a person passed over for what this call is for is offered again", "transfer-funds", [
    caller("I want to transfer money"),
    caller("somebody stole my card, block it"),
    luna("I can connect you with a colleague"),
    caller("4829"),
    luna("I'll come back to blocking your card"),
    luna("How much"),
    caller("50 from checking to savings"),
    caller("yes"),
    luna("Done", "You also asked about blocking your card", "Would you like that?"),
  ]);
});

describe("right after something was done", () => {
  const moved = [
    caller("move 200 from checking to savings"),
    caller("4829"),
    caller("yes"),
    luna("Done"),
    bank(left(-20_000, 20_000)),
  ];

  for (const words of ["no wait, make it three hundred", "wait, 250", "actually, to checking"])
    robustDialogue(`a correction comes too late, and Luna says so: ${words}`, "transfer-funds", [
      ...moved,
      caller(words),
      luna("I'm sorry", "I can't take it back from here", "What would you like me to do?"),
      noTool("transfer_funds"),
    ]);

  robustDialogue("one more, from the same account", "transfer-funds", [
    ...moved,
    caller("and 50 to Nadia"),
    luna("$50.00 from your checking account to Nadia Castellan", "Is that right?"),
    bank(left(-20_000, 20_000)),
  ]);

  robustDialogue("the same again is read back again", "transfer-funds", [
    ...moved,
    caller("the same again"),
    luna("$200.00 from your checking account to your savings account", "Is that right?"),
    caller("yes"),
    bank(left(-40_000, 40_000)),
  ]);

  robustDialogue("money between one's own accounts can go back", "transfer-funds", [
    ...moved,
    caller("move it back"),
    luna("$200.00 from your savings account to your checking account", "Is that right?"),
    caller("yes"),
    bank(left(0, 0)),
  ]);

  robustDialogue("money that was sent to somebody does not come back", "transfer-funds", [
    caller("send 20 dollars to Nadia from checking"),
    caller("4829"),
    caller("yes"),
    caller("move it back"),
    luna("I can't take it back from here"),
    noTool("transfer_funds"),
  ]);

  robustDialogue("another loan is told, not regretted", "loan-balance", [
    caller("how much do I owe on my car loan"),
    caller("4829"),
    caller("no"),
    caller("no wait, the mortgage"),
    tool("check_loan_balance", { loan_type: "mortgage" }, true),
    lunaNever("I'm sorry"),
  ]);

  robustDialogue("another delivery, when the card is on its way", "block-card", [
    caller("I lost my card 4829"),
    caller("yes"),
    caller("yes"),
    caller("standard"),
    tool("order_replacement", { delivery: "standard" }, true),
    caller("wait, express"),
    luna("I'm sorry", "on its way by standard mail"),
    noTool("order_replacement"),
  ]);
});
