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
import { bestPhrase, wordsOf } from "./dialogue/match.ts";
import { readResult } from "./dialogue/results.ts";
import { firstName } from "./dialogue/texts.ts";
import { saidInItem, utterance, utteranceOf } from "./dialogue/words-of-item.ts";

/** Who takes over knows nothing yet of what nobody has done anything about. */
const NOTHING_YET: Dialogue["specialist"] = {
  opening: "What can I do for you?",
  asides: [],
  fallback: "I can't look that up on this line. I've noted it, and the right colleague will get back to you.",
};
/** Tools that say nothing about what the call was for. */
const COMMON_TOOLS = new Set([
  "verify_identity",
  "transfer_to_specialist",
  "end_call",
  "switch_persona",
  "check_balance",
]);
const GREETS =
  /^(?:(?:um|uh|oh|well|so) )*(?:hello|hi|hey|good (?:morning|afternoon|evening)|are you there|anybody there)\b(?: \S+){0,2}$/i;
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
    phrases: ["are you real|robot|human|person", "talking|speaking to|with person|human|machine"],
    say: "I'm the stand-in that answers while our people are on other calls. Everything you say here is passed on to them.",
  },
  {
    phrases: [
      "luna back|again|instead|please",
      "back to luna|robot|assistant|bot",
      "want|wanted|give|get|speak|talk|prefer|rather|bring|where luna|assistant|bot",
      "don't|not|no want|need|wanted human|person|people|specialist|someone",
    ],
    say: "I can't hand this call back to Luna. If you hang up and call again, she answers at once. Or tell me, and I'll note it here.",
  },
  {
    phrases: ["documents|paperwork", "what do you need"],
    say: "Nothing more for now. If something is missing, I'll ask for it in your secure messages.",
  },
];

export class SpecialistBrain implements Brain {
  readonly #opened: Scenario;
  #scenario: Scenario;
  #words: string[] = [];
  #greeted = false;
  /** An answer has been given here, so nothing that comes is of the past. */
  #live = false;
  #misses = 0;
  #said = "";
  /** Tools that were used in this call. */
  readonly #used: string[] = [];
  /** What Luna's tools have done in this call, in their own sentences. */
  #notes: string[] = [];
  /** What the caller said before the hand-over. */
  readonly #before: string[] = [];

  constructor(scenario: Scenario) {
    this.#opened = scenario;
    this.#scenario = scenario;
  }

  hear(item: Item): void {
    if (item.type === "function_call") {
      if (item.name === "transfer_to_specialist") this.#takePlace(item.arguments);
      else this.#used.push(item.name);
      return;
    }
    if (item.type === "function_call_output") {
      const result = readResult(item.output);
      if (result.ok && result.say) this.#notes.push(result.say);
      return;
    }
    const said = saidInItem(item);
    if (said !== undefined) return this.#recallSaid(said);
    const words = utteranceOf(item);
    if (words === undefined) return;
    if (this.#greeted) this.#words.push(words);
    else if (words) this.#before.push(words);
  }

  /** A call about anything goes to the one whose department was asked for. */
  #takePlace(args: string): void {
    const { department } = readResult(args).data;
    const named = typeof department === "string" ? department : undefined;
    this.#scenario = scenarioOfSpecialist(this.#opened, named, this.#used);
  }

  /** What the one for an errand says holds only where it was asked for, or something was done about it. */
  get #lines(): Dialogue["specialist"] {
    const { dialogue } = this.#scenario;
    const own = dialogue.steps.map(({ tool }) => tool).filter((tool) => !COMMON_TOOLS.has(tool));
    if (own.length === 0 || own.some((tool) => this.#used.includes(tool))) return dialogue.specialist;
    const asked = this.#before.some((words) => bestPhrase(wordsOf(words), dialogue.intents) !== undefined);
    return asked ? dialogue.specialist : NOTHING_YET;
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
    const words = utterance(this.#words);
    this.#words = [];
    const step = this.#greeted ? this.#reply(words, context) : this.#greet();
    this.#said = step.say.join(" ") || this.#said;
    return step;
  }

  #greet(): Step {
    this.#greeted = true;
    // Where somebody else answers than the bank, nobody knows who is calling.
    const { caller, specialist, answers } = this.#scenario;
    const notes =
      this.#before.length > 0 || this.#notes.length > 0
        ? " I have your notes from Luna here, so you don't need to repeat anything."
        : "";
    const name = answers ? "" : ` ${firstName(caller.name)}`;
    const hello = `Hello${name}, this is ${specialist.name} from ${specialist.department}.${notes}`;
    return { say: [hello, this.#lines.opening], calls: [] };
  }

  #reply(words: string, context: AnswerContext): Step {
    if (words === "") {
      const again = context.metadata?.luna === "silence" ? "Are you still there?" : "Sorry, I didn't hear you.";
      return { say: [again, ANYTHING_ELSE], calls: [] };
    }
    if (GREETS.test(words.trim().replace(/[^\w' ]/g, "")))
      return { say: ["Yes, I'm here. What can I do for you?"], calls: [] };
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
    const { caller, answers } = this.#scenario;
    const name = answers ? "" : `, ${firstName(caller.name)}`;
    const say = [`You're welcome${name}. We'll take it from here. Goodbye!`];
    const calls = context.tools.includes("end_call")
      ? [{ name: "end_call", arguments: { reason: "The specialist and the caller said goodbye." } }]
      : [];
    return { say, calls };
  }
}
