/** How the words of a call read: names, what counts as said, and the time into the call. */
import type { CallState, TurnRow } from "../state/call-state.ts";

/** Names of the speakers, as the transcript shows them. */
export function speakerName(
  { who, speaker }: Pick<TurnRow, "who" | "speaker">,
  transfer: CallState["transfer"],
): string {
  // Whoever looks at somebody else's call has named the caller.
  if (who === "caller") return speaker ?? "You";
  return who === "luna" ? (speaker ?? "Luna") : (transfer?.specialist ?? "Specialist");
}

/** What of a turn counts as said: for an interrupted one only what was heard. */
export function saidText(row: TurnRow): string {
  return row.state === "interrupted" ? row.text.slice(0, row.heard).trimEnd() : row.text;
}

/** m:ss, or h:mm:ss. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
