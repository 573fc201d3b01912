/**
 * Strict schemas of the 11 client events: an unknown field is an error, as it is at the provider, because a field that is
 * silently dropped makes a session run with other settings than its client believes.
 */
import { z } from "zod";
import type { ClientEvent } from "./client-events.ts";
import { newItem, responseInput } from "./item-schemas.ts";
import {
  modalities,
  reasoning,
  sessionConfig,
  storedPrompt,
  tokenLimit,
  toolChoice,
  tools,
} from "./session-schemas.ts";

/** 15 MiB of audio, in base64. */
const MAX_APPEND = 20 * 1024 * 1024;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const event_id = z.string().max(512).optional();
const id = z.string().min(1);

const audio = z
  .string()
  .max(MAX_APPEND)
  .refine((text) => text.length % 4 !== 1 && BASE64.test(text), {
    error: "Expected base64-encoded audio bytes.",
  });

const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, { error: "Expected at most 16 pairs." });

const outputAudio = z.strictObject({
  format: sessionConfig.audioFormat.optional(),
  voice: sessionConfig.voice.optional(),
});

const responseOverrides = z.strictObject({
  instructions: z.string().optional(),
  output_modalities: modalities.optional(),
  audio: z.strictObject({ output: outputAudio.optional() }).optional(),
  tools: tools.optional(),
  tool_choice: toolChoice.optional(),
  parallel_tool_calls: z.boolean().optional(),
  reasoning: reasoning.optional(),
  max_output_tokens: tokenLimit.optional(),
  metadata: metadata.nullable().optional(),
  prompt: storedPrompt.nullable().optional(),
  conversation: z.enum(["auto", "none"]).optional(),
  input: z.array(responseInput).optional(),
});

export const clientEvent = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("session.update"),
    event_id,
    session: z.discriminatedUnion("type", [sessionConfig.realtime, sessionConfig.transcription]),
  }),
  z.strictObject({ type: z.literal("input_audio_buffer.append"), event_id, audio }),
  z.strictObject({ type: z.literal("input_audio_buffer.commit"), event_id }),
  z.strictObject({ type: z.literal("input_audio_buffer.clear"), event_id }),
  z.strictObject({ type: z.literal("output_audio_buffer.clear"), event_id }),
  z.strictObject({
    type: z.literal("conversation.item.create"),
    event_id,
    item: newItem,
    previous_item_id: z.string().nullable().optional(),
  }),
  z.strictObject({ type: z.literal("conversation.item.retrieve"), event_id, item_id: id }),
  z.strictObject({ type: z.literal("conversation.item.delete"), event_id, item_id: id }),
  z.strictObject({
    type: z.literal("conversation.item.truncate"),
    event_id,
    item_id: id,
    content_index: z.int().min(0),
    audio_end_ms: z.int().min(0),
  }),
  z.strictObject({ type: z.literal("response.create"), event_id, response: responseOverrides.optional() }),
  z.strictObject({ type: z.literal("response.cancel"), event_id, response_id: id.optional() }),
]) satisfies z.ZodType<ClientEvent>;
