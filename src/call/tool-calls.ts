/** The functions the engine has called in this call, and the responses they were part of. */
import type { CallState, ToolCall } from "./state.ts";
import type { ToolRun } from "./turn.ts";

export interface CalledTool extends ToolCall {
  /** The engine that called it: `EngineState.number`. */
  engine: number;
  /** Null while it runs. */
  output: string | null;
  run: ToolRun | null;
  /** When it was run, Unix ms. */
  at: number;
  /** The item of its output in the engine's conversation. */
  output_item_id: string | null;
}

export interface CallingResponse {
  response_id: string;
  call_ids: string[];
  done: boolean;
  cancelled: boolean;
  next: "end" | "transfer" | null;
}

export interface ToolTurns {
  calls: CalledTool[];
  responses: CallingResponse[];
}

export function newToolTurns(): ToolTurns {
  return { calls: [], responses: [] };
}

/** A tool that has not come back by then never will. */
export const TOOL_LOST_MS = 30_000;

/** No tool takes arguments half as long, and none is run with them; what is remembered of a call has to fit into one row. */
export const MOST_ARGUMENT_CHARS = 8_192;

export function toolsWake(state: CallState): number | null {
  const begun = state.tools.calls.flatMap((call) => (call.output === null ? call.at : []));
  return begun.length === 0 ? null : Math.min(...begun) + TOOL_LOST_MS;
}

/** The object was rebuilt under its tools: they run once more, and have all of their time again. */
export function toolsRunAgain(state: CallState, now: number): void {
  for (const call of state.tools.calls) if (call.output === null) call.at = now;
}

export function toolsRunning(state: CallState): boolean {
  return state.tools.calls.some((call) => call.output === null);
}

/** Finished tools in the order of their calls. */
export function finishedTools(state: CallState): CalledTool[] {
  return state.tools.calls.filter((call) => call.output !== null);
}

/** The response a call belongs to; noted down at its first call. */
export function callingResponse(tools: ToolTurns, response_id: string): CallingResponse {
  const known = tools.responses.find((response) => response.response_id === response_id);
  if (known !== undefined) return known;
  const begun: CallingResponse = {
    response_id,
    call_ids: [],
    done: false,
    cancelled: false,
    next: null,
  };
  tools.responses.push(begun);
  return begun;
}
