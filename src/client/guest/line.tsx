/** What the line does right now, in the page's own words; where Luna's face stands and how long is left. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { clock } from "../export/transcript.ts";
import {
  elsewhere,
  ended,
  engine,
  firstTurns,
  line,
  link,
  persona,
  phase,
  startedAt,
  transfer,
} from "../state/parts.ts";
import { inCall, microphoneFault, microphoneMuted, typingOnly, voicePack } from "../state/store.ts";
import { Icon } from "../views/icon.tsx";
import type { IconName } from "../views/icon-names.ts";
import { firstName } from "../words.ts";
import { names, say } from "./given.ts";
import { lasts } from "./invitation.ts";
import type { GuestWords } from "./words/index.ts";

/** Who is on the line for the bank. */
export function speaker(): string {
  const specialist = transfer.value?.state === "connected" ? transfer.value.specialist : null;
  return specialist ?? persona.value?.speaker ?? names.value.speaker ?? "Luna";
}

type Look = [IconName, keyof GuestWords];

const LIVE: Readonly<Record<string, Look>> = {
  connecting: ["signal", "line_connecting"],
  listening: ["ear", "line_listening"],
  "user-speaking": ["voice", "line_hearing"],
  thinking: ["dots", "line_thinking"],
  "tool-running": ["gear", "line_working"],
  "on-hold": ["pause", "line_hold"],
  speaking: ["bars", "line_speaking"],
  asleep: ["moon", "line_asleep"],
  reconnecting: ["signal", "line_reconnecting"],
};

function look(): Look {
  switch (phase.value) {
    case "idle":
      return ["moon", "line_idle"];
    case "asking-mic":
      return ["mic", "line_asking"];
    case "connecting":
      return link.value === "on" ? ["signal", "line_connecting"] : ["signal", "line_reconnecting"];
    case "ended":
      return ["end", "line_ended"];
    case "failed":
      return elsewhere.value ? ["info", "line_elsewhere"] : ["alert", "line_failed"];
    case "live":
      return link.value === "on" ? liveLook() : ["signal", "line_reconnecting"];
  }
}

function liveLook(): Look {
  const { shown } = line.value;
  const typing = typingOnly.value || microphoneFault.value !== null;
  const pack = voicePack.value;
  if (transfer.value?.state === "starting") return ["pause", "line_transferring"];
  if (pack !== null && !pack.speaks && (shown === "listening" || shown === "thinking")) return ["signal", "line_voice"];
  if (shown === "listening") {
    if (pack !== null && !typing) return ["signal", "line_ears"];
    if (typing) return ["keyboard", "line_typing"];
    if (microphoneMuted.value) return ["mic-off", "line_muted"];
  }
  if (shown === "asleep" && microphoneMuted.value) return ["mic-off", "line_asleep_muted"];
  return LIVE[shown] ?? ["signal", "line_connecting"];
}

export function LineWord() {
  const [icon, word] = look();
  const name = phase.value !== "live" ? phase.value : link.value === "on" ? line.value.shown : "reconnecting";
  const hint = name === "speaking" && firstTurns.value && !typingOnly.value;
  const who = engine.value?.speaker === "specialist" ? firstName(speaker()) : speaker();
  return (
    <div class="line-word">
      <p class={`line line-${name}`} role="status">
        <Icon name={icon} size={18} />
        <span>{say(word, { speaker: who })}</span>
      </p>
      <p class="line-hint" aria-hidden="true">
        {hint ? say("interrupt_hint") : ""}
      </p>
    </div>
  );
}

/** From here on the time left is said aloud, s. */
const SOON_S = 60;

/** How long the call may still last; after it, how long it was. */
export function TimeLeft() {
  const now = useSignal(Date.now());
  const since = startedAt.value;
  const most = lasts.value;
  const live = inCall.value;
  useEffect(() => {
    if (!live) return;
    now.value = Date.now();
    const tick = setInterval(() => {
      now.value = Date.now();
    }, 500);
    return () => clearInterval(tick);
  }, [live, now]);
  if (!live) return <>{ended.value === null ? "" : clock(ended.value.seconds)}</>;
  if (since === null || most === null) return null;
  const left = Math.max(0, (since + most - now.value) / 1000);
  const soon = left < SOON_S;
  return (
    <>
      <span role="timer" aria-label={say("left_label")} class={soon ? "g-left g-left-soon" : "g-left"}>
        {say("left", { time: clock(Math.ceil(left)) })}
      </span>
      <span class="visually-hidden" aria-live="polite">
        {soon ? say("ends_soon") : ""}
      </span>
    </>
  );
}
