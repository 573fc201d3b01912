import { describe, expect, it } from "vitest";
import { bank, caller, dial, luna, lunaNever, noTool, play, robustDialogue, silence, tool } from "../talking.ts";

describe("blocking a card", () => {
  robustDialogue("a lost card is blocked and replaced by express", "block-card", [
    luna("Hi Maya, this is Luna from Aurora Bank"),
    caller("Hi, I've lost my wallet and I need to block my card."),
    luna("last four digits"),
    caller("It's four eight two nine."),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    tool("block_card", { card_last_4: "4829", reason: "lost" }, false),
    luna("block the card ending in 4829", "Shall I go ahead?"),
    lunaNever("Blocking it now"),
    bank(async (desk) => expect((await desk.card("4829"))?.status).toBe("active")),
    caller("Yes, go ahead."),
    luna("Blocking it now"),
    tool("block_card", { card_last_4: "4829", reason: "lost" }, true),
    luna("is blocked now", "replacement"),
    caller("Yes please, express."),
    tool("order_replacement", { card_last_4: "4829", delivery: "express" }, true),
    luna("express mail", "anything else"),
    caller("No, thank you."),
    tool("end_call"),
    luna("Goodbye"),
    bank(async (desk) => expect((await desk.card("4829"))?.status).toBe("blocked")),
  ]);

  robustDialogue("everything said in one sentence is not asked again", "block-card", [
    caller("Somebody stole my card ending in 4829, please block it."),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    luna("Shall I go ahead?"),
    lunaNever("last four digits"),
    caller("yes do it"),
    tool("block_card", { card_last_4: "4829", reason: "stolen" }, true),
  ]);

  robustDialogue("digits are understood the way a recogniser writes them", "block-card", [
    caller("my card was stolen please black it"),
    luna("last four digits"),
    caller("Four eight too nine."),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    luna("ending in 4829"),
  ]);

  robustDialogue("for ate two nine is four eight two nine", "block-card", [
    caller("i lost my cart"),
    caller("for ate two nine"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    luna("ending in 4829"),
  ]);

  robustDialogue("no, the other card: nothing is blocked until the right one is named", "block-card", [
    caller("I lost my card"),
    caller("4829"),
    luna("ending in 4829", "Shall I go ahead?"),
    caller("No, the other card."),
    noTool("block_card"),
    luna("last four digits"),
    caller("seven three one six"),
    luna("ending in 7316", "Shall I go ahead?"),
    caller("yes"),
    tool("block_card", { card_last_4: "7316" }, true),
    bank(async (desk) => {
      expect((await desk.card("7316"))?.status).toBe("blocked");
      expect((await desk.card("4829"))?.status).toBe("active");
    }),
  ]);

  robustDialogue("no, seven three one six: the correction brings the right card with it", "block-card", [
    caller("I lost my card"),
    caller("4829"),
    caller("No, I mean seven three one six."),
    tool("block_card", { card_last_4: "7316" }, false),
    luna("ending in 7316", "Shall I go ahead?"),
    caller("yes"),
    tool("block_card", { card_last_4: "7316" }, true),
  ]);

  robustDialogue("a no leaves the card as it is", "block-card", [
    caller("please block my card, I lost it"),
    caller("4829"),
    caller("No."),
    luna("nothing has been done", "change something, or leave it"),
    noTool(),
    caller("Leave it, please."),
    noTool("block_card"),
    luna("anything else"),
    bank(async (desk) => expect((await desk.card("4829"))?.status).toBe("active")),
  ]);

  robustDialogue("three wrong answers lock the call, and a specialist is offered", "block-card", [
    caller("I lost my card"),
    caller("one one one one"),
    tool("verify_identity", { last_4_digits: "1111" }, false),
    luna("doesn't match", "2 more tries"),
    caller("two two two two"),
    luna("one more try"),
    caller("three three three three"),
    luna("stopped trying", "connect you with a specialist"),
    noTool("block_card"),
    caller("yes please"),
    tool("transfer_to_specialist", { department: "cards" }, true),
  ]);

  robustDialogue("a human, please, in the middle of it", "block-card", [
    caller("I lost my card"),
    caller("Can I talk to a real person, please?"),
    tool("transfer_to_specialist", { department: "cards" }, true),
    luna("connecting you"),
    noTool("block_card", "verify_identity"),
  ]);

  robustDialogue("mumbled twice: asked again, then given words to say, then offered a person", "block-card", [
    caller("I lost my card"),
    caller("mumble fumble"),
    luna("didn't quite catch that", "one at a time"),
    caller("grumble"),
    luna("You can say", "a human, please"),
    caller("brabble"),
    luna("connect you with a person?"),
    caller("No, no."),
    noTool("transfer_to_specialist"),
    luna("last four digits"),
    caller("4829"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
  ]);

  robustDialogue("first words that make no sense get a question with a topic", "block-card", [
    caller("wibble wobble"),
    luna("Are you calling to block a card?"),
    caller("yes"),
    luna("last four digits"),
  ]);

  robustDialogue("a silence is broken kindly, twice, and the question stays open", "block-card", [
    caller("I lost my card"),
    silence,
    luna("Are you still there?", "last four digits"),
    silence,
    luna("I'm still here"),
    caller("Sorry. Four eight two nine."),
    tool("verify_identity", { last_4_digits: "4829" }, true),
  ]);

  robustDialogue("a balance in between is answered, and then it goes on", "block-card", [
    caller("I lost my card"),
    caller("4829"),
    caller("Wait, what's my balance?"),
    tool("check_balance", {}, true),
    luna("$8,412.67", "Now, back to blocking your card", "Shall I go ahead?"),
    noTool("block_card"),
    caller("yes"),
    tool("block_card", { card_last_4: "4829" }, true),
  ]);

  robustDialogue("a card that is nobody's here is asked for again, after the caller is known", "block-card", [
    caller("my card was stolen"),
    caller("4471"),
    tool("verify_identity", { last_4_digits: "4471" }, true),
    tool("block_card", { card_last_4: "4471" }, false),
    luna("I don't see that card", "Which one do you mean?"),
    caller("4829"),
    luna("ending in 4829"),
    caller("yes"),
    tool("block_card", { card_last_4: "4829" }, true),
  ]);

  robustDialogue("small talk, wishes out of reach and a moment to think lead nowhere else", "block-card", [
    caller("I lost my card"),
    caller("What's the weather like?"),
    luna("outside what I do", "last four digits"),
    caller("Are you a robot?"),
    luna("voice assistant", "last four digits"),
    caller("Hold on a second."),
    luna("take your time"),
    noTool(),
    caller("Can you say that again?"),
    luna("take your time"),
    caller("What can you do?"),
    luna("block a lost or stolen card", "last four digits"),
  ]);

  robustDialogue("the balance of a loan is not the balance of an account", "block-card", [
    caller("What's the balance of my car loan?"),
    luna("I can connect you with a colleague"),
    noTool(),
  ]);

  robustDialogue("what this call cannot do is said, and a colleague offered", "block-card", [
    caller("I want to transfer money to my savings"),
    luna("I can connect you with a colleague"),
    noTool(),
    caller("no"),
    noTool("transfer_to_specialist"),
    luna("anything else"),
  ]);

  robustDialogue("please don't: nothing is begun", "block-card", [
    caller("please don't block my card 7316"),
    luna("I won't"),
    lunaNever("Was it lost", "Shall I go ahead?"),
    noTool("block_card", "verify_identity"),
  ]);

  robustDialogue("don't block that one, block this one", "block-card", [
    caller("Please don't block my card 7316, I lost the other one. Block 4829."),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    luna("ending in 4829", "Shall I go ahead?"),
  ]);

  robustDialogue("I do not want to block it anymore, in the middle", "block-card", [
    caller("I lost my card"),
    caller("4829"),
    caller("I don't want to block it anymore"),
    noTool(),
    lunaNever("Shall I go ahead?"),
    caller("no"),
    noTool("block_card"),
  ]);

  robustDialogue("stop, the wrong card, before the question is put", "block-card", [
    caller("please block my card 7316"),
    luna("Was it lost"),
    caller("no stop, it's the wrong card!"),
    luna("stopped", "last four digits"),
    noTool(),
    caller("4829"),
    caller("it was stolen"),
    luna("ending in 4829", "Shall I go ahead?"),
  ]);

  robustDialogue("stop, the wrong card, at the question", "block-card", [
    caller("I lost my card 7316"),
    luna("Shall I go ahead?"),
    caller("no stop, it's the wrong card!"),
    luna("stopped", "nothing has been done", "last four digits"),
    noTool(),
    caller("4829"),
    luna("ending in 4829", "Shall I go ahead?"),
  ]);

  robustDialogue("the wrong card, when it is blocked already: told as it is", "block-card", [
    caller("I lost my card 7316"),
    caller("yes"),
    luna("is blocked", "replacement"),
    caller("no stop, it was the wrong card!"),
    luna("is blocked", "can't unblock"),
    noTool(),
  ]);

  robustDialogue("eight digits: the last four of them count", "block-card", [
    caller("I lost my card"),
    caller("1234 4829"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    luna("ending in 4829"),
  ]);

  robustDialogue("eight digits one by one: the last four of them count", "block-card", [
    caller("I lost my card"),
    caller("one two three four four eight two nine"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
  ]);

  robustDialogue("a no that was none: the same request once more is put to the question again", "block-card", [
    caller("I lost my card 4829"),
    luna("Shall I go ahead?"),
    caller("No, thank you."),
    luna("Would you like to change something"),
    caller("Please block my card ending in 4829."),
    tool("block_card", { card_last_4: "4829" }, false),
    luna("block the card ending in 4829", "Shall I go ahead?"),
    lunaNever("change something"),
    caller("yes"),
    tool("block_card", { card_last_4: "4829" }, true),
  ]);

  robustDialogue("a card that is blocked already is not asked about", "block-card", [
    caller("I lost my card 7316"),
    caller("yes"),
    tool("block_card", { card_last_4: "7316" }, true),
    caller("no"),
    caller("please block my card 7316, I lost it"),
    luna("already blocked"),
    lunaNever("Shall I go ahead?"),
  ]);

  it("a yes to a question that nobody heard blocks nothing: it is asked again", async () => {
    const talking = await dial("block-card");
    await talking.hear("I lost my card ending in 4829");
    expect(talking.said.join(" ")).toContain("Shall I go ahead?");
    talking.desk.nothingHeard();
    await play(talking, [
      caller("Yes, please."),
      tool("block_card", { card_last_4: "4829" }, false),
      luna("block the card ending in 4829", "Shall I go ahead?"),
      bank(async (desk) => expect((await desk.card("4829"))?.status).toBe("active")),
      caller("Yes, please."),
      tool("block_card", { card_last_4: "4829" }, true),
    ]);
  });
});
