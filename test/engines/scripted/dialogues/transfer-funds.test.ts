import { describe, expect } from "vitest";
import { CHECKING, SAVINGS } from "../../../tools/conversation.ts";
import type { Desk } from "../desk.ts";
import { bank, caller, luna, lunaNever, noTool, robustDialogue, tool } from "../talking.ts";

const moved = (cents: number) => async (desk: Desk) => {
  expect(await desk.balance("checking")).toBe(CHECKING - cents);
  expect(await desk.balance("savings")).toBe(SAVINGS + cents);
  expect((await desk.bank.audit()).faults).toEqual([]);
};

describe("transferring money", () => {
  robustDialogue("move two fifty from checking to savings", "transfer-funds", [
    caller("Move two fifty from checking to savings."),
    luna("last four digits"),
    caller("four eight two nine"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    tool("transfer_funds", { from: "checking", to: "savings", amount: 250 }, false),
    luna("$250.00 from your checking account to your savings account", "Is that right?"),
    bank(moved(0)),
    caller("Yes."),
    tool("transfer_funds", { from: "checking", to: "savings", amount: 250 }, true),
    luna("Done"),
    bank(moved(25_000)),
    caller("No, thanks."),
    tool("end_call"),
    luna("Goodbye"),
  ]);

  robustDialogue("asked for one thing after the other", "transfer-funds", [
    caller("I'd like to make a transfer"),
    caller("my card ends in four eight two nine"),
    luna("How much"),
    caller("a hundred and twenty dollars fifty"),
    luna("Which account should it come from"),
    caller("checking"),
    luna("where should it go"),
    caller("my savings"),
    tool("transfer_funds", { from: "checking", to: "savings", amount: 120.5 }, false),
    luna("$120.50"),
    caller("yes please"),
    bank(moved(12_050)),
  ]);

  robustDialogue("twenty-five hundred is two thousand five hundred", "transfer-funds", [
    caller("transfer twenty-five hundred from checking to savings"),
    caller("4829"),
    luna("$2,500.00"),
    caller("go ahead"),
    bank(moved(250_000)),
  ]);

  robustDialogue("make it three hundred instead: a new read-back, and only the new sum moves", "transfer-funds", [
    caller("Move two fifty from checking to savings."),
    caller("4829"),
    luna("$250.00"),
    caller("No, make it three hundred instead."),
    luna("$300.00", "Is that right?"),
    bank(moved(0)),
    caller("yes"),
    tool("transfer_funds", { amount: 300 }, true),
    bank(moved(30_000)),
  ]);

  robustDialogue("the balance in the middle of a transfer, then back to the open question", "transfer-funds", [
    caller("Move two fifty from checking to savings."),
    caller("4829"),
    luna("$250.00"),
    caller("What's my balance in savings?"),
    tool("check_balance", { account: "savings" }, true),
    luna("$24,650.00", "Now, back to the transfer", "$250.00"),
    noTool("transfer_funds"),
    caller("Yes, that's right."),
    tool("transfer_funds", { amount: 250 }, true),
    bank(moved(25_000)),
  ]);

  robustDialogue("the balance before it is known where the money comes from", "transfer-funds", [
    caller("I want to transfer fifty dollars"),
    caller("4829"),
    luna("Which account should it come from"),
    caller("How much do I have in checking?"),
    tool("check_balance", { account: "checking" }, true),
    luna("Now, back to the transfer", "Which account should it come from"),
    caller("from checking"),
    luna("where should it go"),
  ]);

  robustDialogue("no, the other account: the sides change places", "transfer-funds", [
    caller("transfer one hundred dollars from savings to checking"),
    caller("4829"),
    luna("from your savings account to your checking account"),
    caller("No, the other account."),
    luna("from your checking account to your savings account"),
    caller("yes"),
    bank(moved(10_000)),
  ]);

  robustDialogue("more than there is: refused, and a smaller amount asked for", "transfer-funds", [
    caller("Move nine thousand dollars from checking to savings."),
    caller("4829"),
    luna("isn't enough", "smaller amount?"),
    caller("Yes."),
    luna("How much"),
    caller("eight hundred"),
    luna("$800.00"),
    caller("yes"),
    bank(moved(80_000)),
  ]);

  robustDialogue("ten thousand and more is for a specialist", "transfer-funds", [
    caller("Move eleven thousand dollars from savings to checking."),
    caller("4829"),
    luna("need one of our specialists"),
    tool("transfer_to_specialist", {}, true),
    bank(moved(0)),
  ]);

  robustDialogue("to somebody paid before, by first name", "transfer-funds", [
    caller("Send eighty dollars to Nadia."),
    caller("4829"),
    luna("Which account should it come from"),
    caller("from my checking account"),
    luna("$80.00", "Nadia Castellan"),
    caller("yes, send it"),
    tool("transfer_funds", { to: "Nadia" }, true),
    bank(async (desk) => expect(await desk.balance("checking")).toBe(CHECKING - 8_000)),
  ]);

  robustDialogue("to somebody unknown: asked who it should be", "transfer-funds", [
    caller("Send eighty dollars from checking to Bartholomew."),
    caller("4829"),
    luna("don't have that recipient", "Nadia Castellan", "Who should receive the money?"),
    caller("Nadia Castellan"),
    luna("$80.00", "Nadia Castellan"),
    caller("yes"),
    tool("transfer_funds", { to: "Nadia Castellan" }, true),
  ]);

  robustDialogue("a no moves nothing, and leaves a choice", "transfer-funds", [
    caller("Move two fifty from checking to savings."),
    caller("4829"),
    caller("No."),
    luna("change something, or leave it"),
    noTool("transfer_funds"),
    caller("the amount"),
    luna("How much"),
    caller("two hundred"),
    luna("$200.00"),
    caller("No."),
    caller("leave it"),
    luna("anything else"),
    bank(moved(0)),
  ]);

  robustDialogue("a doubtful yes moves nothing", "transfer-funds", [
    caller("Move two fifty from checking to savings."),
    caller("4829"),
    caller("yes but wait, I'm not sure"),
    bank(moved(0)),
    lunaNever("Done"),
    luna("take your time"),
    caller("Yes."),
    bank(moved(0)),
    luna("$250.00", "Is that right?"),
    caller("Yes."),
    bank(moved(25_000)),
  ]);

  robustDialogue("yes twice moves money once", "transfer-funds", [
    caller("Move two fifty from checking to savings."),
    caller("4829"),
    caller("Yes."),
    caller("Yes."),
    noTool("transfer_funds"),
    bank(moved(25_000)),
  ]);

  robustDialogue("never mind, in the middle", "transfer-funds", [
    caller("I want to transfer fifty dollars"),
    caller("4829"),
    caller("Never mind."),
    luna("leave that", "anything else"),
    noTool("transfer_funds"),
    bank(moved(0)),
  ]);

  robustDialogue("a name with the sum right behind it", "transfer-funds", [
    caller("I want to pay Nadia Castellan eighty-five dollars and fifty cents from checking"),
    caller("4471"),
    luna("$85.50", "Nadia Castellan", "Is that right?"),
    caller("from checking"),
    luna("$85.50", "Is that right?"),
    caller("yes"),
    tool("transfer_funds", { to: "Nadia Castellan", amount: 85.5 }, true),
  ]);

  robustDialogue("accounts by their last four digits", "transfer-funds", [
    caller("I'd like to transfer $500 from the account ending in 4471 to the account ending in 8890."),
    tool("verify_identity", { last_4_digits: "4471" }, true),
    luna("$500.00 from your checking account to your savings account"),
    caller("yes"),
    bank(moved(50_000)),
  ]);

  robustDialogue("savings is heard as two savings", "transfer-funds", [
    caller("move fifty dollars from checking two savings"),
    caller("4829"),
    luna("$50.00 from your checking account to your savings account"),
  ]);

  for (const words of [
    "no, the other way around",
    "no, savings to checking",
    "no wait, vice versa",
    "swap them please",
  ])
    robustDialogue(`the direction is turned before an amount is known: ${words}`, "transfer-funds", [
      caller("transfer money from checking to savings"),
      caller("4829"),
      luna("How much"),
      caller(words),
      luna("How much"),
      noTool(),
      caller("fifty dollars"),
      luna("$50.00 from your savings account to your checking account"),
    ]);

  for (const words of [
    "no, the other way around",
    "no, savings to checking",
    "No, from savings.",
    "no, I mean to checking",
  ])
    robustDialogue(`the direction is turned after the read-back: ${words}`, "transfer-funds", [
      caller("transfer fifty dollars from checking to savings"),
      caller("4829"),
      luna("from your checking account to your savings account"),
      caller(words),
      luna("$50.00 from your savings account to your checking account", "Is that right?"),
      lunaNever("same account"),
      caller("yes"),
      bank(moved(-5_000)),
    ]);

  robustDialogue("the same account on both sides: where it goes is asked, and taken", "transfer-funds", [
    caller("move fifty dollars from checking to checking"),
    caller("4829"),
    luna("same account on both sides", "Where should the money go?"),
    caller("savings"),
    luna("$50.00 from your checking account to your savings account"),
  ]);

  for (const words of ["right", "say", "well", "hm, good question", "whatever", "I'm thinking", "go to hell", "hello"])
    robustDialogue(`nobody is called that: ${words}`, "transfer-funds", [
      caller("send fifty dollars from checking"),
      caller("4829"),
      luna("where should it go"),
      caller(words),
      noTool(),
      caller("Nadia"),
      tool("transfer_funds", { to: "Nadia", amount: 50 }),
    ]);

  robustDialogue("a curse is met calmly, and is no payee", "transfer-funds", [
    caller("send fifty dollars from checking"),
    caller("4829"),
    caller("oh go to hell"),
    luna("sorry", "where should it go"),
    caller("send the damn money to savings"),
    luna("$50.00 from your checking account to your savings account"),
  ]);

  for (const words of ["minus forty dollars", "-40 dollars", "zero dollars", "negative forty", "zero"])
    robustDialogue(`no sum to move: ${words}`, "transfer-funds", [
      caller("transfer money from checking to savings"),
      caller("4829"),
      caller(words),
      luna("more than zero", "How much"),
      noTool("transfer_funds"),
      caller("forty dollars"),
      luna("$40.00"),
    ]);

  robustDialogue("no sum to move, in the first sentence", "transfer-funds", [
    caller("transfer minus forty dollars from checking to savings"),
    luna("more than zero"),
    caller("4829"),
    luna("How much"),
    noTool("transfer_funds"),
    caller("sixty"),
    luna("$60.00 from your checking account to your savings account"),
  ]);

  robustDialogue("corrections one after the other are no doubtful answers", "transfer-funds", [
    caller("move forty dollars from checking to Nadia"),
    caller("4829"),
    caller("no, I said fifty"),
    caller("no, from savings"),
    caller("no, to Tomas"),
    luna("$50.00 from your savings account to Tomas Lindqvist", "Is that right?"),
    lunaNever("I need a clear yes"),
  ]);

  robustDialogue(
    "a no that was none: the same request once more is read back again, and moves once",
    "transfer-funds",
    [
      caller("move forty dollars from checking to savings"),
      caller("4829"),
      luna("$40.00 from your checking account", "Is that right?"),
      caller("no"),
      luna("Would you like to change something"),
      caller("move forty dollars from checking to savings"),
      luna("$40.00 from your checking account to your savings account", "Is that right?"),
      caller("yes"),
      tool("transfer_funds", { amount: 40 }, true),
    ],
  );

  robustDialogue("another order in the middle of the questions brings its own bare amount", "transfer-funds", [
    caller("send 20 dollars to Tomas"),
    caller("4829"),
    luna("Which account should it come from"),
    caller("move 100 from savings to checking"),
    luna("$100.00 from your savings account to your checking account", "Is that right?"),
    caller("yes"),
    tool("transfer_funds", { from: "savings", to: "checking", amount: 100 }, true),
  ]);

  for (const part of ["the amount", "amount please", "change the amount"])
    robustDialogue(`what was not known yet can be named as what to change: ${part}`, "transfer-funds", [
      caller("I want to transfer money"),
      caller("4829"),
      caller("no"),
      luna("Would you like to change something"),
      caller("yes"),
      luna("the amount, the account it comes from, or where it goes?"),
      caller(part),
      luna("How much would you like to transfer?"),
    ]);

  robustDialogue("no, and a name: another payee, read back anew", "transfer-funds", [
    caller("send 50 dollars to Nadia from checking"),
    caller("4829"),
    luna("to Nadia Castellan"),
    caller("No, Tomas."),
    luna("$50.00 from your checking account to Tomas Lindqvist", "Is that right?"),
    caller("No, thanks."),
    luna("nothing has been done"),
  ]);

  robustDialogue("asked what to change, a name alone is the new payee", "transfer-funds", [
    caller("send 50 dollars to Nadia from checking"),
    caller("4829"),
    caller("no"),
    luna("Would you like to change something"),
    caller("Tomas"),
    luna("$50.00 from your checking account to Tomas Lindqvist", "Is that right?"),
  ]);
});
