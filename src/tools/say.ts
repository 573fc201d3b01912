/** How sums, rates, days and cards are written in sentences that will be spoken. */
import type { Card, LoanType } from "./bank.ts";

/** 125050 is "$1,250.50". */
export function dollars(cents: number): string {
  const sum = Math.abs(cents);
  const whole = Math.floor(sum / 100).toLocaleString("en-US");
  return `${cents < 0 ? "-" : ""}$${whole}.${String(sum % 100).padStart(2, "0")}`;
}

/** Dollars as a model sends them, in cents. */
export function cents(amount: number): number {
  return Math.round(amount * 100);
}

/** 629 basis points are "6.29%". */
export function percent(basisPoints: number): string {
  return `${(basisPoints / 100).toFixed(2)}%`;
}

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** "2026-12-01" is "December 1"; the year is said only when it is another one than today's. */
export function day(iso: string, today: string): string {
  const name = `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${Number(iso.slice(8))}`;
  return iso.slice(0, 4) === today.slice(0, 4) ? name : `${name}, ${iso.slice(0, 4)}`;
}

export function cardName(card: Pick<Card, "name" | "last_4">): string {
  return `${card.name} ending in ${card.last_4}`;
}

export function loanName(type: LoanType): string {
  return type === "mortgage" ? "mortgage" : `${type} loan`;
}

/** "a", "a and b", "a, b, and c". */
export function list(parts: string[], word: "and" | "or" = "and"): string {
  if (parts.length < 3) return parts.join(` ${word} `);
  return `${parts.slice(0, -1).join(", ")}, ${word} ${parts.at(-1)}`;
}
