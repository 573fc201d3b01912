/** The items a conversation is made of, in GA shape, as servers send them and as clients may create them. */

export type ItemStatus = "completed" | "incomplete" | "in_progress";

export interface InputText {
  type: "input_text";
  text: string;
}

export interface InputAudio {
  type: "input_audio";
  /** Base64 in the session's input format; only in what a client creates and in `conversation.item.retrieved`. */
  audio?: string | null;
  /** Null until transcribed; a committed item never gets it later, the transcription events bring it. */
  transcript?: string | null;
}

export interface InputImage {
  type: "input_image";
  /** Data URI, PNG or JPEG. */
  image_url: string;
  detail?: "auto" | "low" | "high";
}

export interface OutputText {
  type: "output_text";
  text: string;
}

export interface OutputAudio {
  type: "output_audio";
  audio?: string | null;
  transcript?: string | null;
}

export type ContentPart = InputText | InputAudio | InputImage | OutputText | OutputAudio;

interface ItemBase {
  id: string;
  object?: "realtime.item";
  status?: ItemStatus;
}

export interface SystemMessage extends ItemBase {
  type: "message";
  role: "system";
  content: InputText[];
}

export interface UserMessage extends ItemBase {
  type: "message";
  role: "user";
  content: (InputText | InputAudio | InputImage)[];
}

export interface AssistantMessage extends ItemBase {
  type: "message";
  role: "assistant";
  content: (OutputText | OutputAudio)[];
  /** `commentary` (spoken before a tool runs) or `final_answer` on newer models; undeclared, so any string. */
  phase?: string | null;
}

export type Message = SystemMessage | UserMessage | AssistantMessage;

export interface FunctionCall extends ItemBase {
  type: "function_call";
  call_id: string;
  name: string;
  /** JSON text; empty until the call is complete. */
  arguments: string;
}

export interface FunctionCallOutput extends ItemBase {
  type: "function_call_output";
  call_id: string;
  output: string;
}

export interface McpListTools {
  id: string;
  type: "mcp_list_tools";
  server_label: string;
  tools: { name: string; input_schema: unknown; annotations?: unknown; description?: string | null }[];
}

export interface McpCall {
  id: string;
  type: "mcp_call";
  server_label: string;
  name: string;
  arguments: string;
  approval_request_id?: string | null;
  output?: string | null;
  error?:
    | { type: "protocol_error" | "http_error"; code: number; message: string }
    | { type: "tool_execution_error"; message: string }
    | null;
}

export interface McpApprovalRequest {
  id: string;
  type: "mcp_approval_request";
  server_label: string;
  name: string;
  arguments: string;
}

export interface McpApprovalResponse {
  id: string;
  type: "mcp_approval_response";
  approval_request_id: string;
  approve: boolean;
  reason?: string | null;
}

/** An item of the conversation as a server sends it. */
export type Item =
  | Message
  | FunctionCall
  | FunctionCallOutput
  | McpListTools
  | McpCall
  | McpApprovalRequest
  | McpApprovalResponse;

/** The same item before a server has seen it: its id may be left to the server. */
export type Draft<T> = T extends { id: string } ? Omit<T, "id"> & { id?: string } : never;

/** An assistant message as a client may restore it: text only, since assistant audio cannot be created. */
export interface RestoredAssistantMessage {
  type: "message";
  role: "assistant";
  content: OutputText[];
  id?: string;
  object?: "realtime.item";
  status?: ItemStatus;
}

/** An item as a client may create it. */
export type NewItem =
  | Draft<SystemMessage>
  | Draft<UserMessage>
  | RestoredAssistantMessage
  | (Omit<Draft<FunctionCall>, "call_id"> & { call_id?: string })
  | Draft<FunctionCallOutput>
  | McpApprovalResponse;

/** Points at an item of the conversation; only in the `input` of a `response.create`. */
export interface ItemReference {
  type: "item_reference";
  id: string;
}
