/** Today's mortgage rates, and a specialist who can hold one. */
import { EVERYWHERE, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const mortgageRate: Scenario = {
  id: "mortgage-rate",
  title: "Mortgage rates",
  tagline: "Today's rate sheet, then the person who can lock it",
  icon: "mortgage-rate",
  caller: maya("She has heard that rates have come down and thinks about refinancing her house."),
  objective: "Tell today's rates for what the caller has in mind and hand over to a mortgage specialist.",
  prompt: `Steps:
1. Find out whether it is about refinancing or about buying.
2. Verify the caller and call get_mortgage_details: what is owed, at which rate.
3. Ask which kind of loan: thirty years fixed, fifteen years fixed, or five-one adjustable. Call check_rates and tell the rate and the A P R.
4. Rates change daily and only a specialist can lock one. Say so and call transfer_to_specialist with a reason that holds purpose, product and what they have today.
Do not compute savings yourself and do not advise which loan to take.`,
  tools: ["verify_identity", "get_mortgage_details", "check_rates", ...EVERYWHERE],
  resolution: "escalated",
  specialist: { name: "Henrik Vale", department: "Mortgages" },
  dialogue: {
    topic: "your mortgage",
    offer: "tell you today's mortgage rates and bring in a mortgage specialist",
    example: "what are your mortgage rates",
    opening: "Are you calling about mortgage rates?",
    intents: [
      "mortgage rate|rates",
      "refinance",
      "refinancing",
      "refinance mortgage|house|home",
      "interest rate|rates mortgage|house|home",
      "rates",
      "rates today",
      "current|today's rates|rate",
      "buy|buying house|home",
      "new mortgage",
      "mortgage",
    ],
    slots: {
      purpose: {
        kind: "choice",
        choices: {
          refinance: [
            "refinance",
            "refinancing",
            "have|existing|current mortgage|loan",
            "lower my rate|payment",
            "my house|home|mortgage",
          ],
          purchase: ["purchase", "buy", "buying", "new house|home|place|apartment"],
        },
        label: "the purpose",
        ask: "Is it about refinancing the house you have, or about buying one?",
        again: "Refinancing, or buying?",
        hint: '"refinancing" or "buying"',
      },
      product: {
        kind: "choice",
        choices: {
          "30_year_fixed": ["thirty years|year", "30 years|year", "~thirty", "~30", "~first"],
          "15_year_fixed": ["fifteen years|year", "15 years|year", "~fifteen", "~15", "~second"],
          "5_1_arm": ["adjustable", "five one", "variable", "~arm", "~5", "~five", "~third"],
        },
        label: "the kind of loan",
        ask: "Which would you like to hear: thirty years fixed, fifteen years fixed, or five-one adjustable?",
        again: "Thirty years fixed, fifteen years fixed, or adjustable?",
        hint: '"thirty years", "fifteen years" or "adjustable"',
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      { tool: "get_mortgage_details", needs: [], arguments: {}, doing: "Let me look at your mortgage." },
      {
        tool: "check_rates",
        needs: ["purpose", "product"],
        arguments: { product: "$product", purpose: "$purpose" },
        doing: "Here is today's sheet.",
      },
      {
        tool: "transfer_to_specialist",
        needs: [],
        arguments: {
          reason: "Asks about a rate. Purpose: {purpose}. Kind of loan: {product}.",
          department: "mortgage",
        },
        doing:
          "Only a mortgage specialist can lock that rate, so I'm connecting you with Henrik Vale, who will have my notes.",
      },
    ],
    asides: [
      {
        phrases: ["closing cost|costs", "fees|fee"],
        say: "Closing costs depend on the house. The specialist will write them down for you.",
      },
      {
        phrases: ["how much save", "worth it", "should i refinance"],
        say: "The specialist can work out what it would save you. I'd rather not guess.",
      },
      {
        phrases: ["what is apr", "what is arm", "what does adjustable|fixed mean"],
        say: "Fixed means that the rate stays the same. Adjustable means that it can change after five years.",
      },
    ],
    department: "mortgage",
    specialist: {
      opening:
        "I have your mortgage and today's sheet in front of me. I can hold the rate for sixty days once you say so. What would you like to know?",
      asides: [
        {
          phrases: ["lock|hold rate|it", "yes please"],
          say: "I've marked the rate for you. You'll get the papers to sign in your secure messages, and it's held once they're back.",
        },
        {
          phrases: ["closing cost|costs", "fees", "fee"],
          say: "Between two and three percent of the loan, as a rule. Your papers will have the exact list.",
        },
        {
          phrases: ["appraisal", "house worth|value"],
          say: "We'll have the house appraised; that takes about ten days.",
        },
      ],
      fallback: "I've written that down for your offer.",
    },
  },
  notes: {
    say: ["I'd like to refinance my house.", "Six one oh four.", "Fifteen years."],
    point: [
      "Rates come from the sandbox's rate sheet, not from the model.",
      "The hand-over says who takes over and why.",
    ],
    expect: ["verify_identity", "get_mortgage_details", "check_rates", "transfer_to_specialist"],
  },
};
