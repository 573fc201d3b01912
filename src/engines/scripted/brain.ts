/**
 * What thinks behind a scripted Realtime server. A brain is a fold over the items of a conversation: it hears each of
 * them once, in order, whoever made them, so that one that is seeded with the items of a lost call knows where it stands.
 */
import type { Item } from "../../realtime/events.ts";

export interface Brain {
  /** A finished item: what the caller said, what was answered, a tool call, its output. Restored items come the same way. */
  hear(item: Item): void;
  /** What to say and which tools to call now. Called once a response. */
  answer(context: AnswerContext): Step;
  /** Answers outside the conversation (`conversation: "none"`); nothing of it is remembered. */
  aside?(context: AsideContext): Step;
}

export interface AnswerContext {
  /** Names of the functions that may be called. */
  tools: string[];
  /** Of the `response.create`; `{luna: "silence"}` means that the caller has said nothing for a while. */
  metadata?: Record<string, string> | null;
  /** ISO day. */
  today: string;
}

export interface AsideContext extends AnswerContext {
  instructions?: string;
  items: Item[];
}

/** One answer: sentences to say, in one message, then tools to call, in the same response. */
export interface Step {
  say: string[];
  calls: { name: string; arguments: Record<string, unknown> }[];
}
