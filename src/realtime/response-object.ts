/** A response as `response.created` and `response.done` carry it, and what it used. */
import type { Item } from "./items.ts";
import type { AudioFormat, OutputModality } from "./session-config.ts";

export interface ModalityTokens {
  text_tokens?: number;
  audio_tokens?: number;
  image_tokens?: number;
}

/** Tokens of one response. Cached tokens are part of the input tokens, not beside them. */
export interface Usage {
  total_tokens?: number;
  input_tokens?: number;
  output_tokens?: number;
  input_token_details?: ModalityTokens & { cached_tokens?: number; cached_tokens_details?: ModalityTokens };
  output_token_details?: { text_tokens?: number; audio_tokens?: number };
}

export type ResponseStatus = "in_progress" | "completed" | "cancelled" | "failed" | "incomplete";

export interface StatusDetails {
  type?: "completed" | "cancelled" | "incomplete" | "failed";
  reason?: "turn_detected" | "client_cancelled" | "max_output_tokens" | "content_filter";
  error?: { type?: string | null; code?: string | null; message?: string | null } | null;
}

export interface ResponseObject {
  id: string;
  object?: "realtime.response";
  status: ResponseStatus;
  status_details?: StatusDetails | null;
  output: Item[];
  /** Null for a response outside the conversation. */
  conversation_id?: string | null;
  output_modalities?: OutputModality[];
  max_output_tokens?: number | "inf";
  audio?: { output?: { format?: AudioFormat; voice?: string } };
  metadata?: Record<string, string> | null;
  usage?: Usage | null;
}
