/** How sound travels in the next call, how getting into this one went step by step, and the last calls side by side. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Method } from "../state/settings.ts";
import { Icon } from "../views/icon.tsx";
import { barOf, type Figure, type Run, timesOf } from "./runs.ts";
import { choose, clearRuns, log, logVersion, now, runNow, runs, stats, stepsOf } from "./state.ts";

const WAYS: { method: Method; word: string; says: string }[] = [
  { method: "relay", word: "Relay", says: "One WebSocket to Luna, who talks to the AI. Works everywhere." },
  {
    method: "ephemeral",
    word: "WebRTC, one-time key",
    says: "Sound goes straight to the AI with a secret that is good once. Luna listens in and runs the tools.",
  },
  {
    method: "direct",
    word: "WebRTC, direct",
    says: "As before, but the offer and the settings are posted once with the server's key. For development.",
  },
];

export function Connection() {
  return (
    <>
      <Ways />
      <Steps />
      <Runs />
    </>
  );
}

/** Why this way is not open; `null` where it is. */
function closed(method: Method): string | null {
  const at = now.value;
  if (method === "relay" || at === null) return null;
  if (!at.ai) return "Needs an AI: add a key in Settings.";
  if (at.config?.methods.includes(method) !== false) return null;
  return "This server keeps it for its host, or has it switched off.";
}

