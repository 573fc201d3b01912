/** Says that a call is recorded, for as long as it is, and lets the caller stop or start it. */
import { record } from "../call/current.ts";
import { engine, recording } from "../state/parts.ts";

export function RecordingSwitch() {
  const state = recording.value;
  if (state === "unavailable" || (state === "off" && engine.value?.voice !== "call")) return null;
  const on = state === "on";
  return (
    <p class="recording">
      <span class={on ? "recording-dot" : "recording-dot recording-off"} aria-hidden="true" />
      <span role="status">{on ? "This call is recorded" : "Not recorded"}</span>
      <button type="button" class="recording-switch" onClick={() => record(!on)}>
        {on ? "Stop" : "Record"}
        <span class="visually-hidden"> recording</span>
      </button>
    </p>
  );
}
