/** Brand, who would answer, and the way to everything that is not the call itself. */
import { useEffect } from "preact/hooks";
import { goHome } from "../call/current.ts";
import type { Panel } from "../state/store.ts";
import { badge, chooseTheme, config, dialog, inCall, panel, theme, togglePanel } from "../state/store.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon-names.ts";

const BADGE = {
  ai: { word: "AI", title: "An AI model answers" },
  scripted: { word: "Scripted", title: "The scripted engine answers, with no outside service" },
  "no-key": { word: "No key", title: "The scripted engine answers. Add a key in Settings to use AI." },
} as const;

export function Header() {
  const mode = badge.value;
  return (
    <header class="top">
      <button
        type="button"
        class="brand"
        onClick={() => !inCall.value && goHome()}
        aria-label="Luna, home"
        aria-disabled={inCall.value}
      >
        <span class="brand-moon" aria-hidden="true" />
        <span class="brand-name">Luna</span>
        <span class="brand-bank">Aurora Bank</span>
      </button>
      <span class={`badge badge-${mode}`} title={BADGE[mode].title}>
        <span class="visually-hidden">Mode: </span>
        {BADGE[mode].word}
      </span>
      <nav class="top-actions" aria-label="Page">
        <PanelButton name="bank" icon="bank" label="My bank" hint="B" />
        <PanelButton name="notes" icon="notes" label="Presenter notes" hint="N" />
        <PanelButton name="lab" icon="lab" label="Lab" hint="L" />
        {config.value?.staff && (
          <a class="icon-button" href="/host" aria-label="For hosts" title="Links, live calls and history">
            <Icon name="signal" />
          </a>
        )}
        <ThemeButton />
        <button
          type="button"
          class="icon-button help-button"
          aria-label="Keyboard shortcuts"
          title="Keyboard shortcuts (?)"
          onClick={() => (dialog.value = "help")}
        >
          <Icon name="keyboard" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label="Settings"
          title="Settings"
          onClick={() => (dialog.value = "settings")}
        >
          <Icon name="gear" />
        </button>
      </nav>
    </header>
  );
}

function PanelButton({
  name,
  icon,
  label,
  hint,
}: {
  name: Exclude<Panel, null>;
  icon: IconName;
  label: string;
  hint: string;
}) {
  const open = panel.value === name;
  return (
    <button
      type="button"
      class="text-button"
      aria-label={label}
      aria-expanded={open}
      aria-controls={`panel-${name}`}
      title={`${label} (${hint})`}
      onClick={() => togglePanel(name)}
    >
      <Icon name={icon} />
      <span class="text-button-word">{label}</span>
    </button>
  );
}

/** Until the person chooses, the page follows the system. */
function ThemeButton() {
  const dark =
    theme.value === "dark" || (theme.value === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const root = document.documentElement;
    if (theme.value === "system") delete root.dataset.theme;
    else root.dataset.theme = theme.value;
  }, [theme.value]);
  return (
    <button
      type="button"
      class="icon-button"
      aria-label="Dark mode"
      aria-pressed={dark}
      title={dark ? "Light mode" : "Dark mode"}
      onClick={() => chooseTheme(dark ? "light" : "dark")}
    >
      <Icon name={dark ? "sun" : "moon"} />
    </button>
  );
}
