/** Strict schemas of the session configuration, with the provider's ranges. */
import { z } from "zod";
import type { SessionConfig, Tool, TranscriptionConfig } from "./session-config.ts";

const audioFormat = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("audio/pcm"), rate: z.literal(24000).optional() }),
  z.strictObject({ type: z.literal("audio/pcmu") }),
  z.strictObject({ type: z.literal("audio/pcma") }),
]);

const turnDetection = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("server_vad"),
    threshold: z.number().min(0).max(1).optional(),
    prefix_padding_ms: z.int().min(0).optional(),
    silence_duration_ms: z.int().min(0).optional(),
    idle_timeout_ms: z.int().min(5_000).max(30_000).nullable().optional(),
    create_response: z.boolean().optional(),
    interrupt_response: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal("semantic_vad"),
    eagerness: z.enum(["auto", "low", "medium", "high"]).optional(),
    create_response: z.boolean().optional(),
    interrupt_response: z.boolean().optional(),
    model_version: z.string().optional(),
  }),
]);

const transcriptionModel = z.strictObject({
  model: z.string().optional(),
  language: z.string().nullable().optional(),
  languages: z.array(z.string()).nullable().optional(),
  prompt: z.string().nullable().optional(),
  keywords: z.array(z.string()).nullable().optional(),
  delay: z.enum(["minimal", "low", "medium", "high", "xhigh"]).optional(),
});

const input = z.strictObject({
  format: audioFormat.optional(),
  noise_reduction: z
    .strictObject({ type: z.enum(["near_field", "far_field"]).optional(), strength: z.number().optional() })
    .nullable()
    .optional(),
  transcription: transcriptionModel.nullable().optional(),
  turn_detection: turnDetection.nullable().optional(),
});

const voice = z.union([z.string().min(1), z.strictObject({ id: z.string().min(1) })]);

const output = z.strictObject({
  format: audioFormat.optional(),
  voice: voice.optional(),
  speed: z.number().min(0.25).max(1.5).optional(),
});

const functionTool = z.strictObject({
  type: z.literal("function"),
  name: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[a-zA-Z0-9_-]+$/, { error: "Expected letters, digits, '_' and '-' only." }),
  description: z.string().optional(),
  parameters: z.record(z.string(), z.unknown()).optional(),
});

const toolFilter = z.strictObject({
  read_only: z.boolean().optional(),
  tool_names: z.array(z.string()).optional(),
});

const connectorId = z.enum([
  "connector_dropbox",
  "connector_gmail",
  "connector_googlecalendar",
  "connector_googledrive",
  "connector_microsoftteams",
  "connector_outlookcalendar",
  "connector_outlookemail",
  "connector_sharepoint",
]);

const mcpTool = z.strictObject({
  type: z.literal("mcp"),
  server_label: z.string().min(1),
  server_url: z.string().optional(),
  connector_id: connectorId.optional(),
  tunnel_id: z.string().optional(),
  authorization: z.string().optional(),
  headers: z.record(z.string(), z.string()).nullable().optional(),
  allowed_tools: z
    .union([z.array(z.string()), toolFilter])
    .nullable()
    .optional(),
  require_approval: z
    .union([
      z.enum(["always", "never"]),
      z.strictObject({ always: toolFilter.optional(), never: toolFilter.optional() }),
    ])
    .nullable()
    .optional(),
  server_description: z.string().optional(),
  defer_loading: z.boolean().optional(),
  allowed_callers: z
    .array(z.enum(["direct", "programmatic"]))
    .nullable()
    .optional(),
});

export const tools = z.array(z.discriminatedUnion("type", [functionTool, mcpTool])) satisfies z.ZodType<Tool[]>;

export const toolChoice = z.union([
  z.enum(["auto", "none", "required"]),
  z.discriminatedUnion("type", [
    z.strictObject({ type: z.literal("function"), name: z.string().min(1) }),
    z.strictObject({
      type: z.literal("mcp"),
      server_label: z.string().min(1),
      name: z.string().nullable().optional(),
    }),
  ]),
]);

/** One of the two, never both. */
export const modalities = z
  .array(z.enum(["text", "audio"]))
  .length(1, { error: "Expected exactly one of 'text' and 'audio'." });
export const tokenLimit = z.union([z.int().min(1).max(4_096), z.literal("inf")]);
export const reasoning = z.strictObject({
  effort: z.enum(["minimal", "low", "medium", "high", "xhigh"]).optional(),
});
export const storedPrompt = z.strictObject({
  id: z.string().min(1),
  version: z.string().nullable().optional(),
  variables: z.record(z.string(), z.string()).nullable().optional(),
});

const truncation = z.union([
  z.enum(["auto", "disabled"]),
  z.strictObject({
    type: z.literal("retention_ratio"),
    retention_ratio: z.number().min(0).max(1),
    token_limits: z.strictObject({ post_instructions: z.int().min(0).optional() }).optional(),
  }),
]);

const tracing = z.union([
  z.literal("auto"),
  z.strictObject({
    workflow_name: z.string().optional(),
    group_id: z.string().optional(),
    metadata: z.unknown().optional(),
  }),
]);

const include = z
  .array(z.enum(["item.input_audio_transcription.logprobs"]))
  .nullable()
  .optional();

const realtime = z.strictObject({
  type: z.literal("realtime"),
  model: z.string().min(1).optional(),
  instructions: z.string().optional(),
  output_modalities: modalities.optional(),
  audio: z.strictObject({ input: input.optional(), output: output.optional() }).optional(),
  tools: tools.optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  max_output_tokens: tokenLimit.optional(),
  reasoning: reasoning.optional(),
  truncation: truncation.optional(),
  tracing: tracing.nullable().optional(),
  prompt: storedPrompt.nullable().optional(),
  include,
}) satisfies z.ZodType<SessionConfig>;

const transcription = z.strictObject({
  type: z.literal("transcription"),
  audio: z.strictObject({ input: input.optional() }).optional(),
  include,
}) satisfies z.ZodType<TranscriptionConfig>;

export const sessionConfig = { audioFormat, voice, realtime, transcription };
