/** A new card out of its envelope: switched on, with contactless if wanted. */
import { cardSlot, EVERYWHERE, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const activateCard: Scenario = {
  id: "activate-card",
  title: "Activate a card",
  tagline: "From the envelope to the first payment",
  icon: "activate-card",
  caller: maya("A new travel card has come in the mail and she wants to use it."),
  objective: "Activate the caller's new card and switch on contactless payments if wanted.",
  prompt: `Steps:
1. Ask for the last four digits of the new card and verify the caller.
2. Call activate_card. If the card is blocked it cannot be activated: say so and offer what the tool suggests.
3. Offer contactless payments; if wanted, call enable_contactless.
4. Say that the card is ready and remind them to sign it.
Escalate when the card was never ordered or came to the wrong address.`,
  tools: ["verify_identity", "activate_card", "enable_contactless", ...EVERYWHERE],
  resolution: "contained",
  specialist: { name: "Amara Solis", department: "Card Services" },
  dialogue: {
    topic: "activating your card",
    offer: "activate a new card",
    example: "activate my new card",
    opening: "Are you calling to activate a card?",
    intents: [
      "activate",
      "activate card",
      "activation",
      "new card arrived|came|come|mail|got|received|works|work",
      "turn|switch on card",
      "start using card",
      "enable|turn|switch contactless",
      "contactless",
      "tap to pay",
    ],
    slots: {
      card: cardSlot("What are the last four digits of the new card?"),
      contactless: {
        kind: "yes-no",
        label: "contactless",
        ask: "Would you like contactless payments switched on as well?",
        again: "Shall I switch on contactless, so that you can tap to pay?",
        hint: '"yes" or "no"',
        implied: { yes: ["contactless", "tap to pay", "tapping"] },
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      {
        tool: "activate_card",
        needs: ["card"],
        arguments: { card_last_4: "$card" },
        doing: "I'm activating it.",
        refused: { not_allowed: { then: "drop" } },
      },
      {
        tool: "enable_contactless",
        needs: ["card"],
        when: { slot: "contactless", is: "yes" },
        arguments: { card_last_4: "$card" },
        doing: "Switching it on.",
      },
    ],
    asides: [
      {
        phrases: ["what is contactless", "how does tap|contactless work", "contactless safe"],
        say: "With contactless you hold the card near the terminal to pay. Larger sums still ask for your PIN.",
      },
      { phrases: ["pin"], say: "The PIN comes in a letter of its own. I never see it and never ask for it." },
      { phrases: ["when can i use", "how soon"], say: "Right after it's activated." },
    ],
    department: "cards",
    specialist: {
      opening: "I have your new card here. What is wrong with it?",
      asides: [
        {
          phrases: ["didn't order|ask", "not mine", "wrong address"],
          say: "Then I'll stop this card and send you a letter about what happened.",
        },
      ],
      fallback: "I've noted that for the card team.",
    },
  },
  notes: {
    say: ["My new card came in the mail.", "Five five oh two.", "Yes, contactless too, please."],
    point: ["Try a card that was blocked in an earlier call: it cannot be activated, and Luna explains why."],
    expect: ["verify_identity", "activate_card", "enable_contactless"],
  },
};
