/** The one word the page shows for the line: "speaking" comes at once and goes late, so that it does not flicker between sentences. */
import type { CallState, LineWord } from "./call-state.ts";

/** A pause in Luna's voice shorter than this is a breath, not the end. */
export const SPEAKING_LINGERS_MS = 300;

type Line = CallState["line"];

/** The line is to show `state`. Leaving "speaking" waits, except for the caller's own voice, which must be seen at once. */
export function lineTo(line: Line, state: LineWord, now: number): Line {
  if (state === line.shown) return line.next === null ? line : { shown: state, next: null };
  const waits = line.shown === "speaking" && state !== "user-speaking" && state !== "on-hold";
  if (!waits) return { shown: state, next: null };
  const due = line.next === null ? now + SPEAKING_LINGERS_MS : line.next.due;
  return { shown: line.shown, next: { state, due } };
}

/** The clock moved on: what was waiting is shown when its time has come. */
export function lineAt(line: Line, now: number): Line {
  return line.next !== null && now >= line.next.due ? { shown: line.next.state, next: null } : line;
}
