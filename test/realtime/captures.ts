/** Real traffic, captured by others, beside the repository. Where the folder is missing the tests that replay it say so and skip. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const FOLDER = path.join(import.meta.dirname, "../../../shared/captures");
const FACTS = path.join(import.meta.dirname, "../../../shared/facts/openai-realtime-events.json");

export interface Line {
  file: string;
  /** 1-based. */
  number: number;
  dir: "s" | "c";
  event: Record<string, unknown> & { type: string };
}

export const capturesMissing = !existsSync(FOLDER);
if (capturesMissing) console.warn(`No captures in ${FOLDER}: tests that replay real traffic are skipped.`);
export const factsMissing = !existsSync(FACTS);
if (factsMissing) console.warn(`No event list at ${FACTS}: tests that hold us against it are skipped.`);

/** Files whose names begin with one of these. */
export function captureFiles(...beginnings: string[]): string[] {
  if (capturesMissing) return [];
  const names = readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl"));
  return names.filter((name) => beginnings.length === 0 || beginnings.some((start) => name.startsWith(start)));
}

/** The events of one file in order of arrival, without the recorder's own close marks. */
export function linesOf(file: string): Line[] {
  const lines = readFileSync(path.join(FOLDER, file), "utf8").trim().split("\n");
  return lines
    .map((text, index) => ({ file, number: index + 1, ...(JSON.parse(text) as Pick<Line, "dir" | "event">) }))
    .filter((line) => line.event.type !== "__close__");
}

interface EventFact {
  type: string;
  required: string[];
  optional: string[];
}

/** The event list of the fact sheet. */
export function eventFacts(): { client: EventFact[]; server: EventFact[] } {
  if (factsMissing) return { client: [], server: [] };
  return JSON.parse(readFileSync(FACTS, "utf8")) as { client: EventFact[]; server: EventFact[] };
}
