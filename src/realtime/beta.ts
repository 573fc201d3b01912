/**
 * Beta names, as other vendors and gateways still send them, turned into GA. OpenAI itself has not spoken beta since
 * May 2026. All functions take objects fresh from `JSON.parse` and change them in place; GA input passes unchanged.
 */

import { isJson, type Json } from "./json.ts";

const NAMES: Record<string, string> = {
  "response.text.delta": "response.output_text.delta",
  "response.text.done": "response.output_text.done",
  "response.audio.delta": "response.output_audio.delta",
  "response.audio.done": "response.output_audio.done",
  "response.audio_transcript.delta": "response.output_audio_transcript.delta",
  "response.audio_transcript.done": "response.output_audio_transcript.done",
  "transcription_session.created": "session.created",
  "transcription_session.updated": "session.updated",
};

const FORMATS: Record<string, Json> = {
  pcm16: { type: "audio/pcm", rate: 24000 },
  g711_ulaw: { type: "audio/pcmu" },
  g711_alaw: { type: "audio/pcma" },
};

/** One server event in GA names and shapes. `conversation.item.created` keeps its name: GA declares it too. */
export function eventFromBeta(event: Json): Json {
  if (typeof event.type !== "string") return event;
  if (isJson(event.session)) sessionFromBeta(event.session, event.type.startsWith("transcription_session."));
  if (isJson(event.response)) responseFromBeta(event.response);
  if (isJson(event.item)) itemFromBeta(event.item);
  event.type = NAMES[event.type] ?? event.type;
  return event;
}

/** Assistant content was `text` and `audio`; one GA capture has them in finished items still. */
export function itemFromBeta(item: Json): Json {
  if (item.type !== "message" || !Array.isArray(item.content)) return item;
  const side = item.role === "assistant" ? "output" : "input";
  for (const part of item.content) {
    if (isJson(part) && (part.type === "text" || part.type === "audio")) part.type = `${side}_${part.type}`;
  }
  return item;
}

/** A flat session becomes a nested one. Where a server sends both, the nested value is the one in force. */
function sessionFromBeta(session: Json, transcription = false): Json {
  session.type ??= transcription ? "transcription" : "realtime";
  const flat = (key: string) => take(session, key);
  const input: Json = {};
  const output: Json = {};
  put(input, "format", formatFromBeta(flat("input_audio_format")));
  put(input, "transcription", flat("input_audio_transcription"));
  put(input, "noise_reduction", flat("input_audio_noise_reduction"));
  put(input, "turn_detection", turnDetectionFromBeta(flat("turn_detection")));
  put(output, "format", formatFromBeta(flat("output_audio_format")));
  put(output, "voice", voiceFromBeta(flat("voice")));
  put(output, "speed", flat("speed"));
  nest(session, "input", input);
  nest(session, "output", output);
  common(session);
  if (Array.isArray(session.tools)) session.tools = session.tools.map(toolFromBeta);
  // A beta session carried the browser's secret; nothing of ours may keep or pass it on.
  delete session.client_secret;
  return session;
}

function responseFromBeta(response: Json): void {
  const output: Json = {};
  put(output, "format", formatFromBeta(take(response, "output_audio_format")));
  put(output, "voice", voiceFromBeta(take(response, "voice")));
  nest(response, "output", output);
  common(response);
  if (Array.isArray(response.output)) {
    for (const item of response.output) if (isJson(item)) itemFromBeta(item);
  }
}

function common(target: Json): void {
  const modalities = take(target, "modalities");
  if (Array.isArray(modalities)) target.output_modalities ??= [modalities.includes("audio") ? "audio" : "text"];
  const tokens = take(target, "max_response_output_tokens");
  if (tokens !== undefined) target.max_output_tokens ??= tokens;
  delete target.temperature;
}

function formatFromBeta(format: unknown): unknown {
  if (isJson(format)) return format;
  return typeof format === "string" ? FORMATS[format] : undefined;
}

/** `{type:null}` and `{type:"none"}` are how some say push to talk. */
function turnDetectionFromBeta(detection: unknown): unknown {
  return isJson(detection) && (detection.type === null || detection.type === "none") ? null : detection;
}

function voiceFromBeta(voice: unknown): unknown {
  if (!isJson(voice)) return voice ?? undefined;
  return typeof voice.name === "string" ? voice.name : voice;
}

/** The chat-completions way of nesting a function. */
function toolFromBeta(tool: unknown): unknown {
  if (!isJson(tool) || !isJson(tool.function)) return tool;
  const { function: inner, ...outer } = tool;
  return { ...outer, ...(inner as Json) };
}

function nest(target: Json, side: "input" | "output", flat: Json): void {
  if (Object.keys(flat).length === 0) return;
  const audio = isJson(target.audio) ? target.audio : {};
  audio[side] = { ...flat, ...(isJson(audio[side]) ? audio[side] : {}) };
  target.audio = audio;
}

function take(from: Json, key: string): unknown {
  const value = from[key];
  delete from[key];
  return value;
}

function put(into: Json, key: string, value: unknown): void {
  if (value !== undefined) into[key] = value;
}
