/** Runs the tools of a call, one after the other, through the one gate, and says on the page what is being done. */

import type { ToolCall } from "../../call/machine.ts";
import { highestOrder, turnsInOrder } from "../../call/transcript.ts";
import type { ToolRun, Turn } from "../../call/turn.ts";
import type { ConfirmStatus, PageEvent, ToolStatus } from "../../legs/wire.ts";
import { scenarioOfTool } from "../../scenarios/index.ts";
import type { BankApi } from "../../tools/bank.ts";
import { policyCard, wordsStillComing } from "../../tools/policy.ts";
import { runTool, type ToolAnswer, toolNamed } from "../../tools/registry.ts";
import type { Said } from "../../tools/tool.ts";
import { yesOrNo } from "../../words/yesno.ts";
import type { FinishedTool, Progress } from "./record.ts";

/** A caller's "yes" may reach us as words after the model has acted on its sound; transcripts were seen up to 2 s late. */
const WORDS_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 50;

export interface DeskContext {
  bank: BankApi;
  /** Prefix of idempotency keys. */
  callId: string;
  allowed: string[];
  /** The policy in it is replaced by what the tool taught it. */
  progress: Progress;
  tell(event: PageEvent): void;
}

export class ToolDesk {
  /** One at a time: each tool sees what the one before it taught the policy. */
  #queue: Promise<unknown> = Promise.resolve();

  run(call: ToolCall, context: DeskContext): Promise<FinishedTool> {
    const finished = this.#queue.then(() => serve(call, context));
    this.#queue = finished.catch(() => undefined);
    return finished;
  }

  /** Resolves when no tool is running. */
  async idle(): Promise<void> {
    await this.#queue;
  }
}

async function serve(call: ToolCall, context: DeskContext): Promise<FinishedTool> {
  const { progress, tell } = context;
  const order = highestOrder(progress.state);
  const at = Date.now();
  const status = (rest: Pick<ToolStatus, "state" | "summary" | "arguments" | "ms">): ToolStatus => ({
    type: "luna.tool",
    call_id: call.call_id,
    name: call.name,
    label: toolNamed(call.name)?.working ?? "Trying something unknown",
    order,
    ...rest,
  });
  tell(status({ state: "running", summary: "", arguments: {}, ms: 0 }));
  await wordsIn(progress);
  const answer = await answerOf(call, context, order);
  progress.policy = answer.policy;
  if (answer.ok && answer.effect !== "call") progress.lit = scenarioOfTool(call.name)?.id ?? progress.lit;
  const ms = Date.now() - at;
  tell(status({ ...answer.status, ms }));
  const run: ToolRun = {
    call_id: call.call_id,
    name: call.name.slice(0, 64),
    arguments: JSON.stringify(answer.status.arguments),
    state: answer.status.state,
    summary: answer.status.summary,
    order,
    at,
    ms,
  };
  return { run, output: answer.output, then: answer.then };
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
