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
  return allLinesOf(file).filter((line) => line.event.type !== CLOSE_MARK);
}

const CLOSE_MARK = "__close__";

/** The events of one file, connection by connection; `close` is how the server ended it, where it did. */
export function connectionsOf(file: string): { lines: Line[]; close?: { code: number; reason: string } }[] {
  const connections: ReturnType<typeof connectionsOf> = [{ lines: [] }];
  for (const line of allLinesOf(file)) {
    const current = connections.at(-1);
    if (line.event.type !== CLOSE_MARK) current?.lines.push(line);
    else {
      const { code, reason } = line.event as unknown as { code: number; reason: string };
      if (current) current.close = { code, reason };
      connections.push({ lines: [] });
    }
  }
  return connections.filter(({ lines }) => lines.length > 0);
}

function allLinesOf(file: string): Line[] {
  const lines = readFileSync(path.join(FOLDER, file), "utf8").trim().split("\n");
  return lines.map((text, index) => ({
    file,
    number: index + 1,
    ...(JSON.parse(text) as Pick<Line, "dir" | "event">),
  }));
}

/** One request of a real client over HTTP, and what a real server answered. Secrets were taken out by the recorder. */
export interface RecordedExchange {
  source: string;
  request: { method: string; uri: string; headers: Record<string, string[]>; body?: string; parsed_body?: unknown };
  response: {
    status: { code: number };
    headers: Record<string, string[]>;
    body?: { string: string };
    parsed_body?: unknown;
  };
}

/** `client_secrets` and `calls`, at OpenAI and at Azure. */
export function recordedExchanges(): RecordedExchange[] {
  if (capturesMissing) return [];
  const text = readFileSync(path.join(FOLDER, "http-client-secrets-and-calls.json"), "utf8");
  return JSON.parse(text) as RecordedExchange[];
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
