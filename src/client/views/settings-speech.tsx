/** Ears and voice of a call without a key: Luna's local voice, or the browser's own speech for who asks for it. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { choose, settings, systemOnDevice } from "../state/store.ts";
import type { Hearing } from "../voice/system-voice.ts";
import { hasSystemVoice, installSystemHearing, systemHearing } from "../voice/system-voice.ts";
import { Check, Choice } from "./settings.tsx";

const LANGUAGES: [code: string, word: string][] = [
  ["en-US", "English"],
  ["es-ES", "Español"],
  ["de-DE", "Deutsch"],
  ["fr-FR", "Français"],
  ["ja-JP", "日本語"],
];

const SAYS: Record<Hearing, string> = {
  on_device: "The browser listens on this device; nothing is sent away.",
  needs_download: "The browser can listen on this device once it has fetched its speech files.",
  server: "In such a call this browser sends your voice to its maker's servers to understand it.",
  none: "This browser cannot listen by itself. Use Luna's local voice, or type.",
};

export function SpeechSettings() {
  const { language, systemVoice } = settings.value;
  const hearing = useSignal<Hearing | null>(null);
  useEffect(() => {
    // Asked only after the person has chosen it: the mere question brings some browsers down.
    if (systemVoice) void ask();
  }, [language, systemVoice]);
  const ask = async () => {
    hearing.value = await systemHearing(language);
    systemOnDevice.value = hearing.value === "on_device";
  };
  const fetchFiles = async () => {
    await installSystemHearing(language);
    await ask();
  };
  const english = language.startsWith("en");
  return (
    <section class="settings-part">
      <h3>Speech without a key</h3>
      <Choice
        label="Language"
        help={english ? "Luna's own voice: everything stays on this device." : NOT_ENGLISH}
        value={language}
        options={LANGUAGES}
        onChange={(chosen) => choose({ language: chosen })}
      />
      <Check
        label="Use the browser's own speech"
        help={HELP}
        value={systemVoice}
        onChange={(chosen) => choose({ systemVoice: chosen })}
      />
      {systemVoice && (
        <div class="verdict" role="status">
          <p>{hearing.value === null ? "Asking the browser…" : SAYS[hearing.value]}</p>
          {hearing.value === "needs_download" && (
            <button type="button" class="button button-small" onClick={() => void fetchFiles()}>
              Fetch them
            </button>
          )}
        </div>
      )}
      {systemVoice && !hasSystemVoice().speaks && <p class="quiet">This browser has no voice of its own.</p>}
    </section>
  );
}

const HELP = "Other voices and languages, less exact: no interrupting while it speaks.";
const NOT_ENGLISH =
  "Luna has no local voice for this language, and her script is English: use the browser's own speech, or write.";
