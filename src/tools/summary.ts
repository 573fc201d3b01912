/** What the specialist gets to read when a call is handed over, made from the call itself. */
import type { ToolRun, Turn } from "../call/turn.ts";
import type { SummaryCard } from "../legs/wire.ts";
import { maskDigits } from "../words/masked.ts";
import type { PolicyState } from "./policy.ts";
import { sealText } from "./redact.ts";
import { toolNamed } from "./registry.ts";

export interface CallSoFar {
  /** The caller as the scenario names them; the verified name goes before it. */
  caller: string;
  policy: PolicyState;
  turns: Turn[];
  runs: ToolRun[];
}

const MAX_ASKED = 200;
const MAX_OPEN = 6;

export function summaryCard({ caller, policy, turns, runs }: CallSoFar): SummaryCard {
  return {
    caller: policy.identity?.name ?? caller,
    verified: policy.identity !== null,
    asked: asked(turns, runs),
    done: unique(runs.filter((run) => run.state === "done" && counts(run)).map((run) => run.summary)),
    open: open(policy, runs),
  };
}

/** What the model gave as the reason of the hand-over, else the caller's first words that are more than a greeting. */
function asked(turns: Turn[], runs: ToolRun[]): string {
  const said = turns
    .filter((turn) => turn.who === "caller" && turn.text.trim() !== "")
    .sort((a, b) => a.order - b.order);
  const first = said.find((turn) => wordCount(turn.text) >= 4) ?? said[0];
  return first ? cleaned(first.text) : (reasonGiven(runs) ?? "The caller did not say.");
}

function reasonGiven(runs: ToolRun[]): string | undefined {
  const transfer = runs.findLast((run) => run.name === "transfer_to_specialist");
  if (!transfer) return undefined;
  try {
    const { reason } = JSON.parse(transfer.arguments) as { reason?: unknown };
    return typeof reason === "string" && reason.trim() !== "" ? cleaned(reason) : undefined;
  } catch {
    return undefined;
  }
}

/** The hand-over itself is not worth a line. */
function counts(run: ToolRun): boolean {
  return toolNamed(run.name)?.effect !== "call";
}

/** What the last try of each tool left undone. */
function open(policy: PolicyState, runs: ToolRun[]): string[] {
  const lines: string[] = [];
  const reason = reasonGiven(runs);
  if (reason) lines.push(reason);
  if (policy.locked) lines.push("The caller could not be verified: three wrong answers.");
  if (policy.pending) lines.push(`Waits for the caller's yes: ${policy.pending.title}.`);
  const last = new Map(runs.filter((run) => run.name !== "verify_identity").map((run) => [run.name, run]));
  for (const run of last.values()) {
    if (run.state !== "done" && run.name !== policy.pending?.tool) lines.push(run.summary);
  }
  return unique(lines.map(cleaned)).slice(0, MAX_OPEN);
}

function cleaned(text: string): string {
  const short = text.length > MAX_ASKED ? `${text.slice(0, MAX_ASKED - 1).trimEnd()}…` : text;
  return sealText(maskDigits(short.trim()));
}

function wordCount(text: string): number {
  return text.trim().split(/\s+/).length;
}

function unique(lines: string[]): string[] {
  return [...new Set(lines)];
}
