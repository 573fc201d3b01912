/**
 * What the scripted engine knows of one errand: how callers ask for it, what must be known, which tools do it and in which
 * order, and what is said around them. Data only; `engines/scripted/dialogue/` reads it.
 *
 * Phrases are lists of key words, not sentences: `"block card"` fits "could you please black my card". A phrase fits when
 * every one of its words is heard, in any order; `a|b` takes either. The longest phrase that fits wins. A phrase that starts
 * with `~` counts only as the answer to a question: "the second" may mean a delivery, but not in any sentence.
 *
 * In texts, `{card}` is replaced by the value of the slot `card`, written out for the ear.
 */

/** How the value of a slot is found in what the caller said. */
export type SlotKind =
  /** Last four digits of a card or account. */
  | { kind: "last-four" }
  /** A run of digits of this length: a one-time code. */
  | { kind: "code"; length: number }
  /**
   * An amount; kept in cents. `currency`: the slot that says of which currency; without one they are dollars. `yearly`: of a
   * whole year.
   */
  | { kind: "money"; currency?: string; yearly?: true }
  /** ISO code of a currency that was named: `EUR`. */
  | { kind: "currency" }
  /** A day; kept as an ISO day. `past`: days that are gone, for purchases. */
  | { kind: "date"; past?: boolean }
  /** One of a few things, each with the phrases that mean it. */
  | { kind: "choice"; choices: Record<string, string[]> }
  | { kind: "yes-no" }
  /** One of the caller's accounts, or somebody who gets money: `checking`, `savings`, last four digits, or a name. */
  | { kind: "account"; role: "from" | "to" | "any" }
  /** The name of a person or company, spelled or not; in the middle of a sentence after or before one of these words. */
  | { kind: "name"; after: string[]; before?: string[] }
  /** One of the entries a tool has just listed: "the second one", "the forty dollar one". */
  | { kind: "pick" }
  /** The whole answer, as it is. Only read when asked for. */
  | { kind: "text" };

export type Slot = SlotKind & {
  /** What it is called when the caller wants to change it: "the amount". */
  label: string;
  ask: string;
  /** Asked again after a misunderstanding. */
  again: string;
  /** Words to say, offered after the second misunderstanding: "for example: four, eight, two, nine". */
  hint: string;
  /** Values that are plain from other words: `{ yes: ["pay off"] }`. */
  implied?: Record<string, string[]>;
};

/** What to do after a tool's refusal, where it is not the usual thing for its code. */
export interface Refusal {
  /** Said instead of the tool's own words. */
  say?: string;
  /** Slots that turned out wrong: forgotten and asked for again. */
  clear?: string[];
  /** Name of an earlier tool that has to run again. */
  reopen?: string;
  /** `skip`: leave this step and go on. `drop`: leave the whole errand. `transfer`: a specialist takes over. */
  then?: "skip" | "drop" | "transfer";
}

export interface DialogueStep {
  tool: string;
  /** Slots that must be known before, asked for in this order. Any one of `a|b` will do; the first is asked for. */
  needs: string[];
  /** Only when this slot has this value; the slot is asked for first. */
  when?: { slot: string; is: string };
  /** Arguments of the tool: `$card` is the value of the slot, left out while it is unknown; anything else is a text. */
  arguments: Record<string, string>;
  /** The tool answers with a question first, and acts when it is called again after the caller's yes. */
  confirmed?: true;
  /** Said while the tool runs; where it is confirmed, after the yes. */
  doing?: string;
  /** Said after it instead of the tool's own words; fields of its answer may stand in braces too. */
  ok?: string;
  /** It only tells or sends something: for another value it is done anew. */
  tells?: true;
  /** Words to do it once more by, while what comes after it is waited for: "resend". */
  again?: string[];
  /** By what the tool gives as `detail`, else by its `code`. */
  refused?: Partial<Record<string, Refusal>>;
  /** The list in the tool's answer that a `pick` slot chooses from; one entry chooses itself. `as`: how an entry is named. */
  lists?: { slot: string; field: string; id: string; as: string };
}

/** A question callers ask on the way, and its answer. */
export interface Aside {
  phrases: string[];
  say: string;
}

export interface Dialogue {
  /** What the call is about, after "back to": "blocking your card". */
  topic: string;
  /** What Luna can do, after "I can": "block a lost or stolen card". */
  offer: string;
  /** Words that start it: "block my card". */
  example: string;
  /** Asked when the first words were not understood. */
  opening: string;
  intents: string[];
  slots: Record<string, Slot>;
  steps: DialogueStep[];
  asides: Aside[];
  /** Said when the caller names another time than now, where it can be done at no other. */
  onlyNow?: string;
  /** Said when the caller wants undone what has been done: what is possible instead. */
  undone?: string;
  /** Who takes over when a human is wanted. */
  department: "lending" | "cards" | "mortgage" | "wires" | "general";
  /** A short look at something in the middle of another errand, which goes on by itself afterwards. */
  digression?: boolean;
  /** What the specialist says after a hand-over. */
  specialist: { opening: string; asides: Aside[]; fallback: string };
}
