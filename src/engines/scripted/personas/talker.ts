/**
 * A scripted conversation that is no errand: the caller asks, a tool knows. What all who talk like that have in common is here:
 * hearing, tools under way, commands that hold at any point, misunderstandings. What the words are about is the part's.
 */
import type { Item } from "../../../realtime/events.ts";
import type { Aside } from "../../../scenarios/dialogue.ts";
import { withoutHesitation } from "../../../words/hesitation.ts";
import { seemsForeign } from "../../../words/language.ts";
import type { AnswerContext, Brain, Call, Step } from "../brain.ts";
import { closes } from "../dialogue/closing.ts";
import { asideFor, commandIn, needsMoment } from "../dialogue/commands.ts";
import { asksWhoLunaIs, besidesNoPerson } from "../dialogue/person.ts";
import { readResult, type ToolResult } from "../dialogue/results.ts";
import { saidInItem, utterance, utteranceOf } from "../dialogue/words-of-item.ts";

/** What one persona knows to say and to ask its tools. `reply` and `told` may change what it remembers. */
export interface Part {
  greeting: string;
  /** Said first by who takes over and has something to answer. */
  here: string;
  /** Back after somebody else. */
  again: string;
  /** After "what can you do?" */
  offer: string;
  /** Words to say, after the second misunderstanding. */
  choices: string;
  goodbye: string;
  asides: Aside[];
  /** Whether words are about what this part knows of at all. Changes nothing. */
  concerns(words: string): boolean;
  /** What to say and which tools to call; undefined where the words mean nothing here. */
  reply(words: string, today: string): Step | undefined;
  /** What a tool's answer brings to be said, or another call. */
  told(call: Call, result: ToolResult): Step;
}

const SORRY = "Sorry, I didn't quite catch that.";
const ENGLISH = "I'm sorry, I only speak English.";
const NO_PERSON = "I'm a voice assistant, not a person, but I can get you one whenever you say so.";
const HUMAN = "Of course. I'm getting somebody for you. Please stay on the line.";
/** Answers in a row that only ask for patience, before a tool is given up. */
const PATIENCE = 2;

export class TalkerBrain implements Brain {
  readonly #part: Part;
  #words: string[] = [];
  #pending = new Map<string, Call>();
  #results: { call: Call; result: ToolResult }[] = [];
  /** All that was said last, for who asks to hear it again. */
  #said = "";
  #misses = 0;
  #waits = 0;

  constructor(part: Part) {
    this.#part = part;
  }

  hear(item: Item): void {
    if (item.type === "function_call") {
      this.#pending.set(item.call_id, { name: item.name, arguments: argumentsOf(item.arguments) });
    } else if (item.type === "function_call_output") {
      const call = this.#pending.get(item.call_id);
      if (!call) return;
      this.#pending.delete(item.call_id);
      this.#results.push({ call, result: readResult(item.output) });
    } else {
      const words = utteranceOf(item);
      const said = saidInItem(item);
      if (words) this.#words.push(words);
      if (said) this.#recall(said);
    }
  }

  /** What stands before an answer has been answered; tools leave behind what they told. */
  #recall(said: string): void {
    this.#said = said;
    this.#words = [];
    for (const { call, result } of this.#results) this.#part.told(call, result);
    this.#results = [];
  }

  concerns(words: string): boolean {
    return this.#part.concerns(words);
  }

  get idle(): boolean {
    return this.#pending.size === 0;
  }

  answer(context: AnswerContext): Step {
    const step = this.#step(context);
    const said = step.say.join(" ");
    if (said) this.#said = said;
    return step;
  }

