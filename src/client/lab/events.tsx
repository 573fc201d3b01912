/** The event log: what passes between the call and its engine, as it happens. */
import { signal, useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { Icon } from "../views/icon.tsx";
import { usePinned } from "../views/pinned.ts";
import {
  type Entry,
  eventOf,
  type Filter,
  glanceOf,
  KINDS,
  type Kind,
  kindOf,
  passing,
  type Row,
  rowsOf,
} from "./log.ts";
import { copy, saveEvents } from "./save.ts";
import { clearLog, live, log, logging, logVersion, setLogging, started } from "./state.ts";

/** Rows drawn at first; older ones come on demand. */
const DRAWN = 200;

const filter = signal<Filter>({ dir: "both", hidden: [], search: "" });
/** The log as it stood when it was paused; `null` while it runs. */
const paused = signal<readonly Entry[] | null>(null);

const WORDS: Record<Kind, string> = {
  session: "Session",
  conversation: "Items",
  response: "Answers",
  sound: "Sound",
  error: "Errors",
  other: "Other",
};
const PASSED = "All events that pass the filter";

export function Events() {
  void logVersion.value;
  const entries = paused.value ?? log.entries;
  const rows = rowsOf(entries, filter.value);
  return (
    <>
      <Head entries={entries} shown={rows} />
      <Filters entries={entries} />
      <List rows={rows} empty={entries.length === 0} />
    </>
  );
}

function Head({ entries, shown }: { entries: readonly Entry[]; shown: Row[] }) {
  const missed = paused.value === null ? 0 : log.entries.length - paused.value.length;
  return (
    <div class="log-head">
      <button
        type="button"
        class="button button-small"
        aria-pressed={paused.value !== null}
        onClick={() => (paused.value = paused.value === null ? [...log.entries] : null)}
      >
        <Icon name={paused.value === null ? "pause" : "chevron"} size={16} />
        {paused.value === null ? "Pause" : missed > 0 ? `Go on (${missed} new)` : "Go on"}
      </button>
      <button
        type="button"
        class="button button-small"
        title={PASSED}
        onClick={() => void copy(JSON.stringify(shown.map(eventOf), null, 2))}
      >
        Copy
      </button>
      <button
        type="button"
        class="button button-small"
        title={PASSED}
        onClick={() => saveEvents("json", passing(entries, filter.value))}
      >
        Save
      </button>
      <button
        type="button"
        class="button button-small"
        onClick={() => {
          clearLog();
          paused.value = null;
        }}
      >
        Clear
      </button>
      <label class="log-switch">
        <input type="checkbox" checked={logging.value} onChange={(event) => setLogging(event.currentTarget.checked)} />
        Log
      </label>
    </div>
  );
}

function Filters({ entries }: { entries: readonly Entry[] }) {
  const { dir, hidden, search } = filter.value;
  const change = (next: Partial<Filter>) => (filter.value = { ...filter.value, ...next });
  const count = (kind: Kind) => entries.filter((entry) => kindOf(entry) === kind).length;
  return (
    <div class="log-filters">
      <input
        type="search"
        class="log-search"
        aria-label="Search the events"
        placeholder="Search"
        value={search}
        onInput={(event) => change({ search: event.currentTarget.value })}
      />
      <select
        aria-label="Direction"
        value={dir}
        onChange={(event) => change({ dir: event.currentTarget.value as Filter["dir"] })}
      >
        <option value="both">Both ways</option>
        <option value="up">To the engine</option>
        <option value="down">From the engine</option>
      </select>
      <fieldset class="log-kinds" aria-label="Kinds of events">
        {KINDS.map((kind) => {
          const shown = !hidden.includes(kind);
          return (
            <button
              key={kind}
              type="button"
              class={`log-kind log-kind-${kind}`}
              aria-pressed={shown}
              onClick={() => change({ hidden: shown ? [...hidden, kind] : hidden.filter((one) => one !== kind) })}
            >
              {WORDS[kind]}
              <span class="log-count">{count(kind)}</span>
            </button>
          );
        })}
      </fieldset>
    </div>
  );
}

function List({ rows, empty }: { rows: Row[]; empty: boolean }) {
  const { box, pinned, onScroll, jump } = usePinned();
  const drawn = useSignal(DRAWN);
  const open = useSignal<ReadonlySet<number>>(new Set());
  const toggle = (n: number) => {
    const next = new Set(open.value);
    if (!next.delete(n)) next.add(n);
    pinned.value = false;
    open.value = next;
  };
  const hiddenRows = Math.max(0, rows.length - drawn.value);
  return (
    <div class="log-frame">
      <div
        ref={box}
        class="log"
        role="log"
        aria-label="Events"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
      >
        {rows.length === 0 && <p class="quiet log-empty">{emptyWord(empty)}</p>}
        {(hiddenRows > 0 || log.dropped > 0) && (
          <p class="log-more">
            {hiddenRows > 0 && (
              <button type="button" class="button button-small" onClick={() => (drawn.value += DRAWN)}>
                Show {Math.min(DRAWN, hiddenRows)} earlier
              </button>
            )}
            {log.dropped > 0 && <span class="quiet">{log.dropped} older events have gone.</span>}
          </p>
        )}
        <ol class="log-rows">
          {rows.slice(hiddenRows).map((row) => (
            <EventRow
              key={row.first.n}
              row={row}
              start={started.value}
              open={open.value.has(row.first.n)}
              onToggle={() => toggle(row.first.n)}
            />
          ))}
        </ol>
      </div>
      {!pinned.value && rows.length > 0 && (
        <button type="button" class="jump" onClick={jump}>
          <Icon name="down" size={18} />
          Newest
        </button>
      )}
    </div>
  );
}

function emptyWord(empty: boolean): string {
  if (!empty) return "No event passes the filter.";
  if (!logging.value) return "The log is off.";
  return live.value
    ? "Nothing has passed since the log is on."
    : "Every event to and from the engine shows here while a call is on.";
}

function EventRow(props: { row: Row; start: number; open: boolean; onToggle: () => void }) {
  const { row, open } = props;
  const { first } = row;
  const details = `event-${first.n}`;
  return (
    <li class={`event event-${first.dir} event-${kindOf(first)}`}>
      <button type="button" class="event-row" aria-expanded={open} aria-controls={details} onClick={props.onToggle}>
        <span class="event-dir">
          <span aria-hidden="true">{first.dir === "up" ? "↑" : "↓"}</span>
          <span class="visually-hidden">{first.dir === "up" ? "to the engine: " : "from the engine: "}</span>
        </span>
        <span class="event-type">
          <Name type={first.type} />
        </span>
        <Size row={row} />
        <time class="event-time">{((first.at - props.start) / 1_000).toFixed(2)}</time>
        <span class="event-glance">{glanceOf(row)}</span>
      </button>
      {open && <Details id={details} row={row} />}
    </li>
  );
}

/** The type may break where its words end. */
function Name({ type }: { type: string }) {
  return (
    <>
      {type.split(/(?<=[._])/).map((word, index) => (
        <Fragment key={`${index} ${word}`}>
          {word}
          <wbr />
        </Fragment>
      ))}
    </>
  );
}

/** The length of the sound; of what came in pieces, how many. */
function Size({ row }: { row: Row }) {
  if (row.audio_ms !== null) return <span class="event-size">{(row.audio_ms / 1_000).toFixed(1)} s</span>;
  return row.count > 1 ? <span class="event-size">×{row.count}</span> : null;
}

function Details({ id, row }: { id: string; row: Row }) {
  const json = JSON.stringify(eventOf(row), null, 2);
  return (
    <div id={id} class="event-details">
      <button type="button" class="button button-small" onClick={() => void copy(json)}>
        <Icon name="copy" size={16} />
        Copy
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard. */}
      <pre tabIndex={0}>{json}</pre>
    </div>
  );
}
