/** A loan that has become too heavy: gathered by Luna, changed by a specialist. */
import { EVERYWHERE, loanSlot, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const restructure: Scenario = {
  id: "restructure",
  title: "Restructure a loan",
  tagline: "Luna listens and prepares, a specialist decides",
  icon: "restructure",
  caller: maya("Her income has dropped and a loan payment has become hard to make."),
  objective: "Understand which loan is hard to pay and why, gather what a lending specialist needs, and hand over.",
  prompt: `Steps:
1. This is a hard call to make. Acknowledge that in one sentence, without pity and without promises.
2. Find out which loan it is and verify the caller, then call get_account_details for the facts.
3. Ask what has changed, and what would help most: a lower payment, a longer term or a pause. Do not judge or suggest.
4. Say that only a specialist can change the terms, that they will have these notes, and call transfer_to_specialist with a reason that holds the loan, what changed and what is wanted.
Never promise an approval, a rate or a fee waiver.`,
  tools: ["verify_identity", "get_account_details", ...EVERYWHERE],
  resolution: "escalated",
  specialist: { name: "Tobias Renn", department: "Lending" },
  dialogue: {
    topic: "your loan payments",
    offer: "gather what's needed to change a loan and bring in a lending specialist",
    example: "I can't afford my loan payments",
    opening: "Are you calling about a loan that's hard to pay?",
    intents: [
      "restructure",
      "restructure loan",
      "can't|cannot afford|make|pay loan|payment|payments",
      "trouble|struggling|hard loan|payment|payments|paying",
      "lower|reduce|smaller payment|payments|loan",
      "change loan terms|payments",
      "extend|longer loan|term",
      "pause|defer|postpone loan|payment|payments",
      "hardship",
      "behind on loan|payments",
      "lost my job",
    ],
    slots: {
      loan: loanSlot(
        "I'm sorry things are tight, and it's good that you called. Which loan is it: auto, personal, or mortgage?",
      ),
      hardship: {
        kind: "text",
        label: "what changed",
        ask: "What has changed for you?",
        again: "In a few words, what has made the payments hard?",
        hint: 'something like "my hours were cut"',
      },
      wish: {
        kind: "choice",
        choices: {
          "a lower payment": [
            "lower|smaller|reduce|reduced|less|cheaper payment|payments|rate|monthly|installment|amount",
            "pay less",
            "lower",
            "smaller",
          ],
          "a longer term": ["longer|extend|more time|term|years", "extension", "~longer", "~second"],
          "a pause": [
            "pause",
            "~break",
            "~skip",
            "stop|defer|postpone payments|payment|while",
            "~holiday",
            "~few months",
            "~third",
          ],
        },
        label: "what would help",
        ask: "And what would help most: a lower payment, a longer term, or a pause?",
        again: "Would a lower payment, a longer term, or a pause help most?",
        hint: '"a lower payment", "a longer term" or "a pause"',
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      {
        tool: "get_account_details",
        needs: ["loan"],
        arguments: { loan_type: "$loan" },
        doing: "Let me look at that loan.",
      },
      {
        tool: "transfer_to_specialist",
        needs: ["hardship", "wish"],
        arguments: {
          reason: "Wants to restructure the {loan} loan. What changed: {hardship}. What would help: {wish}.",
          department: "lending",
        },
        doing:
          "Thank you for telling me. Only a lending specialist can change the terms, so I'm connecting you with Tobias Renn, who will have my notes.",
      },
    ],
    asides: [
      {
        phrases: ["credit score", "hurt credit"],
        say: "The specialist can tell you what each option means for your credit before you decide.",
      },
      {
        phrases: ["will be approved", "can you promise", "chance"],
        say: "I can't promise an outcome. The specialist can tell you what's possible.",
      },
      { phrases: ["late fee", "penalty"], say: "Let me note that, and the specialist will look at the fees with you." },
    ],
    department: "lending",
    specialist: {
      opening:
        "I've looked at the loan. I can offer a review of your payments, and nothing changes until you sign. Shall I start one?",
      asides: [
        {
          phrases: ["yes", "start|begin|please do|go ahead"],
          say: "I've started the review. You'll find a short form about income and costs in your secure messages.",
        },
        {
          phrases: ["how much lower", "new payment", "what would pay"],
          say: "That depends on the term. I'll send you two versions with the figures side by side.",
        },
        {
          phrases: ["interest", "cost more"],
          say: "A longer term costs more interest in total. I'll show you the sum before you decide.",
        },
        {
          phrases: ["pause", "skip"],
          say: "A pause of up to three months is possible after the review; interest goes on in that time.",
        },
      ],
      fallback: "I've added that to your review.",
    },
  },
  notes: {
    say: [
      "I'm having trouble with my car loan payments.",
      "Two two oh six.",
      "My hours at work were cut.",
      "A lower payment would help.",
    ],
    point: [
      "Luna promises nothing and hands over what she has gathered.",
      "The summary card is made from the call itself.",
    ],
    expect: ["verify_identity", "get_account_details", "transfer_to_specialist"],
  },
};
