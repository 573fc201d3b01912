import { describe } from "vitest";
import { caller, luna, lunaNever, noTool, robustDialogue, tool } from "../talking.ts";

describe("a caller who does not speak English", () => {
  for (const words of [
    "hola, quiero bloquear mi tarjeta por favor",
    "no entiendo nada",
    "bonjour, je voudrais parler avec quelqu'un",
    "ich habe meine Karte verloren",
    "hei, minä olen kadottanut korttini",
    "hej, jag har tappat mitt kort",
    "здравствуйте",
    "你好",
  ])
    robustDialogue(`hears what Luna speaks, and how to be connected: ${words}`, "freeform", [
      caller(words),
      luna("English", "a human, please"),
      noTool(),
      caller("a human, please"),
      tool("transfer_to_specialist", {}, true),
    ]);

  robustDialogue("hears it also in the middle of something", "block-card", [
    caller("I lost my card"),
    caller("wie bitte, ich verstehe das nicht"),
    luna("English", "a human, please"),
    lunaNever("didn't quite catch"),
    caller("4829"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
  ]);

  robustDialogue("of a language nobody knows hears it the second time", "freeform", [
    caller("wubba lubba"),
    caller("glorp snark"),
    luna("English", "a human, please"),
  ]);
});

describe("the offer of a person after three misunderstandings", () => {
  const offered = [
    caller("I lost my card"),
    caller("mumble fumble"),
    caller("grumble"),
    caller("brabble"),
    luna("connect you with a person?"),
  ];
  for (const words of [
    "yes please",
    "ok a human",
    "yes, connect me",
    "sure, why not",
    "yes please do that then",
    "okay then",
  ])
    robustDialogue(`is taken by: ${words}`, "block-card", [
      ...offered,
      caller(words),
      tool("transfer_to_specialist", {}, true),
    ]);

  for (const words of ["no", "no thanks", "no, let's go on", "no I don't want a person"])
    robustDialogue(`is turned down by: ${words}`, "block-card", [
      ...offered,
      caller(words),
      noTool("transfer_to_specialist", "end_call"),
      luna("last four digits"),
    ]);

  robustDialogue("is answered by the digits themselves", "block-card", [
    ...offered,
    caller("four eight two nine"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
  ]);

  robustDialogue("that is not understood either ends with a person", "block-card", [
    ...offered,
    caller("brabble"),
    caller("grumble"),
    tool("transfer_to_specialist", {}, true),
  ]);
});
