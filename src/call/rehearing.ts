/**
 * What only the lost engine had heard. A sentence that was cut off in its middle, or spoken and not yet written down, is given
 * to the next engine as sound once more; the turn it belongs to keeps its id and its place.
 */
import type { ServerEvent } from "../realtime/events.ts";
import type { CallState } from "./state.ts";
import { turnOf } from "./transcript.ts";

/** The sound comes in one burst, and speech in it is noticed within this time or there was none. */
const NOTICED_WITHIN_MS = 4_000;
/** Turns whose words may still come under another id. */
const KEPT = 8;

export interface Rehearing {
  /** The next engine is given the caller's last sentence as sound. */
  wanted: boolean;
  /** The turn it is the sound of; null where none had begun. */
  turn: string | null;
  /** Until when the new engine has to notice it; null when it was not given any. */
  due: number | null;
  /** Ids a later engine uses for turns of an earlier one: [its id, ours]. */
  aliases: [string, string][];
}

export function newRehearing(): Rehearing {
  return { wanted: false, turn: null, due: null, aliases: [] };
}

/**
 * The engine is lost and another one comes: what of the caller does nobody know in words? True when that is the sound of
 * the last sentence; its answer comes by itself then. Words come after the answer has begun, or in the middle of it.
 * @param unanswered the answer to the last sentence is lost, too.
 */
export function loseHearing(state: CallState, unanswered: boolean): boolean {
  const { ear, rehearing, transcript } = state;
  const last = transcript.turns.findLast((turn) => turn.who === "caller");
  const speaking = ear.by === "engine" && (ear.speaking || (ear.awaiting && !ear.committed));
  // The second engine in a row was lost in the middle of the same sentence.
  const midway = speaking && rehearing.aliases.some(([, ours]) => ours === last?.item_id);
  const wordless = (ear.committed || unanswered || midway) && last?.state === "live" && last.how === "speech";
  rehearing.wanted ||= wordless || speaking || rehearing.due !== null;
  rehearing.due = null;
  if (wordless) rehearing.turn = last.item_id;
  return rehearing.wanted;
}

/** The new engine has been given the sound. True when it was: it answers what it hears. */
export function rehear(state: CallState, now: number): boolean {
  const { rehearing } = state;
  if (!rehearing.wanted) return false;
  rehearing.wanted = false;
  rehearing.due = now + NOTICED_WITHIN_MS;
  return true;
}

/** The engine hears speech in it. */
export function heardAgain(state: CallState, item_id: string): void {
  const { rehearing } = state;
  rehearing.due = null;
  if (rehearing.turn === null) return;
  // The words come again from the first one on.
  const turn = turnOf(state, rehearing.turn);
  if (turn?.state === "live") Object.assign(turn, { text: "", heard: "" });
  rehearing.aliases.push([item_id, rehearing.turn]);
  if (rehearing.aliases.length > KEPT) rehearing.aliases.shift();
  rehearing.turn = null;
}

/** The engine found nothing in it, or there is none that could: the caller is owed an answer all the same. */
export function stopRehearing(state: CallState): boolean {
  const { rehearing } = state;
  const owed = rehearing.wanted || rehearing.due !== null;
  const turn = rehearing.turn === null ? undefined : turnOf(state, rehearing.turn);
  if (turn?.state === "live") turn.unclear_at = 0;
  Object.assign(rehearing, { wanted: false, due: null, turn: null });
  return owed;
}

/** The event with our ids for items that had one before. */
export function inOurIds(state: CallState, event: ServerEvent): ServerEvent {
  const { aliases } = state.rehearing;
  if (aliases.length === 0) return event;
  const ours = (id: string) => aliases.find(([theirs]) => theirs === id)?.[1] ?? id;
  const out = { ...event } as Record<string, unknown>;
  for (const name of ["item_id", "previous_item_id"]) {
    const id = out[name];
    if (typeof id === "string") out[name] = ours(id);
  }
  if (event.type === "conversation.item.added" || event.type === "conversation.item.done") {
    if (event.item.id !== undefined) out.item = { ...event.item, id: ours(event.item.id) };
  }
  return out as unknown as ServerEvent;
}