function Ways() {
  const at = now.value;
  if (at === null) return null;
  const live = ["asking-mic", "connecting", "live"].includes(at.call.phase);
  return (
    <fieldset class="lab-ways">
      <legend>{live ? "The next call goes by" : "The call goes by"}</legend>
      {WAYS.map(({ method, word, says }) => {
        const why = closed(method);
        return (
          <label key={method} class="lab-way">
            <input
              type="radio"
              name="lab-way"
              checked={at.settings.method === method}
              disabled={why !== null}
              onChange={() => choose({ method })}
            />
            <span>
              <strong>{word}</strong>
              <small>{why ?? says}</small>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

const STEPS: Record<string, string> = {
  microphone: "Microphone open",
  token: "Call opened, token there",
  socket: "Socket taken by the call",
  offer: "WebRTC offer made",
  answer: "WebRTC answer here",
  ice: "A way through the network",
  channel: "Data channel open",
  connected: "WebRTC connected",
  created: "Engine's session created",
  configured: "Configured and listening",
  relay: "Listening by the relay, without WebRTC",
  voice: "Luna's own voice loaded",
  first_words: "First words",
  first_sound: "First sound at the ear",
};

function Steps() {
  const at = now.value;
  const tick = useSignal(0);
  const phase = at?.call.phase;
  const opening = phase === "asking-mic" || phase === "connecting" || phase === "live";
  const times = timesOf(withCreated());
  const waking = at?.waking === true;
  const done = times.some(
    ({ step }) => step === "first_sound" || (step === "first_words" && !waking && at?.call.engine?.voice === "page"),
  );
  const running = opening && !done;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => (tick.value += 1), 100);
    return () => clearInterval(timer);
  }, [running, tick]);
  const begin = at?.steps[0]?.at;
  const longest = Math.max(...times.map(({ ms }) => ms), 1);
  return (
    <section class="lab-part" aria-labelledby="lab-steps">
      <h3 id="lab-steps">{opening ? "This call, step by step" : "The last call, step by step"}</h3>
      {begin === undefined ? (
        <p class="quiet">Call Luna, and each step shows its time here as it is done.</p>
      ) : (
        <ol class="lab-steps">
          {times.map(({ step, ms }) => (
            <li key={step}>
              <Icon name="check" size={16} />
              <span>{STEPS[step] ?? step.replaceAll("_", " ")}</span>
              <span class="lab-ms">{milliseconds(ms)}</span>
              <Bar share={ms / longest} />
            </li>
          ))}
          {running && (
            <li class="lab-waiting" data-tick={tick.value}>
              <Icon name="spin" size={16} />
              <span>
                {waking ? "Loading Luna's own voice" : phase === "live" ? "Waiting for the first sound" : "On the way"}
              </span>
              <span class="lab-ms">{milliseconds(Date.now() - begin)}</span>
            </li>
          )}
        </ol>
      )}
      {(waking || times.some(({ step }) => step === "voice")) && (
        <p class="quiet">
          Without an AI the page speaks with a voice of its own. It is loaded once, and the first sound waits for it;
          the next call has it at hand.
        </p>
      )}
      <Line />
    </section>
  );
}

/** The engine's own word for its session is in the log only. */
function withCreated() {
  const steps = stepsOf(now.value?.steps ?? []);
  void logVersion.value;
  const created = log.entries.find((entry) => entry.type === "session.created");
  const known = steps.some(({ step }) => step === "created");
  return created === undefined || known || steps.length === 0 ? steps : [...steps, { step: "created", at: created.at }];
}

function Line() {
  const measured = stats.value;
  if (measured === null) return null;
  return (
    <dl class="facts lab-line">
      <Fact label="Jitter" value={milliseconds(measured.jitter_ms)} />
      <Fact label="Loss" value={percent(measured.loss)} />
      <Fact label="Round trip" value={milliseconds(measured.rtt_ms)} />
    </dl>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

const SETUP =
  "From the click until the engine is configured and listens: by the relay where WebRTC was tried first and did not come about";
const COLUMNS: { figure: Figure; word: string; title: string }[] = [
  { figure: "setup_ms", word: "Setup", title: SETUP },
  { figure: "first_ms", word: "First", title: "From the click to Luna's first sound, or first word where she is read" },
  { figure: "reply_ms", word: "Reply", title: "Median from the end of your words to the first sound of the answer" },
  {
    figure: "jitter_ms",
    word: "Jitter",
    title: "How unevenly sound arrives. Over a WebSocket it comes ahead of time: not measured",
  },
  { figure: "loss", word: "Loss", title: "Share of packets that never came. A WebSocket loses none" },
];

function Runs() {
  const running = now.value?.call.phase === "live" ? runNow() : null;
  const shown = running === null ? runs.value : [running, ...runs.value.filter((run) => run.at !== running.at)];
  return (
    <section class="lab-part" aria-labelledby="lab-runs">
      <div class="lab-row">
        <h3 id="lab-runs">Last calls, side by side</h3>
        {runs.value.length > 0 && (
          <button type="button" class="button button-small" onClick={clearRuns}>
            Clear
          </button>
        )}
      </div>
      {shown.length === 0 ? (
        <p class="quiet">The last ten calls of this browser stand here, to compare ways and models.</p>
      ) : (
        <table class="lab-runs">
          <thead>
            <tr>
              <th scope="col">Call</th>
              {COLUMNS.map(({ figure, word, title }) => (
                <th key={figure} scope="col" title={title}>
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((run) => (
              <tr key={run.at} data-running={run === running}>
                <th scope="row">
                  {SHORT[run.method]}
                  <small>
                    {run.instead_of && `instead of ${SHORT[run.instead_of]} · `}
                    {run === running ? "now" : TIME.format(run.at)} · {run.mode === "ai" ? "AI" : "scripted"}
                  </small>
                </th>
                {COLUMNS.map(({ figure }) => (
                  <td key={figure}>
                    {figure === "loss" ? percent(run.loss) : milliseconds(run[figure])}
                    <Bar share={barOf(shown, figure, run[figure])} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

const SHORT: Record<Run["method"], string> = { relay: "Relay", ephemeral: "WebRTC", direct: "Direct" };
const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

function Bar({ share }: { share: number }) {
  return (
    <span class="lab-bar" aria-hidden="true">
      <span style={{ width: `${Math.round(share * 100)}%` }} />
    </span>
  );
}

/** "840 ms", "1.97 s", "12 s"; "–" where nothing was measured. */
function milliseconds(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return `${(ms / 1_000).toFixed(ms < 9_995 ? 2 : 0)} s`;
}

function percent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)} %`;
}
