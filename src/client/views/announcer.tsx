/**
 * Words for a screen reader. Luna's own turns are read out only where she is not heard (typing, speaker muted): two voices
 * at once help nobody. Partial words are never read.
 */

import { computed } from "@preact/signals";
import { saidText, speakerName } from "../export/transcript.ts";
import type { CallState, TurnRow } from "../state/call-state.ts";
import { call, speakerMuted, typingOnly } from "../state/store.ts";
import { toolLook } from "../words.ts";

export function Announcer() {
  return (
    <div class="visually-hidden" aria-live="polite" data-announcer>
      <p>{announcement.value}</p>
    </div>
  );
}

let said = "";
/** While the call tells anew what it has told before, nothing is read out; afterwards only what is new. */
const announcement = computed(() => {
  if (call.value.link === "on") said = latest(call.value, typingOnly.value || speakerMuted.value);
  return said;
});

function latest(state: CallState, silent: boolean): string {
  if (state.confirm !== null) {
    const lines = state.confirm.lines.map((line) => `${line.label} ${line.value}`).join(", ");
    return `Please confirm: ${state.confirm.title}. ${lines}.`;
  }
  const last = state.rows.findLast((row) => {
    if (row.kind === "turn") return silent && row.who !== "caller" && row.state !== "live";
    return row.kind === "transfer" || row.tool.state !== "running";
  });
  if (last === undefined) return "";
  if (last.kind === "tool") return `${last.tool.label}: ${toolLook(last.tool).word}.`;
  if (last.kind === "transfer") return `Transfer to ${last.transfer.specialist}, ${last.transfer.department}.`;
  return `${speakerName(last as TurnRow, state.transfer)}: ${saidText(last)}`;
}
