/** Things said the way people say them, where another wording was understood already. */
import { describe } from "vitest";
import { caller, luna, noTool, robustDialogue, tool } from "../talking.ts";

describe("a card that is gone", () => {
  for (const words of ["someone nicked my wallet", "a thief took my purse", "my handbag was snatched"])
    robustDialogue(`is stolen by: ${words}`, "freeform", [
      caller(words),
      luna("last four digits of the card"),
      caller("4829"),
      tool("block_card", { reason: "stolen" }, false),
    ]);

  robustDialogue("may be in a wallet", "freeform", [caller("my wallet is gone"), luna("last four digits of the card")]);

  for (const words of ["someone took it", "it was taken", "it got nicked"])
    robustDialogue(`is stolen, when asked for why: ${words}`, "block-card", [
      caller("block my card 4829"),
      luna("Was it lost, was it stolen"),
      caller(words),
      tool("block_card", { reason: "stolen" }, false),
    ]);
});

describe("a charge by the name of its shop", () => {
  for (const words of [
    "I want to dispute the Quickcart charge",
    "I don't recognise the Quickcart payment",
    "there is a problem with the Quickcart purchase, it's a wrong charge",
  ])
    robustDialogue(`is found: ${words}`, "dispute", [
      caller(words),
      caller("4829"),
      tool("get_transaction_details", { merchant: "Quickcart" }, true),
    ]);

  for (const words of ["the Quickcart one", "dispute the Quickcart charge", "I mean the Quickcart payment"])
    robustDialogue(`is found, when asked for which: ${words}`, "dispute", [
      caller("dispute a charge"),
      caller("4829"),
      caller(words),
      tool("get_transaction_details", { merchant: "Quickcart" }, true),
    ]);

  for (const words of ["dispute the strange charge on my card", "I want to dispute the last payment"])
    robustDialogue(`has no name in: ${words}`, "dispute", [
      caller(words),
      caller("4829"),
      noTool("get_transaction_details"),
      luna("Tell me the shop"),
    ]);
});

describe("an account by its number alone", () => {
  const order = [caller("send 20 dollars to Nadia"), caller("4829"), luna("Which account")];
  for (const words of ["4471", "it's four four seven one", "from 4471, please"])
    robustDialogue(`is the one that is asked for: ${words}`, "transfer-funds", [
      ...order,
      caller(words),
      tool("transfer_funds", { from: "4471", to: "Nadia" }, false),
    ]);
});

describe("a code that does not come", () => {
  const sent = [
    caller("I forgot my password"),
    caller("4829"),
    caller("by text"),
    tool("send_reset_link", { channel: "sms" }, true),
  ];
  for (const words of ["resend the code", "send it again please", "can I have another code"])
    robustDialogue(`is sent again: ${words}`, "reset-password", [
      ...sent,
      caller(words),
      tool("send_reset_link", { channel: "sms" }, true),
      luna("six-digit code"),
    ]);

  for (const words of ["by email instead", "I didn't get it, can you email it instead"])
    robustDialogue(`is sent another way: ${words}`, "reset-password", [
      ...sent,
      caller(words),
      tool("send_reset_link", { channel: "email" }, true),
    ]);
});
