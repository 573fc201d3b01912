/**
 * What the client of a secret may still change. The secret was minted with a configuration by somebody who knew what it costs
 * and what it may do; the browser that holds it may say how it listens and sounds, but not what answers, with which words
 * before it, and with which tools.
 *
 * A secret that names no instructions, no tools and no prompt has left them to its client, as the provider's own examples do:
 * they are then free. Model, modality, length and effort are never wider than they were.
 */
import type { ClientEvent, ResponseOverrides } from "../realtime/client-events.ts";
import type { ItemReference, NewItem } from "../realtime/items.ts";
import type { ReasoningEffort, SessionConfig } from "../realtime/session-config.ts";

export type Narrowing = { ok: true; update: SessionConfig } | Widening;
export interface Widening {
  ok: false;
  /** `session.instructions` */
  param: string;
  /** One sentence for the developer of the client. */
  message: string;
}

/** As the `code` of the `error` event that a widening is answered with. */
export const WIDENED = "session_is_bound";

/** What is said and what can be done. */
const WORDS = ["instructions", "tools", "tool_choice", "parallel_tool_calls", "prompt"] as const;
/** What it costs, and what is told to others. */
const MEANS = ["model", "truncation", "include", "tracing"] as const;
const EFFORTS: ReasoningEffort[] = ["minimal", "low", "medium", "high", "xhigh"];
/** The provider's own, where nothing is said. */
const USUAL_EFFORT = "low";

/**
 * A client's `session.update` held against the bound configuration. One wider field refuses the whole, as the provider refuses
 * an update with one bad field. The empty values that an SDK sends for what its user has not set are left out, because the
 * engine would take them as "none".
 */
export function narrowed(bound: SessionConfig, update: SessionConfig): Narrowing {
  const wider = widening(bound, update);
  if (wider !== undefined) return refused(`session.${wider}`);
  const { model: _, ...kept } = withModelOf(bound, update);
  if (!isConfigured(bound)) return { ok: true, update: kept };
  for (const field of WORDS) {
    if (isEmpty(kept[field]) && !alike(kept[field], bound[field])) delete kept[field];
  }
  return { ok: true, update: kept };
}

/** The event of a client as it may go on to the engine, or what it wanted beyond its bound. */
export function within(bound: SessionConfig, event: ClientEvent): { ok: true; event: ClientEvent } | Widening {
  if (event.type === "session.update") {
    if (event.session.type !== "realtime") return refused("session.type");
    const narrow = narrowed(bound, event.session);
    return narrow.ok ? { ok: true, event: { ...event, session: narrow.update } } : narrow;
  }
  const wider =
    event.type === "response.create" ? widerResponse(bound, event.response ?? {}) : systemItem(bound, event);
  return wider === undefined ? { ok: true, event } : refused(wider);
}

/** One response's own settings go over those of the session, so they are bound alike; here an empty text is a new text. */
function widerResponse(bound: SessionConfig, response: ResponseOverrides): string | undefined {
  const fields = [...WORDS, "output_modalities", "max_output_tokens", "reasoning"] as const;
  const asked: SessionConfig = { type: "realtime" };
  for (const field of fields) if (response[field] !== undefined) Object.assign(asked, { [field]: response[field] });
  const wider = widening(bound, asked);
  if (wider !== undefined) return `response.${wider}`;
  if (!isConfigured(bound)) return undefined;
  if (response.instructions === "" && bound.instructions !== undefined) return "response.instructions";
  if (response.prompt === null && bound.prompt) return "response.prompt";
  return (response.input ?? []).some(speaksForTheHost) ? "response.input" : undefined;
}

/** A system message is instructions by another door. */
function systemItem(bound: SessionConfig, event: ClientEvent): string | undefined {
  if (event.type !== "conversation.item.create" || !isConfigured(bound)) return undefined;
  return speaksForTheHost(event.item) ? "item.role" : undefined;
}

/** The first field that is wider than the bound has it. */
function widening(bound: SessionConfig, update: SessionConfig): string | undefined {
  for (const field of fixedOf(bound)) {
    const value = update[field];
    if (value !== undefined && !isLess(field, value) && !repeats(bound[field], value)) return field;
  }
  if (widerModality(bound, update)) return "output_modalities";
  if (longer(bound, update)) return "max_output_tokens";
  if (harder(bound, update)) return "reasoning";
  return widerTranscription(bound, update) ? "audio.input.transcription" : undefined;
}

function fixedOf(bound: SessionConfig): readonly ((typeof WORDS)[number] | (typeof MEANS)[number])[] {
  return isConfigured(bound) ? [...WORDS, ...MEANS] : MEANS;
}

/** The words are the secret's, not its client's. */
export function isConfigured({ instructions, tools, prompt }: SessionConfig): boolean {
  return instructions !== undefined || tools !== undefined || (prompt ?? null) !== null;
}

/** Fewer tools for a while, or the trace that the provider keeps anyway. */
function isLess(field: string, value: unknown): boolean {
  return (field === "tool_choice" && value === "none") || (field === "tracing" && value === "auto");
}

function isEmpty(value: unknown): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** The same again, or the usual value that an SDK sends for what its user has not set. */
function repeats(bound: unknown, value: unknown): boolean {
  if (isEmpty(value)) return true;
  if (bound === undefined && (value === "auto" || value === true)) return true;
  return alike(bound, value);
}

/** Sound costs more than words. */
function widerModality(bound: SessionConfig, update: SessionConfig): boolean {
  return bound.output_modalities?.[0] === "text" && update.output_modalities?.[0] === "audio";
}

function longer(bound: SessionConfig, update: SessionConfig): boolean {
  if (update.max_output_tokens === undefined) return false;
  const most = (tokens: number | "inf" | undefined) => (typeof tokens === "number" ? tokens : Number.POSITIVE_INFINITY);
  return most(update.max_output_tokens) > most(bound.max_output_tokens);
}

function harder(bound: SessionConfig, update: SessionConfig): boolean {
  const wanted = update.reasoning?.effort;
  return wanted !== undefined && EFFORTS.indexOf(wanted) > EFFORTS.indexOf(bound.reasoning?.effort ?? USUAL_EFFORT);
}

/** Where the bound names a transcription (or none), its model stays; language and keywords are the client's. */
function widerTranscription(bound: SessionConfig, update: SessionConfig): boolean {
  const given = bound.audio?.input?.transcription;
  const wanted = update.audio?.input?.transcription;
  if (given === undefined || wanted === undefined || wanted === null) return false;
  return given === null || (wanted.model !== undefined && wanted.model !== given.model);
}

/** Whether a server keeps the model of a transcription whose language alone is updated is not documented: it is said again. */
function withModelOf(bound: SessionConfig, update: SessionConfig): SessionConfig {
  const model = bound.audio?.input?.transcription?.model;
  const wanted = update.audio?.input?.transcription;
  if (model === undefined || !wanted || wanted.model !== undefined) return update;
  const input = { ...update.audio?.input, transcription: { ...wanted, model } };
  return { ...update, audio: { ...update.audio, input } };
}

function speaksForTheHost(item: NewItem | ItemReference): boolean {
  return item.type === "message" && item.role === "system";
}

function refused(param: string): Widening {
  const message = `The client secret of this session is bound to its configuration: '${param}' cannot be changed here.`;
  return { ok: false, param, message };
}

/** The same value, whatever the order of its keys. */
function alike(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(left).filter((key) => left[key] !== undefined);
  const others = Object.keys(right).filter((key) => right[key] !== undefined);
  return (
    keys.length === others.length && keys.every((key) => Object.hasOwn(right, key) && alike(left[key], right[key]))
  );
}
