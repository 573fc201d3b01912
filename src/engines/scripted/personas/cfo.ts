/** Conrad without a model: profit and loss by the period that is named, compared and converted; tax rules by country and topic. */
import { jurisdictionIn } from "../../../tools/finance/check-tax-rule.ts";
import { periodName, readPeriod } from "../../../tools/finance/period.ts";
import type { Call, Step } from "../brain.ts";
import { wordsOf } from "../dialogue/match.ts";
import type { ToolResult } from "../dialogue/results.ts";
import { periodIn } from "./periods.ts";
import { type Part, say } from "./talker.ts";

const COUNTRIES = ["US", "UK", "Canada", "EU", "Germany", "France", "Ireland", "Malta", "Rwanda"];
/** What is asked about is the first that is heard. */
const TOPICS: [RegExp, string][] = [
  [/\b(register|registration|threshold)\b/, "VAT registration"],
  [/\b(vat|v a t|gst|value added|sales tax)\b/, "VAT"],
  [/\b(payroll|social security|national insurance|employer)\b/, "payroll tax"],
  [/\b(depreciat\w*|write off|equipment|capital allowance|investment allowance)\b/, "depreciation"],
  [/\b(meals?|entertainment|client dinners?)\b/, "business meals"],
  [/\b(carry ?forward|carry .* forward|tax losses)\b/, "loss carryforward"],
  [/\b(deadline|filing|file|due date|tax return)\b/, "filing deadline"],
  [/\b(tips?|gratuit\w*)\b/, "tips"],
  [/\b(research)\b/, "research"],
  [/\b(cross border|distance sell\w*|other countries)\b/, "cross-border sales"],
  [
    /\b(corporate|corporation|company tax|profit tax|income tax|tax rate|tax on profits?|taxes|tax)\b/,
    "corporate income tax",
  ],
];
const TAX = /\b(tax|taxes|taxed|vat|v a t|gst|deduct\w*|tax return|national insurance|payroll)\b/;
const YEAR_AGO = /\b(last year|a year ago|year ago|year before|previous year|prior year|year over year)\b/;
const AGAINST = /\b(against|versus|vs|compared?(?: it)?(?: to| with)?|comparison|than|year over year)\b/;
const CURRENCIES: [RegExp, string][] = [
  [/\b(canadian dollars?|cad)\b/, "CAD"],
  [/\b(us dollars?|dollars?|usd)\b/, "USD"],
  [/\b(euros?|eur)\b/, "EUR"],
  [/\b(pounds?|sterling|gbp)\b/, "GBP"],
  [/\b(rwandan francs?|rwf)\b/, "RWF"],
  [/\b(swiss francs?|francs?|chf)\b/, "CHF"],
  [/\b(yen|jpy)\b/, "JPY"],
  [/\b(kron(?:or|a)|sek)\b/, "SEK"],
];
const FIGURES =
  /\b(revenues?|sales|turnover|profits?|profitable|p and l|p l|profit and loss|margins?|figures|numbers|results?|doing|costs?|expenses|spend|spent|losses|earn\w*|net|gross|business|company|books|how was|how were|how is)\b/;
/** Lines of the statement by what people call them; the name is that of the account, the group or the total. */
const LINES: [RegExp, string][] = [
  [/\b(wages?|salar\w*|staff|payroll costs?)\b/, "Wages"],
  [/\brent\b/, "Rent"],
  [/\b(utilities|power|electricity)\b/, "Utilities"],
  [/\b(marketing|advertising)\b/, "Marketing"],
  [/\binsurance\b/, "Insurance"],
  [/\brepairs?\b/, "Repairs"],
  [/\bsoftware\b/, "Software and office"],
  [/\binterest\b/, "Interest"],
  [/\bcatering\b/, "Catering"],
  [/\b(food sales)\b/, "Food sales"],
  [/\b(drink sales|sales of drinks)\b/, "Drink sales"],
  [/\b(food costs?|cost of food)\b/, "Cost of food"],
  [/\b(drinks? costs?|cost of drinks?)\b/, "Cost of drinks"],
  [/\b(gross profit|gross margin)\b/, "Gross profit"],
  [/\b(operating profit|operating income)\b/, "Operating profit"],
  [/\b(operating costs?|overheads?)\b/, "Operating costs"],
];

interface Memory {
  period: string | null;
  currency: string | null;
  country: string | null;
  /** A tax question without a country, or figures without a period, that were asked back about. */
  topic: string | null;
  asked: "country" | "topic" | "period" | null;
  /** The line that the figures are wanted for. */
  line: string | null;
}

