/**
 * Ending and handing over wait until what is being said has been heard. A response that spoke beside its call has said the
 * last words; otherwise one more response says them.
 */
import { ask } from "./gate.ts";
import { type Moment, notice } from "./moment.ts";
import { isOpen, openSounds, soundsOf } from "./playback.ts";
import type { CallState } from "./state.ts";
import type { CallingResponse } from "./tool-calls.ts";

/** Without any news of the last words for this long, the call goes on without them. */
const LAST_WORDS_MS = 12_000;
/** After being interrupted in the goodbye: words that come within this time keep the call open. */
const SECOND_THOUGHTS_MS = 4_000;

export interface Farewell {
  next: "end" | "transfer" | "spent" | "closed";
  /** `closing`: the response with the last words is still to come. */
  phase: "closing" | "playing";
  /** The response that says the last words; null until it has begun. */
  response_id: string | null;
  due: number;
  /** The caller spoke into the goodbye. */
  interrupted: boolean;
  /** `closed`: it is not over before, Unix ms, so that the caller can read why. */
  not_before?: number;
}

/** The tools of a response end the call or hand it over. The first to ask is heard. */
export function startFarewell(moment: Moment, next: "end" | "transfer", response: CallingResponse): void {
  const { state, now } = moment;
  if (state.farewell !== null || state.ended !== null) return;
  const { response_id, cancelled } = response;
  const spoke = soundsOf(state.playback, response_id).length > 0;
  const phase = spoke || cancelled ? "playing" : "closing";
  const interrupted = cancelled && next === "end";
  const due = now + (interrupted ? SECOND_THOUGHTS_MS : LAST_WORDS_MS);
  state.farewell = { next, phase, response_id: phase === "playing" ? response_id : null, due, interrupted };
  if (phase === "closing") ask(moment, {});
}

/** The money is used up: what is being said is the last that is said. */
export function spent(moment: Moment): void {
  const { state, now } = moment;
  if (state.farewell !== null) return;
  const message = "This call has used up what it may cost, so Luna has to say goodbye here.";
  notice(moment, "spent", "warning", message);
  const response_id = openSounds(state.playback).at(-1)?.response_id ?? "";
  state.farewell = { next: "spent", phase: "playing", response_id, due: now + LAST_WORDS_MS, interrupted: false };
}

export function farewellCreated(state: CallState, response_id: string, now: number): void {
  const { farewell } = state;
  if (farewell?.phase !== "closing") return;
  farewell.response_id = response_id;
  farewell.due = now + LAST_WORDS_MS;
}

export function farewellDone(state: CallState, response_id: string, now: number): void {
  const { farewell } = state;
  if (farewell?.phase !== "closing" || farewell.response_id !== response_id) return;
  farewell.phase = "playing";
  farewell.due = now + LAST_WORDS_MS;
}

/** The last words are being heard. */
export function farewellHeard(state: CallState, response_id: string, now: number): void {
  const { farewell } = state;
  if (farewell === null || farewell.next === "closed") return;
  if (!farewell.interrupted && farewell.response_id === response_id) {
    farewell.due = now + LAST_WORDS_MS;
  }
}

/** The caller speaks up: a goodbye waits for what comes of it, a hand-over does not. */
export function farewellInterrupted(state: CallState, now: number): void {
  const { farewell } = state;
  if (farewell?.next !== "end") return;
  farewell.interrupted = true;
  farewell.due = now + SECOND_THOUGHTS_MS;
}

/** The caller has said something more: the call does not end after all. */
export function callerGoesOn(state: CallState): void {
  if (state.farewell?.next === "end") state.farewell = null;
}

/** Gives what it is time for now, and forgets it. */
export function farewellDue(state: CallState, now: number): Farewell["next"] | null {
  const { farewell } = state;
  if (farewell === null || state.ended !== null) return null;
  if (farewell.next === "closed") {
    if (allHeard(state, farewell)) farewell.due = Math.min(farewell.due, farewell.not_before ?? now);
    return now < farewell.due ? null : farewell.next;
  }
  if (farewell.interrupted && state.ear.speaking) farewell.due = now + SECOND_THOUGHTS_MS;
  if (now < farewell.due && (farewell.interrupted || !allHeard(state, farewell))) return null;
  state.farewell = null;
  return farewell.next;
}

function allHeard(state: CallState, farewell: Farewell): boolean {
  if (farewell.phase !== "playing" || farewell.response_id === null) return false;
  return !soundsOf(state.playback, farewell.response_id).some(isOpen);
}
