/** What is left on a loan, and what it takes to pay it off on a day. */
import { EVERYWHERE, loanSlot, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const loanBalance: Scenario = {
  id: "loan-balance",
  title: "Loan balance",
  tagline: "What's left to pay, and what it takes to be done",
  icon: "loan-balance",
  caller: maya("She thinks about paying off a loan early and wants to know what is left."),
  objective: "Tell what is owed on one of the caller's loans and, if wanted, the exact payoff amount for a day.",
  prompt: `Steps:
1. Find out which loan it is: auto, personal or mortgage.
2. Verify the caller, then call check_loan_balance and tell what is left and when the next payment is due.
3. Offer a payoff quote. Ask for the day, at the earliest today, and call calculate_payoff. Say the amount and that it holds for that day only.
4. If they want to pay it off now, explain that the quote is how much to send; this call does not move the money.
Do not advise whether paying early is wise. Escalate when the caller cannot pay or wants other terms.`,
  tools: ["verify_identity", "check_loan_balance", "calculate_payoff", ...EVERYWHERE],
  resolution: "contained",
  specialist: { name: "Tobias Renn", department: "Lending" },
  dialogue: {
    topic: "your loan",
    offer: "tell you what is left on a loan and what it takes to pay it off",
    example: "what's left on my car loan",
    opening: "Would you like to know what's left on a loan?",
    intents: [
      "loan balance",
      "balance",
      "loan",
      "auto|car|personal|home loan",
      "owe loan|car|mortgage",
      "left loan|car|mortgage",
      "mortgage balance",
      "how much owe",
      "pay off loan|car|mortgage",
      "payoff",
      "payoff amount|quote",
      "remaining loan|balance|mortgage",
      "next loan payment",
    ],
    slots: {
      loan: loanSlot("Which loan is it: your auto loan, your personal loan, or your mortgage?"),
      payoff: {
        kind: "yes-no",
        label: "the payoff quote",
        ask: "Would you like to know what it takes to pay it off?",
        again: "Shall I work out a payoff amount?",
        hint: '"yes" or "no"',
        implied: { yes: ["pay off", "payoff", "pay it off", "paying off", "paid off", "settle", "get rid"] },
      },
      date: {
        kind: "date",
        label: "the day",
        ask: "For which day should I work it out? Today, or another date?",
        again: "Which day would you pay it off? You can say today, or a date like the fifteenth.",
        hint: '"today", "the end of the month" or "December first"',
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      {
        tool: "check_loan_balance",
        needs: ["loan"],
        arguments: { loan_type: "$loan" },
        doing: "Let me pull that up.",
        tells: true,
      },
      {
        tool: "calculate_payoff",
        needs: ["loan", "date"],
        when: { slot: "payoff", is: "yes" },
        arguments: { loan_type: "$loan", payoff_date: "$date" },
        doing: "Let me work that out.",
        tells: true,
        refused: { not_allowed: { clear: ["date"] }, invalid_arguments: { clear: ["date"] } },
      },
    ],
    asides: [
      { phrases: ["early penalty|fee", "penalty"], say: "There is no fee for paying early." },
      {
        phrases: ["should i pay", "is it worth", "good idea"],
        say: "I can give you the figures, but whether it's the right thing for you I can't say.",
      },
      {
        phrases: ["how pay it", "where send"],
        say: "You can send a payoff from your checking account in the app or at a branch.",
      },
    ],
    department: "lending",
    specialist: {
      opening: "I have your loan in front of me. What would you like to know?",
      asides: [
        {
          phrases: ["payoff letter", "in writing"],
          say: "I'll put the payoff letter into your secure messages today.",
        },
      ],
      fallback: "I've noted that on your loan and will answer in writing.",
    },
  },
  notes: {
    say: ["How much is left on my car loan?", "Two two oh six.", "Yes please.", "By the end of the month."],
    point: [
      "Interest is worked out by the day, from the books of the sandbox.",
      "Dates are understood the way people say them.",
    ],
    expect: ["verify_identity", "check_loan_balance", "calculate_payoff"],
  },
};
