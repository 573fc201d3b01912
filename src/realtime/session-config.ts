/** The configuration of a session, in GA shape: what a client asks for and what a server says is in force. */

/** PCM16 little-endian mono 24 kHz, or G.711 at 8 kHz. */
export type AudioFormat = { type: "audio/pcm"; rate?: 24000 } | { type: "audio/pcmu" } | { type: "audio/pcma" };

export interface ServerVad {
  type: "server_vad";
  /** 0 to 1. */
  threshold?: number;
  prefix_padding_ms?: number;
  silence_duration_ms?: number;
  /** 5,000 to 30,000, or null for none. */
  idle_timeout_ms?: number | null;
  create_response?: boolean;
  interrupt_response?: boolean;
}

export interface SemanticVad {
  type: "semantic_vad";
  eagerness?: "auto" | "low" | "medium" | "high";
  /** Undocumented; the Agents SDK passes it through. */
  model_version?: string;
  create_response?: boolean;
  interrupt_response?: boolean;
}

export type TurnDetection = ServerVad | SemanticVad;

export interface Transcription {
  model?: string;
  /** ISO-639-1. Servers echo null for what was not set. */
  language?: string | null;
  languages?: string[] | null;
  prompt?: string | null;
  keywords?: string[] | null;
  delay?: "minimal" | "low" | "medium" | "high" | "xhigh";
}

export interface NoiseReduction {
  type?: "near_field" | "far_field";
  strength?: number;
}

export interface InputAudioConfig {
  format?: AudioFormat;
  noise_reduction?: NoiseReduction | null;
  transcription?: Transcription | null;
  /** Null is push to talk: the client commits. */
  turn_detection?: TurnDetection | null;
}

export interface OutputAudioConfig {
  format?: AudioFormat;
  /** Locked once the assistant has been heard. */
  voice?: string | { id: string };
  /** 0.25 to 1.5. */
  speed?: number;
}

/** JSON Schema of a function's arguments. */
export type JsonSchema = Record<string, unknown>;

export interface FunctionTool {
  type: "function";
  name: string;
  description?: string;
  parameters?: JsonSchema;
}

/** Being retired in favour of `server_url` and `tunnel_id`. */
export type ConnectorId =
  | "connector_dropbox"
  | "connector_gmail"
  | "connector_googlecalendar"
  | "connector_googledrive"
  | "connector_microsoftteams"
  | "connector_outlookcalendar"
  | "connector_outlookemail"
  | "connector_sharepoint";

export interface McpTool {
  type: "mcp";
  server_label: string;
  server_url?: string;
  connector_id?: ConnectorId;
  tunnel_id?: string;
  authorization?: string;
  headers?: Record<string, string> | null;
  allowed_tools?: string[] | { read_only?: boolean; tool_names?: string[] } | null;
  require_approval?:
    | "always"
    | "never"
    | {
        always?: { read_only?: boolean; tool_names?: string[] };
        never?: { read_only?: boolean; tool_names?: string[] };
      }
    | null;
  server_description?: string;
  defer_loading?: boolean;
  allowed_callers?: ("direct" | "programmatic")[] | null;
}

export type Tool = FunctionTool | McpTool;

export type ToolChoice =
  | "auto"
  | "none"
  | "required"
  | { type: "function"; name: string }
  | { type: "mcp"; server_label: string; name?: string | null };

export type OutputModality = "text" | "audio";
export type ReasoningEffort = "minimal" | "low" | "medium" | "high" | "xhigh";

export interface StoredPrompt {
  id: string;
  version?: string | null;
  variables?: Record<string, string> | null;
}

export type Truncation =
  | "auto"
  | "disabled"
  | { type: "retention_ratio"; retention_ratio: number; token_limits?: { post_instructions?: number } };

export type Tracing = "auto" | { workflow_name?: string; group_id?: string; metadata?: unknown };

/** A conversation session. Updates are partial: an absent field keeps its value. */
export interface SessionConfig {
  type: "realtime";
  model?: string;
  instructions?: string;
  /** One of the two, never both. */
  output_modalities?: OutputModality[];
  audio?: { input?: InputAudioConfig; output?: OutputAudioConfig };
  tools?: Tool[];
  tool_choice?: ToolChoice;
  parallel_tool_calls?: boolean;
  /** 1 to 4,096 per response, or `inf`. */
  max_output_tokens?: number | "inf";
  reasoning?: { effort?: ReasoningEffort };
  truncation?: Truncation;
  tracing?: Tracing | null;
  prompt?: StoredPrompt | null;
  include?: "item.input_audio_transcription.logprobs"[] | null;
}

/** A session that only transcribes. */
export interface TranscriptionConfig {
  type: "transcription";
  audio?: { input?: InputAudioConfig };
  include?: "item.input_audio_transcription.logprobs"[] | null;
}

interface ServerSet {
  id?: string;
  object?: string;
  /** Unix seconds. */
  expires_at?: number;
}

/** The whole effective configuration, as `session.created` and `session.updated` carry it. */
export type Session = SessionConfig & ServerSet;
export type TranscriptionSession = TranscriptionConfig & ServerSet;
