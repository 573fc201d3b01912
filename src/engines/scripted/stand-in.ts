/**
 * A brain for sessions that are not Luna's: somebody else's instructions and tools, mostly a test's. It understands nothing and
 * pretends nothing, but does the same thing every time: calls the tool the words are about, tells what a tool answered, says
 * what it is told to say, remembers what was said, and repeats everything else.
 */
import type { FunctionTool, Item } from "../../realtime/events.ts";
import type { AnswerContext, AsideContext, Brain, Step } from "./brain.ts";
import { saidInItem, wordsOfItem } from "./dialogue/words-of-item.ts";
import { argumentsFor } from "./stand-in/arguments.ts";
import { toolsFor } from "./stand-in/choose.ts";
import { earlier, fact } from "./stand-in/memory.ts";
import { toldByTool } from "./stand-in/outputs.ts";

/** "Repeat after me: X", "say exactly: X", "reply with: X". */
const SAY =
  /\b(?:repeat after me|(?:say|reply|respond|answer)(?: with)? exactly|(?:reply|respond|answer) with|say(?: the following| this)?)\s*:\s*([\s\S]+)$|\bsay exactly\s+([\s\S]+)$/i;
/** More of one item is not read: patterns look back over it from many places, so its length is what they cost. Characters. */
const MOST_READ = 16_384;
/** Nobody listens to more than this of an answer: two minutes of talk. Characters. */
const MOST_SAID = 2_000;
const CUT = "The rest of it is left out here, because it is too long.";
const GREETING = "Hello! I'm Luna's stand-in. Say something, and I'll repeat it.";
const STILL_THERE = "Are you still there?";
const NOTHING_NEW = "I have nothing to add.";

export function standInBrain(): Brain {
  return new StandIn();
}

class StandIn implements Brain {
  /** Everything the caller has said so far, oldest first. */
  #said: string[] = [];
  /** Names of the tools that were called, by the id of the call. */
  #calls = new Map<string, string>();
  /** Heard since the last answer. */
  #words: string[] = [];
  #outputs: { tool: string; output: string }[] = [];
  #answered = false;

  hear(item: Item): void {
    if (item.type === "function_call") this.#calls.set(item.call_id, item.name);
    if (item.type === "function_call_output") {
      this.#outputs.push({ tool: this.#calls.get(item.call_id) ?? "", output: item.output });
    }
    const words = wordsOfItem(item)?.slice(0, MOST_READ);
    if (words) this.#words.push(words);
    // In a restored conversation what came before an answer has been answered.
    if (saidInItem(item) !== undefined) this.#forget();
  }

  answer(context: AnswerContext): Step {
    if (context.items) return this.aside({ ...context, items: context.items });
    const [words, outputs] = [this.#words.join(" ").slice(0, MOST_READ), this.#outputs];
    const first = !this.#answered;
    this.#forget();
    return reply({ words, outputs, before: this.#said.slice(0, words ? -1 : undefined), first }, context);
  }

  /** Reads the items it is given and nothing else. */
  aside(context: AsideContext): Step {
    const other = new StandIn();
    for (const item of context.items) other.hear(item);
    return other.answer({ ...context, items: undefined });
  }

  #forget(): void {
    if (this.#words.length > 0) this.#said.push(this.#words.join(" ").slice(0, MOST_READ));
    this.#words = [];
    this.#outputs = [];
    this.#answered = true;
  }
}

interface Heard {
  words: string;
  outputs: { tool: string; output: string }[];
  /** What the caller said before. */
  before: string[];
  /** Nothing has been answered yet. */
  first: boolean;
}

function reply({ words, outputs, before, first }: Heard, context: AnswerContext): Step {
  const told = orderIn(context.instructions) ?? orderIn(words);
  if (told) return say(told);
  if (outputs.length > 0) return say(...outputs.map(({ tool, output }) => toldByTool(tool, output)));
  if (context.metadata?.luna === "silence") return say(STILL_THERE);
  if (!words) return say(first ? GREETING : NOTHING_NEW);
  const calls = callsFor(context.functions ?? [], words, context.today);
  if (calls.length > 0) return { say: [], calls };
  return say(fact(words, before) ?? earlier(words, before) ?? `You said: ${ended(words)}`);
}

function callsFor(functions: FunctionTool[], words: string, today: string): Step["calls"] {
  return toolsFor(functions, words).map((tool) => ({ name: tool.name, arguments: argumentsFor(tool, words, today) }));
}

function orderIn(text: string | undefined): string | undefined {
  const match = SAY.exec(text ?? "");
  const words = (match?.[1] ?? match?.[2])?.trim();
  return words?.replace(/^["“'](.*)["”']\.?$/s, "$1") || undefined;
}

function ended(text: string): string {
  return /[.!?…]["”']?$/.test(text) ? text : `${text}.`;
}

/** As many of the sentences as anybody listens to; the one that is too long is cut between two words. */
function say(...sentences: string[]): Step {
  const said: string[] = [];
  let left = MOST_SAID;
  for (const sentence of sentences) {
    if (sentence.length > left) {
      const cut = sentence.slice(0, left);
      return { say: [...said, `${cut.slice(0, Math.max(cut.lastIndexOf(" "), 0) || left)}...`, CUT], calls: [] };
    }
    said.push(sentence);
    left -= sentence.length;
  }
  return { say: said, calls: [] };
}
