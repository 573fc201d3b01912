/** Changes of the running session: asked for, held against what the engine echoes, and shown side by side. */
import { useEffect, useId } from "preact/hooks";
import { Icon } from "../views/icon.tsx";
import { compared, type Draft, type GenerationName } from "./draft.ts";
import { apply, asked, askWhatHolds, changes, draft, edit, live, now, offered, putBack } from "./state.ts";

export function Tune() {
  const talking = live.value;
  useEffect(() => {
    if (talking) askWhatHolds();
  }, [talking]);
  if (!talking) {
    return <p class="quiet">While a call is on, its instructions, turn detection and pace can be changed here.</p>;
  }
  if (draft.value === null) return <p class="quiet">Asking the engine what holds…</p>;
  return <Form draft={draft.value} />;
}

function Form({ draft: wanted }: { draft: Draft }) {
  const waiting = asked.value !== null && asked.value.status === null;
  const changed = Object.keys(changes()).length > 0;
  return (
    <form
      class="lab-form"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <p class="quiet">
        {now.value?.call.engine?.mode === "ai"
          ? "Changes go to the AI at once. Tools and the bank's rules are code: no prompt takes them away."
          : "The scripted engine takes these settings and echoes them, but it goes on by its script."}
      </p>
      <Instructions value={wanted.instructions} />
      <TurnDetection draft={wanted} />
      <Slider
        label="Speed"
        help="Changes between two answers."
        value={wanted.speed}
        range={[0.25, 1.5, 0.05]}
        show={(value) => `${value.toFixed(2)} ×`}
        onChange={(speed) => edit({ speed })}
      />
      <VoiceChoice value={wanted.voice} />
      <Generation draft={wanted} />
      <Answer />
      <div class="lab-buttons">
        <button type="submit" class="button button-primary" disabled={waiting || !changed}>
          {waiting ? "Asking…" : "Apply now"}
        </button>
        <button type="button" class="button" disabled={waiting || !changed} onClick={putBack}>
          Put back
        </button>
      </div>
    </form>
  );
}

function Instructions({ value }: { value: string }) {
  const id = useId();
  return (
    <div class="field">
      <span>
        <label for={id}>Instructions</label>
        <span class="lab-value">{value.length.toLocaleString("en-US")} of 8,000</span>
      </span>
      <textarea
        id={id}
        rows={8}
        maxLength={8_000}
        spellcheck={false}
        value={value}
        onInput={(event) => edit({ instructions: event.currentTarget.value })}
      />
    </div>
  );
}

function TurnDetection({ draft: wanted }: { draft: Draft }) {
  return (
    <>
      <label class="field">
        <span>Your turn ends</span>
        <select
          value={wanted.vad}
          onChange={(event) =>
            edit({ vad: event.currentTarget.value === "semantic_vad" ? "semantic_vad" : "server_vad" })
          }
        >
          <option value="server_vad">By silence</option>
          <option value="semantic_vad">By meaning</option>
        </select>
      </label>
      {wanted.vad === "semantic_vad" ? (
        <label class="field">
          <span>Eagerness</span>
          <select
            value={wanted.eagerness}
            onChange={(event) => edit({ eagerness: event.currentTarget.value as Draft["eagerness"] })}
          >
            <option value="auto">Auto</option>
            <option value="low">Patient</option>
            <option value="medium">Medium</option>
            <option value="high">Quick</option>
          </select>
        </label>
      ) : (
        <>
          <Slider
            label="Threshold"
            value={wanted.threshold}
            range={[0, 1, 0.05]}
            show={(value) => value.toFixed(2)}
            onChange={(threshold) => edit({ threshold })}
          />
          <Slider
            label="Silence that ends a turn"
            value={wanted.silenceMs}
            range={[100, 2_000, 50]}
            show={(value) => `${value} ms`}
            onChange={(silenceMs) => edit({ silenceMs })}
          />
          <Slider
            label="Kept from before you speak"
            value={wanted.prefixMs}
            range={[0, 1_000, 50]}
            show={(value) => `${value} ms`}
            onChange={(prefixMs) => edit({ prefixMs })}
          />
        </>
      )}
    </>
  );
}

function VoiceChoice({ value }: { value: string }) {
  const known = now.value?.config?.voices ?? [];
  const voices = known.includes(value) || value === "" ? known : [value, ...known];
  return (
    <label class="field">
      <span>Voice</span>
      <select value={value} onChange={(event) => edit({ voice: event.currentTarget.value })}>
        {voices.map((voice) => (
          <option key={voice} value={voice}>
            {voice}
          </option>
        ))}
      </select>
      <small>Providers lock it with Luna's first sound; then it is for Settings and the next call.</small>
    </label>
  );
}

const GENERATION: Record<GenerationName, { word: string; range: [number, number, number] }> = {
  temperature: { word: "Temperature", range: [0, 2, 0.1] },
  top_p: { word: "Top p", range: [0, 1, 0.05] },
  top_k: { word: "Top k", range: [1, 1_000, 1] },
};

function Generation({ draft: wanted }: { draft: Draft }) {
  const names = offered();
  if (names.length === 0) {
    return <p class="quiet">This engine has no temperature, top p or top k: the Realtime protocol took them out.</p>;
  }
  return (
    <div class="lab-numbers">
      {names.map((name) => {
        const { word, range } = GENERATION[name];
        return (
          <label key={name} class="field">
            <span>{word}</span>
            <input
              type="number"
              min={range[0]}
              max={range[1]}
              step={range[2]}
              value={wanted[name]}
              placeholder="as it is"
              onInput={(event) => edit({ [name]: event.currentTarget.value })}
            />
          </label>
        );
      })}
    </div>
  );
}

/** What came of the last change. */
function Answer() {
  const last = asked.value;
  return (
    <div role="status" class="lab-answer">
      {last !== null && last.status === null && <p class="verdict verdict-testing">{waitingWord(last.update)}</p>}
      {last !== null && last.status !== null && (
        <>
          <p class={`verdict verdict-${last.status.ok ? "good" : "bad"}`}>
            <span class="dot" aria-hidden="true" />
            {last.status.ok ? "The engine took it: this holds now." : last.status.message}
          </p>
          <ul class="lab-compared">
            {compared(last.update, last.status).map(({ field, asked: want, holds, same }) => (
              <li key={field}>
                <Icon name={same ? "check" : "alert"} size={16} />
                <span>
                  <strong>{field}</strong> {same ? holds : `asked ${want}; holds ${holds}`}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}

function waitingWord(update: object): string {
  const call = now.value?.call;
  if (call?.engine?.ready === false) return "Waits until the engine is back.";
  if ("speed" in update && call?.line.shown === "speaking") return "Waits until Luna has finished…";
  return "Asking the engine…";
}

function Slider(props: {
  label: string;
  help?: string;
  value: number;
  range: [min: number, max: number, step: number];
  show: (value: number) => string;
  onChange: (value: number) => void;
}) {
  const [min, max, step] = props.range;
  return (
    <label class="field">
      <span>
        {props.label} <span class="lab-value">{props.show(props.value)}</span>
      </span>
      <input
        type="range"
        min={min}
        max={max}
        step={step}
        value={props.value}
        aria-valuetext={props.show(props.value)}
        onInput={(event) => props.onChange(event.currentTarget.valueAsNumber)}
      />
      {props.help !== undefined && <small>{props.help}</small>}
    </label>
  );
}
