import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { yesOrNo } from "../../src/words/yesno.ts";

describe("yes, no or neither", () => {
  it.each([
    "yes",
    "Yes, please.",
    "yeah that's right",
    "go ahead",
    "do it",
    "correct",
    "that is correct",
    "Yes, yes, yes.",
    "sure, why not",
    "Sure, why not?",
    "okay",
    "absolutely",
    "yes, block it",
    "yes, do it now",
    "Yep, go ahead, please.",
    "no no that's right",
    "sure, no problem",
    "sounds good",
    "I said yes",
    "yes, I confirm the transfer",
  ])("takes %j for a yes", (text) => {
    expect(yesOrNo(text)).toBe("yes");
  });

  it.each([
    "no",
    "nope",
    "not yet",
    "don't",
    "do not do it",
    "please don't",
    "wait, no",
    "yes, wait, no",
    "yeah, no",
    "that's not right",
    "that's wrong",
    "no, the other card",
    "no, make it fifty",
    "I don't think so",
    "I don't want to do that",
    "of course not",
    "cancel that",
    "never mind",
    "I never said yes",
    "no, thank you",
    "know",
  ])("takes %j for a no", (text) => {
    expect(yesOrNo(text)).toBe("no");
  });

  it.each([
    "",
    "yes but change the amount",
    "yes, but not the fee",
    "yes if it is free",
    "yes, transfer it to savings",
    "yes, two hundred",
    "yes?",
    "is that right?",
    "wait",
    "We are do it.",
    "You ought to do it.",
    "hold on",
    "yes, wait",
    "I think so",
    "I guess so",
    "maybe",
    "not sure",
    "I'm not sure, yes",
    "I don't know",
    "uh huh",
    "mm-hmm",
    "no problem",
    "don't stop",
    "no, go ahead",
    "no, that's fine",
    "I can't hear you",
    "there is no balance",
    "what is my balance",
    "please",
    "you",
    "great weather today, yes",
  ])("is left in doubt by %j", (text) => {
    expect(yesOrNo(text)).toBeUndefined();
  });

  it("never takes a yes with a condition, a doubt or an unknown word for a yes", () => {
    const yes = fc.constantFrom("yes", "yeah", "sure", "go ahead", "correct", "okay do it", "that's right");
    const doubt = fc.constantFrom(
      "but",
      "unless",
      "maybe",
      "wait",
      "no",
      "not",
      "don't",
      "never",
      "savings",
      "instead",
      "forty",
      "if",
      "I think",
      "later",
      "hold on",
      "cancel",
    );
    fc.assert(
      fc.property(yes, doubt, fc.boolean(), (agree, other, first) => {
        expect(yesOrNo(first ? `${other} ${agree}` : `${agree} ${other}`)).not.toBe("yes");
      }),
    );
  });

  it("never takes words it does not know for a yes", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[b-df-hj-np-tv-xz]{4,9}$/), (word) => {
        expect(yesOrNo(`yes ${word}`)).toBeUndefined();
      }),
    );
  });
});
