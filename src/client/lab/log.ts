/**
 * The events between the call and its engine, the newest 2,000. Sound comes fifty times a second, so pieces of it that follow
 * each other in their direction are one entry. Pieces of text are kept one by one, and drawn together.
 */
import type { Trace } from "../../legs/wire.ts";
import type { Logged } from "../export/events.ts";

export const LOG_LIMIT = 2_000;
/** A longer text is cut in the list; it is whole when the entry is opened. */
const GLANCE = 120;

export interface Entry extends Logged {
  /** Counts up over the log, so that a row keeps its place. */
  n: number;
  type: string;
  /** Length of the sound, ms; null for what is no sound. */
  audio_ms: number | null;
}

export class EventLog {
  /** Entries that had to go for newer ones. */
  dropped = 0;
  /** Grows with whatever is added or cleared. */
  changes = 0;
  readonly #entries: Entry[] = [];
  readonly #limit: number;
  #count = 0;
  /** The last entry of sound in each direction, while nothing else has come in that direction. */
  #sounding: Partial<Record<Trace["dir"], Entry>> = {};

  constructor(limit = LOG_LIMIT) {
    this.#limit = limit;
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  add({ dir, at, event }: Trace): void {
    this.changes += 1;
    const type = String(event.type);
    const audio_ms = typeof event.audio_ms === "number" ? event.audio_ms : null;
    const before = this.#sounding[dir];
    if (audio_ms !== null && before !== undefined && before.type === type && before.event.item_id === event.item_id) {
      before.count += 1;
      before.until = at;
      before.audio_ms = (before.audio_ms ?? 0) + audio_ms;
      before.event = { ...before.event, audio_ms: before.audio_ms };
      return;
    }
    const entry: Entry = { n: ++this.#count, dir, at, until: at, count: 1, type, audio_ms, event };
    this.#entries.push(entry);
    if (audio_ms === null) delete this.#sounding[dir];
    else this.#sounding[dir] = entry;
    if (this.#entries.length <= this.#limit) return;
    const gone = this.#entries.shift();
    this.dropped += 1;
    if (gone === this.#sounding[gone?.dir ?? "up"]) delete this.#sounding[gone?.dir ?? "up"];
  }

  clear(): void {
    this.changes += 1;
    this.#entries.length = 0;
    this.#sounding = {};
    this.dropped = 0;
  }
}

export const KINDS = ["session", "conversation", "response", "sound", "error", "other"] as const;
export type Kind = (typeof KINDS)[number];

export function kindOf({ type, audio_ms }: Pick<Entry, "type" | "audio_ms">): Kind {
  if (type === "error") return "error";
  if (audio_ms !== null || type.includes("audio_buffer")) return "sound";
  if (type.startsWith("session.")) return "session";
  if (type.startsWith("conversation.")) return "conversation";
  return type.startsWith("response.") ? "response" : "other";
}

export interface Filter {
  dir: "both" | Trace["dir"];
  /** Kinds that are not shown. */
  hidden: readonly Kind[];
  /** Anywhere in the event, upper or lower case. */
  search: string;
}

export function matches(entry: Entry, { dir, hidden, search }: Filter): boolean {
  if (dir !== "both" && entry.dir !== dir) return false;
  if (hidden.includes(kindOf(entry))) return false;
  return search === "" || JSON.stringify(entry.event).toLowerCase().includes(search.toLowerCase());
}

/** What is copied and saved while a filter is on. */
export function passing(entries: readonly Entry[], filter: Filter): Entry[] {
  return entries.filter((entry) => matches(entry, filter));
}

/** What is drawn as one row. */
export interface Row {
  first: Entry;
  count: number;
  audio_ms: number | null;
  /** The pieces of a text together; null where there is only one, or no text. */
  text: string | null;
}

/** Rows of the entries that pass: pieces of one text that follow each other in their direction are one. */
export function rowsOf(entries: readonly Entry[], filter: Filter): Row[] {
  const rows: Row[] = [];
  const writing: Partial<Record<Trace["dir"], Row>> = {};
  for (const entry of entries) {
    if (!matches(entry, filter)) continue;
    const before = writing[entry.dir];
    const delta = typeof entry.event.delta === "string" ? entry.event.delta : null;
    if (delta !== null && before?.text != null && sameText(before.first, entry)) {
      before.count += 1;
      before.text += delta;
      continue;
    }
    const row: Row = { first: entry, count: entry.count, audio_ms: entry.audio_ms, text: delta };
    rows.push(row);
    if (delta !== null) writing[entry.dir] = row;
    else if (entry.audio_ms === null) delete writing[entry.dir];
  }
  return rows;
}

function sameText(a: Entry, b: Entry): boolean {
  return a.type === b.type && a.event.item_id === b.event.item_id && a.event.content_index === b.event.content_index;
}

/** The event as it is opened and copied: of a text in pieces, all of it. */
export function eventOf({ first, text }: Row): Record<string, unknown> {
  return text === null ? first.event : { ...first.event, delta: text };
}

/** A few words that tell one event from the next of its type. */
export function glanceOf(row: Row): string {
  const event = eventOf(row);
  const found = row.text ?? wordsIn(event) ?? "";
  const line = found.replace(/\s+/g, " ").trim();
  return line.length > GLANCE ? `${line.slice(0, GLANCE)}…` : line;
}

type Json = Record<string, unknown>;
const isJson = (value: unknown): value is Json => typeof value === "object" && value !== null;

function wordsIn(event: Json): string | null {
  const { error, item, response, session } = event;
  for (const name of ["transcript", "text", "arguments", "name"]) {
    if (typeof event[name] === "string" && event[name] !== "") return event[name];
  }
  if (isJson(error)) return `${String(error.code ?? "error")}: ${String(error.message ?? "")}`;
  if (isJson(item)) return itemWords(item);
  if (isJson(response)) return typeof response.status === "string" ? response.status : null;
  if (isJson(session)) return sessionWords(session);
  return null;
}

function itemWords(item: Json): string {
  if (item.type === "function_call") return `${String(item.name)} ${String(item.arguments ?? "")}`;
  if (item.type === "function_call_output") return String(item.output ?? "");
  const parts = Array.isArray(item.content) ? item.content.filter(isJson) : [];
  const words = parts.map((part) => part.text ?? part.transcript ?? "").join(" ");
  return `${String(item.role ?? item.type ?? "")}: ${words}`;
}

/** Which settings an update names. */
function sessionWords(session: Json): string {
  return Object.keys(session)
    .filter((name) => name !== "type" && name !== "object" && name !== "id")
    .join(", ");
}
