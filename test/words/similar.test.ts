import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchPhrase, normalise, soundKey, soundsLike } from "../../src/words/similar.ts";

const INTENTS = [
  "block my card",
  "order a replacement",
  "check my balance",
  "transfer money",
  "reset my password",
  "activate my new card",
  "raise my credit limit",
  "mortgage rate",
  "wire transfer",
  "loan balance",
  "dispute a charge",
  "speak to a human",
];

describe("words that sound alike", () => {
  it.each([
    ["block", "black", 0.85],
    ["block", "lock", 0.7],
    ["checking", "chicken", 0.9],
    ["loan", "lone", 0.9],
    ["Lindqvist", "lindquist", 0.8],
    ["transfer", "transver", 0.85],
    ["payoff", "pay off", 0.8],
    ["dispute", "this pute", 0.8],
  ])("%s is like %s", (a, b, least) => {
    expect(soundsLike(a, b)).toBeGreaterThanOrEqual(least);
  });

  it.each([
    ["checking", "savings"],
    ["wire", "why"],
    ["dog", "transfer"],
    ["auto", "mortgage"],
    ["yes", "no"],
  ])("%s is not like %s", (a, b) => {
    expect(soundsLike(a, b)).toBeLessThan(0.62);
  });

  it("is symmetric, between 0 and 1, and 1 only for the same word", () => {
    const word = fc.stringMatching(/^[a-z]{1,12}$/);
    fc.assert(
      fc.property(word, word, (a, b) => {
        const score = soundsLike(a, b);
        expect(score).toBeCloseTo(soundsLike(b, a), 10);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score === 1).toBe(normalise(a) === normalise(b));
      }),
    );
  });

  it("gives words of one sound one key", () => {
    expect(soundKey("rate")).toBe(soundKey("write"));
    expect(soundKey("night")).toBe(soundKey("knight"));
    expect(soundKey("block")).not.toBe(soundKey("transfer"));
  });
});

describe("utterances made plain", () => {
  it.each([
    ["I don't think so!", "i do not think so"],
    ["What’s my chequing ballance?", "what is my checking balance"],
    ["I'd like to wanna-pay", "i would like to want to pay"],
    ["dont", "do not"],
    ["from check into savings", "from checking to savings"],
    ["Zoë can't", "zoe can not"],
  ])("%j becomes %j", (text, expected) => {
    expect(normalise(text)).toBe(expected);
  });
});

describe("the phrase that was meant", () => {
  it.each([
    ["black my card", "block my card"],
    ["please lock my cart", "block my card"],
    ["reset pass word", "reset my password"],
    ["speak with a human", "speak to a human"],
    ["transfer some money to savings", "transfer money"],
    ["a wire transfer abroad", "wire transfer"],
    ["alone balance", "loan balance"],
    ["I want to despute a charge", "dispute a charge"],
    ["activate the card i got", "activate my new card"],
  ])("%j means %j", (text, phrase) => {
    expect(matchPhrase(text, INTENTS)?.phrase).toBe(phrase);
  });

  it.each(["hello there", "", "what lovely weather", "um"])("%j means none of them", (text) => {
    expect(matchPhrase(text, INTENTS)).toBeUndefined();
  });

  it("scores the phrase itself 1 and hears less of it as less", () => {
    expect(matchPhrase("block my card", INTENTS)?.score).toBe(1);
    expect(matchPhrase("card", ["block my card"], { least: 0 })?.score).toBeLessThan(0.6);
  });
});
