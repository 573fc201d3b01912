/**
 * What tools may ask of the company's books and of the tax table. `store/books.ts` reads them from D1. Money is in cents
 * (integer, USD), days are ISO days. A method throws only when the books cannot be reached.
 */

/** Sections of the profit and loss account, from the top down. */
export const SECTIONS = ["revenue", "cost_of_sales", "operating", "finance", "tax"] as const;
export type Section = (typeof SECTIONS)[number];

/** An account's total over a period: income and costs both positive. */
export interface AccountTotal {
  code: number;
  name: string;
  section: Section;
  cents: number;
}

/** A demo rate: units of the currency for one US dollar, in millionths, good from a day on. */
export interface FxRate {
  currency: string;
  day: string;
  per_usd_millionths: number;
}

export interface TaxRule {
  jurisdiction: string;
  topic: string;
  /** One or two sentences that can be spoken as they are. */
  rule: string;
  /** Null where the rule is no rate. */
  rate_percent: number | null;
  source: string;
  /** ISO day on which it was looked up. */
  as_of: string;
}

export interface BooksApi {
  /** Profit and loss accounts over these days, both included; none where nothing was booked. */
  totals(from: string, to: string): Promise<AccountTotal[]>;
  /** First day with an entry; null for empty books. */
  firstDay(): Promise<string | null>;
  /** The rate in force on this day; null for a currency without one. */
  rate(currency: string, day: string): Promise<FxRate | null>;
  /** Every rule there is: a few dozen. */
  taxRules(): Promise<TaxRule[]>;
}
