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

/** What Luna said in an item. */
export function saidInItem(item: Item): string | undefined {
  if (item.type !== "message" || item.role !== "assistant") return undefined;
  return item.content
    .map((part) => (part.type === "output_text" ? part.text : (part.transcript ?? "")))
    .join(" ")
    .trim();
}
