import { describe, expect, it } from "vitest";
import { bank, caller, dial, luna, lunaNever, noTool, play, robustDialogue, silence, tool } from "../talking.ts";

describe("disputing a charge", () => {
  robustDialogue("an unknown charge is found and disputed", "dispute", [
    caller("There's a charge from Quickcart that I don't recognise."),
    caller("four eight two nine"),
    tool("get_transaction_details", { merchant: "Quickcart" }, true),
    tool("file_dispute", { reason: "not_recognised" }, false),
    luna("$150.00 at Quickcart Digital", "Shall I go ahead?"),
    lunaNever("Filing it now"),
    bank(async (desk) => expect((await desk.bank.snapshot()).disputes).toHaveLength(0)),
    caller("Yes, please."),
    luna("Filing it now"),
    tool("file_dispute", { reason: "not_recognised" }, true),
    luna("is filed", "anything else"),
    caller("no, goodbye"),
    tool("end_call"),
    bank(async (desk) => expect((await desk.bank.snapshot()).disputes).toHaveLength(1)),
  ]);

  robustDialogue("charged twice: two are found, one is chosen", "dispute", [
    caller("Harbor Lane Electronics charged me twice"),
    caller("4829"),
    tool("get_transaction_details", { merchant: "Harbor Lane Electronics" }, true),
    caller("Harbor Lane Electronics, two hundred forty-nine dollars and ninety-nine cents"),
    luna("$249.99 at Harbor Lane Electronics", "Which one do you mean?"),
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

  robustDialogue("the question before filing names the shop, the amount and the day", "dispute", [
    caller("There's a charge from Quickcart I don't recognise."),
    caller("4829"),
    luna("I'll file a dispute for the $150.00 at Quickcart Digital on November", "Shall I go ahead?"),
  ]);

  robustDialogue("no, I mean the one at Osteria: that one is looked up and read back", "dispute", [
    caller("There's a charge from Quickcart that I don't recognise."),
    caller("4829"),
    luna("Quickcart Digital"),
    caller("no, I mean the one at Osteria"),
    tool("get_transaction_details", { merchant: "Osteria" }, true),
    luna("Which one do you mean?"),
    caller("the one on November 7"),
    tool("file_dispute", {}, false),
    luna("$81.55 at Osteria Lumen on November 7", "Shall I go ahead?"),
    caller("yes"),
    tool("file_dispute", {}, true),
    luna("$81.55 at Osteria Lumen"),
  ]);

  for (const correction of ["no, the Quickcart one", "No, I meant Quickcart.", "not those, the one from Quickcart"])
    robustDialogue(`another shop after a listing: ${correction}`, "dispute", [
      caller("I don't recognise a charge from Osteria"),
      caller("4829"),
      luna("Which one do you mean?"),
      caller(correction),
      tool("get_transaction_details", { merchant: "Quickcart" }, true),
      luna("$150.00 at Quickcart Digital"),
    ]);

  robustDialogue("another one of the list, at the last moment", "dispute", [
    caller("I don't recognise a charge from Osteria"),
    caller("4829"),
    caller("the second one"),
    luna("$81.55 at Osteria Lumen on November 7"),
    caller("no, the first one"),
    luna("$63.15 at Osteria Lumen on November 20", "Shall I go ahead?"),
    caller("no, fifty-eight dollars ninety"),
    luna("$58.90 at Osteria Lumen on October 7", "Shall I go ahead?"),
    bank(async (desk) => expect((await desk.bank.snapshot()).disputes).toHaveLength(0)),
  ]);

  it.each(["yes", "both", "all of them", "any", "last week", "either", "sure, that one"])(
    "%s chooses none of several",
    async (text) => {
      await play(await dial("dispute"), [
        caller("I don't recognise a charge from Osteria"),
        caller("4829"),
        luna("I found 4 payments"),
        caller(text),
        lunaNever("Shall I go ahead?"),
        luna(/which/i),
        noTool(),
      ]);
    },
  );

  robustDialogue("the last one is the last of the list", "dispute", [
    caller("I don't recognise a charge from Osteria"),
    caller("4829"),
    caller("the last one"),
    luna("$74.20 at Osteria Lumen on September 16"),
  ]);

  robustDialogue("none of them: another one is looked for", "dispute", [
    caller("I don't recognise a charge from Osteria"),
    caller("4829"),
    caller("none of them"),
    luna("Which charge is it?"),
    caller("Quickcart"),
    luna("$150.00 at Quickcart Digital", "Shall I go ahead?"),
  ]);

  robustDialogue("what is in dispute already is said, and the call goes on", "dispute", [
    caller("There's a charge from Quickcart that I don't recognise."),
    caller("4829"),
    caller("yes"),
    caller("I want to dispute the charge from Quickcart"),
    luna("I found 2 payments"),
    caller("the second one"),
    luna("What's wrong with it"),
    caller("I don't recognise it"),
    tool("file_dispute", {}, false),
    luna("already in dispute", "anything else"),
    lunaNever("Shall I go ahead?"),
  ]);

  robustDialogue("what is no card payment is said, and the call goes on", "dispute", [
    caller("I don't recognise a charge from Fairhaven Water"),
    caller("4829"),
    caller("the first one"),
    tool("file_dispute", {}, false),
    luna("isn't a card payment", "anything else"),
    caller("no"),
    tool("end_call"),
  ]);

  for (const part of ["the shop", "merchant", "Quickcart"])
    robustDialogue(`asked what to change, the caller says: ${part}`, "dispute", [
      caller("dispute a charge"),
      caller("4829"),
      caller("Walmart"),
      luna("I can't find a payment like that"),
      caller("no"),
      caller("yes"),
      luna("What should I change: the shop, the amount, or the day?"),
      caller(part),
      ...(part === "Quickcart" ? [] : [luna("Which charge is it?"), caller("Quickcart")]),
      tool("get_transaction_details", { merchant: "Quickcart" }, true),
    ]);

  robustDialogue("of what to look for, the day can be named too", "dispute", [
    caller("dispute a charge"),
    caller("4829"),
    caller("Walmart"),
    caller("no"),
    caller("the day"),
    luna("On which day was it?"),
  ]);
});
