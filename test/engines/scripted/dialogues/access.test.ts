import { describe, expect, it } from "vitest";
import { caller, dial, luna, noTool, play, robustDialogue, tool } from "../talking.ts";

/** Digits as people read them out. */
const readOut = (code: string) =>
  [...code].map((digit) => "zero one two three four five six seven eight nine".split(" ")[Number(digit)]).join(" ");

describe("resetting a password", () => {
  it("locked out, and in again with the code from the text message", async () => {
    const talking = await dial("reset-password");
    await play(talking, [
      caller("I'm locked out of my online banking."),
      caller("four eight two nine"),
      luna("by text to your phone, or by email"),
      caller("By text, please."),
      tool("send_reset_link", { channel: "sms" }, true),
      luna("six-digit code"),
    ]);
    await play(talking, [
      caller(readOut(await talking.desk.code())),
      tool("unlock_account", {}, true),
      luna("unlocked", "anything else"),
      caller("That's all, thank you."),
      tool("end_call"),
    ]);
    expect((await talking.desk.bank.snapshot()).customer.online_locked).toBe(false);
  });

  it("the third wrong code is worth nothing, and a new one is sent", async () => {
    const talking = await dial("reset-password");
    await play(talking, [caller("I forgot my password"), caller("4829"), caller("text")]);
    const first = await talking.desk.code();
    const wrong = readOut(first === "111111" ? "222222" : "111111");
    await play(talking, [
      caller(wrong),
      tool("unlock_account", {}, false),
      luna("doesn't match", "2 more tries"),
      caller(wrong),
      luna("one more try"),
      caller(wrong),
      luna("no longer works, so I'll send you a new one"),
      tool("send_reset_link", { channel: "sms" }, true),
    ]);
    await play(talking, [caller(readOut(await talking.desk.code())), tool("unlock_account", {}, true)]);
  });

  robustDialogue("by email no code is needed", "reset-password", [
    caller("I need to reset my password"),
    caller("4829"),
    caller("send me an email"),
    tool("send_reset_link", { channel: "email" }, true),
    tool("unlock_account", {}, true),
    luna("unlocked"),
  ]);

  robustDialogue("the way said at the start is not asked again", "reset-password", [
    caller("I'm locked out, please send me a reset link by text."),
    caller("4829"),
    tool("send_reset_link", { channel: "sms" }, true),
    luna("six-digit code"),
  ]);

  robustDialogue("the message has not come yet; a code of four digits is no code", "reset-password", [
    caller("I can't log in"),
    caller("4829"),
    caller("by text"),
    caller("I haven't got the message yet."),
    luna("It can take a moment", "six-digit code"),
    noTool(),
    caller("one two three four"),
    luna("six digits once more"),
    noTool("unlock_account"),
    caller("I need a real person"),
    tool("transfer_to_specialist", {}, true),
  ]);

  robustDialogue("nobody who is not verified gets a link", "reset-password", [
    caller("reset my password"),
    caller("0000"),
    caller("0001"),
    caller("0002"),
    luna("stopped trying"),
    noTool("send_reset_link"),
    caller("no"),
    luna("anything else"),
    caller("send me a reset link by text"),
    noTool("send_reset_link"),
  ]);
});
