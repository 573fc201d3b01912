/** Runs the tools of a call, one after the other, through the one gate, and says on the page what is being done. */

import type { CallState, Input, ToolCall } from "../../call/machine.ts";
import { TOOL_LOST_MS } from "../../call/tool-calls.ts";
import { highestOrder, turnsInOrder } from "../../call/transcript.ts";
import type { ToolRun, Turn } from "../../call/turn.ts";
import type { Bindings } from "../../env.ts";
import type { ConfirmStatus, PageEvent, PageMessage, ToolStatus } from "../../legs/wire.ts";
import { scenarioOfTool } from "../../scenarios/index.ts";
import { booksOf } from "../../store/books.ts";
import { menuOf } from "../../store/menu.ts";
import type { BankApi } from "../../tools/bank.ts";
import type { BooksApi } from "../../tools/finance/books.ts";
import type { MenuApi } from "../../tools/menu/menu.ts";
import { confirmByCard, type PolicyState, policyCard, wordsStillComing } from "../../tools/policy.ts";
import { runTool, type ToolAnswer, toolNamed } from "../../tools/registry.ts";
import type { Said } from "../../tools/tool.ts";
import { yesOrNo } from "../../words/yesno.ts";
import type { Live } from "./live.ts";
import type { FinishedTool, Progress } from "./record.ts";
import { within } from "./within.ts";

/** A caller's "yes" may reach us as words after the model has acted on its sound; transcripts were seen up to 2 s late. */
const WORDS_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 50;

/** Everything that tools read and write. */
export interface Shelves {
  bank: BankApi;
  menu: MenuApi;
  books: BooksApi;
}

/** The bank is the visitor's own; the menu and the books are the same for everybody. */
export function shelvesOf(env: Bindings, visitor: string): Shelves {
  return { bank: env.BANKS.getByName(visitor), menu: menuOf(env.DB), books: booksOf(env.DB) };
}

export interface DeskContext extends Shelves {
  /** Prefix of idempotency keys. */
  callId: string;
  allowed: string[];
  /** The policy in it is replaced by what the tool taught it. */
  progress: Progress;
  /** It is in storage, this tool in it. */
  written: boolean;
  tell(event: PageEvent): void;
}

/** What a call's tools get. @param live whose call it is, and who sees what is being done. */
export function deskOf(
  env: Bindings,
  live: Pick<Live, "opened" | "progress" | "tell">,
  allowed: string[],
  written: boolean,
): DeskContext {
  const { opened, progress } = live;
  const tell = (event: PageEvent) => live.tell(event);
  return { ...shelvesOf(env, opened.visitor), callId: opened.id, allowed, progress, written, tell };
}

export class ToolDesk {
  /** One at a time: each tool sees what the one before it taught the policy. */
  #queue: Promise<unknown> = Promise.resolve();

  /** One that hangs has its turn until the rules give it up; what comes of it later teaches the policy nothing. */
  run(call: ToolCall, context: DeskContext): Promise<FinishedTool> {
    let inTurn = true;
    const finished = this.#queue.then(() => serve(call, context, () => inTurn));
    const over = finished.catch(() => undefined);
    this.#queue = this.#queue
      .then(() => within(TOOL_LOST_MS, over))
      .then(() => {
        inTurn = false;
      });
    return finished;
  }

  /** Resolves when no tool is running. */
  async idle(): Promise<void> {
    await this.#queue;
  }
}

async function serve(call: ToolCall, context: DeskContext, inTurn: () => boolean): Promise<FinishedTool> {
  const { progress, tell } = context;
  const order = highestOrder(progress.state);
  const at = Date.now();
  const status = (rest: Pick<ToolStatus, "state" | "code" | "summary" | "arguments" | "ms">): ToolStatus => ({
    type: "luna.tool",
    call_id: call.call_id,
    name: call.name,
    label: labelOf(call.name),
    order,
    ...rest,
  });
  tell(status({ state: "running", summary: "", arguments: {}, ms: 0 }));
  await wordsIn(progress);
  const before = progress.policy;
  const answer = unserved(call, context) ?? (await answerOf(call, context, order));
  if (inTurn()) progress.policy = withCard(before, progress.policy, answer.policy);
  if (answer.ok && answer.effect !== "call") progress.lit = scenarioOfTool(call.name)?.id ?? progress.lit;
  const ms = Date.now() - at;
  tell(status({ ...answer.status, ms }));
  const run: ToolRun = {
    call_id: call.call_id,
    name: call.name.slice(0, 64),
    arguments: JSON.stringify(answer.status.arguments),
    state: answer.status.state,
    ...codeOf(answer.status),
    summary: answer.status.summary,
    order,
    at,
    ms,
  };
  return { run, output: answer.output, then: answer.then, ...(answer.persona ? { persona: answer.persona } : {}) };
}

const NOT_BEGUN = "What came before it took too long, so this was not begun. Let's try that again.";
const NOT_WRITTEN = "I can't write this down just now, so I have not done it. Let's try that again in a moment.";

/**
 * A tool that is not even begun. One that waited until it was given up: the caller has been told so, and may have asked for it
 * again. And one that would change something of which whoever comes after this object would not know.
 */
