/** The call, for a guest: who is on the line, what is said, and four buttons. */
import { useRef } from "preact/hooks";
import type { Fault } from "../audio/trouble.ts";
import {
  confirm,
  endCall,
  goOn,
  readInstead,
  record,
  resumeSound,
  retryMicrophone,
  say as speak,
  toggleMicrophone,
  toggleSpeaker,
} from "../call/current.ts";
import { LONGEST_TYPED } from "../state/limits.ts";
import { confirmation, link, phase, recording } from "../state/parts.ts";
import {
  call,
  inCall,
  microphoneFault,
  microphoneMuted,
  needsGesture,
  needsTap,
  speakerMuted,
  typingOnly,
  voicePack,
} from "../state/store.ts";
import { Announcer } from "../views/announcer.tsx";
import { Icon } from "../views/icon.tsx";
import type { IconName } from "../views/icon-names.ts";
import { Moon } from "../views/moon.tsx";
import { Waveform } from "../views/waveform.tsx";
import { megabytes } from "../words.ts";
import { After } from "./after.tsx";
import { say } from "./given.ts";
import { door } from "./invitation.ts";
import { LineWord, speaker, TimeLeft } from "./line.tsx";
import { Notices } from "./notices.tsx";
import { Transcript } from "./transcript.tsx";

const FIELD = "message";

export function InCall() {
  const live = inCall.value;
  return (
    <div class={live ? "guest g-call g-live" : "guest g-call"}>
      <section class="g-phone" aria-label={speaker()}>
        <div class="g-who">
          <Moon />
          <div class="g-name">
            <h1>{speaker()}</h1>
            <p lang="en">{door.value.scenario?.title}</p>
          </div>
          <LineWord />
          <p class="g-time">
            <TimeLeft />
          </p>
          <Told />
        </div>
        {live && <Waveform />}
        {live && <Controls />}
      </section>
      <main class="g-talk" aria-label={say("conversation")}>
        <h2 class="visually-hidden">{say("conversation")}</h2>
        <Transcript state={call.value} empty={emptyWord()} caller={say("you")} />
        <div class="talk-foot">
          {live && <Faults />}
          <Confirmation />
          {live ? <Composer /> : <After />}
        </div>
      </main>
      <Notices />
      <Announcer />
    </div>
  );
}

function emptyWord(): string {
  if (link.value !== "on") return say("going_back");
  if (phase.value === "asking-mic") return say("mic_prompt");
  if (phase.value === "connecting") return say("ringing");
  return phase.value === "live" ? say("picks_up", { speaker: speaker() }) : say("nothing_said");
}

/** For as long as it is so: recorded, watched. */
function Told() {
  if (!inCall.value) return null;
  return (
    <div class="g-told">
      {recording.value === "on" && (
        <p class="g-told-one" role="status">
          <span class="recording-dot" aria-hidden="true" />
          {say("recording")}
          <button type="button" class="g-told-stop" onClick={() => record(false)}>
            {say("record_stop")}
          </button>
        </p>
      )}
      {recording.value === "off" && door.value.record && (
        <p class="g-told-one" role="status">
          {say("record_off")}
        </p>
      )}
      {door.value.watched && (
        <p class="g-told-one">
          <Icon name="eye" size={16} />
          {say("watching")}
        </p>
      )}
    </div>
  );
}

function Controls() {
  const silent = typingOnly.value || microphoneFault.value !== null;
  const muted = microphoneMuted.value;
  const quiet = speakerMuted.value;
  return (
    <fieldset class="controls g-controls" aria-label={say("call_controls")}>
      <Control
        icon={muted || silent ? "mic-off" : "mic"}
        label={say(muted ? "unmute" : "mute")}
        word={say(silent ? "no_mic_word" : muted ? "muted_word" : "mute_word")}
        pressed={muted}
        disabled={silent}
        onClick={toggleMicrophone}
      />
      <Control
        icon={quiet ? "speaker-off" : "speaker"}
        label={say(quiet ? "speaker_on" : "speaker_off")}
        word={say(quiet ? "silent_word" : "speaker_word")}
        pressed={quiet}
        onClick={toggleSpeaker}
      />
      <Control
        icon="keyboard"
        label={say("keyboard", { speaker: speaker() })}
        word={say("keyboard_word")}
        onClick={focusComposer}
      />
      <Control icon="end" label={say("end")} word={say("end_word")} kind="control-end" onClick={() => endCall()} />
    </fieldset>
  );
}

