import { describe, expect, it } from "vitest";
import type { NewItem } from "../../../../src/realtime/events.ts";
import { SCENARIOS, scenarioById } from "../../../../src/scenarios/index.ts";
import { CHECKING } from "../../../tools/conversation.ts";
import { openDesk } from "../desk.ts";
import {
  bank,
  caller,
  dial,
  handedOver,
  luna,
  lunaNever,
  noTool,
  play,
  robustDialogue,
  Talking,
  tool,
} from "../talking.ts";

describe("a call about anything", () => {
  robustDialogue("changes of mind are followed, and what was left is offered again", "freeform", [
    caller("What can you do?"),
    luna("I can block a lost or stolen card", "You can say"),
    caller("I'd like to move fifty dollars to savings."),
    luna("last four digits"),
    caller("Actually, I've lost my card."),
    luna("the card you'd like to block"),
    caller("4829"),
    luna("Shall I go ahead?"),
    caller("yes"),
    tool("block_card", { card_last_4: "4829" }, true),
    caller("no replacement, thanks"),
    luna("go on with the transfer?"),
    caller("yes"),
    luna("Which account should it come from"),
    caller("from checking"),
    luna("$50.00"),
    caller("yes"),
    tool("transfer_funds", { amount: 50, from: "checking", to: "savings" }, true),
    bank(async (desk) => expect(await desk.balance("checking")).toBe(CHECKING - 5_000)),
  ]);

  robustDialogue("one thing after the other in one call, verified once", "freeform", [
    caller("How much is left on my car loan?"),
    caller("2206"),
    luna("$16,394.74"),
    caller("no"),
    luna("anything else"),
    caller("Yes, what's my balance?"),
    noTool("verify_identity"),
    tool("check_balance", {}, true),
    luna("anything else"),
    caller("I got a new card ending in 5502, can you activate it?"),
    tool("activate_card", { card_last_4: "5502" }, true),
    noTool("verify_identity"),
  ]);

  robustDialogue("the transfer that was left can be left for good", "freeform", [
    caller("transfer fifty dollars from checking to savings"),
    caller("Oh no, my card was stolen!"),
    caller("4829"),
    caller("yes"),
    caller("no"),
    luna("go on with the transfer?"),
    caller("no"),
    luna("anything else"),
    caller("bye"),
    tool("end_call"),
  ]);

  for (const scenario of SCENARIOS.filter((one) => one.id !== "freeform")) {
    it(`"${scenario.dialogue.example}" starts ${scenario.id}`, async () => {
      const talking = await dial("freeform");
      await talking.hear(scenario.dialogue.example);
      await talking.hear("my card ending in 4829");
      const own = scenario.tools.filter(
        (name) => !["check_balance", "transfer_to_specialist", "end_call"].includes(name),
      );
      const asked = Object.values(scenario.dialogue.slots).some((slot) => talking.said.join(" ").includes(slot.ask));
      const ran = talking.ran.some((run) => own.includes(run.name) && run.name !== "verify_identity");
      expect(asked || ran, talking.script.join("\n")).toBe(true);
    });
  }
});

