/** A lost or stolen card: blocked at once, replaced if wanted. */
import { cardSlot, EVERYWHERE, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const blockCard: Scenario = {
  id: "block-card",
  title: "Block a card",
  tagline: "A lost card is stopped in under a minute",
  icon: "block-card",
  caller: maya("She has lost her wallet and wants to stop a card before somebody uses it."),
  objective: "Block the right card at once and order a replacement if the caller wants one.",
  prompt: `Steps:
1. Ask which card it is, by its last four digits, and verify the caller; the same digits may serve for both.
2. Find out whether it was lost, stolen or used by somebody else. Show that you understand the worry in half a sentence.
3. Blocking cannot be undone. Call block_card. It answers "confirmation_required" with a question: ask it, with the card's last four digits and that it will be blocked, and wait for a clear yes. Then call it again with exactly the same arguments.
4. Say that it is blocked, then offer a replacement. If wanted, ask for standard or express delivery and call order_replacement.
5. Say when the new card arrives. If something was bought with the card by somebody else, tell the caller that each charge can be disputed.
If they name the wrong card, believe the correction and ask for the digits of the right one before anything is blocked.
Escalate when the identity is locked, or when the caller reports a threat or a crime in progress.`,
  tools: ["verify_identity", "block_card", "order_replacement", ...EVERYWHERE],
  resolution: "contained",
  specialist: { name: "Amara Solis", department: "Card Services" },
  dialogue: {
    topic: "blocking your card",
    offer: "block a lost or stolen card",
    example: "block my card",
    opening: "Are you calling to block a card?",
    intents: [
      "block card",
      "lost card|wallet|purse",
      "lose card|wallet|purse",
      "stolen card|wallet|purse",
      "stole card|wallet|purse",
      "nicked|swiped|pinched|snatched|taken card|wallet|purse|handbag",
      "took my card|wallet|purse|handbag",
      "it's|was lost|stolen",
      "freeze card",
      "lock card",
      "stop card",
      "cancel card",
      "card|wallet|purse missing|gone|disappeared",
      "can't find card",
      "misplaced card",
      "card hacked|compromised",
    ],
    slots: {
      card: cardSlot("What are the last four digits of the card you'd like to block?"),
      reason: {
        kind: "choice",
        choices: {
          lost: ["lost", "lose", "can't find", "cannot find", "missing", "misplaced", "left it", "left card", "~gone"],
          stolen: [
            "stolen",
            "stole",
            "robbed",
            "theft",
            "thief",
            "pickpocket",
            "took my card|wallet|purse|handbag",
            "someone|somebody|they|he|she took|taken|grabbed",
            "nicked|swiped|pinched|snatched",
            "~took",
            "~taken",
          ],
          fraud: [
            "fraud",
            "hacked",
            "scam",
            "strange|unknown|weird charge|charges|payment",
            "someone|somebody used|using",
            "compromised",
          ],
          other: ["damaged", "broken", "~other", "something else", "no reason", "~just want"],
        },
        label: "the reason",
        ask: "Was it lost, was it stolen, or has somebody else used it?",
        again: "What happened to the card: lost, stolen, used by somebody else, or something else?",
        hint: '"lost", "stolen", "fraud" or "something else"',
      },
      replace: {
        kind: "yes-no",
        label: "the replacement",
        ask: "Shall I order a replacement card for you?",
        again: "Would you like a new card in its place?",
        hint: '"yes" or "no"',
        implied: { yes: ["replacement", "replace it|card", "send me new card", "need new card", "order new card"] },
      },
      delivery: {
        kind: "choice",
        choices: {
          standard: ["standard", "~normal", "~regular", "~free", "cheapest", "cheaper", "no rush|hurry", "~first"],
          express: [
            "express",
            "~fast",
            "faster",
            "fastest",
            "~quick",
            "quickest",
            "~urgent",
            "overnight",
            "~soon",
            "~second",
          ],
        },
        label: "the delivery",
        ask: "Should it come by standard delivery or by express?",
        again: "Would you like standard or express delivery?",
        hint: '"standard" or "express"',
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      {
        tool: "block_card",
        needs: ["card", "reason"],
        arguments: { card_last_4: "$card", reason: "$reason" },
        confirmed: true,
        doing: "Blocking it now.",
      },
      {
        tool: "order_replacement",
        needs: ["card", "delivery"],
        when: { slot: "replace", is: "yes" },
        arguments: { card_last_4: "$card", delivery: "$delivery" },
        doing: "I'm ordering it.",
      },
    ],
    asides: [
      {
        phrases: [
          "somebody|someone used already",
          "charged already",
          "money back",
          "who pays",
          "am i liable",
          "responsible for charges",
        ],
        say: "Once it's blocked nothing more can be charged, and charges that aren't yours can be disputed.",
      },
      {
        phrases: ["unblock|undo later", "find it again|later", "what if find"],
        say: "A blocked card stays blocked, so if you find it, please cut it up. A new one can take its place.",
      },
      {
        phrases: ["what does cost", "fee", "how much replacement|express"],
        say: "I'll tell you the details when it's ordered.",
      },
      {
        phrases: ["recurring|automatic payments", "subscriptions"],
        say: "Payments that run on this card will need the new card's number.",
      },
    ],
    undone: "I can't unblock a card once that is done. I can order a new one, or connect you with a person.",
    department: "cards",
    specialist: {
      opening: "I see the card you were asking about. What would you like me to look at?",
      asides: [
        {
          phrases: ["police", "report"],
          say: "If it was stolen, a police report helps. You can add its number to your case in secure messages.",
        },
        {
          phrases: ["charge", "charges", "money back"],
          say: "I'll go through the recent charges with you and mark those that aren't yours.",
        },
      ],
      fallback: "I've added that to your card case, and a colleague in the fraud team will see it today.",
    },
  },
  notes: {
    say: [
      "Hi, I've lost my wallet and I need to block my card.",
      "It ends in four eight two nine.",
      "Yes, go ahead.",
      "Yes please, express.",
    ],
    point: [
      "The digits name the card and verify the caller in one go.",
      'Luna asks before what cannot be undone; say "no, the other card" and she asks again.',
      "Open My bank: the card is blocked, and stays blocked in the next call.",
    ],
    expect: ["verify_identity", "block_card", "order_replacement"],
  },
};