  #step(context: AnswerContext): Step {
    const [results, words] = [this.#results, utterance(this.#words)];
    if (results.length === 0 && this.#isWaiting()) return say("One moment, please.");
    this.#results = [];
    this.#words = [];
    if (context.takesOver) return this.#takeOver(words, context);
    const told = results.map(({ call, result }) => this.#part.told(call, result));
    const step = words !== "" || told.length === 0 ? this.#reply(words, context) : say();
    return { say: [...told, step].flatMap((one) => one.say), calls: [...told, step].flatMap((one) => one.calls) };
  }

  /** Whoever has just taken over was not there when it was said: it is answered if it means something here. */
  #takeOver(words: string, context: AnswerContext): Step {
    if (seemsForeign(words)) return say(this.#part.here, ENGLISH, this.#part.choices);
    const step = this.#part.concerns(words) ? this.#part.reply(words, context.today) : undefined;
    if (!step) return say(this.#said === "" ? this.#part.greeting : this.#part.again);
    return { say: [this.#part.here, ...step.say], calls: step.calls };
  }

  #reply(words: string, context: AnswerContext): Step {
    return words === "" ? this.#unprompted(context) : this.#understand(words, context);
  }

  /** The output of a tool is still to come; one that does not come is given up. */
  #isWaiting(): boolean {
    const waiting = this.#pending.size > 0 && this.#waits < PATIENCE;
    this.#waits = waiting ? this.#waits + 1 : 0;
    if (!waiting) this.#pending.clear();
    return waiting;
  }

  #unprompted({ metadata }: AnswerContext): Step {
    if (metadata?.luna === "silence") return say("Are you still there?", this.#part.offer);
    return say(this.#said === "" ? this.#part.greeting : this.#part.again);
  }

  #understand(said: string, context: AnswerContext): Step {
    const words = withoutHesitation(said);
    if (words === "") return say("Take your time.");
    if (seemsForeign(words)) return say(ENGLISH, this.#part.choices);
    const step = this.#obey(words, context) ?? this.#part.reply(words, context.today) ?? this.#chat(words);
    if (step) {
      this.#misses = 0;
      return step;
    }
    this.#misses += 1;
    return this.#misses === 1
      ? say(SORRY, "Could you say it in other words?")
      : say("I'm still not sure.", this.#part.choices);
  }

  /** Commands that hold at any point. */
  #obey(words: string, { tools, today }: AnswerContext): Step | undefined {
    if (asksWhoLunaIs(words)) return say(NO_PERSON);
    const rest = besidesNoPerson(words);
    if (rest !== undefined) return (rest && this.#part.reply(rest, today)) || say("All right, you stay with me.");
    const command = commandIn(words);
    if (command === "human") return transfer(words, tools);
    if (command === "repeat") return say(this.#said || this.#part.greeting);
    if (!/\bbye\b|\bgood ?bye\b/i.test(words)) return undefined;
    return this.#close(tools);
  }

  /** What is said only where nothing else was meant. */
  #chat(words: string): Step | undefined {
    if (commandIn(words) === "help") return say(this.#part.offer, this.#part.choices);
    const aside = asideFor(words, [...this.#part.asides, ...SMALL_TALK]);
    if (aside) return say(aside);
    if (needsMoment(words)) return say("Of course, take your time.");
    if (closes(words)) return this.#close(["end_call"]);
    if (commandIn(words) === "thanks") return say("You're welcome. Anything else?");
    return /^(hi|hello|hey|good (morning|afternoon|evening))\b/i.test(words.trim())
      ? say(this.#part.greeting)
      : undefined;
  }

  #close(tools: string[]): Step {
    const calls = tools.includes("end_call")
      ? [{ name: "end_call", arguments: { reason: "The caller said goodbye." } }]
      : [];
    return { say: [this.#part.goodbye], calls };
  }
}

const SMALL_TALK: Aside[] = [
  {
    phrases: ["are you robot|real|machine|computer|bot|ai", "talking robot|machine|computer"],
    say: "I'm software, and I like the work. I can get you a person whenever you say so.",
  },
  { phrases: ["how are you"], say: "Very well, thank you for asking." },
];

function transfer(words: string, tools: string[]): Step | undefined {
  if (!tools.includes("transfer_to_specialist")) return undefined;
  const reason = `The caller asked for a person: ${words}`.slice(0, 300);
  return { say: [HUMAN], calls: [{ name: "transfer_to_specialist", arguments: { reason, department: "general" } }] };
}

function argumentsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export function say(...sentences: string[]): Step {
  return { say: sentences, calls: [] };
}