interface ControlProps {
  icon: IconName;
  label: string;
  word: string;
  kind?: string;
  /** Only where it stays in. */
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

function Control({ icon, label, word, kind = "", pressed, disabled, onClick }: ControlProps) {
  return (
    <button
      type="button"
      class={`control ${kind}`}
      aria-label={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <span class="control-disc">
        <Icon name={icon} size={24} />
      </span>
      <span class="control-word" aria-hidden="true">
        {word}
      </span>
    </button>
  );
}

export function focusComposer(): void {
  document.getElementById(FIELD)?.focus();
}

function Composer() {
  const field = useRef<HTMLTextAreaElement>(null);
  const label = say("message", { speaker: speaker() });
  const send = () => {
    const box = field.current;
    if (box === null || box.value.trim() === "") return;
    speak(box.value);
    box.value = "";
    box.style.height = "";
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        id={FIELD}
        rows={1}
        maxLength={LONGEST_TYPED}
        aria-label={label}
        placeholder={label}
        autocomplete="off"
        enterkeyhint="send"
        onInput={({ currentTarget: box }) => {
          box.style.height = "auto";
          box.style.height = `${Math.min(box.scrollHeight, 132)}px`;
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="send" aria-label={say("send")}>
        <Icon name="send" />
      </button>
    </form>
  );
}

/** What keeps the guest from being heard or from hearing, each with its way out. */
function Faults() {
  const fault = microphoneFault.value;
  const insecure = !isSecureContext && !typingOnly.value;
  if (needsGesture.value) {
    return (
      <div class="go-on" role="alert">
        <button type="button" class="button button-primary go-on-button" onClick={() => void goOn()}>
          <Icon name="call" size={24} />
          {say("go_on")}
        </button>
        <p>{say("go_on_why")}</p>
      </div>
    );
  }
  return (
    <>
      {needsTap.value && (
        <button type="button" class="fault fault-tap" onClick={() => void resumeSound()}>
          <Icon name="speaker-off" />
          {say("tap", { speaker: speaker() })}
        </button>
      )}
      {insecure && <Insecure />}
      {fault !== null && !insecure && <MicrophoneFault fault={fault} />}
      <Pack />
    </>
  );
}

const KIND: Readonly<Record<string, "no_permission" | "no_microphone" | "busy">> = {
  no_permission: "no_permission",
  no_microphone: "no_microphone",
  microphone_busy: "busy",
};

/** By http, at a name that is not this machine's own: no microphone, no sound, and no use in trying again. */
function Insecure() {
  return (
    <div class="fault" role="alert">
      <Icon name="lock" />
      <p>
        <strong>{say("fault_insecure")}</strong> {say("fault_insecure_next")}
      </p>
    </div>
  );
}

function MicrophoneFault({ fault }: { fault: { message: string } & Partial<Fault> }) {
  const kind = KIND[fault.code ?? ""] ?? "other";
  return (
    <div class="fault" role="alert">
      <Icon name="mic-off" />
      <p>
        <strong>{say(`fault_${kind}`)}</strong> {say(`fault_${kind}_next`)}
      </p>
      <button type="button" class="button button-small" onClick={() => void retryMicrophone()}>
        {say("again")}
      </button>
    </div>
  );
}

/** The voice of this page is still on its way. */
function Pack() {
  const pack = voicePack.value;
  if (pack === null) return null;
  const size = `${megabytes(pack.loaded)}/${megabytes(pack.total)} MB`;
  const words = pack.what === "prepare" ? say("pack_warming") : say(pack.speaks ? "pack_ears" : "pack_voice", { size });
  return (
    <div class="pack">
      <p id="pack-words">{words}</p>
      <progress
        aria-labelledby="pack-words"
        max={pack.total}
        value={pack.what === "prepare" ? undefined : pack.loaded}
      />
      {!pack.speaks && (
        <button type="button" class="button button-small" onClick={readInstead}>
          {say("read_instead")}
        </button>
      )}
    </div>
  );
}

/** A change waits for the guest's yes: exactly what would happen. Saying "yes" does the same. */
function Confirmation() {
  const pending = confirmation.value;
  if (pending === null) return null;
  return (
    <section class="confirmation" aria-labelledby="confirmation-title">
      <h3 id="confirmation-title" class="confirmation-title" lang="en">
        <Icon name="shield" />
        {pending.title}
      </h3>
      <dl class="facts" lang="en">
        {pending.lines.map((line) => (
          <div key={line.label} class="fact">
            <dt>{line.label}</dt>
            <dd>{line.value}</dd>
          </div>
        ))}
      </dl>
      <div class="confirmation-buttons">
        <button type="button" class="button" onClick={() => confirm(false)}>
          {say("cancel")}
        </button>
        <button type="button" class="button button-primary" onClick={() => confirm(true)}>
          {say("confirm")}
        </button>
      </div>
    </section>
  );
}
