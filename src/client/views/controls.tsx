/** The buttons under the call: mute, end, speaker, keyboard. */
import { endCall, toggleHold, toggleMicrophone, toggleSpeaker } from "../call/current.ts";
import { phase } from "../state/parts.ts";
import { microphoneFault, microphoneMuted, onHold, speakerMuted, typingOnly } from "../state/store.ts";
import { focusComposer } from "./composer.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon-names.ts";

export function Controls() {
  const silent = typingOnly.value || microphoneFault.value !== null;
  const muted = microphoneMuted.value;
  const quiet = speakerMuted.value;
  return (
    <fieldset class="controls" aria-label="Call controls">
      <Toggle
        icon={muted || silent ? "mic-off" : "mic"}
        label={muted ? "Unmute microphone" : "Mute microphone"}
        word={silent ? "No mic" : muted ? "Muted" : "Mute"}
        hint="M"
        pressed={muted}
        disabled={silent}
        onClick={toggleMicrophone}
      />
      <Toggle
        icon={quiet ? "speaker-off" : "speaker"}
        label={quiet ? "Unmute speaker" : "Mute speaker"}
        word={quiet ? "Silent" : "Speaker"}
        hint="S"
        pressed={quiet}
        onClick={toggleSpeaker}
      />
      <Toggle
        icon="pause"
        label={onHold.value ? "Take the call off hold" : "Put the call on hold"}
        word={onHold.value ? "Go on" : "Hold"}
        hint="H"
        pressed={onHold.value}
        disabled={phase.value !== "live"}
        onClick={toggleHold}
      />
      <button type="button" class="control" aria-label="Keyboard" title="Type to Luna (/)" onClick={focusComposer}>
        <span class="control-disc">
          <Icon name="keyboard" size={24} />
        </span>
        <span class="control-word" aria-hidden="true">
          Type
        </span>
      </button>
      <button
        type="button"
        class="control control-end"
        aria-label="End call"
        title="End call (Ctrl+E)"
        onClick={() => endCall()}
      >
        <span class="control-disc">
          <Icon name="end" size={26} />
        </span>
        <span class="control-word" aria-hidden="true">
          End
        </span>
      </button>
    </fieldset>
  );
}

function Toggle(props: {
  icon: IconName;
  label: string;
  word: string;
  hint: string;
  pressed: boolean;
  disabled?: boolean;
  onClick: () => void;
}) {
  return (
    <button
      type="button"
      class="control"
      aria-label={props.label}
      aria-pressed={props.pressed}
      title={`${props.label} (${props.hint})`}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <span class="control-disc">
        <Icon name={props.icon} size={24} />
      </span>
      <span class="control-word" aria-hidden="true">
        {props.word}
      </span>
    </button>
  );
}
