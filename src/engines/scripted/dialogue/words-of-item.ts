/** The caller's words in an item of the conversation. */
import type { Item } from "../../../realtime/events.ts";

/** What the caller said; empty when it could not be recognised; undefined when the item is not the caller's. */
export function wordsOfItem(item: Item): string | undefined {
  if (item.type !== "message" || item.role !== "user") return undefined;
  const texts: string[] = [];
  for (const part of item.content) {
    if (part.type === "input_text") texts.push(part.text);
    else if (part.type === "input_audio") texts.push(part.transcript ?? "");
  }
  return texts.join(" ").trim();
}

/**
 * What is understood of what a caller said, letters: a minute of quick talk. Patterns look back over it from many places, so its
 * length is what they cost.
 */
const LONGEST = 1_000;

/** The caller's words as they are understood: in one line, and of too many the last. Empty and undefined as above. */
export function utteranceOf(item: Item): string | undefined {
  const words = wordsOfItem(item);
  return words === undefined ? undefined : utterance([words]);
}

/** Several things said before an answer, as one. */
export function utterance(said: string[]): string {
  return said.join(". ").replace(/\s+/g, " ").slice(-LONGEST).trim();
}

/** What Luna said in an item. */
export function saidInItem(item: Item): string | undefined {
  if (item.type !== "message" || item.role !== "assistant") return undefined;
  return item.content
    .map((part) => (part.type === "output_text" ? part.text : (part.transcript ?? "")))
    .join(" ")
    .trim();
}
