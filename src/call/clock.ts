/** A clock may be set back under a running call: what was noted before lies ahead then, and would be waited for until it comes again. */
import { isOpen } from "./playback.ts";
import type { CallState } from "./state.ts";

/** No rule waits longer than this for anything but the quiet, which is counted from marks. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Whatever has happened has happened by now (Unix ms), and is counted from now on; what has a time to come, and was set by a
 * clock that ran ahead, has come. The provider's hour stands: it is the day's time, not the call's.
 */
export function nothingAhead(state: CallState, now: number): void {
  const last = state.stepped_at ?? now;
  state.stepped_at = now;
  if (now >= last) return;
  const { ear, farewell, gate, persona, playback, rehearing, rest, silence, tools, transcript, tuning } = state;
  for (const marked of [gate, gate.owed, rest, silence]) if (marked !== null) happened(marked, "since", now);
  for (const sent of persona.sent) happened(sent, "since", now);
  if (tuning.asked !== null) happened(tuning.asked, "since", now);
  happened(ear, "at", now);
  happened(rest, "caller_at", now);
  happened(rest, "asked_at", now);
  for (const call of tools.calls) if (call.output === null) happened(call, "at", now);
  for (const sound of playback.sounds) {
    if (!isOpen(sound)) continue;
    happened(sound, "at", now);
    happened(sound, "since", now);
  }
  if (gate.owed !== null) due(gate.owed, "not_before", now);
  if (farewell !== null) due(farewell, "due", now);
  due(playback, "flush_due", now);
  due(rehearing, "due", now);
  for (const turn of transcript.turns) due(turn, "unclear_at", now);
}

type Timed<K extends string> = { [key in K]: number | null };

function happened<K extends string>(what: Timed<K>, mark: K, now: number): void {
  const at = what[mark];
  if (at !== null && at > now) what[mark] = now;
}

function due<K extends string>(what: Timed<K>, time: K, now: number): void {
  const at = what[time];
  if (at !== null && at > now + LONGEST_WAIT_MS) what[time] = now;
}
