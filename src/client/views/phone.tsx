/** The call as a phone: the moon, who is on the line, for how long, and what the line does right now. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { startCall } from "../call/current.ts";
import { clock } from "../export/transcript.ts";
import type { CallState } from "../state/call-state.ts";
import {
  elsewhere,
  ended,
  engine,
  firstTurns,
  line,
  link,
  other,
  persona,
  phase,
  startedAt,
  title,
  transfer,
} from "../state/parts.ts";
import {
  badge,
  inCall,
  microphoneFault,
  microphoneMuted,
  scenarios,
  settings,
  togglePanel,
  typing,
  typingOnly,
  voicePack,
} from "../state/store.ts";
import { lineHint, lineLook, speakerOf } from "../words.ts";
import { Controls } from "./controls.tsx";
import { Cost } from "./cost.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon-names.ts";
import { Moon } from "./moon.tsx";
import { Personas } from "./personas.tsx";
import { RecordingSwitch } from "./recording-switch.tsx";
import { Waveform } from "./waveform.tsx";

export function Phone() {
  const live = inCall.value;
  const specialist = transfer.value?.state === "connected" ? transfer.value : null;
  /** After the call too, unseen: what stands below keeps its place. */
  const answered = startedAt.value !== null;
  return (
    <section class={`phone phone-${phase.value}`} aria-label="Phone">
      <div class="phone-who">
        <Moon />
        <div class="phone-name">
          <h1 class="who">{specialist?.specialist ?? other.value?.speaker ?? "Luna"}</h1>
          <p class="what">
            {specialist?.department ??
              other.value?.title ??
              (phase.value === "idle" ? "Your bank, on the line" : title.value)}
          </p>
        </div>
        <LineWordView />
        {live && (
          <button type="button" class="icon-button phone-lab" aria-label="Lab" onClick={() => togglePanel("lab")}>
            <Icon name="lab" />
          </button>
        )}
        <div class="timer">
          <span role="timer" aria-label="Call time">
            {phase.value === "idle" ? "" : <Timer />}
          </span>
          {answered && <Cost />}
        </div>
        {answered && <RecordingSwitch />}
        {answered && <Personas />}
      </div>
      {live && <Waveform />}
      {live ? <Controls /> : <Offer />}
    </section>
  );
}

function LineWordView() {
  const state = {
    phase: phase.value,
    line: line.value,
    transfer: transfer.value,
    persona: persona.value,
    engine: engine.value,
    ended: ended.value,
    link: link.value,
    elsewhere: elsewhere.value,
  };
  const hearing = {
    muted: microphoneMuted.value,
    typing: typingOnly.value || microphoneFault.value !== null,
    loading: voicePack.value === null ? null : voicePack.value.speaks ? ("ears" as const) : ("voice" as const),
  };
  const look = lineLook(state, hearing);
  const name = !inCall.value || state.link === "on" ? nameOf(state) : "reconnecting";
  const hint = name === "speaking" && !firstTurns.value ? "" : lineHint(name, hearing, speakerOf(state));
  return (
    <div class="line-word">
      <p class={`line line-${name}`} role="status">
        <Icon name={look.icon} size={18} />
        <span>{look.word}</span>
      </p>
      <p class="line-hint" aria-hidden="true">
        {hint}
      </p>
    </div>
  );
}

const nameOf = (state: Pick<CallState, "phase" | "line">) => (state.phase === "live" ? state.line.shown : state.phase);

function Timer() {
  const now = useSignal(Date.now());
  const since = startedAt.value;
  const running = since !== null && phase.value === "live";
  useEffect(() => {
    if (!running) return;
    now.value = Date.now();
    const tick = setInterval(() => {
      now.value = Date.now();
    }, 250);
    return () => clearInterval(tick);
  }, [running, now]);
  const seconds = ended.value?.seconds ?? (since === null ? 0 : (now.value - since) / 1000);
  return <>{clock(seconds)}</>;
}

/** Not in a call: the offer of one, by voice or by typing, to whom the heading names. */
function Offer() {
  const byTyping = typing.value;
  const card = scenarios.value?.find((one) => one.persona && one.persona.key === other.value?.key);
  return (
    <div class="offer">
      <button
        type="button"
        class="call-button"
        onClick={() =>
          startCall({ scenario: card?.id ?? "freeform", title: card?.title ?? "Open call", typing: byTyping })
        }
      >
        <Icon name={byTyping ? "keyboard" : "call"} size={24} />
        {`${byTyping ? "Write to" : "Call"} ${card?.persona?.speaker ?? "Luna"}`}
      </button>
      <fieldset class="ways">
        <legend class="visually-hidden">How do you want to talk?</legend>
        <Way value={false} icon="mic" word="Voice" />
        <Way value={true} icon="keyboard" word="Typing only" />
      </fieldset>
      {badge.value === "ai" && settings.value.record && (
        <p class="offer-note">The call is recorded. You can stop that in the call or in Settings.</p>
      )}
    </div>
  );
}

function Way({ value, icon, word }: { value: boolean; icon: IconName; word: string }) {
  return (
    <label class="way">
      <input
        type="radio"
        name="way"
        class="visually-hidden"
        checked={typing.value === value}
        onChange={() => (typing.value = value)}
      />
      <span class="way-face">
        <Icon name={icon} size={18} />
        {word}
      </span>
    </label>
  );
}
