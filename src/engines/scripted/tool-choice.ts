/** What `tool_choice` and `parallel_tool_calls` make of an answer, whoever thought of it. */
import type { FunctionTool, Item } from "../../realtime/events.ts";
import type { AnswerContext, Call, Step } from "./brain.ts";
import { wordsOfItem } from "./dialogue/words-of-item.ts";
import { argumentsFor } from "./stand-in/arguments.ts";
import { bestTool } from "./stand-in/choose.ts";

/** The caller's last words in these items; empty where there are none. */
export function lastWords(items: readonly Item[]): string {
  for (const item of items.toReversed()) {
    const words = wordsOfItem(item);
    if (words) return words;
  }
  return "";
}

/** The answer with the calls that are allowed, and with the one that is demanded. */
export function honour(step: Step, context: AnswerContext, words: string, parallel: boolean): Step {
  const { choice = "auto", functions = [], today } = context;
  if (choice === "none") return { say: step.say, calls: [] };
  const make = (tool: FunctionTool | undefined): Call[] =>
    tool ? [{ name: tool.name, arguments: argumentsFor(tool, words, today) }] : [];
  if (typeof choice === "object" && choice.type === "function") {
    const asked = step.calls.filter((call) => call.name === choice.name);
    const calls = asked.length > 0 ? asked : make(functions.find((tool) => tool.name === choice.name));
    return calls.length > 0 ? { say: [], calls: one(calls, parallel) } : step;
  }
  if (choice === "required" && step.calls.length === 0) {
    const calls = make(bestTool(functions, words) ?? functions[0]);
    return calls.length > 0 ? { say: [], calls } : step;
  }
  return { say: step.say, calls: one(step.calls, parallel) };
}

function one(calls: Call[], parallel: boolean): Call[] {
  return parallel ? calls : calls.slice(0, 1);
}
