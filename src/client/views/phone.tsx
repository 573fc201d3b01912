/** The call as a phone: the moon, who is on the line, for how long, and what the line does right now. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { startCall } from "../call/current.ts";
import { clock } from "../export/transcript.ts";
import { ended, engine, firstTurns, line, phase, startedAt, title, transfer } from "../state/parts.ts";
import { inCall, microphoneFault, microphoneMuted, typing, typingOnly, voicePack } from "../state/store.ts";
import { lineLook } from "../words.ts";
import { Controls } from "./controls.tsx";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon-names.ts";
import { Moon } from "./moon.tsx";
import { Waveform } from "./waveform.tsx";

export function Phone() {
  const live = inCall.value;
  const specialist = transfer.value?.state === "connected" ? transfer.value : null;
  return (
    <section class={`phone phone-${phase.value}`} aria-label="Phone">
      <div class="phone-who">
        <Moon />
        <div class="phone-name">
          <h1 class="who">{specialist?.specialist ?? "Luna"}</h1>
          <p class="what">
            {specialist?.department ?? (phase.value === "idle" ? "Your bank, on the line" : title.value)}
          </p>
        </div>
        <LineWordView />
        <p class="timer" role="timer" aria-label="Call time">
          {phase.value === "idle" ? "" : <Timer />}
        </p>
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
    engine: engine.value,
    ended: ended.value,
  };
  const look = lineLook(state, {
    muted: microphoneMuted.value,
    typing: typingOnly.value || microphoneFault.value !== null,
    loading: voicePack.value === null ? null : voicePack.value.speaks ? "ears" : "voice",
  });
  const name = state.phase === "live" ? state.line.shown : state.phase;
  const hint = name === "speaking" && !typingOnly.value && firstTurns.value;
  return (
    <div class="line-word">
      <p class={`line line-${name}`} role="status">
        <Icon name={look.icon} size={18} />
        <span>{look.word}</span>
      </p>
      <p class="line-hint" aria-hidden="true">
        {hint ? "Talk any time to interrupt" : ""}
      </p>
    </div>
  );
}

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

/** Not in a call: the offer of one, by voice or by typing. */
function Offer() {
  const byTyping = typing.value;
  return (
    <div class="offer">
      <button
        type="button"
        class="call-button"
        onClick={() => startCall({ scenario: "freeform", title: "Open call", typing: typing.value })}
      >
        <Icon name={byTyping ? "keyboard" : "call"} size={24} />
        {byTyping ? "Write to Luna" : "Call Luna"}
      </button>
      <fieldset class="ways">
        <legend class="visually-hidden">How do you want to talk?</legend>
        <Way value={false} icon="mic" word="Voice" />
        <Way value={true} icon="keyboard" word="Typing only" />
      </fieldset>
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
