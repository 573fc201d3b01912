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

describe("a caller who is still thinking", () => {
  for (const words of ["um", "er", "Ehm...", "hmm", "uh, um", "well, er"])
    robustDialogue(`is given time, in no other language, and nothing is counted: ${words}`, "block-card", [
      caller(words),
      luna("Take your time"),
      lunaNever("English"),
      caller("I lost my card"),
      caller(words),
      caller(words),
      caller(words),
      luna("Take your time", "last four digits"),
      lunaNever("English", "person"),
      caller("um, it's, er, four eight two nine"),
      tool("verify_identity", { last_4_digits: "4829" }, true),
    ]);

  robustDialogue("is called nothing by the sound of it", "wire-transfer", [
    caller("I want to send a wire"),
    caller("4829"),
    caller("erm Nadia Park"),
    caller("ehm"),
    luna("Take your time", "country"),
    noTool(),
    caller("um, Finland"),
    tool("verify_recipient", { name: "Nadia Park", country: "Finland" }, true),
  ]);
});

describe("who is asked who they are", () => {
  const order = [caller("move 50 dollars from checking to savings"), luna("to be sure it's you")];
  const known = [
    caller("4829"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    tool("transfer_funds", { from: "checking", to: "savings", amount: 50 }, false),
  ];
  for (const words of ["that's wrong, sorry", "no, that's not right", "sorry, wrong number"])
    robustDialogue(`keeps the order as it is by: ${words}`, "transfer-funds", [
      ...order,
      caller(words),
      luna("No problem", "last four digits"),
      lunaNever("Which account"),
      ...known,
    ]);
  robustDialogue("also after digits that were nobody's", "transfer-funds", [
    ...order,
    caller("1111"),
    caller("no sorry, that's wrong"),
    luna("last four digits once more"),
    ...known,
  ]);
  for (const [words, answer] of [
    ["why do you need that", "it's really you"],
    ["why?", "it's really you"],
    ["I don't have my card", "on every statement"],
    ["I can't remember them", "on every statement"],
  ] as const)
    robustDialogue(`is answered: ${words}`, "transfer-funds", [
      ...order,
      caller(words),
      luna(answer, "last four digits"),
      ...known,
    ]);
  robustDialogue("may give them where another question came between", "transfer-funds", [
    ...order,
    caller("it's the wrong account"),
    luna("Which account"),
    caller("4829"),
    tool("verify_identity", { last_4_digits: "4829" }, true),
    luna(/Which (account|one)/),
  ]);
});

describe("an amount that may be one or another", () => {
  const order = [
    caller("move fifty dollars from checking to savings"),
    caller("4829"),
    tool("transfer_funds", { amount: 50 }, false),
  ];
  for (const words of ["no, too fifty", "make it a hundred twenty fifty", "no, 1.250,00", "two dozen dollars"])
    robustDialogue(`is asked for again, and nothing moves: ${words}`, "transfer-funds", [
      ...order,
      caller(words),
      noTool(),
      luna("heard the amount right", "in dollars?"),
      caller("yes"),
      noTool(),
      caller("one twenty"),
      tool("transfer_funds", { amount: 120 }, false),
      luna("$120.00"),
    ]);

  for (const [words, amount] of [
    ["No, one fifty", 150],
    ["No. One twenty.", 120],
    ["No, one point five thousand", 1500],
    ["no, 2500.50", 2500.5],
    ["no, forty nine point nine nine", 49.99],
    ["two five zero dollars", 250],
    ["no, a hundred dollars, no, one eighty", 180],
  ] as const)
    robustDialogue(`is none in: ${words}`, "transfer-funds", [
      ...order,
      caller(words),
      tool("transfer_funds", { amount }, false),
      luna("Is that right?"),
    ]);

  robustDialogue("of a month is no income of a year", "credit-limit", [
    caller("raise the limit of my card 4829 to twenty thousand dollars"),
    luna("yearly income"),
    caller("I earn 5000 a month"),
    luna("for a whole year", "in a year"),
    noTool(),
    caller("sixty thousand"),
    luna("what is the higher limit for"),
    caller("a kitchen"),
    tool("request_limit_increase", { annual_income: 60_000 }, true),
  ]);

  robustDialogue("is not left by a forget it before it", "transfer-funds", [
    ...order,
    caller("forget that, transfer 100 dollars from savings to checking"),
    tool("transfer_funds", { amount: 100, from: "savings", to: "checking" }, false),
  ]);
});

describe("a day", () => {
  robustDialogue("that is in no calendar is asked for again", "loan-balance", [
    caller("payoff for my mortgage on February 30th"),
    caller("4829"),
    luna("For which day"),
    noTool("calculate_payoff"),
    caller("the thirty-first of June"),
    luna("no such day", "Which day"),
    noTool(),
    caller("tomorrow"),
    tool("calculate_payoff", { payoff_date: "2026-11-22" }, true),
  ]);

  for (const when of ["tomorrow", "on Friday", "every month", "next week", "monthly", "on the first of each month"])
    robustDialogue(`on which money cannot be moved is no day: ${when}`, "transfer-funds", [
      caller(`move 100 dollars from checking to savings ${when}`),
      luna("only move money right away", "a human, please"),
      caller("4829"),
      luna("Is that right?"),
    ]);

  robustDialogue("is named with the yes", "freeform", [
    caller("move 100 dollars from checking to savings"),
    lunaNever("right away"),
    caller("4829"),
    luna("Is that right?"),
    caller("yes, but next week"),
    noTool(),
    luna("only move money right away", "Is that right?"),
    caller("yes"),
    tool("transfer_funds", { amount: 100 }, true),
  ]);
});

describe("words about a person that ask for none", () => {
  for (const words of [
    "are you human?",
    "am I speaking with a real person",
    "are you a real person or a robot",
    "you're not a human, are you",
    "I don't want a human",
    "please don't connect me to a human",
    "no human please",
    "no need to get me a person",
    "I would rather not talk to somebody",
  ])
    robustDialogue(`keep the call where it is: ${words}`, "block-card", [
      caller("I lost my card"),
      caller(words),
      noTool(),
      luna(/voice assistant|stay with me/, "last four digits"),
      caller("four eight two nine"),
      tool("verify_identity", { last_4_digits: "4829" }, true),
    ]);

  robustDialogue("may stand beside what is wanted", "freeform", [
    caller("no human please, I lost my card"),
    noTool(),
    luna("last four digits of the card"),
  ]);
  robustDialogue("may stand before a sum", "freeform", [
    caller("no human please, move $2,500.50 from checking to savings"),
    caller("4829"),
    tool("transfer_funds", { amount: 2500.5, from: "checking", to: "savings" }, false),
  ]);
  robustDialogue("may be of who shall not use a card", "block-card", [
    caller("I don't want anybody to use my card, block it"),
    luna("last four digits of the card"),
  ]);
  robustDialogue("may tell of somebody else", "freeform", [
    caller("a human being at the shop charged me twice"),
    noTool(),
    luna("to be sure it's you"),
  ]);

  robustDialogue("are the same to everybody who answers", "waiter", [
    caller("um"),
    luna("Take your time"),
    caller("are you human?"),
    luna("not a person"),
    caller("I don't want a human"),
    noTool(),
    luna("stay with me"),
    caller("no human please, what do you have for dessert"),
    tool("lookup_menu", { course: "dessert" }, true),
    caller("can I talk to a person"),
    tool("transfer_to_specialist", {}, true),
  ]);

  for (const words of [
    "no, a human please",
    "no connect me to a human",
    "I don't want to talk to a robot, I want a human",
    "why don't you connect me to a person",
    "I'm not sure, maybe a human",
    "can I talk to a real person?",
    "I lost my card, let me talk to somebody",
  ])
    robustDialogue(`are others than: ${words}`, "freeform", [caller(words), tool("transfer_to_specialist", {}, true)]);
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
