/**
 * What a provider sends, from the wire. Tolerant: declarations and wire differ, vendors differ more, and a call must not
 * end over a missing index. What the types promise is filled in; what cannot be placed without an id comes out as unknown.
 */
import { eventFromBeta, itemFromBeta } from "./beta.ts";
import { isId, isName } from "./ids.ts";
import { isJson, type Json } from "./json.ts";
import type { ServerEvent, ServerEventType, UnknownEvent } from "./server-events.ts";

/** What an event needs: ids cannot be guessed, numbers are 0 and texts empty where they are missing. */
interface Needs {
  ids?: readonly string[];
  numbers?: readonly string[];
  texts?: readonly string[];
  /** Completes nested objects; false when that is not possible. */
  inner?: (event: Json) => boolean;
}

const ITEM = ["item_id"];
const RESPONSE_ITEM = ["response_id", "item_id"];
const IN_PART = { ids: RESPONSE_ITEM, numbers: ["output_index", "content_index"] };
const IN_ITEM = { ids: RESPONSE_ITEM, numbers: ["output_index"] };
const WITH_ITEM: Needs = { inner: (event) => completeItem(event.item) };
const OUTPUT_ITEM: Needs = { ids: ["response_id"], numbers: ["output_index"], ...WITH_ITEM };

const NEEDS: Record<ServerEventType, Needs> = {
  "session.created": { inner: completeSession },
  "session.updated": { inner: completeSession },
  error: { inner: completeError },
  "conversation.created": { inner: (event) => isJson(event.conversation) },
  "conversation.item.created": WITH_ITEM,
  "conversation.item.added": WITH_ITEM,
  "conversation.item.done": WITH_ITEM,
  "conversation.item.retrieved": WITH_ITEM,
  "conversation.item.deleted": { ids: ITEM },
  "conversation.item.truncated": { ids: ITEM, numbers: ["content_index", "audio_end_ms"] },
  "conversation.item.input_audio_transcription.delta": { ids: ITEM },
  "conversation.item.input_audio_transcription.completed": {
    ids: ITEM,
    numbers: ["content_index"],
    texts: ["transcript"],
  },
  "conversation.item.input_audio_transcription.segment": {
    ids: ITEM,
    numbers: ["content_index", "start", "end"],
    texts: ["id", "text", "speaker"],
  },
  "conversation.item.input_audio_transcription.failed": {
    ids: ITEM,
    numbers: ["content_index"],
    inner: (event) => {
      if (!isJson(event.error)) event.error = {};
      return true;
    },
  },
  "input_audio_buffer.committed": { ids: ITEM },
  "input_audio_buffer.cleared": {},
  "input_audio_buffer.speech_started": { ids: ITEM, numbers: ["audio_start_ms"] },
  "input_audio_buffer.speech_stopped": { ids: ITEM, numbers: ["audio_end_ms"] },
  "input_audio_buffer.timeout_triggered": { ids: ITEM, numbers: ["audio_start_ms", "audio_end_ms"] },
  "input_audio_buffer.dtmf_event_received": { ids: ["event"], numbers: ["received_at"] },
  "output_audio_buffer.started": { ids: ["response_id"] },
  "output_audio_buffer.stopped": { ids: ["response_id"] },
  "output_audio_buffer.cleared": { ids: ["response_id"] },
  "response.created": { inner: (event) => completeResponse(event.response, "in_progress") },
  "response.done": { inner: (event) => completeResponse(event.response, "completed", event.usage) },
  "response.output_item.added": OUTPUT_ITEM,
  "response.output_item.done": OUTPUT_ITEM,
  "response.content_part.added": { ...IN_PART, inner: (event) => isJson(event.part) },
  "response.content_part.done": { ...IN_PART, inner: (event) => isJson(event.part) },
  "response.output_text.delta": { ...IN_PART, texts: ["delta"] },
  "response.output_text.done": { ...IN_PART, texts: ["text"] },
  "response.output_audio.delta": { ...IN_PART, texts: ["delta"] },
  "response.output_audio.done": IN_PART,
  "response.output_audio_transcript.delta": { ...IN_PART, texts: ["delta"] },
  "response.output_audio_transcript.done": { ...IN_PART, texts: ["transcript"] },
  "response.function_call_arguments.delta": { ...IN_ITEM, texts: ["call_id", "delta"] },
  "response.function_call_arguments.done": { ...IN_ITEM, texts: ["call_id", "name", "arguments"] },
  "response.mcp_call_arguments.delta": { ...IN_ITEM, texts: ["delta"] },
  "response.mcp_call_arguments.done": { ...IN_ITEM, texts: ["arguments"] },
  "response.mcp_call.in_progress": { ids: ITEM, numbers: ["output_index"] },
  "response.mcp_call.completed": { ids: ITEM, numbers: ["output_index"] },
  "response.mcp_call.failed": { ids: ITEM, numbers: ["output_index"] },
  "mcp_list_tools.in_progress": { ids: ITEM },
  "mcp_list_tools.completed": { ids: ITEM },
  "mcp_list_tools.failed": { ids: ITEM },
  "rate_limits.updated": { inner: (event) => Array.isArray(event.rate_limits) },
};

