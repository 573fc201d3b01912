/** For who only watches: the call as it goes, what is done in it, and how quickly Luna answers. Nothing is asked of them. */
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { WatchDoor } from "../../legs/links.ts";
import { WATCH_PROTOCOL, type WatchEvent } from "../../legs/watcher.ts";
import { clock } from "../export/transcript.ts";
import { Icon } from "../views/icon.tsx";
import { seconds } from "../words.ts";
import { getWatchDoor, watchSocket } from "./api.ts";
import { Closed } from "./door.tsx";
import { given, names, say } from "./given.ts";
import { Head } from "./head.tsx";
import { Transcript } from "./transcript.tsx";
import { WatchLine } from "./watch-line.ts";
import { answersOf, atFirst, watched } from "./watching.ts";

const door = signal<WatchDoor | null>(given.page === "watch" ? given.door : null);
const now = signal(atFirst(door.value?.call ?? null, Date.now()));
const connected = signal(true);

export function prepareWatch(): void {
  names.value = { ...names.value, host: door.value?.host_name || given.words.somebody };
  if (door.value === null || closed(door.value) !== null) return;
  const line = new WatchLine({
    dial: () => new WebSocket(new URL(watchSocket, location.href.replace(/^http/, "ws")), WATCH_PROTOCOL),
    hear: (event) => {
      now.value = refused(event)
        ? { ...now.value, state: "closed", on: null }
        : watched(now.value, event as WatchEvent, Date.now());
      if (now.value.state !== "closed") return;
      line.close();
      void lookAgain();
    },
    there: (on) => {
      connected.value = on;
    },
    later: (again, ms) => {
      const timer = setTimeout(again, ms);
      return () => clearTimeout(timer);
    },
  });
  addEventListener("online", () => line.hurry());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && line.hurry());
}

/** The socket opened only to say that there is nothing to watch. That too many watch already may pass: the line tries again. */
function refused(event: { type: string; error?: { code?: unknown } }): boolean {
  return event.type === "error" && (event.error?.code === "link_closed" || event.error?.code === "not_found");
}

/** Why there will be no call any more. */
async function lookAgain(): Promise<void> {
  try {
    door.value = await getWatchDoor();
  } catch {
    // What was told last stays.
  }
}

/** A link whose calls are used up may still have one that is on; the socket knows, and says so. */
function closed({ state }: WatchDoor): "unknown" | "revoked" | "expired" | null {
  return state === "unknown" || state === "revoked" || state === "expired" ? state : null;
}

export function Watch() {
  const why = door.value === null ? "unknown" : closed(door.value);
  const { call, state } = now.value;
  if (why !== null && call.rows.length === 0) return <Closed state={why} />;
  if (state === "closed" && call.rows.length === 0) return <Closed state={usedUp(door.value)} />;
  if (call.rows.length === 0 && now.value.on === null) return <Waiting />;
  return <Watched />;
}

function usedUp(at: WatchDoor | null): "used_up" | "spent" | "revoked" | "expired" | "unknown" {
  return at === null || at.state === "open" ? "revoked" : at.state;
}

function Lost() {
  return (
    <p class="g-lost" role="status">
      {connected.value ? "" : say("watch_lost")}
    </p>
  );
}

function Waiting() {
  return (
    <div class="guest g-closed g-waiting">
      <Head kicker={say("watch_kicker")} title={say("watch_none")} lead={say("watch_none_next")} />
      <main class="g-act" aria-label={say("watch_kicker")}>
        <Lost />
        <p class="g-small">{say("watch_lead")}</p>
      </main>
    </div>
  );
}

function Watched() {
  const { call, on, state } = now.value;
  const who = call.transfer?.state === "connected" ? call.transfer.specialist : (call.persona?.speaker ?? "Luna");
  return (
    <div class="guest g-call g-watch">
      <section class="g-phone" aria-label={say("watch_kicker")}>
        <div class="g-who">
          <div class={`moon moon-${call.phase === "live" ? call.line.shown : "ended"}`} aria-hidden="true">
            <span class="moon-halo" />
            <span class="moon-disc">
              <span class="moon-shade" />
            </span>
          </div>
          <div class="g-name">
            <p class="g-kicker">{say("watch_kicker")}</p>
            <h1>{say("watch_title", { speaker: who })}</h1>
            <p lang="en">{call.title}</p>
          </div>
          <State />
          <p class="g-time">
            <Since />
          </p>
        </div>
        <Figures />
        <p class="g-watch-lead g-small">{say("watch_lead")}</p>
        {on === null && (
          <p class="g-watch-lead g-small">{say(state === "closed" ? "watch_closed_next" : "watch_none_next")}</p>
        )}
        <Lost />
      </section>
      <main class="g-talk" aria-label={say("conversation")}>
        <h2 class="visually-hidden">{say("conversation")}</h2>
        <Transcript state={call} empty={say("ringing")} caller={say("watch_caller")} times={now.value.server} />
      </main>
    </div>
  );
}

const LINE = {
  connecting: ["signal", "line_connecting"],
  listening: ["ear", "line_listening"],
  "user-speaking": ["voice", "watch_caller_speaks"],
  thinking: ["dots", "line_thinking"],
  "tool-running": ["gear", "line_working"],
  "on-hold": ["pause", "line_hold"],
  speaking: ["bars", "line_speaking"],
  asleep: ["moon", "watch_asleep"],
  reconnecting: ["signal", "line_reconnecting"],
} as const;

function State() {
  const { call } = now.value;
  const [icon, word] = call.phase === "live" ? LINE[call.line.shown] : (["end", "watch_over"] as const);
  const who = call.persona?.speaker ?? "Luna";
  return (
    <div class="line-word">
      <p class={`line line-${call.phase === "live" ? call.line.shown : "ended"}`} role="status">
        <Icon name={icon} size={18} />
        <span>{say(word, { speaker: who })}</span>
      </p>
    </div>
  );
}

function Since() {
  const at = useSignal(Date.now());
  const { call, on } = now.value;
  const since = on?.started_at ?? null;
  useEffect(() => {
    if (since === null) return;
    const tick = setInterval(() => {
      at.value = Date.now();
    }, 500);
    return () => clearInterval(tick);
  }, [since, at]);
  const ended = call.ended?.seconds ?? null;
  if (ended === null && since === null) return null;
  const long = ended ?? (at.value - (since ?? at.value)) / 1000;
  return (
    <span role="timer" aria-label={say("watch_since")}>
      {clock(long)}
    </span>
  );
}

function Figures() {
  const { call } = now.value;
  const { at, last, median } = answersOf(now.value);
  const took = (ms: number | null) => (at === "ear" || ms === null ? seconds(ms) : say("watch_took", { ms }));
  const server = at === "server" && last !== null;
  const count = (kind: "turn" | "tool") => String(call.rows.filter((row) => row.kind === kind).length);
  return (
    <dl class="g-figures" aria-label={say("figures")}>
      <Figure name="answer" label={say(server ? "watch_answer_server" : "watch_answer")} value={took(last)} />
      <Figure name="median" label={say(server ? "watch_median_server" : "watch_median")} value={took(median)} />
      <Figure name="turns" label={say("watch_turns")} value={count("turn")} />
      <Figure name="tools" label={say("watch_tools")} value={count("tool")} />
    </dl>
  );
}

function Figure({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <div class="g-figure" data-figure={name}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
