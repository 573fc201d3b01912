/** The 46 events a server sends, in GA shape. `read.ts` reads them from the wire and fills what the types promise. */
import type { Item } from "./items.ts";
import type { ResponseObject } from "./response-object.ts";
import type { Session, TranscriptionSession } from "./session-config.ts";

interface Received {
  event_id: string;
}

/** Where in a response an event belongs. */
interface OfItem {
  response_id: string;
  item_id: string;
  output_index: number;
}

interface OfPart extends OfItem {
  content_index: number;
}

export interface SessionCreated extends Received {
  type: "session.created";
  session: Session | TranscriptionSession;
}

export interface SessionUpdated extends Received {
  type: "session.updated";
  session: Session | TranscriptionSession;
}

export interface RealtimeError {
  /** `invalid_request_error`, `server_error`, or something new. */
  type: string;
  message: string;
  code?: string | null;
  /** Path of the field at fault: `session.audio.output.voice`. */
  param?: string | null;
  /** `event_id` of the client event at fault. */
  event_id?: string | null;
}

export interface ErrorEvent extends Received {
  type: "error";
  error: RealtimeError;
}

export interface ConversationCreated extends Received {
  type: "conversation.created";
  conversation: { id?: string; object?: "realtime.conversation" };
}

interface ItemPlaced extends Received {
  item: Item;
  previous_item_id?: string | null;
}

export interface ItemCreated extends ItemPlaced {
  type: "conversation.item.created";
}

export interface ItemAdded extends ItemPlaced {
  type: "conversation.item.added";
}

export interface ItemDone extends ItemPlaced {
  type: "conversation.item.done";
}

export interface ItemRetrieved extends Received {
  type: "conversation.item.retrieved";
  item: Item;
}

export interface ItemDeleted extends Received {
  type: "conversation.item.deleted";
  item_id: string;
}

export interface ItemTruncated extends Received {
  type: "conversation.item.truncated";
  item_id: string;
  content_index: number;
  audio_end_ms: number;
}

export interface LogProb {
  token: string;
  logprob: number;
  bytes: number[];
}

export type TranscriptionUsage =
  | {
      type: "tokens";
      input_tokens: number;
      output_tokens: number;
      total_tokens: number;
      input_token_details?: { audio_tokens?: number; text_tokens?: number };
    }
  | { type: "duration"; seconds: number };

export interface TranscriptionDelta extends Received {
  type: "conversation.item.input_audio_transcription.delta";
  item_id: string;
  content_index?: number;
  delta?: string;
  logprobs?: LogProb[] | null;
}

export interface TranscriptionCompleted extends Received {
  type: "conversation.item.input_audio_transcription.completed";
  item_id: string;
  content_index: number;
  transcript: string;
  usage?: TranscriptionUsage | null;
  languages?: { code: string }[] | null;
  logprobs?: LogProb[] | null;
}

export interface TranscriptionSegment extends Received {
  type: "conversation.item.input_audio_transcription.segment";
  id: string;
  item_id: string;
  content_index: number;
  text: string;
  speaker: string;
  /** Seconds. */
  start: number;
  end: number;
}

export interface TranscriptionFailed extends Received {
  type: "conversation.item.input_audio_transcription.failed";
  item_id: string;
  content_index: number;
  error: { type?: string | null; code?: string | null; message?: string | null; param?: string | null };
}

export interface AudioCommitted extends Received {
  type: "input_audio_buffer.committed";
  item_id: string;
  previous_item_id?: string | null;
}

export interface AudioCleared extends Received {
  type: "input_audio_buffer.cleared";
}

/** `audio_start_ms` counts from the first audio ever appended, with the prefix padding taken off. */
export interface SpeechStarted extends Received {
  type: "input_audio_buffer.speech_started";
  item_id: string;
  audio_start_ms: number;
}

export interface SpeechStopped extends Received {
  type: "input_audio_buffer.speech_stopped";
  item_id: string;
  audio_end_ms: number;
}

export interface TimeoutTriggered extends Received {
  type: "input_audio_buffer.timeout_triggered";
  item_id: string;
  audio_start_ms: number;
  audio_end_ms: number;
}

/** SIP only. The one event that is declared without `event_id`. */
export interface DtmfReceived {
  type: "input_audio_buffer.dtmf_event_received";
  event: string;
  /** Unix seconds. */
  received_at: number;
  event_id?: string;
}

/** WebRTC and SIP only, where the server plays the audio. */
export interface OutputAudioStarted extends Received {
  type: "output_audio_buffer.started";
  response_id: string;
}

export interface OutputAudioStopped extends Received {
  type: "output_audio_buffer.stopped";
  response_id: string;
}

