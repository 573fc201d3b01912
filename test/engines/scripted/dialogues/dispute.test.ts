import { describe, expect } from "vitest";
import { bank, caller, luna, noTool, robustDialogue, silence, tool } from "../talking.ts";

describe("disputing a charge", () => {
  robustDialogue("an unknown charge is found and disputed", "dispute", [
    caller("There's a charge from Quickcart that I don't recognise."),
    caller("four eight two nine"),
    tool("get_transaction_details", { merchant: "Quickcart" }, true),
    luna("$150.00 at Quickcart Digital", "Shall I go ahead?"),
    noTool("file_dispute"),
    caller("Yes, please."),
    tool("file_dispute", { reason: "not_recognised" }, true),
    luna("is filed", "anything else"),
    caller("no, goodbye"),
    tool("end_call"),
    bank(async (desk) => expect((await desk.bank.snapshot()).disputes).toHaveLength(1)),
  ]);

  robustDialogue("charged twice: two are found, one is chosen", "dispute", [
    caller("Harbor Lane Electronics charged me twice"),
    caller("4829"),
    luna("shop"),
    caller("Harbor Lane Electronics, two hundred forty-nine dollars and ninety-nine cents"),
    tool("get_transaction_details", { merchant: "Harbor Lane Electronics", amount: 249.99 }, true),
    luna("I found 2 payments", "Which one do you mean?"),
    caller("the second one"),
    luna("Shall I go ahead?"),
    caller("go ahead"),
    tool("file_dispute", { reason: "duplicate" }, true),
  ]);

  robustDialogue("only the amount is known", "dispute", [
    caller("I want to dispute a charge of one hundred and fifty dollars."),
    caller("4829"),
    tool("get_transaction_details", { amount: 150 }, true),
    luna("Quickcart Digital", "What's wrong with it"),
    caller("I never bought that"),
    luna("Shall I go ahead?"),
    caller("yes"),
    tool("file_dispute", { reason: "not_recognised" }, true),
  ]);

  robustDialogue("a shop nobody has heard of is asked for again", "dispute", [
    caller("There's a strange charge on my card"),
    caller("4829"),
    luna("Which charge is it?"),
    caller("it was Zanzibar Motors"),
    tool("get_transaction_details", { merchant: "Zanzibar Motors" }, false),
    luna("can't find a payment like that"),
    caller("Quickcart"),
    tool("get_transaction_details", { merchant: "Quickcart" }, true),
    luna("$150.00"),
  ]);

  robustDialogue("no: nothing is filed", "dispute", [
    caller("I don't recognise a charge from Quickcart"),
    caller("4829"),
    caller("No, wait, that was me."),
    noTool("file_dispute"),
    caller("leave it"),
    luna("anything else"),
    bank(async (desk) => expect((await desk.bank.snapshot()).disputes).toHaveLength(0)),
  ]);

  robustDialogue("silence, a question on the way, and a person", "dispute", [
    caller("I'd like to dispute something"),
    caller("4829"),
    silence,
    luna("Are you still there?", "Which charge"),
    caller("How long does it take?"),
    luna("answer in writing", "Which charge"),
    caller("let me speak to somebody"),
    tool("transfer_to_specialist", { department: "cards" }, true),
  ]);
});
