/** Ten people with ten reasons to call the bank, by what they answer to Luna's questions. All of them are Maya, on banks of their own. */
import { expect } from "vitest";
import type { Snapshot } from "../../src/tools/bank.ts";
import { account, card } from "../support/bank.ts";
import type { Rule } from "../support/caller.ts";

const VERIFY: Rule = [/last four digits of one of|verify|sure it'?s you/i, "4829"];
const GOODBYE: Rule = [/anything else|else I can|else you/i, "No, that's everything. Goodbye."];
const YES: Rule = [/\?\s*$/, "Yes, please."];

export interface Contained {
  id: string;
  opening: string;
  /** `code` looks up the one-time code in the person's messages. */
  rules: (code: () => Promise<string>) => Rule[];
  /** Tools that must have done their work. */
  tools: string[];
  changed: (before: Snapshot, after: Snapshot) => void;
}

/** Solved by Luna alone. */
export const CONTAINED: Contained[] = [
  {
    id: "block-card",
    opening: "I lost my card and want to block it.",
    rules: () => [
      GOODBYE,
      VERIFY,
      [/which card|last four digits of the/i, "The credit card ending in 4829"],
      [/standard|express/i, "Standard is fine."],
      [/lost|stolen|what happened/i, "I lost it."],
      YES,
    ],
    tools: ["verify_identity", "block_card", "order_replacement"],
    changed: (before, after) => {
      expect(card(before, "4829").status).toBe("active");
      expect(card(after, "4829").status).toBe("blocked");
      expect(card(after, "4829").replaced_by).not.toBeNull();
    },
  },
  {
    id: "loan-balance",
    opening: "How much do I still owe on my car loan?",
    rules: () => [GOODBYE, VERIFY, [/which day|another date/i, "Today."], YES],
    tools: ["verify_identity", "check_loan_balance", "calculate_payoff"],
    changed: (before, after) => expect(after.loans).toEqual(before.loans),
  },
  {
    id: "dispute",
    opening: "I don't recognise a charge on my card.",
    rules: () => [
      GOODBYE,
      VERIFY,
      [/which charge|which shop/i, "The one from Quickcart."],
      [/which one|which of them/i, "The first one."],
      [/what'?s wrong/i, "I don't recognise it."],
      YES,
    ],
    tools: ["verify_identity", "get_transaction_details", "file_dispute"],
    changed: (before, after) => {
      expect(after.disputes.length).toBe(before.disputes.length + 1);
      expect(after.transactions.filter((one) => one.disputed).length).toBeGreaterThan(0);
    },
  },
  {
    id: "reset-password",
    opening: "I'm locked out of online banking.",
    rules: (code) => [
      GOODBYE,
      VERIFY,
      [/email.*text|text.*email|sms/i, "By text message, please."],
      [/code|six digit/i, code],
      YES,
    ],
    tools: ["verify_identity", "send_reset_link", "unlock_account"],
    changed: (before, after) => {
      expect(before.customer.online_locked).toBe(true);
      expect(after.customer.online_locked).toBe(false);
    },
  },
  {
    id: "activate-card",
    opening: "I got a new card and want to activate it.",
    rules: () => [
      GOODBYE,
      VERIFY,
      [/last four digits of the new card|which card/i, "It ends in 5502."],
      [/contactless/i, "Yes, contactless too, please."],
      YES,
    ],
    tools: ["verify_identity", "activate_card", "enable_contactless"],
    changed: (before, after) => {
      expect(card(before, "5502").status).toBe("inactive");
      expect(card(after, "5502")).toMatchObject({ status: "active", contactless: true });
    },
  },
  {
    id: "transfer-funds",
    opening: "Move two hundred fifty dollars from checking to savings.",
    rules: () => [GOODBYE, VERIFY, YES],
    tools: ["verify_identity", "transfer_funds"],
    changed: (before, after) => {
      expect(account(after, "savings").balance_cents - account(before, "savings").balance_cents).toBe(25_000);
      expect(account(before, "checking").balance_cents - account(after, "checking").balance_cents).toBe(25_000);
    },
  },
];

export interface Escalated {
  id: string;
  opening: string;
  rules: () => Rule[];
  /** Tools that must have been tried before the hand-over. */
  tools: string[];
}

/** Gathered by Luna, decided by a specialist. */
export const ESCALATED: Escalated[] = [
  {
    id: "restructure",
    opening: "I can't afford my loan payments any more.",
    rules: () => [
      VERIFY,
      [/which loan/i, "The personal loan."],
      [/what has changed/i, "My hours were cut in half."],
      [/lower payment|longer term|pause/i, "A lower payment."],
      YES,
    ],
    tools: ["verify_identity", "get_account_details"],
  },
  {
    id: "credit-limit",
    opening: "I'd like a higher limit on my credit card.",
    rules: () => [
      VERIFY,
      [/which card/i, "The card ending in 4829"],
      [/what limit/i, "Twenty thousand dollars."],
      [/income/i, "Ninety thousand dollars."],
      [/what is the higher limit for/i, "A home renovation."],
      YES,
    ],
    tools: ["verify_identity", "check_credit_score", "request_limit_increase"],
  },
  {
    id: "mortgage-rate",
    opening: "Can I get a better rate on my mortgage?",
    rules: () => [VERIFY, [/thirty|fifteen|adjustable/i, "Thirty years fixed."], YES],
    tools: ["verify_identity", "get_mortgage_details", "check_rates"],
  },
  {
    id: "wire-transfer",
    opening: "I want to send a wire.",
    rules: () => [
      VERIFY,
      [/who is the money for|recipient/i, "Nadia Castellan."],
      [/country/i, "Portugal."],
      [/how much/i, "Four thousand dollars."],
      [/currency/i, "US dollars."],
      [/what is the wire for/i, "Tuition."],
      YES,
    ],
    tools: ["verify_identity", "verify_recipient", "initiate_wire"],
  },
];

const SPOKEN_DIGITS = "The digits are four, eight, two, nine.";
const SPOKEN_GOODBYE: Rule = [/anything else|else I can/i, "No, that is all."];
/** Luna missed something more than once: the caller stays with her. */
const STAYS: Rule = [/connect you with a person\?/i, "No, thank you."];
/** What Luna asks when she does not know what the call is about, or took something for a no. */
const WHAT_THEN = /what (can|would|shall|should) (I|you)|help you (today|with\?)|would you like to change/i;

/** What two of them say aloud, with answers to what Luna asks when she heard something else. */
export interface Aloud {
  opening: string;
  rules: Rule[];
}

const BLOCK = "Please block my card ending in four, eight, two, nine.";
export const BLOCKS_A_CARD: Aloud = {
  opening: `Hello. ${BLOCK}`,
  rules: [
    STAYS,
    [/which card/i, SPOKEN_DIGITS],
    [/card ending in (?!4829)\d/i, "No, the card ending in four, eight, two, nine."],
    [/last four|digits|verify (that )?it'?s you/i, SPOKEN_DIGITS],
    [/lost.*stolen|what happened/i, "I lost it."],
    [/replacement|new card/i, "No, that is all."],
    SPOKEN_GOODBYE,
    [WHAT_THEN, BLOCK],
    YES,
  ],
};

const MOVE = "Please move forty dollars from checking to savings.";
export const MOVES_FORTY_DOLLARS: Aloud = {
  opening: MOVE,
  rules: [
    STAYS,
    [/last four|digits|verify (that )?it'?s you/i, SPOKEN_DIGITS],
    SPOKEN_GOODBYE,
    [WHAT_THEN, MOVE],
    [/how much/i, "Forty dollars."],
    [/which account|from which|move it from|from (your )?savings/i, "From checking to savings."],
    [/\$(?!40\b)|\$40,/i, "No, forty dollars."],
    YES,
  ],
};
