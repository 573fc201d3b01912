/**
 * The call's own record of what was said, in the order of the conversation. The caller's words may come late, in pieces, or
 * never; Luna's are known before they are heard. The page gets a `luna.turn` when a turn begins, ends, is cut or moves.
 */
import type { Speaker, TurnStatus } from "../legs/wire.ts";
import { speaking } from "./cast.ts";
import { type ItemOrder, place } from "./item-order.ts";
import { type Moment, tell } from "./moment.ts";
import { soundOf } from "./playback.ts";
import type { CallState } from "./state.ts";
import type { Turn } from "./turn.ts";

/** Nobody says more in one turn. A row of storage holds 2 MB, and so does all the call remembers. */
const MOST_CHARS = 20_000;

/** A spoken turn whose transcript has not come by then is shown as unclear; it may still come later. */
const TRANSCRIPT_MS = 5_000;

export interface Entry extends Turn {
  /** When a caller's turn without transcript becomes unclear; null when nothing is awaited. */
  unclear_at: number | null;
}

export interface Transcript {
  order: ItemOrder;
  /** As they began. */
  turns: Entry[];
}

export function newTranscript(): Transcript {
  return { order: [], turns: [] };
}

/** All turns, first to last. */
export function turnsInOrder(state: CallState): Entry[] {
  const turns = new Map(state.transcript.turns.map((turn) => [turn.item_id, turn]));
  return state.transcript.order.map(({ id }) => turns.get(id)).filter((turn) => turn !== undefined);
}

/** The order of the last turn, 0 before the first: what happens now stands behind it. */
export function highestOrder(state: CallState): number {
  return state.transcript.turns.length;
}

export function turnOf(state: CallState, item_id: string): Entry | undefined {
  return state.transcript.turns.findLast((turn) => turn.item_id === item_id);
}

/** An item of the conversation has a place. Turns that moved are told and recorded again. */
export function placeItem(moment: Moment, item_id: string, previous: string | null | undefined): void {
  if (place(moment.state.transcript.order, item_id, previous)) renumber(moment);
}

function renumber(moment: Moment): void {
  for (const [index, turn] of turnsInOrder(moment.state).entries()) {
    if (turn.order === index + 1) continue;
    turn.order = index + 1;
    if (turn.state === "live") tellTurn(moment, turn);
    else finish(moment, turn);
  }
}

type Beginning = Pick<Entry, "who" | "how" | "text" | "state" | "unclear_at">;

function begin(moment: Moment, item_id: string, beginning: Beginning): Entry {
  const { state, now } = moment;
  placeItem(moment, item_id, undefined);
  const heard = beginning.who === "caller" ? beginning.text : "";
  // Whoever began the response: an update under way may have made somebody else of the engine since.
  const named = beginning.who === "luna" ? speaking(state, soundOf(state.playback, item_id)?.response_id) : {};
  const turn: Entry = { item_id, order: 0, at: now, latency_ms: null, heard, ...beginning, ...named };
  state.transcript.turns.push(turn);
  turn.order = turnsInOrder(state).indexOf(turn) + 1;
  renumber(moment);
  return turn;
}

/** The caller's words, complete: typed, or recognised in the page. */
export function callerWords(moment: Moment, item_id: string, whole: string, how: Turn["how"]): void {
  const text = whole.slice(0, MOST_CHARS);
  const known = turnOf(moment.state, item_id);
  if (known?.state === "final" && known.text === text) return;
  const turn = known ?? begin(moment, item_id, { who: "caller", how, text, state: "final", unclear_at: null });
  Object.assign(turn, { text, heard: text, state: "final", unclear_at: null });
  finish(moment, turn);
}

/** The caller said something; the words are still to come. */
export function callerSpoke(moment: Moment, item_id: string): Entry {
  const known = turnOf(moment.state, item_id);
  if (known !== undefined) return known;
  const unclear_at = moment.now + TRANSCRIPT_MS;
  const turn = begin(moment, item_id, { who: "caller", how: "speech", text: "", state: "live", unclear_at });
  tellTurn(moment, turn);
  return turn;
}

export function transcriptDelta(moment: Moment, item_id: string, delta: string): void {
  const turn = callerSpoke(moment, item_id);
  if (turn.state === "final") return;
  turn.text = (turn.text + delta).slice(0, MOST_CHARS);
  turn.heard = turn.text;
  turn.unclear_at = moment.now + TRANSCRIPT_MS;
  if (turn.state !== "unclear") return;
  turn.state = "live";
  tellTurn(moment, turn);
}

