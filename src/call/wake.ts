/** When the rules want to be woken. */
import type { Moment } from "./moment.ts";

/** So soon a wake is a timer, and that keeps the object in memory; one that is farther off is the object's alarm. */
export const NEAR_MS = 5_000;
/** A wake that comes so much too early is not worth another timer. */
const TOO_EARLY_MS = 1_000;

/**
 * Asks to be woken for the next thing that is due, Unix ms; null: nothing is. A wake that was asked for earlier may stand where it
 * does no harm: far off, or hardly too early. A near one whose reason is gone is called off.
 */
export function wakeFor(moment: Moment, due: number | null): void {
  const { state, now } = moment;
  const next = due === null ? null : Math.max(due, now + 1);
  const set = state.wake_at;
  if (set === null ? next === null : (next === null || set <= next) && !isInVain(set, next, now)) return;
  state.wake_at = next;
  moment.commands.push({ do: "wake", at: next });
}

function isInVain(set: number, next: number | null, now: number): boolean {
  return set - now <= NEAR_MS && (next === null || next - set > TOO_EARLY_MS);
}