/** The 46 names. */
export const SERVER_EVENT_TYPES = Object.keys(NEEDS) as ServerEventType[];

/**
 * Reads one frame of a server. Fields the types do not know are kept. An event that is not one of the 46, or lacks what
 * nobody can guess, comes as `UnknownEvent`; what is no JSON object with a `type` comes as undefined. Never throws.
 */
export function readServerEvent(text: string): ServerEvent | UnknownEvent | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJson(raw) || typeof raw.type !== "string") return undefined;
  const name = raw.type;
  const event = eventFromBeta(raw);
  if (!complete(event)) return { type: "unknown", name, raw: event };
  // `complete` has put in place every field that the type of this `type` promises.
  return event as unknown as ServerEvent;
}

/**
 * Reads one frame into what the house understands: as `readServerEvent`, and the beta's one `conversation.item.created`
 * becomes the GA pair `added` and, for an item that is final already, `done`. Empty for what is no event at all.
 */
export function readServerEvents(text: string): (ServerEvent | UnknownEvent)[] {
  const event = readServerEvent(text);
  if (!event) return [];
  if (event.type !== "conversation.item.created") return [event];
  const added: ServerEvent = { ...event, type: "conversation.item.added" };
  const unfinished = "status" in event.item && event.item.status === "in_progress";
  return unfinished ? [added] : [added, { ...event, type: "conversation.item.done" }];
}

function complete(event: Json): boolean {
  const type = event.type as string;
  if (!Object.hasOwn(NEEDS, type)) return false;
  const { ids = [], numbers = [], texts = [], inner } = NEEDS[type as ServerEventType];
  for (const id of ids) if (!isId(event[id])) return false;
  for (const number of numbers) if (typeof event[number] !== "number") event[number] = 0;
  for (const text of texts) if (typeof event[text] !== "string") event[text] = "";
  if (!isName(event.event_id)) event.event_id = "";
  if (typeof event.previous_item_id === "string" && !isName(event.previous_item_id)) delete event.previous_item_id;
  return inner ? inner(event) : true;
}

const ROLES = ["system", "user", "assistant"];

function completeItem(item: unknown): boolean {
  if (!isJson(item) || !isId(item.id) || typeof item.type !== "string") return false;
  if (item.type === "message") {
    if (!ROLES.includes(String(item.role))) return false;
    const parts: unknown[] = Array.isArray(item.content) ? item.content : [];
    item.content = parts.filter(isJson);
    itemFromBeta(item);
    for (const part of parts) {
      if (isJson(part) && /_text$/.test(String(part.type)) && typeof part.text !== "string") part.text = "";
    }
  } else if (item.type === "function_call") {
    if (!isName(item.call_id) || !isName(item.name)) return false;
    if (typeof item.arguments !== "string") item.arguments = "";
  } else if (item.type === "function_call_output") {
    if (!isName(item.call_id)) return false;
    if (typeof item.output !== "string") item.output = "";
  }
  return true;
}

function completeSession(event: Json): boolean {
  return isJson(event.session);
}

/** Some servers send `error` as a bare string, or its fields beside `type`. */
function completeError(event: Json): boolean {
  const given = event.error;
  const error: Json = isJson(given)
    ? given
    : { message: typeof given === "string" ? given : event.message, code: event.code ?? null };
  if (typeof error.message !== "string") error.message = "";
  if (typeof error.type !== "string") error.type = "server_error";
  event.error = error;
  return true;
}

/** @param usage beside the response: xAI tells it there, and leaves the one inside empty. */
function completeResponse(response: unknown, status: string, usage?: unknown): boolean {
  if (!isJson(response) || !isName(response.id)) return false;
  if (typeof response.status !== "string") response.status = status;
  if (!Array.isArray(response.output)) response.output = [];
  response.output = (response.output as unknown[]).filter(completeItem);
  const untold = !isJson(response.usage) || Object.keys(response.usage).length === 0;
  if (untold && isJson(usage)) response.usage = usage;
  // One vendor sends a bare word here.
  if (!isJson(response.status_details)) response.status_details = null;
  return true;
}
