/** Strict schemas of the items a client may create. */
import { z } from "zod";
import type { ItemReference, NewItem } from "./items.ts";

/** What the provider takes as an id of a client's own making; 128 is our limit, none is documented. */
const id = z
  .string()
  .max(128)
  .regex(/^[a-zA-Z0-9_-]+$/, { error: "Expected letters, digits, '_' and '-' only." });

const shared = {
  id: id.optional(),
  object: z.literal("realtime.item").optional(),
  status: z.enum(["completed", "incomplete", "in_progress"]).optional(),
};

const inputText = z.strictObject({ type: z.literal("input_text"), text: z.string() });
const inputAudio = z.strictObject({
  type: z.literal("input_audio"),
  audio: z.string().nullable().optional(),
  transcript: z.string().nullable().optional(),
});
const inputImage = z.strictObject({
  type: z.literal("input_image"),
  image_url: z.string().regex(/^data:image\/(png|jpeg);base64,/, { error: "Expected a PNG or JPEG data URI." }),
  detail: z.enum(["auto", "low", "high"]).optional(),
});
/** Assistant audio cannot be created, so `output_audio` is refused like any other type. */
const outputText = z.strictObject({ type: z.literal("output_text"), text: z.string() });

const message = z.discriminatedUnion("role", [
  z.strictObject({
    type: z.literal("message"),
    role: z.literal("system"),
    ...shared,
    content: z.array(z.discriminatedUnion("type", [inputText])),
  }),
  z.strictObject({
    type: z.literal("message"),
    role: z.literal("user"),
    ...shared,
    content: z.array(z.discriminatedUnion("type", [inputText, inputAudio, inputImage])),
  }),
  z.strictObject({
    type: z.literal("message"),
    role: z.literal("assistant"),
    ...shared,
    content: z.array(z.discriminatedUnion("type", [outputText])),
  }),
]);

const functionCall = z.strictObject({
  type: z.literal("function_call"),
  ...shared,
  call_id: z.string().min(1).optional(),
  name: z.string().min(1),
  arguments: z.string(),
});

const functionCallOutput = z.strictObject({
  type: z.literal("function_call_output"),
  ...shared,
  call_id: z.string().min(1),
  output: z.string(),
});

const mcpApprovalResponse = z.strictObject({
  type: z.literal("mcp_approval_response"),
  id,
  approval_request_id: z.string().min(1),
  approve: z.boolean(),
  reason: z.string().nullable().optional(),
});

const itemReference = z.strictObject({ type: z.literal("item_reference"), id: z.string().min(1) });

export const newItem = z.discriminatedUnion("type", [
  message,
  functionCall,
  functionCallOutput,
  mcpApprovalResponse,
]) satisfies z.ZodType<NewItem>;

export const responseInput = z.discriminatedUnion("type", [
  message,
  functionCall,
  functionCallOutput,
  mcpApprovalResponse,
  itemReference,
]) satisfies z.ZodType<NewItem | ItemReference>;
