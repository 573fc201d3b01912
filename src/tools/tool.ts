/**
 * One tool: what the model is told, what it may send, what has to be true before it runs, and what it does.
 * Schema, gate and effect stand together in one file a tool.
 */
import type { z } from "zod";
import type { BankApi, RefusalCode } from "./bank.ts";
import type { BooksApi } from "./finance/books.ts";
import type { MenuApi } from "./menu/menu.ts";

/**
 * What must be true before a tool runs. `open`: nothing. `attempt`: somebody has spoken, and the call is not locked.
 * `identity`: the caller has been verified in this call. `confirmed`: verified, and the caller has said yes to exactly this,
 * for what moves money or cannot be taken back.
 */
export type Gate = "open" | "attempt" | "identity" | "confirmed";
/** `read` looks, `change` changes something at the bank, `money` moves money, `call` acts on the call itself. */
export type Effect = "read" | "change" | "money" | "call";

/** Something said in the call. For Luna `text` is what the caller's ear got. Orders grow with time. */
export interface Said {
  who: "caller" | "luna";
  text: string;
  order: number;
}

/** Who the caller was found to be, in this call. */
export interface Identity {
  customer_id: string;
  name: string;
}

/** What a running tool may see. */
export interface ToolCall {
  bank: BankApi;
  menu: MenuApi;
  books: BooksApi;
  /** The verified caller. Null until then, and then only tools behind the gates `open` and `attempt` run. */
  identity: Identity | null;
  /** Tries at verification that are left, this one included. */
  attempts_left: number;
  /** Idempotency key of this effect. */
  key: string;
  /** ISO day at the bank. */
  today: string;
}

/** Values that may stand in a tool's answer. Money is written out ("$1,250.50"), never a bare number of cents. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** The tool did what was asked. `say` can be spoken as it is; `did` is one sentence for the page and the record. */
export interface Done {
  ok: true;
  say: string;
  did: string;
  data: { [key: string]: Value };
  learned?: Lesson;
  then?: "end" | "transfer";
  /** Key of who answers from here on. */
  persona?: string;
}
/** The tool did not, and `say` explains it to the caller. */
export interface Refused {
  ok: false;
  code: RefusalCode;
  say: string;
  data: { [key: string]: Value };
  /** One sentence for the page and the record; `say` where not given. */
  did?: string;
  learned?: Lesson;
}
export type Result = Done | Refused;

/** What the policy learns from a result. */
export type Lesson = { kind: "identified"; identity: Identity } | { kind: "wrong_identity" };

/** What would be done, before the caller's yes. */
export interface Proposal {
  ok: true;
  /** Arguments with names resolved, so that "savings" and "8890" are the same target. */
  fingerprint: string;
  /** Null where no sum belongs to it. */
  amount_cents: number | null;
  /** Any one of these in Luna's words names the target: "savings", "8890", "Nadia". */
  target: string[];
  act: Act;
  title: string;
  lines: { label: string; value: string }[];
  /** The question that names the act, the amount and the target. */
  read_back: string;
  /** Said after a no, as "All right, ...": "I haven't moved any money." */
  left_alone: string;
  /** Why it cannot be done, said instead of the question. A change that has been made already is one of these. */
  refusal?: Refused;
}

/** Words, any one of which tells what would be done. `leads`: it stands before the target, as "to" in "from savings to checking". */
export interface Act {
  words: string[];
  leads: boolean;
}

export interface Tool<Schema extends z.ZodType = z.ZodType> {
  name: string;
  /** For the model: what it does and when to use it. */
  description: string;
  schema: Schema;
  gate: Gate;
  effect: Effect;
  /** For the page while it runs: "Blocking your card". */
  working: string;
  /** Tools behind the gate `confirmed` only: what would be done, or why there is nothing to ask for. Changes nothing. */
  propose?(args: z.output<Schema>, call: ToolCall): Promise<Proposal | Refused>;
  run(args: z.output<Schema>, call: ToolCall): Promise<Result>;
}

/** Types a tool's `run` by its schema and gives it the common shape. */
export function tool<Schema extends z.ZodType>(definition: Tool<Schema>): Tool {
  return definition;
}

export function done(say: string, did: string, data: { [key: string]: Value } = {}): Done {
  return { ok: true, say, did, data };
}

export function refused(code: RefusalCode, say: string, data: { [key: string]: Value } = {}): Refused {
  return { ok: false, code, say, data };
}

/** The verified caller. Throws where there is none: only a tool behind the wrong gate can get there. */
export function verified(call: ToolCall): Identity {
  if (!call.identity) throw new Error("a tool ran without a verified caller");
  return call.identity;
}