export function cfoPart(greeting: string): Part {
  const memory: Memory = { period: null, currency: null, country: null, topic: null, asked: null, line: null };
  return {
    greeting,
    here: "Conrad here.",
    again: "Conrad here again. Which figures would you like?",
    offer: "I can tell you revenue, costs and profit for any month, quarter or year, and look up tax rules.",
    choices: 'You can say "how was the last quarter", "this year against last year", or "VAT in Malta".',
    goodbye: "Always a pleasure. Goodbye!",
    asides: [
      {
        phrases: ["forecast|predict|next quarter|month|year", "will we make"],
        say: "I only tell what is in the books. I don't forecast.",
      },
      {
        phrases: ["should i invest", "advice|advise"],
        say: "I tell figures and rules. Advice is for an accountant who knows you.",
      },
      {
        phrases: ["cash|bank balance position", "balance sheet"],
        say: "I have the profit and loss here, not the balance sheet.",
      },
    ],
    reply: (words, today) => reply(words, today, memory),
    told: (call, result) => told(call, result, memory),
  };
}

function reply(text: string, today: string, memory: Memory): Step | undefined {
  const said = wordsOf(text).join(" ");
  if (/\b(forecast|predict)\b/.test(said)) return undefined;
  const country = jurisdictionIn(said.replace(/\b(let|tell|give|for) us\b/g, "$1"), COUNTRIES);
  const line = LINES.find(([form]) => form.test(said))?.[1];
  // "Tax" in a question for a period is a line of the statement.
  const taxing = TAX.test(said) && !(periodIn(beforeComparison(said), today) && !country);
  if (taxing || memory.asked === "country" || memory.asked === "topic") {
    const step = tax(said, country, taxing, memory);
    if (step) return step;
  }
  if (country !== undefined && memory.topic !== null && FIGURES.exec(said) === null)
    return tax(said, country, true, memory);
  return figures(said, today, line, memory);
}

function tax(said: string, country: string | undefined, taxing: boolean, memory: Memory): Step | undefined {
  const topic = TOPICS.find(([form]) => form.test(said))?.[1];
  if (!taxing && country === undefined && topic === undefined) return undefined;
  const general =
    topic === "corporate income tax" && !/\b(corporate|corporation|company|profits?|income|rate)\b/.test(said);
  const wanted = general && memory.asked === "country" ? memory.topic : (topic ?? memory.topic);
  const where = country ?? memory.country;
  Object.assign(memory, { asked: null, topic: wanted, country: where });
  if (wanted === null) {
    memory.asked = "topic";
    return say("Which tax is it: on profits, VAT, payroll, or something else?");
  }
  if (where === null) {
    memory.asked = "country";
    return say("For which country?");
  }
  return { say: [], calls: [{ name: "check_tax_rule", arguments: { jurisdiction: where, topic: wanted } }] };
}

function figures(said: string, today: string, line: string | undefined, memory: Memory): Step | undefined {
  const currency = CURRENCIES.find(([form]) => form.test(said))?.[1];
  const compares = AGAINST.test(said);
  const named = periodIn(beforeComparison(said), today, memory.period);
  const period = named ?? (compares || currency || line ? memory.period : null);
  if (currency) memory.currency = currency;
  const about = FIGURES.test(said) || line !== undefined || memory.asked === "period";
  if (period === null && !about && !compares && !currency) return undefined;
  memory.line = line ?? (memory.asked === "period" ? memory.line : null);
  if (period === null || period === undefined) {
    memory.asked = "period";
    return say("For which period: last month, the last quarter, or this year?");
  }
  Object.assign(memory, { asked: null, period });
  const compare = compares ? (YEAR_AGO.test(afterComparison(said)) ? "year_ago" : "previous") : undefined;
  const converted = memory.currency === null || memory.currency === "USD" ? {} : { currency: memory.currency };
  const args = { period, ...(compare ? { compare } : {}), ...converted };
  return { say: [], calls: [{ name: "fetch_financials", arguments: args }] };
}

/** "This year against last year" is about this year. */
function beforeComparison(said: string): string {
  return said.split(AGAINST)[0] ?? said;
}

function afterComparison(said: string): string {
  const match = AGAINST.exec(said);
  return match ? said.slice(match.index) : "";
}

function told(call: Call, result: ToolResult, memory: Memory): Step {
  const { line } = memory;
  memory.line = null;
  if (!result.ok || call.name !== "fetch_financials" || line === null) return say(result.say);
  const amount = amountOf(result.data, line);
  const period = readPeriod(String(result.data.period));
  if (amount === undefined || !period) return say(result.say);
  return say(`${line} in ${periodName(period)}: ${amount}.`);
}

const TOTALS: Record<string, string> = { "Gross profit": "gross_profit", "Operating profit": "operating_profit" };

interface Group {
  group?: unknown;
  total?: unknown;
  accounts?: { name?: unknown; amount?: unknown }[];
}

function amountOf(data: Record<string, unknown>, line: string): string | undefined {
  const total = data[TOTALS[line] ?? ""];
  if (typeof total === "string") return total;
  for (const { group, total: sum, accounts = [] } of Array.isArray(data.groups) ? (data.groups as Group[]) : []) {
    if (group === line && typeof sum === "string") return sum;
    const account = accounts.find(({ name }) => name === line);
    if (typeof account?.amount === "string") return account.amount;
  }
  return undefined;
}
