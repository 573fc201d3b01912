/** A charge that is not right: found, explained, disputed. */
import { EVERYWHERE, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const dispute: Scenario = {
  id: "dispute",
  title: "Dispute a charge",
  tagline: "Find the charge, say what's wrong, done",
  icon: "dispute",
  caller: maya("She has seen charges on her card statement that do not look right."),
  objective: "Find the charge in question and file a dispute with the right reason.",
  prompt: `Steps:
1. Verify the caller.
2. Ask which charge it is: the shop, and the amount or the day if they know them. Call get_transaction_details.
3. If there are several, name them shortly by shop, amount and day and ask which one is meant.
4. Find out what is wrong: not recognised, charged twice, wrong amount, or never received.
5. Call file_dispute with its transaction_id. It answers "confirmation_required" with a question: ask it, with the shop and the amount and that it will be disputed, and wait for a clear yes. Then call it again with exactly the same arguments.
6. Say the reference and by when the bank answers. If the card may be in wrong hands, suggest blocking it.
Never decide whether the shop is right. Escalate when the caller reports many unknown charges at once.`,
  tools: ["verify_identity", "get_transaction_details", "file_dispute", ...EVERYWHERE],
  resolution: "contained",
  specialist: { name: "Amara Solis", department: "Card Services" },
  dialogue: {
    topic: "the charge you're disputing",
    offer: "look up a charge and dispute it",
    example: "I don't recognise a charge",
    opening: "Are you calling about a charge that isn't right?",
    intents: [
      "dispute",
      "dispute charge|transaction|payment|purchase",
      "don't|didn't recognise|recognize charge|charges|transaction|payment|purchase",
      "wrong|strange|suspicious|unknown|weird charge|transaction|payment",
      "charged twice",
      "double charge|charged",
      "overcharged",
      "charge not mine|right|correct",
      "didn't make|buy|order charge|purchase|payment|transaction|it|that",
      "refund charge",
      "charge on my card|statement|account",
      "unauthorized|fraudulent charge|transaction|payment",
    ],
    slots: {
      merchant: {
        kind: "name",
        after: ["from", "at", "by"],
        before: ["charged", "billed", "overcharged", "took"],
        label: "the shop",
        ask: "Which charge is it? Tell me the shop, and the amount if you know it.",
        again: "Which shop was it, or how much was the charge?",
        hint: 'the name of the shop, like "Bluebird Coffee", or the amount',
      },
      amount: {
        kind: "money",
        label: "the amount",
        ask: "How much was the charge?",
        again: "What was the amount?",
        hint: 'the amount, like "twenty dollars"',
      },
      date: {
        kind: "date",
        past: true,
        label: "the day",
        ask: "On which day was it?",
        again: "Which day was it?",
        hint: '"last Tuesday" or "the third"',
      },
      transaction: {
        kind: "pick",
        label: "the charge",
        ask: "Which one do you mean?",
        again: "Which of them is it? You can say the first one, or its amount.",
        hint: '"the first one", "the second one", or the amount',
      },
      reason: {
        kind: "choice",
        choices: {
          not_recognised: [
            "not|don't|didn't|doesn't|never recognise|recognize|know",
            "didn't|never make|made|buy|bought|order|ordered|do|did|authorise|authorize",
            "not mine",
            "wasn't me",
            "not me",
            "fraud",
            "unknown",
            "never|didn't heard|been|shopped|went|go|visited|visit",
            "no idea",
          ],
          duplicate: ["twice", "double", "duplicate", "two times", "charged again", "same charge"],
          wrong_amount: ["wrong|incorrect|different amount|price|sum", "overcharged", "too much|high", "more than"],
          not_received: [
            "never|didn't|not|hasn't arrived|received|receive|came|come|delivered|showed|get|got",
            "missing package|order|item",
          ],
          other: ["something else", "~other", "another reason", "cancelled|canceled", "returned|sent back"],
        },
        label: "the reason",
        ask: "What's wrong with it: you don't recognise it, it was charged twice, the amount is wrong, or something never arrived?",
        again: "Is it unknown to you, charged twice, the wrong amount, or not received?",
        hint: '"I don\'t recognise it", "charged twice", "wrong amount" or "never arrived"',
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      {
        tool: "get_transaction_details",
        needs: ["merchant|amount|date"],
        arguments: { merchant: "$merchant", amount: "$amount", date: "$date" },
        doing: "Let me find it.",
        lists: {
          slot: "transaction",
          field: "transactions",
          id: "transaction_id",
          as: "the {amount} at {merchant} on {date}",
        },
        refused: { not_found: { clear: ["merchant", "amount", "date"] } },
      },
      {
        tool: "file_dispute",
        needs: ["transaction", "reason"],
        arguments: { transaction_id: "$transaction", reason: "$reason" },
        confirmed: true,
        doing: "Filing it now.",
      },
    ],
    asides: [
      {
        phrases: ["how long take|takes", "when hear|know|answer"],
        say: "You'll get an answer in writing; I'll tell you the day once it's filed.",
      },
      {
        phrases: ["get money back", "credit|refund meanwhile|now"],
        say: "For charges that have been booked, the amount is credited while the bank looks into it.",
      },
      {
        phrases: ["call the shop|merchant", "contact shop|merchant"],
        say: "You don't need to, but it often helps to ask the shop first.",
      },
    ],
    undone:
      "A dispute that was filed can't be taken back from here. I can file another one, or connect you with a person.",
    department: "cards",
    specialist: {
      opening: "I see the charge you mean. What else should I know about it?",
      asides: [
        {
          phrases: ["evidence|proof|receipt"],
          say: "You can add receipts or emails to the case in your secure messages.",
        },
      ],
      fallback: "Thank you, I've put that into the case.",
    },
  },
  notes: {
    say: ["There's a charge from Quickcart that I don't recognise.", "Four eight two nine.", "Yes, please file it."],
    point: [
      '"Harbor Lane charged me twice" finds two and asks which.',
      "The transaction id comes from the books, not from the caller.",
    ],
    expect: ["verify_identity", "get_transaction_details", "file_dispute"],
  },
};
