/** Token counts of a scripted response: estimated, but they add up the way a provider's do. */
import type { Item, RateLimit, Session, Usage } from "../../realtime/events.ts";

const CHARACTERS_PER_TOKEN = 4;
/** Caller audio costs 600 tokens a minute, assistant audio 1,200. */
const INPUT_MS_PER_TOKEN = 100;
const OUTPUT_MS_PER_TOKEN = 50;
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

/** What a response read: the session's prefix and every item before it. `audioMs` gives the length of an item's audio. */
export function inputTokens(
  session: Session,
  items: Item[],
  audioMs: (id: string) => number,
): { text: number; audio: number } {
  let text = textTokens(session.instructions ?? "") + textTokens(JSON.stringify(session.tools ?? []));
  let audio = 0;
  for (const item of items) {
    if (item.type === "message") {
      const ms = audioMs(item.id);
      audio += Math.ceil(ms / (item.role === "assistant" ? OUTPUT_MS_PER_TOKEN : INPUT_MS_PER_TOKEN));
      for (const part of item.content) if ("text" in part) text += textTokens(part.text);
    } else if (item.type === "function_call") text += textTokens(item.name + item.arguments);
    else if (item.type === "function_call_output") text += textTokens(item.output);
  }
  return { text, audio };
}

/** The usage of one response. `cached` is how many input tokens an earlier response of the session has read already. */
export function usageOf(input: { text: number; audio: number }, spoken: Spoken, cached: number): Usage {
  const audioOut = Math.ceil(spoken.audio_ms / OUTPUT_MS_PER_TOKEN);
  const cachedText = Math.floor(Math.min(cached, input.text) / CACHE_BLOCK) * CACHE_BLOCK;
  const cachedAudio = Math.floor(Math.min(Math.max(0, cached - input.text), input.audio) / CACHE_BLOCK) * CACHE_BLOCK;
  const input_tokens = input.text + input.audio;
  const output_tokens = spoken.text_tokens + audioOut;
  return {
    total_tokens: input_tokens + output_tokens,
    input_tokens,
    output_tokens,
    input_token_details: {
      text_tokens: input.text,
      audio_tokens: input.audio,
      image_tokens: 0,
      cached_tokens: cachedText + cachedAudio,
      cached_tokens_details: { text_tokens: cachedText, audio_tokens: cachedAudio, image_tokens: 0 },
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
