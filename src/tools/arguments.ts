/** Reading what a model sent as arguments: forgiving about form, strict about content. Never throws. */
import { z } from "zod";
import { maskValue } from "../words/masked.ts";
import { type Refused, refused } from "./tool.ts";

/** Longer texts are no honest arguments of a tool here. */
const MAX_CHARS = 4_096;

/** Last four digits of a card or account. */
export const lastFour = z.string().regex(/^\d{4}$/, "exactly four digits");
/** Dollars with at most two decimals. */
export const amount = z
  .number()
  .positive()
  .max(9_999_999)
  .refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6, "whole cents");
/** An ISO day that exists. */
export const isoDay = z.iso.date();
/** A few words, as they go into the books. */
export const words = (most: number) => z.string().trim().min(1).max(most);

export type Read =
  | { ok: true; values: Record<string, unknown> }
  | { ok: false; values: Record<string, unknown>; problems: string[] };

/** JSON text to a plain record, with long numbers masked and common slips of models put right. */
export function readRecord(text: string): Read {
  if (text.length > MAX_CHARS) return { ok: false, values: {}, problems: ["arguments: too long"] };
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return { ok: false, values: {}, problems: ["arguments: not JSON"] };
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, values: {}, problems: ["arguments: not an object"] };
  }
  const entries = Object.entries(maskValue(value) as Record<string, unknown>)
    .filter(([, part]) => part !== null && part !== "")
    .map(([name, part]) => [name, tidy(name, part)]);
  return { ok: true, values: Object.fromEntries(entries) };
}

const DIGIT_FIELDS = /(?:last_4|last_4_digits|code)$/;
const DOLLAR_FIELDS = new Set(["amount", "requested_limit", "annual_income", "min_price", "max_price"]);

/** "48-29" and 4829 are "4829"; "$1,250.50" is 1250.5. */
function tidy(name: string, value: unknown): unknown {
  if (DIGIT_FIELDS.test(name)) {
    if (typeof value === "number") return String(value).padStart(name === "code" ? 6 : 4, "0");
    if (typeof value === "string") return value.replace(/[\s-]/g, "");
  }
  if (DOLLAR_FIELDS.has(name) && typeof value === "string" && /^\$?\s*[\d,]+(?:\.\d+)?$/.test(value)) {
    return Number(value.replace(/[$,\s]/g, ""));
  }
  return value;
}

/** What to ask the caller for when this argument is missing or wrong. */
const QUESTIONS: Record<string, string> = {
  last_4_digits: "Could you tell me just the last four digits of your card or account?",
  card_last_4: "Which card is it? Please tell me its last four digits.",
  account_last_4: "Which account is it? Please tell me its last four digits.",
  amount: "How much should it be?",
  requested_limit: "What limit would you like?",
  annual_income: "What is your yearly income, roughly?",
  from: "Which account should the money come from?",
  to: "Where should the money go?",
  payoff_date: "For which day would you like the figure?",
  date: "On which day was it?",
  transaction_id: "Which payment is it?",
  reason: "What is the reason?",
  channel: "Should I send it by text message or by email?",
  code: "What is the six-digit code I sent you?",
  loan_type: "Which loan is it: the auto loan, the personal loan, or the mortgage?",
  recipient: "Who should receive it?",
  name: "What is the recipient's full name?",
  dish: "Which dish is it?",
  min_price: "How much should it cost at least?",
  max_price: "How much should it cost at most?",
  period: "Which month, quarter or year do you mean?",
  jurisdiction: "For which country?",
  topic: "Which tax question is it?",
  persona: "Whom would you like to speak to?",
};

export function invalidArguments(problems: string[]): Refused {
  const field = problems[0]?.split(":")[0] ?? "";
  const say = QUESTIONS[field] ?? "I didn't catch all of that. Could you say it once more?";
  return { ...refused("invalid_arguments", say, { problems }), did: "The details did not fit." };
}

/** One line for each thing that does not fit: `card_last_4: exactly four digits`. */
export function problemsOf(error: z.ZodError): string[] {
  return error.issues.slice(0, 5).map((issue) => {
    if (issue.code === "unrecognized_keys")
      return `${issue.keys.slice(0, 3).join(", ").slice(0, 80)}: no such argument`;
    return `${issue.path.join(".") || "arguments"}: ${issue.message}`;
  });
}