describe("several wishes in one sentence", () => {
  robustDialogue("are met one after the other", "freeform", [
    caller("I lost my card and what's my balance, and I want to move forty dollars"),
    caller("4829"),
    luna("ending in 4829", "Shall I go ahead?"),
    caller("yes"),
    tool("block_card", { card_last_4: "4829" }, true),
    caller("no"),
    luna("your balance"),
    tool("check_balance", {}, true),
    luna("the transfer", "Which account should it come from"),
    caller("checking"),
    caller("savings"),
    luna("$40.00 from your checking account to your savings account"),
    caller("yes"),
    tool("transfer_funds", { amount: 40 }, true),
    luna("anything else"),
  ]);

  robustDialogue("in the middle of something else are not forgotten either", "freeform", [
    caller("I want to move money to savings"),
    caller("4829"),
    caller("actually I also lost my card and I need to reset my password"),
    luna("the card you'd like to block"),
    caller("4829"),
    luna("Shall I go ahead?"),
    caller("no, leave it"),
    luna("Back to the transfer", "How much"),
    caller("leave it"),
    luna("You also asked about getting you back into online banking", "by text to your phone, or by email"),
  ]);

  robustDialogue("are forgotten when the caller leaves", "freeform", [
    caller("I lost my card, and I'd like to move forty dollars"),
    caller("goodbye"),
    tool("end_call"),
  ]);

  robustDialogue("each brings its own figures", "freeform", [
    caller("Move forty dollars from checking to savings and then activate my new card ending in 5502"),
    tool("verify_identity", {}, true),
    luna("$40.00"),
    caller("yes"),
    tool("transfer_funds", { amount: 40 }, true),
    tool("activate_card", { card_last_4: "5502" }, true),
  ]);
});

const say = (role: "user" | "assistant", text: string): NewItem =>
  role === "user"
    ? { type: "message", role, content: [{ type: "input_text", text }] }
    : { type: "message", role, content: [{ type: "output_text", text }] };
const ran = (name: string, args: object, output: object): NewItem[] => [
  { type: "function_call", call_id: `c-${name}`, name, arguments: JSON.stringify(args) },
  { type: "function_call_output", call_id: `c-${name}`, output: JSON.stringify(output) },
];

async function takenOver(id: string, past: NewItem[]): Promise<Talking> {
  const scenario = scenarioById(id);
  if (!scenario) throw new Error(id);
  const talking = new Talking(scenario, openDesk());
  talking.desk.turn("caller", "It's four eight two nine.", -1);
  await talking.desk.run(
    { id: "i", type: "function_call", call_id: "c0", name: "verify_identity", arguments: '{"last_4_digits":"4829"}' },
    scenario.tools,
    -1,
  );
  talking.seed(past);
  return talking;
}

describe("a call taken over from a model that has gone", () => {
  it("goes on after what is done, without doing it again", async () => {
    const talking = await takenOver("block-card", [
      say("assistant", "Hi Maya! What can I do for you?"),
      say("user", "I lost my card ending in 4829"),
      ...ran("verify_identity", { last_4_digits: "4829" }, { ok: true, say: "Thank you." }),
      ...ran("block_card", { card_last_4: "4829", reason: "lost" }, { ok: true, say: "It is blocked." }),
      say("assistant", "Your card is blocked."),
    ]);
    await talking.respond();
    await play(talking, [
      luna("Sorry about that", "replacement"),
      noTool("block_card", "verify_identity"),
      caller("yes, express please"),
      tool("order_replacement", { card_last_4: "4829", delivery: "express" }),
    ]);
  });

  it("keeps the amount and the accounts that were said, and reads back before moving", async () => {
    const talking = await takenOver("transfer-funds", [
      say("assistant", "Hello Maya, how may I help?"),
      say("user", "Move two fifty from checking to savings"),
      ...ran("verify_identity", { last_4_digits: "4829" }, { ok: true, say: "Thank you." }),
      say("assistant", "Let me set that up."),
    ]);
    talking.desk.turn("caller", "Move two fifty from checking to savings", 0);
    await talking.respond();
    await play(talking, [
      luna("Sorry about that", "$250.00 from your checking account"),
      caller("yes"),
      tool("transfer_funds", { amount: 250 }, true),
    ]);
  });

  it("calls the tool the line broke off before, and does not ask for patience once more", async () => {
    const talking = await takenOver("transfer-funds", [
      say("assistant", "Hi Maya, this is Luna. How can I help you today?"),
      say("user", "move fifty dollars from checking to savings"),
      say("assistant", "First, to be sure it's you: what are the last four digits of one of your cards or accounts?"),
      say("user", "four eight two nine"),
      say("assistant", "Thank you. One moment while I check that."),
    ]);
    await talking.respond();
    await play(talking, [luna("Sorry about that"), lunaNever("Thank you. One moment")]);
    expect(talking.ran.map((ran) => ran.name)).toContain("verify_identity");
  });

  it("says none of it once more where the line breaks off twice before the tool", async () => {
    const talking = await takenOver("transfer-funds", [
      say("assistant", "Hi Maya, this is Luna. How can I help you today?"),
      say("user", "move fifty dollars from checking to savings, my card ends in 4829"),
      say("assistant", "Thank you. One moment while I check that."),
      say("assistant", "Sorry about that, the line dropped for a moment."),
    ]);
    await talking.respond();
    await play(talking, [lunaNever("Thank you. One moment"), lunaNever("Sorry about that")]);
    expect(talking.ran.map((ran) => ran.name)).toContain("verify_identity");
  });

  it("answers words that were not answered yet", async () => {
    const talking = await takenOver("transfer-funds", [
      say("assistant", "Hello Maya, how may I help?"),
      say("user", "I'd like to transfer some money"),
      ...ran("verify_identity", { last_4_digits: "4829" }, { ok: true, say: "Thank you." }),
      say("assistant", "Sure. How much would you like to send?"),
      say("user", "three hundred"),
    ]);
    await talking.respond();
    await play(talking, [luna("Which account should it come from"), lunaNever("How much")]);
  });

  it("does not claim what the bank has not done", async () => {
    const talking = await takenOver("transfer-funds", [
      say("assistant", "Hello Maya"),
      say("user", "transfer 50 dollars from checking to savings"),
      say("assistant", "Done, I have moved it!"),
    ]);
    await talking.respond();
    await play(talking, [lunaNever("Done"), luna("Sorry about that")]);
    expect(await talking.desk.balance("checking")).toBe(CHECKING);
  });
});

