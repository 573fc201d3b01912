/** A look at the balance: an errand of its own in a freeform call, a digression everywhere else. */
import type { Dialogue } from "./dialogue.ts";

export const BALANCE: Dialogue = {
  topic: "your balance",
  offer: "tell you your balance",
  example: "what's my balance",
  opening: "Would you like to hear your balance?",
  intents: [
    "balance",
    "account balance",
    "check balance",
    "balance checking|savings",
    "how much money have|account|left",
    "how much have checking|savings|account",
    "how much is in|left checking|savings|account|there",
    "how much do i have",
    "what's in my checking|savings|account",
    "available funds|money",
  ],
  slots: {
    account: {
      kind: "account",
      role: "any",
      label: "the account",
      ask: "Which account would you like to hear about, checking or savings?",
      again: "Is it checking or savings?",
      hint: '"checking" or "savings"',
    },
  },
  steps: [
    { tool: "verify_identity", needs: [], arguments: {} },
    { tool: "check_balance", needs: [], arguments: { account: "$account" }, doing: "Let me look that up." },
  ],
  asides: [],
  department: "general",
  digression: true,
  specialist: {
    opening: "How can I help with your accounts?",
    asides: [],
    fallback: "I've noted that and will look into it.",
  },
};
