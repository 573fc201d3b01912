/** The rows of the transcript. */

import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { saidText, speakerName } from "../export/transcript.ts";
import type { ToolRow, TurnRow } from "../state/call-state.ts";
import { transfer } from "../state/parts.ts";
import { seconds, toolLook } from "../words.ts";
import { Icon } from "./icon.tsx";

const TIME = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });

const LATENCY = {
  sound: "From the end of your words to the first sound of the answer",
  words: "From Enter to the first word of the answer on the screen",
} as const;

export function Turn({ row }: { row: TurnRow }) {
  const name = speakerName(row, transfer.value);
  return (
    <li class={`turn turn-${row.who}`} data-state={row.state}>
      <p class="turn-head">
        <span class="turn-name">{name}</span>
        <time dateTime={new Date(row.at).toISOString()}>{TIME.format(row.at)}</time>
        {row.who === "caller" && row.how === "speech" && row.state === "final" && <Icon name="voice" size={14} />}
        {row.latency !== null && (
          <span class="chip chip-latency" title={LATENCY[row.latency.to]}>
            {seconds(row.latency.ms)}
            {row.latency.to === "words" && " to text"}
          </span>
        )}
      </p>
      <p class="turn-text">
        <Words row={row} />
      </p>
    </li>
  );
}

function Words({ row }: { row: TurnRow }): ComponentChildren {
  if (row.state === "unclear") return <em>not understood</em>;
  if (row.state === "interrupted") {
    return (
      <>
        {saidText(row)}
        <span class="cut"> — interrupted</span>
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

/** The caller speaks; the words come when they are understood. */
export function Hearing({ what }: { what: "speaking" | "recognising" }) {
  return (
    <li class="turn turn-caller turn-hearing">
      <p class="turn-head">
        <span class="turn-name">You</span>
      </p>
      <p class="turn-text">
        <span class="visually-hidden">{what === "speaking" ? "You are speaking" : "Understanding you"}</span>
        <span class={`hearing hearing-${what}`} aria-hidden="true">
          <i />
          <i />
          <i />
        </span>
      </p>
    </li>
  );
}

export function Tool({ row }: { row: ToolRow }) {
  const open = useSignal(false);
  const { tool } = row;
  const look = toolLook(tool);
  const details = `tool-${row.id}`;
  return (
    <li class={`tool tool-${look.icon === "info" ? "info" : tool.state}`}>
      <button
        type="button"
        class="tool-row"
        aria-expanded={open.value}
        aria-controls={details}
        onClick={() => (open.value = !open.value)}
      >
        <Icon name={look.icon} size={18} />
        <span class="tool-label">{tool.label}</span>
        <span class="tool-state">{look.word}</span>
        <Icon name="chevron" size={16} />
      </button>
      {open.value && (
        <div id={details} class="tool-details">
          {tool.summary !== "" && <p>{tool.summary}</p>}
          <dl class="facts">
            <Fact label="Tool">{tool.name}</Fact>
            {Object.entries(tool.arguments).map(([key, value]) => (
              <Fact key={key} label={key.replaceAll("_", " ")}>
                {typeof value === "string" ? value : JSON.stringify(value)}
              </Fact>
            ))}
            {tool.state !== "running" && <Fact label="Took">{tool.ms} ms</Fact>}
          </dl>
        </div>
      )}
    </li>
  );
}

export function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
