/** A profit and loss account made of account totals. Cents throughout; income and costs both positive. */
import { type AccountTotal, SECTIONS, type Section } from "./books.ts";

export interface Statement {
  /** Total of each section. */
  sections: Record<Section, number>;
  accounts: AccountTotal[];
  /** Revenue less cost of sales. */
  gross: number;
  /** Less operating costs. */
  operating: number;
  /** Less interest. */
  before_tax: number;
  net: number;
}

export function statementOf(accounts: AccountTotal[]): Statement {
  const total = (section: Section) =>
    accounts.reduce((sum, account) => sum + (account.section === section ? account.cents : 0), 0);
  const sections = Object.fromEntries(SECTIONS.map((section) => [section, total(section)])) as Record<Section, number>;
  const gross = sections.revenue - sections.cost_of_sales;
  const operating = gross - sections.operating;
  const before_tax = operating - sections.finance;
  return { sections, accounts, gross, operating, before_tax, net: before_tax - sections.tax };
}

/** US cents as whole units of a currency, in words for the ear: "$742,310", "683,000 euros". */
export function whole(cents: number, fx: { currency: string; per_usd_millionths: number } | null): string {
  const units = fx === null ? cents / 100 : (cents * fx.per_usd_millionths) / 100_000_000;
  const currency = fx?.currency ?? "USD";
  const style = { style: "currency", currency, maximumFractionDigits: 0, minimumFractionDigits: 0 } as const;
  const display = currency === "USD" ? "symbol" : "name";
  const written = new Intl.NumberFormat("en-US", { ...style, currencyDisplay: display }).format(Math.round(units));
  return written.replaceAll("\u00a0", " ");
}

/** "18.8%" of the whole; null where there is no whole. */
export function share(part: number, of: number): string | null {
  return of > 0 ? `${((part / of) * 100).toFixed(1)}%` : null;
}

/** "up 4.2%", "down 3.0%", "unchanged"; null where nothing can be compared with. */
export function change(now: number, before: number): string | null {
  if (before <= 0) return null;
  const percent = ((now - before) / before) * 100;
  if (Math.abs(percent) < 0.05) return "unchanged";
  return `${percent > 0 ? "up" : "down"} ${Math.abs(percent).toFixed(1)}%`;
}
