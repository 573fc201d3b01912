import { describe, expect, it } from "vitest";
import { ERRANDS } from "../../../../src/scenarios/index.ts";
import { dial } from "../talking.ts";

/** What callers say first, and what they mean by it. */
const SAID: [string, string][] = [
  ["block-card", "I lost my card"],
  ["block-card", "somebody stole my wallet"],
  ["block-card", "can you please black my card"],
  ["block-card", "I need to freeze my debit card"],
  ["block-card", "my card is missing"],
  ["block-card", "I can't find my credit card anywhere"],
  ["block-card", "please lock my card"],
  ["loan-balance", "how much do I still owe on my car"],
  ["loan-balance", "what's the balance on my personal loan"],
  ["loan-balance", "I want to pay off my auto loan"],
  ["loan-balance", "what's left on my mortgage"],
  ["loan-balance", "can I get a payoff quote"],
  ["dispute", "there is a charge I don't recognize"],
  ["dispute", "I was charged twice"],
  ["dispute", "I want to dispute a transaction"],
  ["dispute", "there's a strange charge on my card"],
  ["dispute", "I didn't make this purchase"],
  ["restructure", "I can't afford my loan payments"],
  ["restructure", "I'm struggling with my monthly payments"],
  ["restructure", "can you lower my loan payment"],
  ["restructure", "I'd like to restructure my loan"],
  ["restructure", "I lost my job"],
  ["reset-password", "I forgot my password"],
  ["reset-password", "I'm locked out of my account"],
  ["reset-password", "I can't log in"],
  ["reset-password", "please unlock my account"],
  ["activate-card", "I'd like to activate my card"],
  ["activate-card", "my new card arrived"],
  ["activate-card", "turn on contactless please"],
  ["transfer-funds", "transfer a hundred dollars to savings"],
  ["transfer-funds", "move two fifty from checking to savings"],
  ["transfer-funds", "I want to send money to Nadia"],
  ["transfer-funds", "can you put some money into savings"],
  ["credit-limit", "I'd like a higher credit limit"],
  ["credit-limit", "can you raise my limit"],
  ["credit-limit", "increase the limit on my card"],
  ["mortgage-rate", "what are today's mortgage rates"],
  ["mortgage-rate", "I want to refinance"],
  ["mortgage-rate", "I'm thinking about buying a house"],
  ["wire-transfer", "I need to send a wire"],
  ["wire-transfer", "I want to send money overseas"],
  ["wire-transfer", "wire two thousand dollars to Elina Korhonen"],
  ["balance", "what's my balance"],
  ["balance", "how much money do I have"],
  ["balance", "how much is in my checking account"],
];

describe("what a caller means", () => {
  it.each(SAID)("%s: %s", async (errand, words) => {
    const talking = await dial("freeform");
    await talking.hear(words);
    await talking.hear("my card ends in 4829");
    const dialogue = ERRANDS[errand];
    const said = talking.script.slice(1).join(" ");
    const asked = Object.values(dialogue?.slots ?? {}).some((slot) => said.includes(slot.ask));
    const tools = (dialogue?.steps ?? []).map((step) => step.tool).filter((name) => name !== "verify_identity");
    const ran = talking.ran.some((run) => tools.includes(run.name));
    expect(asked || ran, talking.script.join("\n")).toBe(true);
  });

  it.each([
    "what's the weather",
    "tell me a joke",
    "are you a robot",
    "hello there",
    "thank you",
    "hmm",
    "the parrot is on the roof",
  ])("nothing of the bank: %s", async (words) => {
    const talking = await dial("freeform");
    await talking.hear(words);
    expect(talking.ran.map((run) => run.name).filter((name) => name !== "end_call")).toEqual([]);
    expect(talking.said.join(" ")).not.toMatch(/last four digits/);
  });

  it.each([
    "I want to talk to a human",
    "can I speak to a real person please",
    "agent",
    "get me a representative",
    "put me through to somebody",
    "connect me with a specialist",
  ])("a person is wanted: %s", async (words) => {
    const talking = await dial("freeform");
    await talking.hear(words);
    expect(talking.ran.map((run) => run.name)).toEqual(["transfer_to_specialist"]);
  });

  it.each(["somebody used my card", "someone else has my card", "transfer money to my friend"])(
    "no person is wanted by: %s",
    async (words) => {
      const talking = await dial("freeform");
      await talking.hear(words);
      expect(talking.ran.map((run) => run.name)).not.toContain("transfer_to_specialist");
    },
  );
});
