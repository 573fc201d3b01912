/** Which tool the caller's words are about. */
import type { FunctionTool } from "../../../realtime/events.ts";
import { stemsIn, wordsIn } from "./words.ts";

/** A tool's own name said in full outweighs every likeness. */
const NAMED = 100;
/** A word of its name says more than one of its description. */
const IN_NAME = 3;
const ENOUGH = 2;
const REFUSED = /\b(?:without|no|don'?t|do not|never)\b[^.!?]{0,20}\b(?:tools?|functions?)\b/i;

/** The tools that are named, in the order they were; else the one that fits best; else none. */
export function toolsFor(tools: readonly FunctionTool[], words: string): FunctionTool[] {
  if (REFUSED.test(words)) return [];
  const named = tools
    .map((tool) => ({ tool, at: nameIn(tool.name, words) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
    .map(({ tool }) => tool);
  if (named.length > 0) return named;
  const best = bestTool(tools, words);
  return best ? [best] : [];
}

/** The tool with the most in common with these words, if it is enough. The first of equals. */
export function bestTool(tools: readonly FunctionTool[], words: string): FunctionTool | undefined {
  let best: { tool: FunctionTool; likeness: number } | undefined;
  for (const tool of tools) {
    const likeness = likenessOf(tool, words);
    if (likeness >= ENOUGH && likeness > (best?.likeness ?? 0)) best = { tool, likeness };
  }
  return best?.tool;
}

function likenessOf(tool: FunctionTool, words: string): number {
  if (nameIn(tool.name, words) >= 0) return NAMED;
  const said = stemsIn(words);
  const name = stemsIn(tool.name);
  const common = (stems: Set<string>) => [...stems].filter((one) => said.has(one)).length;
  const description = new Set([...stemsIn(tool.description ?? "")].filter((one) => !name.has(one)));
  return IN_NAME * common(name) + common(description);
}

/** Where a tool's name is said, as it is written or in words; -1 where it is not. A name of one common word must be written. */
function nameIn(name: string, words: string): number {
  const written = new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`, "i").exec(words);
  const parts = wordsIn(name);
  if (written && (parts.length > 1 || /\b(?:tool|call|use|run)\b/i.test(words))) return written.index;
  if (parts.length < 2) return -1;
  return words.toLowerCase().search(new RegExp(`\\b${parts.map(escaped).join("[\\s_-]*")}\\b`));
}

export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
