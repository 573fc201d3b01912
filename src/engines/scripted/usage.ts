/** Token counts of a scripted response: estimated, but they add up the way a provider's do. */
import type { Item, RateLimit, Session, Usage } from "../../realtime/events.ts";

const CHARACTERS_PER_TOKEN = 4;
/** Caller audio costs 600 tokens a minute, assistant audio 1,200. */
const INPUT_MS_PER_TOKEN = 100;
export const OUTPUT_MS_PER_TOKEN = 50;
/** An image the caller shows; the small one where little detail is asked for. */
const IMAGE_TOKENS = { low: 85, high: 765 };
/** A provider caches whole blocks of a prefix. */
const CACHE_BLOCK = 64;
const TOKENS_PER_MINUTE = 15_000_000;

/** Estimated tokens of a text. */
export function textTokens(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

export interface Spoken {
  text_tokens: number;
  audio_ms: number;
}

/** What a response read. Text, audio and images are counted apart; together they are all of the input. */
export interface Read {
  text: number;
  audio: number;
  image: number;
}

/** Of the session's prefix and every item before it. `audioMs` gives the length of an item's audio. */
export function inputTokens(
  session: Pick<Session, "instructions" | "tools">,
  items: Item[],
  audioMs: (id: string) => number,
): Read {
  const text = textTokens(session.instructions ?? "") + textTokens(JSON.stringify(session.tools ?? []));
  const read: Read = { text, audio: 0, image: 0 };
  for (const item of items) count(read, item, audioMs);
  return read;
}

function count(read: Read, item: Item, audioMs: (id: string) => number): void {
  if (item.type === "function_call") read.text += textTokens(item.name + item.arguments);
  if (item.type === "function_call_output") read.text += textTokens(item.output);
  if (item.type !== "message") return;
  read.audio += Math.ceil(audioMs(item.id) / (item.role === "assistant" ? OUTPUT_MS_PER_TOKEN : INPUT_MS_PER_TOKEN));
  for (const part of item.content) {
    if (part.type === "input_image") read.image += IMAGE_TOKENS[part.detail === "low" ? "low" : "high"];
    else if ("text" in part) read.text += textTokens(part.text);
  }
}

/** The usage of one response. `cached`: what an earlier response of the session has read already, of each kind. */
export function usageOf(input: Read, spoken: Spoken, cached: Read): Usage {
  const audioOut = Math.ceil(spoken.audio_ms / OUTPUT_MS_PER_TOKEN);
  const found = (kind: keyof Read) => Math.floor(Math.min(cached[kind], input[kind]) / CACHE_BLOCK) * CACHE_BLOCK;
  const [text_tokens, audio_tokens, image_tokens] = [found("text"), found("audio"), found("image")];
  const input_tokens = input.text + input.audio + input.image;
  const output_tokens = spoken.text_tokens + audioOut;
  return {
    total_tokens: input_tokens + output_tokens,
    input_tokens,
    output_tokens,
    input_token_details: {
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: input.image,
      cached_tokens: text_tokens + audio_tokens + image_tokens,
      cached_tokens_details: { text_tokens, audio_tokens, image_tokens },
    },
    output_token_details: { text_tokens: spoken.text_tokens, audio_tokens: audioOut },
  };
}

/** What is left of the minute's allowance after a response; it refills evenly. */
export function rateLimits(used: number): RateLimit[] {
  const spent = Math.min(used, TOKENS_PER_MINUTE);
  const reset_seconds = Math.round((spent / TOKENS_PER_MINUTE) * 60 * 1_000) / 1_000;
  return [{ name: "tokens", limit: TOKENS_PER_MINUTE, remaining: TOKENS_PER_MINUTE - spent, reset_seconds }];
}
