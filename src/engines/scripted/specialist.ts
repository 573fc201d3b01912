/**
 * The specialist a call is handed to when nobody at the bank is there to take it: scripted, and no bank tools. They greet with
 * the notes from the call, answer what happens next, and close the call.
 */
import type { Item } from "../../realtime/events.ts";
import type { Aside, Dialogue } from "../../scenarios/dialogue.ts";
import { scenarioOfSpecialist } from "../../scenarios/index.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { yesOrNo } from "../../words/yesno.ts";
import type { AnswerContext, Brain, Step } from "./brain.ts";
import { closes } from "./dialogue/closing.ts";
import { asideFor, commandIn } from "./dialogue/commands.ts";
import { readResult } from "./dialogue/results.ts";
import { firstName } from "./dialogue/texts.ts";
import { saidInItem, wordsOfItem } from "./dialogue/words-of-item.ts";

const ANYTHING_ELSE = "Is there anything else you'd like to know?";
const COMMON: Aside[] = [
  {
    phrases: ["how long", "when will", "when do", "what happens next", "next steps", "what now"],
    say: "You'll have my answer in writing within two business days, in your secure messages.",
  },
  {
    phrases: ["call me back", "call back", "reach you"],
    say: "I'll call you on the number we have on file, and you can ask for me by name.",
  },
  {
    phrases: ["are you real|robot|human|person", "talking to person|human|machine"],
    say: "I'm the stand-in that answers while our people are on other calls. Everything you say here is passed on to them.",
  },
  {
    phrases: ["documents|paperwork", "what do you need"],
    say: "Nothing more for now. If something is missing, I'll ask for it in your secure messages.",
  },
];

export class SpecialistBrain implements Brain {
  #scenario: Scenario;
  #lines: Dialogue["specialist"];
  #words: string[] = [];
  #greeted = false;
  /** An answer has been given here, so nothing that comes is of the past. */
  #live = false;
  #misses = 0;
  #said = "";
  /** What Luna's tools have done in this call, in their own sentences. */
  #notes: string[] = [];
  #asked: string | null = null;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    this.#lines = scenario.dialogue.specialist;
  }

  hear(item: Item): void {
    if (item.type === "function_call" && item.name === "transfer_to_specialist") return this.#takePlace(item.arguments);
    if (item.type === "function_call_output") {
      const result = readResult(item.output);
      if (result.ok && result.say) this.#notes.push(result.say);
      return;
    }
    const said = saidInItem(item);
    if (said !== undefined) return this.#recallSaid(said);
    const words = wordsOfItem(item);
    if (words === undefined) return;
    if (this.#greeted) this.#words.push(words);
    else this.#asked ??= words || null;
  }

  /** A call about anything goes to the one whose department was asked for. */
  #takePlace(args: string): void {
    const { department } = readResult(args).data;
    this.#scenario = scenarioOfSpecialist(this.#scenario, typeof department === "string" ? department : undefined);
    this.#lines = this.#scenario.dialogue.specialist;
  }

  /** In a restored call the greeting may be over, and words up to the last answer are answered. */
  #recallSaid(said: string): void {
    if (this.#live) return;
    this.#greeted ||= said.includes(`this is ${this.#scenario.specialist.name}`);
    this.#said = said;
    this.#words = [];
  }

  answer(context: AnswerContext): Step {
    this.#live = true;
    const words = this.#words.join(". ");
    this.#words = [];
    const step = this.#greeted ? this.#reply(words, context) : this.#greet();
    this.#said = step.say.join(" ") || this.#said;
    return step;
  }

  #greet(): Step {
    this.#greeted = true;
    const { caller, specialist } = this.#scenario;
    const notes =
      this.#asked || this.#notes.length > 0
        ? " I have your notes from Luna here, so you don't need to repeat anything."
        : "";
    const hello = `Hello ${firstName(caller.name)}, this is ${specialist.name} from ${specialist.department}.${notes}`;
    return { say: [hello, this.#lines.opening], calls: [] };
  }

  #reply(words: string, context: AnswerContext): Step {
    if (words === "") {
      const again = context.metadata?.luna === "silence" ? "Are you still there?" : "Sorry, I didn't hear you.";
      return { say: [again, ANYTHING_ELSE], calls: [] };
    }
    const command = commandIn(words);
    if (command === "repeat") return { say: [this.#said], calls: [] };
    if (closes(words) || (command === "goodbye" && /\bbye\b|\bgood ?bye\b/i.test(words))) return this.#close(context);
    const answer = asideFor(words, [...this.#lines.asides, ...COMMON]);
    if (answer) {
      this.#misses = 0;
      return { say: [answer, ANYTHING_ELSE], calls: [] };
    }
    if (yesOrNo(words) === "yes") return { say: ["Of course, go ahead."], calls: [] };
    this.#misses += 1;
    const more = this.#misses > 1 ? "Just say goodbye when we're done." : ANYTHING_ELSE;
    return { say: [this.#lines.fallback, more], calls: [] };
  }

  #close(context: AnswerContext): Step {
    const name = firstName(this.#scenario.caller.name);
    const say = [`You're welcome, ${name}. We'll take it from here. Goodbye!`];
    const calls = context.tools.includes("end_call")
      ? [{ name: "end_call", arguments: { reason: "The specialist and the caller said goodbye." } }]
      : [];
    return { say, calls };
  }
}
