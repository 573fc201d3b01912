/** Settings: kept in this browser, each with a line that says what it does. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { ApiProblem, testKey } from "../api.ts";
import type { Eagerness, Settings, VadKind } from "../state/settings.ts";
import { looksLikeKey } from "../state/settings.ts";
import { aiFailed, apiKey, choose, chooseDefaults, config, dialog, saveKey, settings } from "../state/store.ts";
import { HostKeys } from "./host-keys.tsx";
import { Icon } from "./icon.tsx";
import { Modal } from "./modal.tsx";
import { HostSettings } from "./settings-host.tsx";
import { PrivacySettings } from "./settings-privacy.tsx";
import { SoundSettings } from "./settings-sound.tsx";
import { SpeechSettings } from "./settings-speech.tsx";

export function SettingsDialog() {
  return (
    <Modal title="Settings" wide onClose={() => (dialog.value = null)}>
      <div class="settings">
        <KeySettings />
        <HostSettings />
        <HostKeys />
        <AnswerSettings />
        <ListenSettings />
        <SpeechSettings />
        <SoundSettings />
        <PrivacySettings />
        <section class="settings-part settings-end">
          <button type="button" class="button" onClick={chooseDefaults}>
            <Icon name="reset" size={18} />
            Reset to defaults
          </button>
          <p class="quiet">Keys and tokens stay as they are.</p>
        </section>
      </div>
    </Modal>
  );
}

type Verdict = { state: "untested" | "testing" | "good" | "bad"; message: string };

function KeySettings() {
  const draft = useSignal(apiKey.value);
  const shown = useSignal(false);
  const verdict = useSignal<Verdict>({ state: "untested", message: keyWord() });
  const field = useId();
  const test = async (key: string) => {
    if (!looksLikeKey(key)) {
      verdict.value = { state: "bad", message: "That does not look like a key: 8 or more characters, no spaces." };
      return;
    }
    verdict.value = { state: "testing", message: "Asking the provider…" };
    try {
      const answer = await testKey(key);
      verdict.value = { state: answer.ok ? "good" : "bad", message: answer.message };
    } catch (problem) {
      const message = problem instanceof ApiProblem ? problem.message : "The key could not be tested.";
      verdict.value = { state: "bad", message };
    }
  };
  const save = (event: Event) => {
    event.preventDefault();
    const key = draft.value.trim();
    saveKey(key);
    if (key === "") verdict.value = { state: "untested", message: keyWord() };
    else void test(key);
  };
  return (
    <form class="settings-part" onSubmit={save}>
      <h3>API key</h3>
      <label for={field}>OpenAI key</label>
      <div class="key-field">
        <input
          id={field}
          type={(shown.value ? "text" : "password") as "text"}
          value={draft.value}
          autocomplete="off"
          spellcheck={false}
          placeholder="sk-…"
          onInput={(event) => (draft.value = event.currentTarget.value)}
        />
        <button
          type="button"
          class="icon-button"
          aria-label="Show key"
          aria-pressed={shown.value}
          onClick={() => (shown.value = !shown.value)}
        >
          <Icon name={shown.value ? "eye-off" : "eye"} />
        </button>
      </div>
      <div class="modal-buttons">
        <button
          type="button"
          class="button"
          disabled={verdict.value.state === "testing"}
          onClick={() => void test(draft.value.trim())}
        >
          Test
        </button>
        <button type="submit" class="button button-primary">
          Save key
        </button>
      </div>
      <p class={`verdict verdict-${verdict.value.state}`} role="status">
        <span class="dot" aria-hidden="true" />
        {verdict.value.message}
      </p>
      <p class="quiet">Kept in this browser and sent with each call. The server never stores it.</p>
    </form>
  );
}

function keyWord(): string {
  if (apiKey.value !== "")
    return aiFailed.value ? "Saved, but the last AI call failed. Save again to retry." : "Saved, not tested yet.";
  const server = config.value?.server_key;
  if (server === "open") return "No key of your own; the server's key answers.";
  if (server === "locked") return "No key of your own; the server's key is for its host only. Calls are scripted.";
  return "No key: calls are scripted and stay on this device.";
}

function AnswerSettings() {
  const chosen = settings.value;
  const known = config.value;
  return (
    <section class="settings-part">
      <h3>Who answers</h3>
      <Check
        label="Always use the scripted engine"
        help="No provider, no cost, even where a key is set."
        value={chosen.scripted}
        onChange={(scripted) => choose({ scripted })}
      />
      <Check
        label="Record AI calls"
        help="Both voices are kept with the call, for you to hear again or delete. Scripted calls are never recorded."
        value={chosen.record}
        onChange={(record) => choose({ record })}
      />
      <Choice
        label="AI model"
        value={chosen.model}
        options={[
          ["", `Default${known === null ? "" : ` (${known.default_model})`}`],
          ...(known?.models ?? []).map(same),
        ]}
        onChange={(model) => choose({ model })}
      />
      <Choice
        label="AI voice"
        value={chosen.voice}
        options={[["", "Default"], ...(known?.voices ?? []).map(same)]}
        onChange={(voice) => choose({ voice })}
      />
      <Slider
        label="Speaking speed"
        field="speed"
        min={0.5}
        max={1.5}
        step={0.05}
        show={(value) => `${value.toFixed(2)} ×`}
      />
    </section>
  );
}

const same = (word: string): [string, string] => [word, word];

function ListenSettings() {
  const chosen = settings.value;
  return (
    <section class="settings-part">
      <h3>When your turn ends (AI)</h3>
      <Choice
        label="Turn detection"
        value={chosen.vad}
        options={[
          ["server_vad", "By silence"],
          ["semantic_vad", "By meaning"],
        ]}
        onChange={(vad) => choose({ vad: vad as VadKind })}
      />
      {chosen.vad === "server_vad" ? (
        <>
          <Slider
            label="Threshold"
            help="Higher needs a louder voice."
            field="threshold"
            min={0.1}
            max={0.9}
            step={0.05}
            show={(v) => v.toFixed(2)}
          />
          <Slider
            label="Silence that ends a turn"
            field="silenceMs"
            min={200}
            max={2_000}
            step={50}
            show={(v) => `${v} ms`}
          />
          <Slider
            label="Kept from before you speak"
            field="prefixMs"
            min={0}
            max={1_000}
            step={50}
            show={(v) => `${v} ms`}
          />
        </>
      ) : (
        <Choice
          label="Eagerness"
          help="How soon Luna takes her turn."
          value={chosen.eagerness}
          options={[
            ["auto", "Auto"],
            ["low", "Patient"],
            ["medium", "Medium"],
            ["high", "Quick"],
          ]}
          onChange={(eagerness) => choose({ eagerness: eagerness as Eagerness })}
        />
      )}
    </section>
  );
}

export function Choice(props: {
  label: string;
  help?: string;
  value: string;
  options: [value: string, word: string][];
  onChange: (value: string) => void;
}) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        {props.options.map(([value, word]) => (
          <option key={value} value={value}>
            {word}
          </option>
        ))}
      </select>
      {props.help !== undefined && <small>{props.help}</small>}
    </label>
  );
}

export function Check(props: { label: string; help: string; value: boolean; onChange: (value: boolean) => void }) {
  return (
    <label class="field field-check">
      <input type="checkbox" checked={props.value} onChange={(event) => props.onChange(event.currentTarget.checked)} />
      <span>{props.label}</span>
      <small>{props.help}</small>
    </label>
  );
}

type NumberField = { [K in keyof Settings]: Settings[K] extends number ? K : never }[keyof Settings];

function Slider(props: {
  label: string;
  help?: string;
  field: NumberField;
  min: number;
  max: number;
  step: number;
  show: (value: number) => string;
}) {
  const value = settings.value[props.field];
  const id = useId();
  return (
    // Without its name the label would be that of the output, the first element in it that can have one.
    <label class="field" for={id}>
      <span>
        {props.label} <output>{props.show(value)}</output>
      </span>
      <input
        id={id}
        type="range"
        min={props.min}
        max={props.max}
        step={props.step}
        value={value}
        aria-valuetext={props.show(value)}
        onInput={(event) => choose({ [props.field]: event.currentTarget.valueAsNumber })}
      />
      {props.help !== undefined && <small>{props.help}</small>}
    </label>
  );
}
