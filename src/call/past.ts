/**
 * The settled past of a call is written down turn by turn; what is written at every step of the rules leaves it out, so that
 * the third hour of a call writes no more at a time than the first minute.
 */
import type { CallState } from "./state.ts";
import type { Turn } from "./turn.ts";

/** A new engine is told the last ten word by word, and a late transcript belongs to one of the last few. */
const RECENT = 32;

/** The state without the turns that are `written` elsewhere and long over; the last `recent` stay. What is given is not changed. */
export function withoutPast(state: CallState, written: ReadonlySet<string>, recent = RECENT): CallState {
  const { turns, order } = state.transcript;
  if (turns.length <= recent) return state;
  const past = new Set<string>();
  for (const turn of turns.slice(0, -recent)) {
    if (turn.state !== "live" && written.has(turn.item_id)) past.add(turn.item_id);
  }
  const stays = {
    turns: turns.filter((turn) => !past.has(turn.item_id)),
    order: order.filter(({ id }) => !past.has(id)),
  };
  return { ...state, transcript: stays };
}

/**
 * The state as it was before `withoutPast`. Between turns of the past, nothing is known any more of items that are no turns:
 * those stand behind it, where a new engine is told them anyway.
 * @param written first to last
 */
export function withPast(state: CallState, written: Turn[]): CallState {
  const { turns, order } = state.transcript;
  const here = new Set(turns.map((turn) => turn.item_id));
  const past = written.filter((turn) => !here.has(turn.item_id));
  if (past.length === 0) return state;
  const settled = past.map(({ item_id: id }) => ({ id, after: null, awaits: null, settled: true }));
  const over = past.map((turn) => ({ ...turn, unclear_at: null }));
  return { ...state, transcript: { turns: [...over, ...turns], order: [...settled, ...order] } };
}
