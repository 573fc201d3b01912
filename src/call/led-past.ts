/**
 * The past of a call that a client leads is left to the tables of the record, like that of every call, so that all it remembers
 * beside them fits into one row. But the client may delete from its conversation what the record keeps: so what is left out is
 * named, and nothing else comes back.
 */
import { withoutPast, withPast } from "./past.ts";
import type { Finished } from "./reseed.ts";
import type { CallState } from "./state.ts";
import { type CalledTool, MOST_ARGUMENT_CHARS } from "./tool-calls.ts";
import type { Turn } from "./turn.ts";

/** What of a state is only in the tables. */
export interface Left {
  /** Items of turns. */
  turns: string[];
  /** Ids of calls whose tool is back. */
  tools: string[];
}

/** What the tables have, by the same ids. */
export interface Tables {
  turns: ReadonlySet<string>;
  tools: ReadonlySet<string>;
}

/** Where a row must be small, whatever is lost: the last few turns and calls. */
const FEW = 4;
/** Names of past turns, 30 bytes each, that are kept even then. */
const MOST_NAMES = 10_000;

/** The state without what the tables have; it is not changed. @param recent turns that stay in any case; absent: as in every call. */
export function withoutLeft(state: CallState, tables: Tables, recent?: number): { state: CallState; left: Left } {
  const small = withoutPast(state, tables.turns, recent);
  const stays = new Set(small.transcript.turns.map((turn) => turn.item_id));
  const turns = state.transcript.turns.flatMap(({ item_id }) => (stays.has(item_id) ? [] : [item_id]));
  const tools: string[] = [];
  const calls = small.tools.calls.map((call) => {
    if (call.run === null || !tables.tools.has(call.call_id)) return call;
    tools.push(call.call_id);
    return { ...call, output: "", run: null };
  });
  return { state: { ...small, tools: { ...small.tools, calls } }, left: { turns, tools } };
}

/** The state as it was before `withoutLeft`. @param turns first to last @param finished tools of the table */
export function withLeft(state: CallState, left: Left, turns: Turn[], finished: Finished[]): CallState {
  const over = new Set(left.turns);
  const back = new Set(left.tools);
  const whole = withPast(
    state,
    turns.filter((turn) => over.has(turn.item_id)),
  );
  const rows = new Map(finished.map((tool) => [tool.run.call_id, tool]));
  const calls = whole.tools.calls.map((call) => {
    const row = back.has(call.call_id) ? rows.get(call.call_id) : undefined;
    return row ? { ...call, output: row.output, run: row.run } : call;
  });
  return { ...whole, tools: { ...whole.tools, calls } };
}

/** A client's functions may be called with anything. */
function shortCall(call: CalledTool): CalledTool {
  return call.arguments.length > MOST_ARGUMENT_CHARS ? { ...call, arguments: "{}" } : call;
}

/** As little as a call can go on with: what a new engine is told of it is then short. */
export function least(state: CallState, tables: Tables): { state: CallState; left: Left } {
  const { state: small, left } = withoutLeft(state, tables, FEW);
  const { transcript, tools, playback } = small;
  const calls = tools.calls.filter((call, at, all) => call.output === null || at >= all.length - FEW).map(shortCall);
  const responses = tools.responses.filter((response) => !response.done);
  const known = new Set([...transcript.turns, ...calls].map(({ item_id }) => item_id));
  const order = transcript.order.filter(({ id }) => known.has(id));
  return {
    // Sound that waits for its turn is lost with the object in any case: its engine is.
    state: {
      ...small,
      transcript: { ...transcript, order },
      tools: { calls, responses },
      playback: { ...playback, held: [], held_ms: [] },
    },
    left: { ...left, turns: left.turns.slice(-MOST_NAMES) },
  };
}
