/**
 * What was made while the line to the session was away. Nobody tells it again, but the conversation knows its order: an item of
 * ours, put behind the last one and taken out at once, is told with the id of what stands before it. If that is unknown here it
 * is asked for, and a function call that nobody heard of is run after all.
 */
import type { Item, ServerEvent } from "../realtime/events.ts";
import { type Moment, nextId, send } from "./moment.ts";
import { isRetold } from "./reseed.ts";
import type { CallState } from "./state.ts";
import { turnOf } from "./transcript.ts";

export interface Missed {
  /** The item that feels for the end of the conversation; its own events mean nothing else. */
  probe: string;
  /** Asked for; null before it is known, and where nothing was missed. */
  item_id: string | null;
  /** Events of ours about it: their errors are nobody's business. */
  event_ids: string[];
}

const TEXT = "The line was away for a moment.";

/** The line is there again. */
export function lookBack(moment: Moment): void {
  const { state } = moment;
  const id = nextId(state, "luna_probe");
  const content = [{ type: "input_text" as const, text: TEXT }];
  const item = { id, type: "message" as const, role: "system" as const, content };
  const missed: Missed = { probe: id, item_id: null, event_ids: [] };
  state.missed = missed;
  missed.event_ids.push(send(moment, { type: "conversation.item.create", item }));
}

/**
 * An event of the engine, before anything else looks at it.
 * @returns what was missed; `ours` where the event is only about the looking; null for everything else.
 */
export function foundMissed(moment: Moment, event: ServerEvent): Item | "ours" | null {
  const { missed } = moment.state;
  if (missed === null) return null;
  switch (event.type) {
    case "conversation.item.added":
    case "conversation.item.created":
      if (event.item.id !== missed.probe) return null;
      askFor(moment, missed, event.previous_item_id ?? null);
      return "ours";
    case "conversation.item.done":
      return event.item.id === missed.probe ? "ours" : null;
    case "conversation.item.deleted":
      return event.item_id === missed.probe ? "ours" : null;
    case "conversation.item.retrieved":
      if (event.item.id !== missed.item_id) return null;
      missed.item_id = null;
      return event.item;
    case "error":
      return missed.event_ids.includes(event.error.event_id ?? "") ? "ours" : null;
    default:
      return null;
  }
}

function askFor(moment: Moment, missed: Missed, last: string | null): void {
  // Both `added` and, at older servers, `created` tell of it.
  if (missed.event_ids.length > 1) return;
  missed.event_ids.push(send(moment, { type: "conversation.item.delete", item_id: missed.probe }));
  if (last === null || isKnown(moment.state, last)) return;
  missed.item_id = last;
  missed.event_ids.push(send(moment, { type: "conversation.item.retrieve", item_id: last }));
}

/** Known to its end. A function call that had only begun when the line broke has a place, but nobody has its arguments. */
function isKnown(state: CallState, item_id: string): boolean {
  if (item_id.startsWith("luna_") || isRetold(item_id)) return true;
  const turn = turnOf(state, item_id);
  if (turn !== undefined) return turn.state !== "live";
  return state.tools.calls.some((call) => call.item_id === item_id || call.output_item_id === item_id);
}
