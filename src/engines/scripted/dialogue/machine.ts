/**
 * Luna without a model: a brain that reads scenario data. It hears every item of the conversation once and, when asked,
 * answers with sentences and tool calls. A brain that is given the items of a lost call goes on where that call stood.
 */
import type { Item } from "../../../realtime/events.ts";
import { sentences } from "../../../words/sentences.ts";
import type { AnswerContext, AsideContext, Brain, Step } from "../brain.ts";
import { advance, repeatQuestion } from "./plan.ts";
import { recall, recallCall } from "./recall.ts";
import { applyResult, readResult } from "./results.ts";
import { newState, type Pending, type Script, type State, type Talk } from "./state.ts";
import { sumUp } from "./sum-up.ts";
import { firstName } from "./texts.ts";
import { understand } from "./understand.ts";
import { CLEAR_WISH, wish } from "./wishes.ts";
import { saidInItem, utterance, utteranceOf } from "./words-of-item.ts";

/** Answers in a row that only ask for patience, before a tool is given up. */
const PATIENCE = 2;

/** What has been heard since the last answer. */
interface News {
  utterances: string[];
  results: { call: Pending; output: string }[];
}

export class DialogueBrain implements Brain {
  #script: Script;
  #state: State = newState();
  #news: News = { utterances: [], results: [] };
  /** Items heard before the first answer: the past of a call that another engine has led. */
  #past: Item[] = [];
  #started = false;
  /** What another engine has said since the caller's last words. */
  #saidBefore = "";
  /** Silences in a row. */
  #silences = 0;
  #waits = 0;
  /** Where the conversation stood before an answer that called a tool, until that call has been heard. */
  #unsent: State | null = null;

  constructor(script: Script) {
    this.#script = script;
  }