describe("the specialist", () => {
  it("has the notes, answers what happens next, and closes the call", async () => {
    const talking = await handedOver("restructure", [
      say("user", "I'm having trouble with my car loan payments"),
      ...ran("get_account_details", { loan_type: "auto" }, { ok: true, say: "Your auto loan has $16,394.74 left." }),
    ]);
    await play(talking, [
      luna("Hello Maya, this is Tobias Renn from Lending", "your notes from Luna"),
      caller("Yes please, start it."),
      luna("started the review"),
      caller("How much lower would it be?"),
      luna("two versions"),
      caller("Can you say that again?"),
      luna("two versions"),
      caller("No, that's all. Thank you."),
      tool("end_call", {}, true),
      luna("Goodbye"),
    ]);
  });

  it("of a freeform call is the one of the department it went to", async () => {
    const talking = await handedOver("freeform", [
      say("user", "I'd like to refinance my house"),
      ...ran("transfer_to_specialist", { reason: "A rate.", department: "mortgage" }, { ok: true, say: "Connecting." }),
    ]);
    await play(talking, [
      luna("this is Henrik Vale from Mortgages"),
      caller("please lock the rate"),
      luna("marked the rate"),
    ]);
  });

  it("does not greet twice when the engine behind it is lost", async () => {
    const talking = await handedOver("restructure", [
      say("user", "I'm having trouble with my car loan payments"),
      say("assistant", "Hello Maya, this is Tobias Renn from Lending. I have your notes."),
      say("user", "What about the interest?"),
    ]);
    await play(talking, [luna("A longer term costs more interest"), lunaNever("Hello Maya")]);
  });

  for (const scenario of SCENARIOS) {
    it(`of ${scenario.id} greets, listens, and ends the call`, async () => {
      const talking = await handedOver(scenario.id, [say("user", scenario.dialogue.example)]);
      await play(talking, [
        luna(`this is ${scenario.specialist.name}`, scenario.dialogue.specialist.opening),
        caller("The parrot is on the roof."),
        luna(scenario.dialogue.specialist.fallback),
        caller("goodbye"),
        tool("end_call"),
      ]);
    });
  }
});
