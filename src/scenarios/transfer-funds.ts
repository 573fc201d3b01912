/** Money from one account to another, or to somebody paid before: read back, confirmed, moved once. */
import { EVERYWHERE, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const transferFunds: Scenario = {
  id: "transfer-funds",
  title: "Transfer money",
  tagline: "Said, read back, confirmed, moved",
  icon: "transfer-funds",
  caller: maya("She wants to move money between her accounts or pay somebody she has paid before."),
  objective: "Move the right amount from the right account to the right place, once, after a clear yes.",
  prompt: `Steps:
1. Find out how much, from which account, and where to: another account of the caller's, or a payee they have saved. Take what they have said already; ask only for what is missing.
2. Verify the caller.
3. Call transfer_funds. It answers "confirmation_required" with a question: ask it, with the amount and both sides, and wait for a clear yes. Then call it again with exactly the same arguments.
4. If the caller changes the amount or an account, call it with the new values; the question is asked anew.
5. Say the new balance when the tool tells it.
If they ask for a balance in between, call check_balance, answer, and come back to the transfer. Not enough money: say so and ask for another amount. Never split a sum to get around a limit. Sums the tool calls too large go to a specialist.`,
  tools: ["verify_identity", "transfer_funds", ...EVERYWHERE],
  resolution: "contained",
  specialist: { name: "Ines Calloway", department: "Customer Care" },
  dialogue: {
    topic: "the transfer",
    offer: "move money between accounts or to somebody you've paid before",
    example: "move fifty dollars from checking to savings",
    opening: "Would you like to transfer some money?",
    intents: [
      "transfer",
      "transfer money|funds|dollars|checking|savings",
      "make transfer|payment",
      "move money|funds|dollars|bucks|checking|savings|hundred|thousand|some",
      "send money|funds|dollars|bucks|hundred|some",
      "pay nadia|tomas|somebody|someone|friend|landscaping",
      "put into savings|checking",
      "put money|dollars savings|checking|into",
    ],
    slots: {
      amount: {
        kind: "money",
        label: "the amount",
        ask: "How much would you like to transfer?",
        again: "How much should it be, in dollars?",
        hint: '"two hundred fifty dollars"',
      },
      from: {
        kind: "account",
        role: "from",
        label: "the account it comes from",
        ask: "Which account should it come from, checking or savings?",
        again: "Should it come from checking or from savings?",
        hint: '"from checking" or "from savings"',
      },
      to: {
        kind: "account",
        role: "to",
        label: "where it goes",
        ask: "And where should it go: to one of your accounts, or to somebody you've paid before?",
        again: "Where should the money go? You can name an account or a person.",
        hint: '"to savings", "to checking" or a name',
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      {
        tool: "transfer_funds",
        needs: ["amount", "from", "to"],
        arguments: { from: "$from", to: "$to", amount: "$amount" },
        confirmed: true,
        doing: "One moment.",
        refused: { same_account: { clear: ["to"] }, not_allowed: { clear: ["from", "to"] } },
      },
    ],
    asides: [
      {
        phrases: ["fee", "what does cost", "is it free"],
        say: "Transfers between your accounts and to saved payees are free.",
      },
      {
        phrases: ["how long take|takes", "when arrive|arrives|there"],
        say: "Between your own accounts it's there at once.",
      },
      {
        phrases: ["daily limit", "how much can i transfer", "maximum"],
        say: "There is a daily limit, and I'll tell you if you get there.",
      },
      {
        phrases: ["who can i pay", "saved payees", "which payees", "list of payees"],
        say: "I can pay people you've saved in the app. Just say the name.",
      },
    ],
    undone: "I can't take it back from here, but I can make another transfer, or connect you with a person.",
    onlyNow:
      'I can only move money right away, not on another day and not again and again. If you\'d rather have it planned, say "a human, please".',
    department: "general",
    specialist: {
      opening: "I can help with larger payments. What is it for?",
      asides: [
        {
          phrases: ["house|car|tuition|bill|invoice|rent"],
          say: "Thank you. I'll send you a form to sign for a payment of that size.",
        },
      ],
      fallback: "I've noted that. Nothing of that size moves before you have signed for it.",
    },
  },
  notes: {
    say: [
      "Move two fifty from checking to savings.",
      "Four eight two nine.",
      "Wait, what's my balance?",
      "Make it three hundred.",
      "Yes.",
    ],
    point: [
      "A changed amount gets a new read-back; the yes holds for exactly one sum and target.",
      "My bank shows both sides of the booking, and the books still balance.",
      "Ask for eleven thousand: that goes to a specialist.",
    ],
    expect: ["verify_identity", "transfer_funds", "check_balance"],
  },
};