export interface OutputAudioCleared extends Received {
  type: "output_audio_buffer.cleared";
  response_id: string;
}

export interface ResponseCreated extends Received {
  type: "response.created";
  response: ResponseObject;
}

/** Comes exactly once for each response, however it ended. */
export interface ResponseDone extends Received {
  type: "response.done";
  response: ResponseObject;
}

export interface OutputItemAdded extends Received {
  type: "response.output_item.added";
  response_id: string;
  output_index: number;
  item: Item;
}

export interface OutputItemDone extends Received {
  type: "response.output_item.done";
  response_id: string;
  output_index: number;
  item: Item;
}

/** A part as the `content_part` events name it: `text` and `audio`, unlike the content of items. */
export type ResponsePart =
  | { type: "text"; text?: string }
  | { type: "audio"; transcript?: string | null; audio?: string | null };

export interface ContentPartAdded extends Received, OfPart {
  type: "response.content_part.added";
  part: ResponsePart;
}

export interface ContentPartDone extends Received, OfPart {
  type: "response.content_part.done";
  part: ResponsePart;
}

export interface OutputTextDelta extends Received, OfPart {
  type: "response.output_text.delta";
  delta: string;
}

export interface OutputTextDone extends Received, OfPart {
  type: "response.output_text.done";
  text: string;
}

/** `delta` is base64 in the session's output format. */
export interface OutputAudioDelta extends Received, OfPart {
  type: "response.output_audio.delta";
  delta: string;
}

export interface OutputAudioDone extends Received, OfPart {
  type: "response.output_audio.done";
}

export interface OutputTranscriptDelta extends Received, OfPart {
  type: "response.output_audio_transcript.delta";
  delta: string;
}

export interface OutputTranscriptDone extends Received, OfPart {
  type: "response.output_audio_transcript.done";
  transcript: string;
}

export interface FunctionArgumentsDelta extends Received, OfItem {
  type: "response.function_call_arguments.delta";
  call_id: string;
  delta: string;
}

export interface FunctionArgumentsDone extends Received, OfItem {
  type: "response.function_call_arguments.done";
  call_id: string;
  name: string;
  arguments: string;
}

export interface McpArgumentsDelta extends Received, OfItem {
  type: "response.mcp_call_arguments.delta";
  delta: string;
  obfuscation?: string | null;
}

export interface McpArgumentsDone extends Received, OfItem {
  type: "response.mcp_call_arguments.done";
  arguments: string;
}

export interface McpCallProgress extends Received {
  type: "response.mcp_call.in_progress" | "response.mcp_call.completed" | "response.mcp_call.failed";
  item_id: string;
  output_index: number;
}

export interface McpListToolsProgress extends Received {
  type: "mcp_list_tools.in_progress" | "mcp_list_tools.completed" | "mcp_list_tools.failed";
  item_id: string;
}

export interface RateLimit {
  /** `requests`, `tokens`. */
  name?: string;
  limit?: number;
  remaining?: number;
  reset_seconds?: number;
}

export interface RateLimitsUpdated extends Received {
  type: "rate_limits.updated";
  rate_limits: RateLimit[];
}

export type ServerEvent =
  | SessionCreated
  | SessionUpdated
  | ErrorEvent
  | ConversationCreated
  | ItemCreated
  | ItemAdded
  | ItemDone
  | ItemRetrieved
  | ItemDeleted
  | ItemTruncated
  | TranscriptionDelta
  | TranscriptionCompleted
  | TranscriptionSegment
  | TranscriptionFailed
  | AudioCommitted
  | AudioCleared
  | SpeechStarted
  | SpeechStopped
  | TimeoutTriggered
  | DtmfReceived
  | OutputAudioStarted
  | OutputAudioStopped
  | OutputAudioCleared
  | ResponseCreated
  | ResponseDone
  | OutputItemAdded
  | OutputItemDone
  | ContentPartAdded
  | ContentPartDone
  | OutputTextDelta
  | OutputTextDone
  | OutputAudioDelta
  | OutputAudioDone
  | OutputTranscriptDelta
  | OutputTranscriptDone
  | FunctionArgumentsDelta
  | FunctionArgumentsDone
  | McpArgumentsDelta
  | McpArgumentsDone
  | McpCallProgress
  | McpListToolsProgress
  | RateLimitsUpdated;

export type ServerEventType = ServerEvent["type"];

/** An event this protocol does not know, kept whole. Its `type` is fixed so that the known ones can be told apart by theirs. */
export interface UnknownEvent {
  type: "unknown";
  /** The `type` on the wire. */
  name: string;
  raw: Record<string, unknown>;
}