/** The caller's words have come, however late. */
export function transcriptCompleted(moment: Moment, item_id: string, transcript: string): void {
  const turn = callerSpoke(moment, item_id);
  turn.text = transcript.trim().slice(0, MOST_CHARS);
  settleCaller(moment, turn);
}

export function transcriptFailed(moment: Moment, item_id: string): void {
  const turn = callerSpoke(moment, item_id);
  if (turn.state === "final") return;
  turn.text = "";
  settleCaller(moment, turn);
}

function settleCaller(moment: Moment, turn: Entry): void {
  turn.text = turn.text.trim();
  turn.heard = turn.text;
  turn.state = turn.text === "" ? "unclear" : "final";
  turn.unclear_at = null;
  finish(moment, turn);
}

/** Caller's turns whose transcript is overdue; all of them when the call is over. What came of the words is kept. */
export function settleOverdue(moment: Moment, all: boolean): void {
  for (const turn of moment.state.transcript.turns) {
    if (turn.unclear_at !== null && (all || moment.now >= turn.unclear_at)) settleCaller(moment, turn);
  }
}

export function transcriptWake(state: CallState): number | null {
  let next: number | null = null;
  for (const turn of state.transcript.turns) {
    if (turn.unclear_at !== null && (next === null || turn.unclear_at < next)) next = turn.unclear_at;
  }
  return next;
}

/** More of what Luna says. Her turn begins with its first words. */
export function lunaDelta(moment: Moment, item_id: string, delta: string, who: Speaker): void {
  const known = turnOf(moment.state, item_id);
  if (known !== undefined) {
    // What comes after the turn was cut was never said.
    const full = known.text.length >= MOST_CHARS;
    if (known.state === "live" && !full) known.text = (known.text + delta).slice(0, MOST_CHARS);
    return;
  }
  if (delta === "") return;
  const text = delta.slice(0, MOST_CHARS);
  tellTurn(moment, begin(moment, item_id, { who, how: "speech", text, state: "live", unclear_at: null }));
}

/** All of what Luna says in this item, as the engine has it. */
export function lunaText(moment: Moment, item_id: string, whole: string, who: Speaker): void {
  const text = whole.slice(0, MOST_CHARS);
  if (text === "") return;
  if (turnOf(moment.state, item_id) === undefined) lunaDelta(moment, item_id, text, who);
  const turn = turnOf(moment.state, item_id);
  if (turn === undefined || turn.state === "interrupted" || (turn.state === "final" && turn.text === text)) return;
  turn.text = text;
  if (turn.state === "final") turn.heard = text;
  if (turn.state === "live") tellTurn(moment, turn);
  else finish(moment, turn);
}

/** How far the ear is in a turn that is still being heard. */
export function lunaProgress(state: CallState, item_id: string, heard: string): void {
  const turn = turnOf(state, item_id);
  if (turn?.state === "live") turn.heard = heard;
}

/** Luna's turn is over: `heard` is all of it, or it was interrupted. Repeating it with another `heard` corrects it. */
export function lunaHeard(moment: Moment, item_id: string, heard: string, interrupted: boolean): void {
  const turn = turnOf(moment.state, item_id);
  if (turn === undefined || turn.who === "caller") return;
  const state = interrupted ? "interrupted" : "final";
  if (turn.state === state && turn.heard === heard) return;
  turn.heard = heard;
  turn.state = state;
  finish(moment, turn);
}

export function turnLatency(moment: Moment, item_id: string, ms: number): void {
  const turn = turnOf(moment.state, item_id);
  if (turn === undefined || turn.who === "caller") return;
  turn.latency_ms = ms;
  if (turn.state !== "live") record(moment, turn);
}

function finish(moment: Moment, turn: Entry): void {
  tellTurn(moment, turn);
  record(moment, turn);
}

function record(moment: Moment, turn: Entry): void {
  const { unclear_at: _awaited, ...plain } = turn;
  moment.commands.push({ do: "record", turn: plain });
}

function tellTurn(moment: Moment, turn: Entry): void {
  tell(moment, turnStatus(turn));
}

/** A turn as whoever sees the call is told of it, the first time or again. */
export function turnStatus({ item_id, order, who, speaker, persona, how, text, heard, state }: Turn): TurnStatus {
  const named = { ...(speaker === undefined ? {} : { speaker }), ...(persona == null ? {} : { persona }) };
  return { type: "luna.turn", item_id, order, who, ...named, how, text, heard, state };
}
