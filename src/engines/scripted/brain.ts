/**
 * What thinks behind a scripted Realtime server. A brain is a fold over the items of a conversation: it hears each of
 * them once, in order, whoever made them, so that one that is seeded with the items of a lost call knows where it stands.
 */
import type { FunctionTool, Item, ToolChoice } from "../../realtime/events.ts";

export interface Brain {
  /**
   * A finished item: what the caller said, what was answered, a tool call, its output. Restored items come the same way.
   * `sound` comes with spoken items whose words could not be told.
   */
  hear(item: Item, sound?: Sound): void;
  /** What to say and which tools to call now. Called once a response. */
  answer(context: AnswerContext): Step;
  /** Whether words are something that this brain can do for the caller. Changes nothing. */
  concerns?(words: string): boolean;
  /** False while something is under way or asked, other than what else there is to do. */
  readonly idle?: boolean;
  /** Answers outside the conversation (`conversation: "none"`); nothing of it is remembered. */
  aside?(context: AsideContext): Step;
}

/** A spoken turn without words. */
export interface Sound {
  ms: number;
}

export interface AnswerContext {
  /** Names of the functions that may be called. */
  tools: string[];
  /** Names of all functions of the session, also of those that may not be called now. */
  offered?: string[];
  /** Those that may be called, with what they take. */
  functions?: FunctionTool[];
  /** Whether one has to be called. */
  choice?: ToolChoice;
  /** Of the `response.create`, not of the session. */
  instructions?: string;
  /** What the `response.create` gives to read in place of the conversation. */
  items?: Item[];
  /** Of the `response.create`; `{luna: "silence"}` means that the caller has said nothing for a while. */
  metadata?: Record<string, string> | null;
  /** Somebody else has answered until now. */
  takesOver?: boolean;
  /** ISO day. */
  today: string;
}

export interface AsideContext extends AnswerContext {
  items: Item[];
}

/** One answer: sentences to say, in one message, then tools to call, in the same response. */
export interface Step {
  say: string[];
  calls: Call[];
}

export interface Call {
  name: string;
  arguments: Record<string, unknown>;
}
