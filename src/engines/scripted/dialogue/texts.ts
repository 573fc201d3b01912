/** Luna's sentences: values put into templates, lists spoken as people speak them. */

import type { Dialogue } from "../../../scenarios/dialogue.ts";
import { MONTH_NAMES } from "../../../words/written.ts";
import type { Run } from "./state.ts";

/** "$1,250.50", "$250". */
export function dollars(cents: number): string {
  const whole = Math.floor(cents / 100).toLocaleString("en-US");
  const rest = cents % 100;
  return rest === 0 ? `$${whole}` : `$${whole}.${String(rest).padStart(2, "0")}`;
}

const CURRENCIES: Readonly<Record<string, string>> = { EUR: "euros", GBP: "pounds" };

/** "$2,000", "2,000 euros", "2,000 SEK"; without its currency the plain number, never dollars by guess. */
function amountOf(cents: number, currency: string | undefined): string {
  if (currency === "USD") return dollars(cents);
  return `${dollars(cents).slice(1)} ${currency ? (CURRENCIES[currency] ?? currency) : ""}`.trim();
}

/** "2026-11-17" as "November 17", with the year where it is not this one; other texts as they are. */
export function dayWords(text: string, today: string): string {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (!year) return text;
  return `${MONTH_NAMES[Number(month) - 1]} ${Number(day)}${year === today.slice(0, 4) ? "" : `, ${year}`}`;
}

/** Replaces `{slot}` by its value as it is said, else by the field of that name in `data`; an unknown one by nothing. */
export function filled(template: string, errand: Dialogue, run: Run, data: Record<string, unknown> = {}): string {
  return template
    .replace(/\{(\w+)\}/g, (_, name: string) => spoken(name, errand, run) || String(data[name] ?? ""))
    .replace(/ {2,}/g, " ")
    .trim();
}

function spoken(name: string, errand: Dialogue, run: Run): string {
  const value = run.slots[name];
  const slot = errand.slots[name];
  if (value === undefined || !slot) return "";
  if (slot.kind === "money") return amountOf(Number(value), slot.currency ? run.slots[slot.currency] : "USD");
  if (slot.kind === "pick") return run.listed.find((entry) => entry.id === value)?.name ?? "that one";
  if (slot.kind === "account") return accountWords(value);
  if (slot.kind === "choice") return value.replaceAll("_", " ");
  return value;
}

function accountWords(value: string): string {
  if (value === "checking" || value === "savings") return `your ${value} account`;
  return /^\d{4}$/.test(value) ? `the account ending in ${value}` : value;
}

/** "a, b, or c". */
export function either(parts: string[], word = "or"): string {
  if (parts.length < 3) return parts.join(` ${word} `);
  return `${parts.slice(0, -1).join(", ")}, ${word} ${parts.at(-1)}`;
}

/** The first name of somebody. */
export function firstName(name: string): string {
  return name.split(" ")[0] ?? name;
}
