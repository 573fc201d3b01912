/** The 11 events a client may send. Strict schemas of the same shapes are in `client-schemas.ts`. */
import type { ItemReference, NewItem } from "./items.ts";
import type {
  AudioFormat,
  OutputModality,
  ReasoningEffort,
  SessionConfig,
  StoredPrompt,
  Tool,
  ToolChoice,
  TranscriptionConfig,
} from "./session-config.ts";

interface Sent {
  /** At most 512 characters; comes back only in `error.event_id`. */
  event_id?: string;
}

export interface SessionUpdate extends Sent {
  type: "session.update";
  session: SessionConfig | TranscriptionConfig;
}

export interface AudioAppend extends Sent {
  type: "input_audio_buffer.append";
  /** Base64 in the session's input format. */
  audio: string;
}

export interface AudioCommit extends Sent {
  type: "input_audio_buffer.commit";
}

export interface AudioClear extends Sent {
  type: "input_audio_buffer.clear";
}

/** WebRTC and SIP only: stops what the server is playing. */
export interface OutputAudioClear extends Sent {
  type: "output_audio_buffer.clear";
}

export interface ItemCreate extends Sent {
  type: "conversation.item.create";
  item: NewItem;
  /** Absent appends, `root` puts first, an id puts after it. */
  previous_item_id?: string | null;
}

export interface ItemRetrieve extends Sent {
  type: "conversation.item.retrieve";
  item_id: string;
}

export interface ItemDelete extends Sent {
  type: "conversation.item.delete";
  item_id: string;
}

export interface ItemTruncate extends Sent {
  type: "conversation.item.truncate";
  item_id: string;
  content_index: number;
  /** Integer ms from the start of the item's audio, never more than it has. */
  audio_end_ms: number;
}

/** What one response does differently from the session. */
export interface ResponseOverrides {
  instructions?: string;
  output_modalities?: OutputModality[];
  audio?: { output?: { format?: AudioFormat; voice?: string | { id: string } } };
  tools?: Tool[];
  tool_choice?: ToolChoice;
  parallel_tool_calls?: boolean;
  reasoning?: { effort?: ReasoningEffort };
  max_output_tokens?: number | "inf";
  /** At most 16 pairs, keys of 64 and values of 512 characters. */
  metadata?: Record<string, string> | null;
  prompt?: StoredPrompt | null;
  /** `none` keeps the response out of the conversation. */
  conversation?: "auto" | "none";
  /** Replaces the conversation as context; `[]` is no context. */
  input?: (NewItem | ItemReference)[];
}

export interface ResponseCreate extends Sent {
  type: "response.create";
  response?: ResponseOverrides;
}

export interface ResponseCancel extends Sent {
  type: "response.cancel";
  response_id?: string;
}

export type ClientEvent =
  | SessionUpdate
  | AudioAppend
  | AudioCommit
  | AudioClear
  | OutputAudioClear
  | ItemCreate
  | ItemRetrieve
  | ItemDelete
  | ItemTruncate
  | ResponseCreate
  | ResponseCancel;
