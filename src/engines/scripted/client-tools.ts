/**
 * Luna beside tools that are not hers: a client that leads its call may bring functions of its own into the session. Words that ask for
 * nothing that Luna does, and have enough in common with such a tool, call it, as the stand-in would; all else is Luna's.
 */
import type { FunctionTool, Item } from "../../realtime/events.ts";
import type { AnswerContext, AsideContext, Brain, Call, Sound, Step } from "./brain.ts";
import { saidInItem, utterance, utteranceOf } from "./dialogue/words-of-item.ts";
import { argumentsFor } from "./stand-in/arguments.ts";
import { toolsFor } from "./stand-in/choose.ts";
import { toldByTool } from "./stand-in/outputs.ts";
import { wordsIn } from "./stand-in/words.ts";

export class BesideClientTools implements Brain {
  readonly #inner: Brain;
  readonly #own: ReadonlySet<string>;
  /** What the caller has said since the last answer: whose it is shows when it is answered. */
  #held: { item: Item; sound: Sound | undefined }[] = [];
  /** Names of the client's tools that were called, by the id of the call. */
  #calls = new Map<string, string>();
  /** What they gave back, not told yet. */
  #outputs: { tool: string; output: string }[] = [];
  /** The next message is told from a client's tool: none of Luna's words. */
  #telling = false;
  #answered = false;

  /** @param own names of the tools that are Luna's in this call. */
  constructor(inner: Brain, own: readonly string[]) {
    this.#inner = inner;
    this.#own = new Set(own);
  }

  hear(item: Item, sound?: Sound): void {
    if (utteranceOf(item) !== undefined) this.#held.push({ item, sound });
    else if (!this.#isTheirs(item)) {
      this.#handOn();
      this.#inner.hear(item, sound);
    }
  }

  /** Calls of the client's tools, what they gave back, and the message that told it: Luna's own memory has no use for them. */
  #isTheirs(item: Item): boolean {
    if (item.type === "function_call") {
      if (this.#own.has(item.name)) return false;
      this.#calls.set(item.call_id, item.name);
      // In a restored conversation the call is what these words were answered with.
      if (!this.#answered) this.#held = [];
      return true;
    }
    if (item.type === "function_call_output") {
      const tool = this.#calls.get(item.call_id);
      if (tool !== undefined) this.#outputs.push({ tool, output: item.output });
      return tool !== undefined;
    }
    if (saidInItem(item) === undefined) return false;
    const told = this.#telling || (!this.#answered && this.#outputs.length > 0);
    this.#telling = false;
    if (!this.#answered) this.#outputs = [];
    return told;
  }

  #handOn(): void {
    for (const { item, sound } of this.#held.splice(0)) this.#inner.hear(item, sound);
  }

  concerns(words: string): boolean {
    return this.#inner.concerns?.(words) ?? false;
  }

  get idle(): boolean {
    return this.#inner.idle !== false;
  }

  answer(context: AnswerContext): Step {
    this.#answered = true;
    const told = this.#outputs.splice(0).map(({ tool, output }) => toldByTool(tool, output));
    this.#telling = told.length > 0;
    const words = utterance(this.#held.map(({ item }) => utteranceOf(item) ?? ""));
    const calls = this.#callsFor(words, context);
    if (calls.length > 0) this.#held = [];
    if (calls.length > 0 || (told.length > 0 && words === "")) return { say: told, calls };
    this.#handOn();
    const step = this.#inner.answer(context);
    return { say: [...told, ...step.say], calls: step.calls };
  }

  #callsFor(words: string, { functions = [], metadata, today }: AnswerContext): Call[] {
    if (words === "" || metadata?.luna === "silence") return [];
    const theirs = functions.filter(({ name }) => !this.#own.has(name));
    const asked = this.idle && !this.concerns(words) ? theirs : theirs.filter((tool) => isWritten(tool, words));
    return toolsFor(asked, words).map((tool) => ({ name: tool.name, arguments: argumentsFor(tool, words, today) }));
  }

  aside(context: AsideContext): Step {
    return this.#inner.aside?.(context) ?? { say: [], calls: [] };
  }
}

/** Said as it is spelled, and spelled as nobody speaks: no other meaning is left, even where Luna waits for an answer. */
function isWritten({ name }: FunctionTool, words: string): boolean {
  return wordsIn(name).length > 1 && words.includes(name);
}
