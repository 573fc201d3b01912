/** What a client sends, from the wire: one strict event, or one clear error that names the path at fault. */
import type { z } from "zod";
import type { ClientEvent } from "./client-events.ts";
import { clientEvent } from "./client-schemas.ts";
import { DEEPEST, isTooDeep } from "./json.ts";
import type { RealtimeError } from "./server-events.ts";

export type ParsedClientEvent = { ok: true; event: ClientEvent } | { ok: false; error: RealtimeError };

type Issue = z.core.$ZodIssue;

/**
 * Reads one frame of a client. Never throws. `error` goes into an `error` event as it is; the event it answers was
 * dropped whole. Binary frames are refused: the protocol has only text.
 */
export function parseClientEvent(frame: string | ArrayBuffer): ParsedClientEvent {
  if (typeof frame !== "string") {
    return refuse({ code: "invalid_event", message: "Binary frames are not events. Send JSON text." });
  }
  let raw: unknown;
  try {
    raw = JSON.parse(frame);
  } catch {
    return refuse({ code: "invalid_json", message: "The frame is not valid JSON." });
  }
  return checkClientEvent(raw);
}

/** The same for an event that is an object already. */
export function checkClientEvent(raw: unknown): ParsedClientEvent {
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    return refuse({ code: "invalid_event", message: "An event is a JSON object." });
  }
  const event_id = "event_id" in raw && typeof raw.event_id === "string" ? raw.event_id : null;
  if (!("type" in raw)) return refuse({ code: "invalid_event", message: "The 'type' field is missing.", event_id });
  if (isTooDeep(raw)) {
    return refuse({ code: "invalid_value", message: `An event may be nested ${DEEPEST} levels deep.`, event_id });
  }
  const parsed = clientEvent.safeParse(raw);
  if (parsed.success) return { ok: true, event: parsed.data };
  return refuse({ ...explain(parsed.error.issues[0], raw), event_id });
}

function refuse(what: Pick<RealtimeError, "message"> & Partial<RealtimeError>): ParsedClientEvent {
  return { ok: false, error: { type: "invalid_request_error", param: null, event_id: null, ...what } };
}

type Explained = { code: string; message: string; param: string | null };

/** The first thing that does not fit, in the provider's words. `raw` is what was read. */
export function explain(issue: Issue | undefined, raw: unknown): Explained {
  if (!issue) return { code: "invalid_event", message: "The event is not valid.", param: null };
  if (issue.code === "unrecognized_keys") {
    const param = pathOf([...issue.path, issue.keys[0] ?? ""]);
    return { code: "unknown_parameter", message: `Unknown parameter: '${param}'.`, param };
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) return explain(nearest(issue), raw);
  const param = pathOf(issue.path);
  const given = valueAt(raw, issue.path);
  if (given === undefined) {
    return { code: "missing_required_parameter", message: `Missing required parameter: '${param}'.`, param };
  }
  return { code: "invalid_value", message: reason(issue, param, given), param };
}

function reason(issue: Issue, param: string, given: unknown): string {
  if (issue.code === "invalid_type") {
    return `Invalid type for '${param}': expected ${article(issue.expected)}, but got ${article(kindOf(given))} instead.`;
  }
  if (issue.code === "invalid_value") return unsupported(given, issue.values);
  if ("options" in issue && Array.isArray(issue.options)) return unsupported(given, issue.options);
  return `Invalid value for '${param}': ${issue.message.replace(/\.$/, "")}.`;
}

function unsupported(given: unknown, supported: readonly unknown[]): string {
  const values = supported.map((value) => `'${String(value)}'`).join(", ");
  return `Invalid value: ${short(given)}. Supported values are: ${values}.`;
}

/** Of a union's failures, the branch that got furthest: the one the client most likely meant. */
function nearest(union: Extract<Issue, { code: "invalid_union" }>): Issue | undefined {
  let best: { issue: Issue; depth: number } | undefined;
  for (const branch of union.errors) {
    const first = branch[0];
    if (!first) continue;
    const depth = first.path.length + (first.code === "invalid_type" ? 0 : 0.5);
    if (!best || depth > best.depth) best = { issue: first, depth };
  }
  return best && { ...best.issue, path: [...union.path, ...best.issue.path] };
}

/** `session.tools[0].name`, as the provider writes paths. */
function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text ? `${text}.${String(key)}` : String(key);
  }, "");
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const key of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, key)?.value;
  }
  return value;
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "decimal";
  return typeof value;
}

function article(kind: string): string {
  if (kind === "null") return kind;
  const name = kind === "int" ? "integer" : kind === "record" ? "object" : kind;
  return /^[aeio]/.test(name) ? `an ${name}` : `a ${name}`;
}

/** The value as the client wrote it, but never more than a glance of it: it may be a megabyte of audio. */
function short(value: unknown): string {
  if (typeof value !== "string") return kindOf(value);
  return value.length > 64 ? `'${value.slice(0, 61)}...'` : `'${value}'`;
}
