/** What the specialist gets to read when a call is handed over, made from the call itself. */
import type { ToolRun, Turn } from "../call/turn.ts";
import type { SummaryCard } from "../legs/wire.ts";
import { maskDigits } from "../words/masked.ts";
import { firstTelling } from "../words/telling.ts";
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

/** The caller's first words that tell something, else the reason the model gave for the hand-over. */
function asked(turns: Turn[], runs: ToolRun[]): string {
  const said = turns
    .filter((turn) => turn.who === "caller" && turn.text.trim() !== "")
    .sort((a, b) => a.order - b.order);
  const wish = firstTelling(said.map((turn) => turn.text));
  return wish === undefined ? (reasonGiven(runs) ?? "The caller did not say.") : cleaned(wish);
}

function reasonGiven(runs: ToolRun[]): string | undefined {
  const { reason } = handOverIn(runs);
  return typeof reason === "string" && reason.trim() !== "" ? cleaned(reason) : undefined;
}

/** The department the call was handed to, where one was named. */
export function departmentIn(runs: ToolRun[]): string | undefined {
  const { department } = handOverIn(runs);
  return typeof department === "string" ? department : undefined;
}

function handOverIn(runs: ToolRun[]): { reason?: unknown; department?: unknown } {
  const transfer = runs.findLast((run) => run.name === "transfer_to_specialist");
  try {
    return transfer ? (JSON.parse(transfer.arguments) as object) : {};
  } catch {
    return {};
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

function unique(lines: string[]): string[] {
  return [...new Set(lines)];
}
