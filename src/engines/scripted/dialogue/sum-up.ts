/** A few sentences on what a conversation was about, from its items alone. */
import type { Item } from "../../../realtime/events.ts";
import { firstTelling } from "../../../words/telling.ts";
import { readResult } from "./results.ts";
import type { Script } from "./state.ts";
import { utteranceOf } from "./words-of-item.ts";

export function sumUp(script: Script, items: Item[]): string {
  const asked = firstTelling(items.map((item) => utteranceOf(item) ?? ""));
  const results = items.flatMap((item) => (item.type === "function_call_output" ? [readResult(item.output)] : []));
  const done = results.filter((result) => result.ok && result.say).map((result) => result.say);
  const parts = [`${script.scenario.caller.name} called Aurora Bank.`];
  if (asked) parts.push(`They said: "${asked}"`);
  parts.push(done.length > 0 ? `Done so far: ${done.join(" ")}` : "Nothing has been done yet.");
  return parts.join(" ");
}
