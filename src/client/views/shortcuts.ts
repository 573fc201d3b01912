/** Keys that work anywhere on the page. Single letters rest while the person types in a field or a dialog is open. */
import { endCall, stopSpeaking, toggleHold, toggleMicrophone, toggleSpeaker } from "../call/current.ts";
import { call, dialog, inCall, microphoneFault, panel, togglePanel, typingOnly } from "../state/store.ts";
import { focusComposer } from "./composer.tsx";

export const SHORTCUTS = [
  { keys: "M", does: "Mute or unmute the microphone" },
  { keys: "S", does: "Mute or unmute the speaker" },
  { keys: "H", does: "Put the call on hold, or go on" },
  { keys: "Esc", does: "Close the panel, or stop Luna speaking" },
  { keys: "Ctrl or ⌘ + E", does: "End the call" },
  { keys: "/", does: "Type to Luna" },
  { keys: "B", does: "My bank" },
  { keys: "N", does: "Presenter notes" },
  { keys: "L", does: "Lab: connection, live settings, events" },
  { keys: "?", does: "This list" },
] as const;

/** What a key does, by what `KeyboardEvent.key` says. */
export function onKey(event: KeyboardEvent): void {
  if (dialog.value !== null || event.defaultPrevented) return;
  if (event.key === "Escape") return stopOrClose();
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "e") {
    if (!inCall.value) return;
    event.preventDefault();
    return endCall();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const act = LETTERS[event.key.toLowerCase()];
  if (act === undefined) return;
  event.preventDefault();
  act();
}

/** What Luna does that Esc can stop. */
const BUSY: readonly string[] = ["speaking", "thinking", "tool-running"];

/** Within a panel Esc is for the panel; elsewhere Luna comes first, and a panel is closed when she is quiet. */
function stopOrClose(): void {
  const open = panel.value;
  const within = open !== null && document.getElementById(`panel-${open}`)?.contains(document.activeElement);
  const busy = inCall.value && BUSY.includes(call.value.line.shown);
  if (open !== null && (within || !busy)) togglePanel(open);
  else stopSpeaking();
}

const LETTERS: Record<string, () => void> = {
  m: () => {
    if (inCall.value && !typingOnly.value && microphoneFault.value === null) toggleMicrophone();
  },
  s: () => {
    if (inCall.value) toggleSpeaker();
  },
  h: () => {
    if (call.value.phase === "live") toggleHold();
  },
  "/": focusComposer,
  "?": () => {
    dialog.value = "help";
  },
  b: () => togglePanel("bank"),
  n: () => togglePanel("notes"),
  l: () => togglePanel("lab"),
};

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]")
  );
}
