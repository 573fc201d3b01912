/** What came of a call, judged by what was done in it, not by what was said. */
import type { CallEnded, Outcome } from "../legs/wire.ts";
import type { CallState } from "./state.ts";
import type { ToolRun } from "./turn.ts";

/** Tools that lead to a solution without being one. */
const ON_THE_WAY = new Set(["verify_identity", "verify_recipient", "transfer_to_specialist", "end_call"]);

/** A change was made or a question was answered by this run. */
export function solves(run: Pick<ToolRun, "name" | "state">): boolean {
  return run.state === "done" && !ON_THE_WAY.has(run.name);
}

/**
 * `escalated` once a specialist was called for, whatever came before; `contained` when Luna solved something by herself;
 * else `failed` when the call broke, and `abandoned` when it ended before anything was solved.
 */
export function outcomeOf(state: CallState, reason: CallEnded["reason"]): Outcome {
  if (state.escalated || state.farewell?.next === "transfer") return "escalated";
  if (state.tools.calls.some((call) => call.run !== null && solves(call.run))) return "contained";
  return reason === "failed" ? "failed" : "abandoned";
}
