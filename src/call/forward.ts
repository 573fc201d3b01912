/** Which of the engine's events the page gets to see. */
import type { PageEvent } from "../legs/wire.ts";
import type { ServerEvent } from "../realtime/events.ts";
import { isCut, soundOf } from "./playback.ts";
import type { CallState } from "./state.ts";
import { turnOf } from "./transcript.ts";

/**
 * The event as the page may have it; null when it is the call's own business: the session and its instructions, limits,
 * errors (told in plain words), audio (sent as binary frames), functions with arguments that may hold whole numbers, and
 * whatever still comes of a response that was cut off.
 */
export function forPage(state: CallState, event: ServerEvent): PageEvent | null {
  switch (event.type) {
    case "session.created":
    case "session.updated":
    case "rate_limits.updated":
    case "error":
    case "conversation.item.retrieved":
    case "response.output_audio.delta":
    case "response.function_call_arguments.delta":
    case "response.function_call_arguments.done":
    case "response.mcp_call_arguments.delta":
    case "response.mcp_call_arguments.done":
      return null;
    case "conversation.item.created":
    case "conversation.item.added":
    case "conversation.item.done":
      return isCallers(event.item) && !isKnown(state, event.item.id) ? event : null;
    case "response.output_item.added":
    case "response.output_item.done":
      return event.item.type === "message" && !isStale(state, event) ? event : null;
    case "response.done":
      return { ...event, response: { ...event.response, output: event.response.output.filter(isMessage) } };
    case "output_audio_buffer.stopped":
    case "output_audio_buffer.cleared":
      return event;
    default:
      return isStale(state, event) ? null : event;
  }
}

function isMessage(item: { type: string }): boolean {
  return item.type === "message";
}

function isCallers(item: { type: string; role?: string }): boolean {
  return item.type === "message" && item.role === "user";
}

/** Words the page has been told already: typed, or told again to a new engine. */
function isKnown(state: CallState, item_id: string): boolean {
  const turn = turnOf(state, item_id);
  return turn !== undefined && turn.state !== "live";
}

function isStale(state: CallState, event: ServerEvent): boolean {
  if ("response_id" in event && isCut(state.playback, event.response_id)) return true;
  return "item_id" in event && event.type.startsWith("response.") && isCutItem(state, event.item_id);
}

function isCutItem(state: CallState, item_id: string): boolean {
  return soundOf(state.playback, item_id)?.state === "cut";
}
