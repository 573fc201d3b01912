/** Luna's sentences: values put into templates, lists spoken as people speak them. */
import type { Dialogue } from "../../../scenarios/dialogue.ts";
import type { Run } from "./state.ts";

/** "$1,250.50", "$250". */
export function dollars(cents: number): string {
  const whole = Math.floor(cents / 100).toLocaleString("en-US");
  const rest = cents % 100;
  return rest === 0 ? `$${whole}` : `$${whole}.${String(rest).padStart(2, "0")}`;
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
  if (slot.kind === "money") return dollars(Number(value));
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
