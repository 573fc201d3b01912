/** The end of the record: every turn that is still open is settled as it stands. */
import { cutOff } from "./barge-in.ts";
import type { Moment } from "./moment.ts";
import { openSounds } from "./playback.ts";
import { lunaHeard, settleOverdue, turnsInOrder } from "./transcript.ts";

/** Settles and records all open turns. Safe to repeat: turns that are settled are left alone. */
export function closeTurns(moment: Moment): void {
  const { state } = moment;
  settleOverdue(moment, true);
  for (const sound of openSounds(state.playback)) cutOff(moment, sound);
  for (const turn of turnsInOrder(state)) {
    if (turn.who !== "caller" && turn.state === "live") lunaHeard(moment, turn.item_id, turn.heard, true);
  }
  state.playback.flush_due = null;
}
