/** The last gate outwards: no more than four digits of anything leave a tool, whatever went in. */
import type { Value } from "./tool.ts";

const MAX_TEXT = 300;

/** Runs of five and more digits keep their last four. Amounts are written with commas and days with dashes, so they stay. */
export function sealText(text: string): string {
  return text.replace(/\d{5,}/g, (digits) => `••••${digits.slice(-4)}`);
}

/** A tool's answer as it may be told to the model. */
export function seal(value: Value): Value {
  if (typeof value === "string") return sealText(value);
  if (typeof value === "number") return Math.abs(value) < 10_000 ? value : sealText(String(value));
  if (Array.isArray(value)) return value.map(seal);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [sealText(name), seal(part)]));
}

/** Arguments for the page and the record: amounts stay, codes go, long texts are cut. */
export function redactArguments(values: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(values).slice(0, 12);
  return Object.fromEntries(
    entries.map(([name, value]) => [sealText(name.slice(0, 40)), name === "code" ? "••••••" : redacted(value)]),
  );
}

function redacted(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "boolean") return value;
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return sealText(text ?? "").slice(0, MAX_TEXT);
}