  hear(item: Item): void {
    if (!this.#started) this.#past.push(item);
    else this.#take(item);
  }

  concerns(words: string): boolean {
    const found = wish(this.#talk({ tools: [], today: "" }), words);
    return found !== undefined && found.score >= CLEAR_WISH;
  }

  get idle(): boolean {
    const { run, asked, over, pending } = this.#state;
    return (
      run === null && over === null && Object.keys(pending).length === 0 && (!asked || asked.question.kind === "more")
    );
  }

  answer(context: AnswerContext): Step {
    this.#takeBack();
    const talk = this.#talk(context);
    const resumed = this.#start(talk);
    const before = structuredClone(this.#state);
    if (this.#news.utterances.length > 0) this.#silences = 0;
    this.#reply(talk, context, resumed);
    if (resumed && talk.calls.length > 0) talk.say = notSaidIn(this.#saidBefore, talk.say);
    const said = talk.say.join(" ");
    const heard = context.metadata?.luna !== "silence";
    if (said && heard) this.#state.said = said;
    this.#unsent = talk.calls.length > 0 ? before : null;
    return { say: talk.say, calls: talk.calls };
  }

  /** The caller cut an answer off before its tool call was made: it stands where it stood before. */
  #takeBack(): void {
    if (!this.#unsent) return;
    const { pending, said } = this.#state;
    this.#state = { ...this.#unsent, pending, said };
    this.#unsent = null;
  }

  aside(context: AsideContext): Step {
    return { say: [sumUp(this.#script, context.items)], calls: [] };
  }

  #talk(context: Pick<AnswerContext, "tools" | "today">): Talk {
    const { tools, today } = context;
    return { script: this.#script, state: this.#state, tools, today, say: [], calls: [] };
  }

  /** At the first answer: takes in the past. True when there was one, so that this is a call taken over. */
  #start(talk: Talk): boolean {
    if (this.#started) return false;
    this.#started = true;
    const last = this.#past.findLastIndex((item) => item.type === "message" && item.role === "assistant");
    for (const item of this.#past.slice(0, last + 1)) recall(this.#talk(talk), item);
    for (const item of this.#past.slice(last + 1)) this.#take(item);
    const words = this.#past.findLastIndex((item) => utteranceOf(item) !== undefined);
    this.#saidBefore = this.#past
      .slice(words + 1)
      .map((item) => saidInItem(item) ?? "")
      .join(" ");
    this.#past = [];
    return last >= 0;
  }

  #take(item: Item): void {
    const { pending } = this.#state;
    if (item.type === "function_call" && item.status !== "incomplete") {
      this.#unsent = null;
      recallCall(this.#talk({ tools: [], today: "" }), item.call_id, item.name, item.arguments);
    } else if (item.type === "function_call_output") {
      const call = pending[item.call_id];
      if (!call) return;
      delete pending[item.call_id];
      this.#news.results.push({ call, output: item.output });
    } else {
      const words = utteranceOf(item);
      if (words !== undefined) this.#news.utterances.push(words);
    }
  }

  #reply(talk: Talk, context: AnswerContext, resumed: boolean): void {
    const { results, utterances } = this.#news;
    const silence = context.metadata?.luna === "silence";
    // Whoever asks into a silence may have been asleep; the caller noticed nothing.
    if (resumed && utterances.length === 0 && !context.takesOver && !silence)
      talk.say.push("Sorry about that, the line dropped for a moment.");
    if (results.length === 0 && this.#isWaiting()) {
      talk.say.push("One moment, please. I'm still working on that.");
      return;
    }
    this.#news = { utterances: [], results: [] };
    for (const { call, output } of results) applyResult(talk, call, readResult(output));
    if (utterances.length > 0 && talk.calls.length === 0 && this.#isLeaving(talk)) return;
    if (talk.calls.length > 0 || this.#state.over) return this.#keep(utterances);
    if (utterances.length > 0) understand(talk, utterance(utterances));
    else if (results.length === 0) this.#unprompted(talk, context, resumed);
  }

  /** The output of a tool is still to come; one that does not come is given up. */
  #isWaiting(): boolean {
    const waiting = Object.keys(this.#state.pending).length > 0 && this.#waits < PATIENCE;
    this.#waits = waiting ? this.#waits + 1 : 0;
    if (!waiting) this.#state.pending = {};
    return waiting;
  }

  /** Words on the way out: a goodbye is taken back for them, a hand-over is not. */
  #isLeaving(talk: Talk): boolean {
    if (this.#state.over === "end") this.#state.over = null;
    if (this.#state.over === null) return false;
    talk.say.push("One moment, please. You're being connected.");
    return true;
  }

  /** A tool is called already: what the caller said meanwhile is answered after its result. */
  #keep(utterances: string[]): void {
    if (!this.#state.over) this.#news.utterances.push(...utterances);
  }

  /** Asked to answer without anything new: the greeting, a silence, a call taken over. */
  #unprompted(talk: Talk, context: AnswerContext, resumed: boolean): void {
    if (context.metadata?.luna === "silence") return this.#breakSilence(talk);
    if (!resumed && this.#state.said === "") return greet(talk);
    if (context.takesOver) talk.say.push("This is Luna again.");
    if (this.#state.asked || this.#state.run) return repeatQuestion(talk);
    if (resumed || context.takesOver) talk.say.push("What can I do for you?");
    else advance(talk);
  }

  #breakSilence(talk: Talk): void {
    this.#silences += 1;
    if (this.#silences > 1) {
      talk.say.push('I\'m still here. Take your time, and say "a human, please" if you would rather talk to a person.');
      return;
    }
    talk.say.push("Are you still there?");
    if (this.#state.asked) talk.say.push(this.#state.asked.words);
  }
}

function greet(talk: Talk): void {
  const name = firstName(talk.script.scenario.caller.name);
  talk.say.push(`Hi ${name}, this is Luna from Aurora Bank. How can I help you today?`);
}

/** "One moment while I check that" was heard before the line dropped; only the tool was not called any more. */
function notSaidIn(before: string, say: string[]): string[] {
  const fresh = say.map((words) => sentences(words).map(({ text }) => text.trim()));
  return fresh.map((left) => left.filter((text) => !before.includes(text)).join(" ")).filter((words) => words !== "");
}