function unserved(call: ToolCall, { progress, written }: DeskContext): ToolAnswer | undefined {
  const { effect = "read" } = toolNamed(call.name) ?? {};
  const known = progress.state.tools.calls.find(({ call_id }) => call_id === call.call_id);
  const changes = effect === "change" || effect === "money";
  const say = known && known.output !== null ? NOT_BEGUN : changes && !written ? NOT_WRITTEN : undefined;
  if (say === undefined) return undefined;
  const output = JSON.stringify({ ok: false, code: "unavailable", say });
  const status = { state: "failed" as const, summary: say, arguments: {} };
  return { output, ok: false, policy: progress.policy, status, effect };
}

/**
 * What a tool has made of the policy, with what was answered on the card while it ran. A question that the tool has settled,
 * or put anew, is another one than the card's.
 * @param before as the tool got it. @param now as it is by now.
 */
function withCard(before: PolicyState, now: PolicyState, after: PolicyState): PolicyState {
  return before.pending?.token === after.pending?.token ? { ...after, pending: now.pending } : after;
}

/**
 * The question on the page's card, as long as it is one: gone once it was answered on the card, and once the caller has
 * said no. The policy keeps the refused question until the tool comes back to it, and then judges those words by itself.
 */
export function openCard(progress: Progress): ConfirmStatus["pending"] {
  const { pending } = progress.policy;
  if (pending === null || pending.by_card) return null;
  const since = turnsInOrder(progress.state).filter((turn) => turn.who === "caller" && turn.order > pending.order);
  return since.some((turn) => yesOrNo(turn.text) === "no") ? null : policyCard(progress.policy);
}

/** What the page is told of tools that ran before it came back. */
export function statusesOf(finished: FinishedTool[]): ToolStatus[] {
  return finished.map(({ run: { call_id, name, state, code, summary, ms, order, arguments: json } }) => ({
    type: "luna.tool",
    call_id,
    name,
    label: labelOf(name),
    state,
    ...codeOf({ code }),
    summary,
    arguments: JSON.parse(json) as Record<string, unknown>,
    ms,
    order,
  }));
}

function codeOf({ code }: Pick<ToolStatus, "code">): Pick<ToolStatus, "code"> {
  return code === undefined ? {} : { code };
}

function labelOf(name: string): string {
  return toolNamed(name)?.working ?? "Trying something unknown";
}

/**
 * The policy remembers the answer for exactly that change; the engine hears it as words, which are given here. Undefined
 * when this question is no longer open.
 */
export function answerCard(progress: Progress, token: string, yes: boolean): PageMessage | undefined {
  if (openCard(progress)?.token !== token) return undefined;
  progress.policy = confirmByCard(progress.policy, token, yes);
  const text = yes ? "Yes, that's right." : "No, don't do that.";
  const item = { type: "message" as const, role: "user" as const, content: [{ type: "input_text" as const, text }] };
  return { type: "conversation.item.create", item: item as SaidItem, luna_how: "typed" };
}

type SaidItem = Extract<PageMessage, { type: "conversation.item.create" }>["item"];

/** Tools that had begun when the object was lost. Running them again is safe: the bank knows each by its call id. */
export function unfinishedTools(state: CallState, finished: FinishedTool[]): ToolCall[] {
  const done = new Set(finished.map(({ run }) => run.call_id));
  return state.tools.calls.filter((call) => call.output === null && !done.has(call.call_id));
}

/** Tools that had come back when the object was lost, and the rules had not heard of it: one of them may end the call. */
export function unheardTools(state: CallState, finished: FinishedTool[]): FinishedTool[] {
  const waiting = new Set(state.tools.calls.flatMap((call) => (call.output === null ? call.call_id : [])));
  return finished.filter(({ run }) => waiting.has(run.call_id));
}

/** What the rules are told of a tool that has come back. */
export function fromTool({ run, output, then, persona }: FinishedTool): Input {
  return { from: "tool", call_id: run.call_id, output, run, then, ...(persona ? { persona } : {}) };
}

/** The caller has spoken but the words are not there yet: a short wait decides better than a guess. */
async function wordsIn(progress: Progress): Promise<void> {
  const until = Date.now() + WORDS_WITHIN_MS;
  while (wordsStillComing(progress.policy, said(turnsInOrder(progress.state))) && Date.now() < until) {
    await scheduler.wait(LOOK_EVERY_MS);
  }
}

function answerOf(call: ToolCall, context: DeskContext, order: number): Promise<ToolAnswer> {
  const now = Date.now();
  return runTool(call, {
    bank: context.bank,
    menu: context.menu,
    books: context.books,
    policy: context.progress.policy,
    allowed: context.allowed,
    key: context.callId,
    turns: said(turnsInOrder(context.progress.state)),
    order,
    now,
    today: new Date(now).toISOString().slice(0, 10),
  });
}

/** What was said, as the policy reads it: for Luna only what was heard. */
function said(turns: Turn[]): Said[] {
  return turns.map((turn) =>
    turn.who === "caller"
      ? { who: "caller", text: turn.text, order: turn.order }
      : { who: "luna", text: turn.heard, order: turn.order },
  );
}
