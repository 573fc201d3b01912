import { describe, expect, it } from "vitest";
import type { NewItem } from "../../../../src/realtime/events.ts";
import { CHECKING } from "../../../tools/conversation.ts";
import { bank, caller, dial, handedOver, luna, lunaNever, noTool, play, robustDialogue, tool } from "../talking.ts";

const MOVED = [
  caller("transfer twelve dollars from checking to savings"),
  caller("4829"),
  caller("yes"),
  luna("anything else"),
];

describe("anything else?", () => {
  it.each([
    "no",
    "No, thanks.",
    "nope, that's all",
    "no that's it, thank you very much",
    "nothing else, goodbye",
    "no, I'm good",
    "No thanks, bye. Have a nice day!",
    "that's everything, thanks for your help",
    "not right now",
    "thank you",
  ])("%s ends the call", async (text) => {
    await play(await dial("transfer-funds"), [...MOVED, caller(text), tool("end_call"), luna("Goodbye")]);
  });

  it.each([
    "no, that was wrong, I wanted twenty",
    "no, please undo that",
    "no the other one as well",
    "no I also need my balance",
    "no, cancel that",
    "no that's not right",
    "no thanks I need my balance",
    "no, that's all wrong",
    "no wait",
    "no, who is speaking",
    "cancel that",
    "no entiendo",
  ])("%s does not", async (text) => {
    await play(await dial("transfer-funds"), [...MOVED, caller(text), noTool("end_call"), lunaNever("Goodbye")]);
  });

  robustDialogue("a transfer that was wrong is told as it is, and a new one can begin", "transfer-funds", [
    ...MOVED,
    caller("no, that was wrong, I wanted twenty"),
    luna("I've moved $12.00", "can't take it back", "another"),
    noTool("transfer_funds", "end_call"),
    caller("okay, move eight dollars from checking to savings"),
    luna("$8.00", "Is that right?"),
    caller("yes"),
    bank(async (desk) => expect(await desk.balance("checking")).toBe(CHECKING - 2_000)),
  ]);

  robustDialogue("no, please unblock it: a blocked card stays blocked, and that is said", "block-card", [
    caller("I lost my card"),
    caller("4829"),
    caller("yes"),
    caller("no"),
    luna("anything else"),
    caller("no, please unblock it"),
    luna("is blocked", "can't unblock"),
    noTool(),
  ]);

  robustDialogue("no, the other card as well: the same is done for that one", "block-card", [
    caller("I lost my card"),
    caller("4829"),
    caller("yes"),
    caller("no"),
    caller("no, the other card as well, 7316"),
    luna("ending in 7316", "Shall I go ahead?"),
    caller("yes"),
    tool("block_card", { card_last_4: "7316" }, true),
  ]);

  robustDialogue("no, I also need my balance", "block-card", [
    caller("I lost my card"),
    caller("4829"),
    caller("yes"),
    caller("no"),
    caller("no I also need my balance"),
    tool("check_balance", {}, true),
    luna("anything else"),
    caller("no"),
    tool("end_call"),
  ]);
});

describe("a no to the specialist", () => {
  const past: NewItem[] = [
    { type: "message", role: "user", content: [{ type: "input_text", text: "I can't afford my car loan" }] },
  ];
  it.each(["no, how much lower would it be?", "no, I also want to pause it", "no, that's not what I wanted"])(
    "with more behind it goes on: %s",
    async (text) => {
      await play(await handedOver("restructure", past), [caller(text), noTool("end_call"), lunaNever("Goodbye")]);
    },
  );
  it.each(["no", "no thank you, goodbye", "no that's all"])("alone ends the call: %s", async (text) => {
    await play(await handedOver("restructure", past), [caller(text), tool("end_call"), luna("Goodbye")]);
  });
});
