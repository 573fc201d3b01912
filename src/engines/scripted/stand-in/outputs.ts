/** What a tool gave back, in a sentence. */
import { isJson } from "../../../realtime/json.ts";

/** A caller does not listen to more than this many characters of it. */
const LONGEST = 400;
const MOST_ENTRIES = 12;

/** Answers that come with their own words (`say`) are told in these; others are read out. */
export function toldByTool(tool: string, output: string): string {
  const value = parsed(output);
  if (isJson(value) && typeof value.say === "string" && value.say.trim()) return value.say.trim();
  const text = shortened(readOut(value).trim());
  const name = tool.replace(/[_-]+/g, " ").trim() || "tool";
  return text ? `The ${name} answer is: ${/[.!?…]$/.test(text) ? text : `${text}.`}` : `The ${name} gave no answer.`;
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return output;
  }
}

/** "temperature: 21, unit: C". */
function readOut(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.slice(0, MOST_ENTRIES).map(readOut).join(", ");
  if (!isJson(value)) return String(value);
  return Object.entries(value)
    .slice(0, MOST_ENTRIES)
    .map(([key, entry]) => `${key.replace(/_/g, " ")}: ${readOut(entry)}`)
    .join(", ");
}

function shortened(text: string): string {
  if (text.length <= LONGEST) return text;
  const cut = text.slice(0, LONGEST);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), LONGEST / 2))}...`;
}
