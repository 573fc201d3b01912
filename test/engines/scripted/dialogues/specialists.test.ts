import { describe, expect } from "vitest";
import { CHECKING } from "../../../tools/conversation.ts";
import { bank, caller, luna, lunaNever, noTool, robustDialogue, tool } from "../talking.ts";

describe("asking for mortgage rates", () => {
  robustDialogue("details, rate, and the specialist who can lock it", "mortgage-rate", [
    caller("I'd like to refinance my house."),
    caller("six one oh four"),
    tool("verify_identity", { last_4_digits: "6104" }, true),
    tool("get_mortgage_details", {}, true),
    luna("7.12%", "thirty years fixed, fifteen years fixed, or five-one adjustable"),
    caller("Fifteen years."),
    tool("check_rates", { product: "15_year_fixed", purpose: "refinance" }, true),
    luna("5.38%", "Henrik Vale"),
    tool("transfer_to_specialist", { department: "mortgage" }, true),
  ]);

  robustDialogue("purpose and product in one sentence", "mortgage-rate", [
    caller("What are your thirty year rates for buying a new house?"),
    caller("4829"),
    tool("check_rates", { product: "30_year_fixed", purpose: "purchase" }, true),
    luna("5.99%"),
  ]);

  robustDialogue("neither said: both are asked, one after the other", "mortgage-rate", [
    caller("I'm calling about mortgage rates"),
    caller("4829"),
    luna("refinancing the house you have, or about buying one"),
    caller("what?"),
    luna("refinancing the house you have"),
    caller("buying"),
    luna("Which would you like to hear"),
    caller("the adjustable one"),
    tool("check_rates", { product: "5_1_arm", purpose: "purchase" }, true),
  ]);

  robustDialogue("what something means is explained on the way", "mortgage-rate", [
    caller("refinance please"),
    caller("4829"),
    caller("What does adjustable mean?"),
    luna("can change after five years"),
    noTool("transfer_to_specialist"),
    caller("then fifteen years"),
    tool("check_rates", { product: "15_year_fixed" }, true),
  ]);

  robustDialogue("a balance in between", "mortgage-rate", [
    caller("I'd like to refinance my mortgage"),
    caller("4829"),
    caller("first, what's my checking balance?"),
    tool("check_balance", { account: "checking" }, true),
    luna("Now, back to your mortgage", "Which would you like to hear"),
  ]);
});

describe("wiring money abroad", () => {
  const untouched = bank(async (desk) => expect(await desk.balance("checking")).toBe(CHECKING));

  robustDialogue("a draft is prepared and a specialist takes over; no money moves", "wire-transfer", [
    caller("I need to wire money to Elina Korhonen in Finland."),
    caller("four four seven one"),
    tool("verify_identity", { last_4_digits: "4471" }, true),
    tool("verify_recipient", { name: "Elina Korhonen", country: "Finland" }, true),
    luna("saved payees", "How much"),
    caller("two thousand dollars"),
    luna("what is the wire for"),
    caller("rent for the summer house"),
    tool("initiate_wire", { recipient: "Elina Korhonen", amount: 2_000, purpose: "rent for the summer house" }),
    luna("prepared a wire of $2,000.00", "Noor Haddadin"),
    lunaNever("sent"),
    tool("transfer_to_specialist", { department: "wires" }, true),
    untouched,
  ]);

  robustDialogue("asked for one thing after the other", "wire-transfer", [
    caller("I want to send a wire"),
    caller("4829"),
    luna("Who is the money for?"),
    caller("It's for Ottilie Brandvold"),
    luna("In which country"),
    caller("Norway"),
    tool("verify_recipient", { name: "Ottilie Brandvold", country: "Norway" }, true),
    luna("isn't among your saved payees", "How much"),
    caller("twenty-five hundred"),
    luna("In which currency?"),
    caller("dollars"),
    luna("what is the wire for"),
    caller("an invoice"),
    tool("initiate_wire", { amount: 2_500, recipient: "Ottilie Brandvold" }),
    tool("transfer_to_specialist", { department: "wires" }, true),
  ]);

  robustDialogue("a spelled name", "wire-transfer", [
    caller("I'd like to send money overseas"),
    caller("4829"),
    caller("E-L-I-N-A"),
    luna("In which country"),
    caller("it's in Finland"),
    tool("verify_recipient", { country: "Finland" }, true),
  ]);

  robustDialogue("euros stay euros", "wire-transfer", [
    caller("wire three thousand euros to Elina Korhonen in Finland"),
    caller("my card ending in 4829"),
    luna("what is the wire for"),
    caller("a boat"),
    tool("initiate_wire", { amount: 3_000, currency: "EUR" }),
    untouched,
  ]);

  robustDialogue("can you send it now? no, and why", "wire-transfer", [
    caller("I need to make a wire transfer"),
    caller("4829"),
    caller("Can you send it right now?"),
    luna("a person always looks at it first", "Who is the money for?"),
    noTool("initiate_wire"),
    caller("a human please"),
    tool("transfer_to_specialist", { department: "wires" }, true),
    untouched,
  ]);

  robustDialogue("two thousand is asked for its currency, and the hand-over names it", "wire-transfer", [
    caller("I need to wire money to Elina Korhonen in Finland."),
    caller("4471"),
    caller("two thousand"),
    luna("In which currency?"),
    noTool("initiate_wire"),
    caller("euros"),
    luna("what is the wire for"),
    caller("rent"),
    tool("initiate_wire", { amount: 2_000, currency: "EUR", purpose: "rent" }),
    tool("transfer_to_specialist", { reason: "Wire of 2,000 euros to Elina Korhonen in Finland. Purpose: rent." }),
    untouched,
  ]);

  for (const [words, currency, said] of [
    ["two thousand dollars", "USD", "$2,000"],
    ["$2,000", "USD", "$2,000"],
    ["two thousand bucks", "USD", "$2,000"],
    ["€2,000", "EUR", "2,000 euros"],
    ["two thousand euros", "EUR", "2,000 euros"],
    ["2000 pounds", "GBP", "2,000 pounds"],
  ] as const)
    robustDialogue(`${words} need no question about the currency`, "wire-transfer", [
      caller("I need to wire money to Elina Korhonen in Finland."),
      caller("4471"),
      caller(words),
      luna("what is the wire for"),
      caller("an invoice"),
      tool("initiate_wire", { amount: 2_000, currency }),
      tool("transfer_to_specialist", { reason: `Wire of ${said} to Elina Korhonen in Finland. Purpose: an invoice.` }),
    ]);

  for (const [words, name] of [
    ["E L I N A, Korhonen", "Elina Korhonen"],
    ["E-L-I-N-A Korhonen", "Elina Korhonen"],
    ["E L I N A, K O R H O N E N", "Elina Korhonen"],
    ["Elina, spelled E L I N A", "Elina"],
  ] as const)
    robustDialogue(`a name, spelled in part: ${words}`, "wire-transfer", [
      caller("I want to wire money"),
      caller("4829"),
      caller(words),
      caller("sweden, no, finland"),
      tool("verify_recipient", { name, country: expect.stringMatching(/^finland$/i) }, true),
    ]);

  robustDialogue("less than nothing cannot be wired", "wire-transfer", [
    caller("I want to wire minus two thousand euros to Elina Korhonen in Finland"),
    luna("more than zero"),
    caller("4829"),
    luna("How much should it be?"),
    noTool("initiate_wire"),
  ]);
});
