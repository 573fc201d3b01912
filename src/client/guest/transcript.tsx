/** What is said and done, as it happens, for guests and for those who watch. Sticks to the newest words until one scrolls away. */
import type { ComponentChildren } from "preact";
import { saidText } from "../export/transcript.ts";
import type { CallState, Row, ToolRow, TransferRow, TurnRow } from "../state/call-state.ts";
import { Icon } from "../views/icon.tsx";
import { usePinned } from "../views/pinned.ts";
import { seconds } from "../words.ts";
import { say } from "./given.ts";
import { toolLook } from "./tool-look.ts";

export interface TranscriptProps {
  state: Pick<CallState, "rows" | "hearing" | "transfer" | "engine">;
  /** Stands there until something is said. */
  empty: string;
  /** Name of who calls, beside their words. */
  caller: string;
  /** Show how long answers and actions took: as the server sees it, ms by item, where no ear has told. */
  times?: Times;
}

type Times = Readonly<Record<string, number>>;

export function Transcript({ state, empty, caller, times }: TranscriptProps) {
  const { box, pinned, onScroll, jump } = usePinned();
  return (
    <div class="transcript-frame">
      <div
        ref={box}
        class="transcript"
        role="log"
        aria-label={say("transcript")}
        aria-live="off"
        // The built-in Luna speaks English, whatever the page around her speaks.
        lang={state.engine?.mode === "scripted" ? "en" : undefined}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
      >
        {state.rows.length === 0 && state.hearing === null && <p class="transcript-empty">{empty}</p>}
        <ul class="rows">
          {state.rows.map((row) => (
            <RowView key={row.id} row={row} caller={caller} specialist={state.transfer?.specialist} times={times} />
          ))}
          {state.hearing !== null && <Hearing what={state.hearing} caller={caller} />}
        </ul>
      </div>
      {!pinned.value && (
        <button type="button" class="jump" onClick={jump}>
          <Icon name="down" size={18} />
          {say("latest")}
        </button>
      )}
    </div>
  );
}

interface RowProps<R> {
  row: R;
  caller: string;
  specialist: string | undefined;
  times: Times | undefined;
}

function RowView({ row, ...rest }: RowProps<Row>) {
  if (row.kind === "turn") return <Turn row={row} {...rest} />;
  if (row.kind === "tool") return <Tool row={row} times={rest.times !== undefined} />;
  return <HandedOver row={row} />;
}

function Turn({ row, caller, specialist, times }: RowProps<TurnRow>) {
  const bank = row.who === "luna" ? (row.speaker ?? "Luna") : (specialist ?? say("specialist"));
  return (
    <li class={`turn turn-${row.who}`} data-state={row.state}>
      <p class="turn-head">
        <span class="turn-name">{row.who === "caller" ? caller : bank}</span>
        {times && <Took row={row} server={times[row.id]} />}
      </p>
      <p class="turn-text">
        <Words row={row} />
      </p>
    </li>
  );
}

/** How long this answer took: at the ear where that is known, else as the server sees it. */
function Took({ row, server }: { row: TurnRow; server: number | undefined }) {
  if (row.latency !== null) {
    return (
      <span class="chip chip-latency" title={say("watch_ear_note")}>
        {seconds(row.latency.ms)}
      </span>
    );
  }
  if (server === undefined) return null;
  return (
    <span class="chip chip-latency" title={say("watch_server_note")}>
      {say("watch_server", { ms: server })}
    </span>
  );
}

function Words({ row }: { row: TurnRow }): ComponentChildren {
  if (row.state === "unclear") return <em>{say("unclear")}</em>;
  if (row.state === "interrupted") {
    return (
      <>
        {saidText(row)}
        <span class="cut"> {say("interrupted")}</span>
      </>
    );
  }
  if (row.who === "caller") return row.state === "live" ? <em>{row.text}</em> : row.text;
  return (
    <>
      {row.text.slice(0, row.heard)}
      {row.heard < row.text.length && <span class="unheard">{row.text.slice(row.heard)}</span>}
      {row.state === "live" && <span class="caret" aria-hidden="true" />}
    </>
  );
}

function Hearing({ what, caller }: { what: "speaking" | "recognising"; caller: string }) {
  return (
    <li class="turn turn-caller turn-hearing">
      <p class="turn-head">
        <span class="turn-name">{caller}</span>
      </p>
      <p class="turn-text">
        <span class="visually-hidden">{say(what === "speaking" ? "you_speak" : "you_understood")}</span>
        <span class={`hearing hearing-${what}`} aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      </p>
    </li>
  );
}

/** One thing that Luna does. Its summary is spoken anyway, so a guest reads it in her words. */
function Tool({ row: { tool }, times }: { row: ToolRow; times: boolean }) {
  const look = toolLook(tool);
  return (
    <li class={`tool tool-${look.tone}`}>
      <p class="tool-row g-tool">
        <Icon name={look.icon} size={18} />
        <span class="tool-label" lang="en">
          {tool.label}
        </span>
        <span class="tool-state">
          {say(look.word)}
          {times && tool.state !== "running" && ` · ${say("watch_took", { ms: tool.ms })}`}
        </span>
      </p>
      {times && tool.summary !== "" && (
        <p class="g-tool-summary g-small" lang="en">
          {tool.summary}
        </p>
      )}
    </li>
  );
}

function HandedOver({ row: { transfer } }: { row: TransferRow }) {
  const word = transfer.state === "connected" ? "transferred" : "transferring";
  return (
    <li class={`transfer transfer-${transfer.state}`}>
      <div class="transfer-head">
        <span class="transfer-person" aria-hidden="true">
          <Icon name="person" size={18} />
        </span>
        <div>
          <h3>{say(word, { name: transfer.specialist })}</h3>
          <p lang="en">{transfer.department}</p>
        </div>
      </div>
    </li>
  );
}
