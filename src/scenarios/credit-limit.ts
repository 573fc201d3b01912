/** A higher credit limit: requested by Luna, decided by a specialist. */
import { cardSlot, EVERYWHERE, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const creditLimit: Scenario = {
  id: "credit-limit",
  title: "Raise a credit limit",
  tagline: "The request is complete before a person sees it",
  icon: "credit-limit",
  caller: maya("She plans a larger purchase and would like a higher limit on her credit card."),
  objective: "Gather a complete request for a higher credit limit and hand it to a card specialist.",
  prompt: `Steps:
1. Ask which card, by its last four digits, and verify the caller.
2. Call check_credit_score and mention the score in half a sentence; looking at it here does not change it.
3. Ask for the limit wanted, the yearly income before taxes, and what it is for, one after the other.
4. Call request_limit_increase. It records the request; it does not raise the limit.
5. Say that a specialist decides, and call transfer_to_specialist with a reason that holds card, limit and purpose.
Never promise an approval or guess at one.`,
  tools: ["verify_identity", "check_credit_score", "request_limit_increase", ...EVERYWHERE],
  resolution: "escalated",
  specialist: { name: "Amara Solis", department: "Card Services" },
  dialogue: {
    topic: "your credit limit",
    offer: "prepare a request for a higher credit limit",
    example: "raise my credit limit",
    opening: "Would you like a higher credit limit?",
    intents: [
      "credit limit",
      "limit",
      "raise|increase|higher|bigger|more limit|credit",
      "limit increase",
      "card limit",
      "increase my limit",
      "credit score",
      "credit line",
    ],
    slots: {
      card: cardSlot("Which card is it for? Please tell me its last four digits."),
      limit: {
        kind: "money",
        label: "the limit",
        ask: "What limit would you like to have?",
        again: "Up to how much should the limit go, in dollars?",
        hint: '"fifteen thousand dollars"',
      },
      income: {
        kind: "money",
        yearly: true,
        label: "the income",
        ask: "And what is your yearly income before taxes?",
        again: "About how much do you earn in a year, before taxes?",
        hint: '"ninety thousand dollars"',
      },
      purpose: {
        kind: "text",
        label: "the purpose",
        ask: "Last question: what is the higher limit for?",
        again: "In a few words, what would you use it for?",
        hint: 'something like "a kitchen" or "travel"',
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      { tool: "check_credit_score", needs: [], arguments: {}, doing: "Let me look at your credit profile." },
      {
        tool: "request_limit_increase",
        needs: ["card", "limit", "income", "purpose"],
        arguments: {
          card_last_4: "$card",
          requested_limit: "$limit",
          annual_income: "$income",
          reason: "$purpose",
        },
        doing: "I'm writing up the request.",
        refused: {
          not_higher: { clear: ["limit"] },
          limit_exceeded: { clear: ["limit"] },
          requested: { then: "skip" },
          not_allowed: { clear: ["card"] },
        },
      },
      {
        tool: "transfer_to_specialist",
        needs: [],
        arguments: {
          reason: "Asks for a limit of {limit} on the card ending in {card}. Purpose: {purpose}.",
          department: "cards",
        },
        doing: "I'm connecting you with Amara Solis now, who has your request.",
      },
    ],
    asides: [
      { phrases: ["hurt|affect|change|lower score|credit"], say: "Looking at the score here doesn't change it." },
      {
        phrases: ["why need income", "why do you ask|need"],
        say: "The specialist has to see that the higher limit fits your income.",
      },
      {
        phrases: ["will be approved", "chances", "can you approve"],
        say: "I can't say. A specialist decides, and has everything from this call.",
      },
    ],
    department: "cards",
    specialist: {
      opening:
        "Your request is complete. I'll decide today, and you'll get the answer in your secure messages. What would you like to know?",
      asides: [
        { phrases: ["when", "how long", "today"], say: "Today, by the end of the day." },
        {
          phrases: ["temporary|temporarily"],
          say: "A higher limit for three months is possible too. I've noted that you would take it.",
        },
        {
          phrases: ["lower|less", "smaller", "denied|refused|no"],
          say: "If the full sum isn't possible, I'll offer the highest one that is.",
        },
      ],
      fallback: "I've added that to your request.",
    },
  },
  notes: {
    say: [
      "I'd like a higher limit on my credit card.",
      "Four eight two nine.",
      "Fifteen thousand.",
      "Ninety thousand a year.",
      "A new kitchen.",
    ],
    point: ["Luna gathers, a person decides.", "The specialist greets with what Luna has noted."],
    expect: ["verify_identity", "check_credit_score", "request_limit_increase", "transfer_to_specialist"],
  },
};
