/**
 * Nobody says anything: after a while Luna asks whether the caller is still there, twice at most. Only for text engines;
 * with audio the engine hears the silence itself.
 */
import { ask } from "./gate.ts";
import type { Moment } from "./moment.ts";
import { isCalm } from "./rest.ts";
import type { CallState } from "./state.ts";

/** Asking a third time would be a nuisance. */
const MOST_IN_A_ROW = 2;

export interface Silence {
  /** Since when nobody has said or done anything; null while something goes on. */
  since: number | null;
  /** How often in a row Luna has asked. */
  asked: number;
}

export function newSilence(): Silence {
  return { since: null, asked: 0 };
}

/** The caller did something. */
export function callerActive({ state, now }: Moment): void {
  state.silence = newSilence();
  state.rest.caller_at = now;
  state.rest.asked = 0;
}

/** Measures the quiet and asks when it has lasted. */
export function watchSilence(moment: Moment): void {
  const { state, now } = moment;
  const { silence } = state;
  if (!isQuiet(state)) {
    silence.since = null;
    return;
  }
  silence.since ??= now;
  const due = silenceWake(state);
  // A rebuilt object asks as soon as its engine is there: the caller has been quiet all the while.
  if (due === null || now < due) return;
  silence.since = null;
  silence.asked += 1;
  ask(moment, { silence: true });
}

export function silenceWake(state: CallState): number | null {
  const { silence, setup } = state;
  if (silence.since === null || setup.silence_ms === null || silence.asked >= MOST_IN_A_ROW) return null;
  if (!state.engine.ready) return null;
  return silence.since + setup.silence_ms;
}

/** Luna has finished and it is the caller's turn. A muted microphone is no silence: the caller chose it. */
function isQuiet(state: CallState): boolean {
  const { ear, engine, rest } = state;
  if (!engine.text || ear.muted || rest.held || !isCalm(state)) return false;
  return state.transcript.turns.some((turn) => turn.who !== "caller");
}
