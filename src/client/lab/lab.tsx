/** The lab: how the call travels, what may be changed while it runs, what passes between call and engine, and files to keep. */
import { render } from "preact";
import { useRef } from "preact/hooks";
import { Connection } from "./connection.tsx";
import { Events } from "./events.tsx";
import { Files } from "./files.tsx";
import { askWhatHolds, type Tab, tab } from "./state.ts";
import { Tune } from "./tune.tsx";

export { saveCall } from "./save.ts";
export { attach } from "./state.ts";

/** Draws the lab into the panel; gives what takes it away again. */
export function mount(panel: HTMLElement): () => void {
  render(<Lab />, panel);
  return () => render(null, panel);
}

const TABS: { id: Tab; word: string }[] = [
  { id: "connection", word: "Connection" },
  { id: "tune", word: "Tune" },
  { id: "events", word: "Events" },
  { id: "export", word: "Export" },
];

function Lab() {
  const chosen = tab.value;
  return (
    <>
      <Tabs />
      <div
        key={chosen}
        class={`lab-page lab-${chosen}`}
        id="lab-page"
        role="tabpanel"
        aria-labelledby={`lab-tab-${chosen}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard.
        tabIndex={0}
      >
        {chosen === "connection" && <Connection />}
        {chosen === "tune" && <Tune />}
        {chosen === "events" && <Events />}
        {chosen === "export" && <Files />}
      </div>
    </>
  );
}

function Tabs() {
  const list = useRef<HTMLDivElement>(null);
  const show = (id: Tab) => {
    tab.value = id;
    if (id === "tune") askWhatHolds();
  };
  const onKey = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const at = TABS.findIndex(({ id }) => id === tab.value);
    const next = TABS[(at + step + TABS.length) % TABS.length];
    if (next === undefined) return;
    show(next.id);
    list.current?.querySelector<HTMLElement>(`#lab-tab-${next.id}`)?.focus();
  };
  return (
    <div ref={list} class="lab-tabs" role="tablist" aria-label="Lab" onKeyDown={onKey}>
      {TABS.map(({ id, word }) => (
        <button
          key={id}
          type="button"
          role="tab"
          id={`lab-tab-${id}`}
          class="lab-tab"
          aria-selected={tab.value === id}
          aria-controls="lab-page"
          tabIndex={tab.value === id ? 0 : -1}
          onClick={() => show(id)}
        >
          {word}
        </button>
      ))}
    </div>
  );
}
