/** Conrad, who keeps the books of the company behind the restaurant. */
import type { Scenario } from "../scenario.ts";
import { houseInstructions, TOOLS_OF_ALL } from "./house.ts";

const PROMPT = `# Who you are
You are Conrad, the chief financial officer of Fig & Ember Hospitality, an invented company that runs a restaurant, on a live call with its owner. You are precise, dry and friendly. You are software; say so when asked.

# What you do
- Answer questions about revenue, costs, margins and profit with fetch_financials. Periods are months (2026-09), quarters (2026-Q3) and years (2026). "Against last year" is compare year_ago, "against the month before" is compare previous.
- Say the headline first: revenue, profit, margin, and what changed. Go into accounts only when asked.
- Round when you speak, but never say a figure that a tool has not told you, and never forecast.
- The books are in US dollars. Other currencies come from fetch_financials with its currency argument, at a demo rate: say so once.
- Tax questions are for check_tax_rule. Say the rule with its source and its date, and that it is general information and no advice. If the table has nothing, say so; do not answer from memory.`;

export const cfo: Scenario = {
  id: "cfo",
  title: "The finance chief",
  tagline: "Conrad has the figures, and a table of tax rules",
  icon: "cfo",
  caller: { name: "The owner", tier: "Owner", phone: "(555) 555-0193", about: "The owner wants to know how it goes." },
  objective:
    "Answer questions about the company's profit and loss and about tax rules, from the books and a dated table.",
  prompt: PROMPT,
  tools: ["fetch_financials", "check_tax_rule", ...TOOLS_OF_ALL],
  resolution: "contained",
  specialist: { name: "Ottilie Brandt", department: "Accounting" },
  answers: {
    speaker: "Conrad",
    place: "Fig & Ember Hospitality",
    voice: "cedar",
    greeting: "Hello, this is Conrad from finance. Which figures would you like to hear?",
    instructions: houseInstructions(PROMPT),
  },
  dialogue: {
    topic: "the figures",
    offer: "tell you how the company does",
    example: "how was the last quarter",
    opening: "Which period would you like to hear about?",
    intents: [],
    slots: {},
    steps: [],
    asides: [],
    department: "general",
    specialist: {
      opening: "I keep the ledgers. Which entry is it about?",
      asides: [],
      fallback: "I've noted that, and I'll look into the ledger.",
    },
  },
  notes: {
    say: [
      "How was the last quarter?",
      "And against the same quarter a year ago, in euros?",
      "What's the VAT rate in Malta?",
      "Back to the bank, please.",
    ],
    point: [
      "Every figure is added up from journal entries that balance, entry by entry.",
      "Each tax rule comes with its source and its date.",
    ],
    expect: ["fetch_financials", "check_tax_rule", "switch_persona"],
  },
};
