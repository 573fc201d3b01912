/** Where a scripted conversation stands. Plain data. */
import type { Dialogue, DialogueStep } from "../../../scenarios/dialogue.ts";
import type { Scenario } from "../../../scenarios/scenario.ts";

/** What a brain has been given to talk about. */
export interface Script {
  scenario: Scenario;
  /** The errand this call is for; null in a freeform call. */
  primary: string | null;
  /** Every errand there is, by id. Which of them can be run follows from the tools of the session. */
  errands: Record<string, Dialogue>;
}

/** One entry a tool listed, and the words that name it. */
export interface Listed {
  id: string;
  words: string;
  /** How it is named to the caller: "the $150.00 at Quickcart Digital on November 17". */
  name: string;
  cents: number | null;
}

/** An errand that was asked for in the same breath as another one, and its turn is still to come. */
export interface Waiting {
  errand: string;
  slots: Record<string, string>;
}

/** One errand under way. */
export interface Run {
  errand: string;
  /** Values by slot: cents, ISO days, digits, choice keys, names. */
  slots: Record<string, string>;
  /** Steps that are over, by index: done, or left out. */
  over: Record<number, "done" | "skipped">;
  listed: Listed[];
  /** What its tools have said of what they did. */
  did: string[];
}

/** What Luna has asked and not been told yet. */
export type Question =
  | { kind: "slot"; slot: string }
  /** The policy's read-back of what would be done. */
  | { kind: "read-back"; step: number }
  | { kind: "identity" }
  /** "Is it about ...?" */
  | { kind: "topic" }
  /** After a no: change something, or leave it? */
  | { kind: "change" }
  | { kind: "more" }
  /** `errand`: what this call is not for, and a person could do. */
  | { kind: "human"; errand?: string }
  /** Go on with what was left for something else? */
  | { kind: "resume" };

/** A question with the words it was put in. */
export interface Asked {
  question: Question;
  words: string;
}

/** A tool call whose output has not been heard yet. */
export interface Pending {
  name: string;
  arguments: Record<string, unknown>;
  errand: string | null;
  step: number | null;
}

export interface State {
  run: Run | null;
  /** Errands left for another one, the latest last, with the question that was open. */
  suspended: { run: Run; asked: Asked | null }[];
  waiting: Waiting[];
  /** The errand that was finished last with something done. */
  last: Run | null;
  asked: Asked | null;
  /** The question to come back to when the offer of a human is turned down. */
  shelved: Asked | null;
  /** Misunderstandings in a row. */
  misses: number;
  verified: boolean;
  locked: boolean;
  /** Digits the bank did not accept as identity; not tried again by themselves. */
  refusedDigits: string[];
  /** Read-backs in a row that the policy did not take the answer to. */
  unconfirmed: number;
  pending: Record<string, Pending>;
  /** Everything Luna said last. */
  said: string;
  /** The hand-over or the end is under way. */
  over: "transfer" | "end" | null;
  /** What was done, in the order of the tools' own sentences. */
  did: string[];
}

export function newState(): State {
  return {
    run: null,
    suspended: [],
    waiting: [],
    last: null,
    asked: null,
    shelved: null,
    misses: 0,
    verified: false,
    locked: false,
    refusedDigits: [],
    unconfirmed: 0,
    pending: {},
    said: "",
    over: null,
    did: [],
  };
}

export function newRun(errand: string): Run {
  return { errand, slots: {}, over: {}, listed: [], did: [] };
}

/** One answer in the making. */
export interface Talk {
  script: Script;
  state: State;
  /** Names of the tools that may be called. */
  tools: string[];
  today: string;
  say: string[];
  calls: { name: string; arguments: Record<string, unknown> }[];
}

export function errandOf(talk: Pick<Talk, "script">, run: Run): Dialogue {
  const errand = talk.script.errands[run.errand];
  if (!errand) throw new Error(`No errand is called ${run.errand}.`);
  return errand;
}

export function stepOf(talk: Pick<Talk, "script">, run: Run, index: number): DialogueStep | undefined {
  return errandOf(talk, run).steps[index];
}

/** Every tool of the errand is there for this call. */
export function canRun(talk: Talk, errand: string): boolean {
  const steps = talk.script.errands[errand]?.steps ?? [];
  return steps.length > 0 && steps.every((step) => talk.tools.includes(step.tool));
}

/** Puts a question, as the last thing said. `lead` is said before it this time only: an apology, a hint. */
export function ask(talk: Talk, question: Question, words: string, lead?: string): void {
  if (lead) talk.say.push(lead);
  talk.say.push(words);
  talk.state.asked = { question, words };
}
