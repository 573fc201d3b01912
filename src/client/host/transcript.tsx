/** The words of a call, its own or somebody else's: as it was, or as it is being held. Text is only ever text. */
import { type ReadonlySignal, useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { clock, saidText } from "../export/transcript.ts";
import type { Row, ToolRow, TransferRow, TurnRow } from "../state/call-state.ts";
import { Icon } from "../views/icon.tsx";
import type { TimedWord } from "./timing.ts";
import { ms, toolDecision } from "./words.ts";

export interface TurnFigures {
  /** At the object, ms. */
  server_ms: number | null;
  /** US dollars. */
  cost_usd: number | null;
}

export type Sounding = ReadonlySignal<{ item_id: string; index: number } | null>;

interface Props {
  rows: readonly Row[];
  /** Unix ms: times are counted from here. */
  start: number;
  /** Name of the specialist, where there is one. */
  specialist?: string;
  figures?: ReadonlyMap<string, TurnFigures>;
  /** Words with their place in the recording, by turn. */
  words?: ReadonlyMap<string, TimedWord[]>;
  /** The word that sounds now. */
  sounding?: Sounding;
  onHear?: (at: number) => void;
}

export function Transcript(props: Props) {
  return (
    <ol class="call-rows">
      {props.rows.map((row) => {
        if (row.kind === "tool") return <Tool key={`t${row.id}`} row={row} start={props.start} />;
        if (row.kind === "transfer") return <Transfer key="transfer" row={row} start={props.start} />;
        return (
          <Turn
            key={row.id}
            row={row}
            start={props.start}
            specialist={props.specialist}
            figures={props.figures?.get(row.id)}
            words={props.words?.get(row.id)}
            sounding={props.sounding}
            onHear={props.onHear}
          />
        );
      })}
    </ol>
  );
}

interface TurnProps {
  row: TurnRow;
  start: number;
  specialist: string | undefined;
  figures: TurnFigures | undefined;
  words: TimedWord[] | undefined;
  sounding: Sounding | undefined;
  onHear: ((at: number) => void) | undefined;
}

function Turn({ row, start, specialist, figures, words, sounding, onHear }: TurnProps) {
  const name = nameOf(row, specialist);
  return (
    <li class={`turn turn-${row.who}`} data-state={row.state}>
      <p class="turn-head">
        <span class="turn-name">{name}</span>
        <time dateTime={new Date(row.at).toISOString()}>{clock((row.at - start) / 1_000)}</time>
        {row.latency !== null && (
          <span class="chip" title="From the end of the caller's speech to the first sound of the answer at the ear">
            {ms(row.latency.ms)}
          </span>
        )}
        {figures?.server_ms != null && (
          <span class="chip" title="From the end of the caller's speech to the first audio byte at the server">
            server {ms(figures.server_ms)}
          </span>
        )}
        {figures?.cost_usd != null && figures.cost_usd > 0 && (
          <span class="chip" title="What this turn cost, with the tools that led to it">
            ${figures.cost_usd.toFixed(4)}
          </span>
        )}
      </p>
      <p class="turn-text">
        {words !== undefined && words.length > 0 && sounding !== undefined && onHear !== undefined ? (
          <Words id={row.id} words={words} sounding={sounding} onHear={onHear} />
        ) : (
          <Text row={row} />
        )}
        {row.state === "interrupted" && <span class="cut"> — interrupted</span>}
      </p>
    </li>
  );
}

function Text({ row }: { row: TurnRow }): ComponentChildren {
  if (row.state === "unclear") return <em>not understood</em>;
  if (row.state === "interrupted") return saidText(row);
  if (row.state === "live" && row.text === "") return <em>…</em>;
  return row.text;
}

/** One stop of the tab key a turn, arrows from word to word: a thousand words are not a thousand stops. */
function Words(props: { id: string; words: TimedWord[]; sounding: Sounding; onHear: (at: number) => void }) {
  const { id, words, sounding, onHear } = props;
  const at = useSignal(0);
  // A long call has hundreds of turns, and one of them sounds: only that one is drawn again.
  const now = useComputed(() => (sounding.value?.item_id === id ? sounding.value.index : -1));
  const move = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1, Home: -words.length, End: words.length };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    at.value = Math.min(words.length - 1, Math.max(0, at.value + step));
    event.currentTarget.querySelectorAll<HTMLElement>("button")[at.value]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the buttons in it, which take the rest.
    <span onKeyDown={move}>
      {words.map(({ word, from }, index) => (
        <>
          <button
            type="button"
            class="word"
            tabIndex={index === at.value ? 0 : -1}
            aria-current={index === now.value ? "true" : undefined}
            onClick={() => {
              at.value = index;
              onHear(from);
            }}
          >
            {word}
          </button>{" "}
        </>
      ))}
    </span>
  );
}

function Tool({ row, start }: { row: ToolRow; start: number }) {
  const { tool } = row;
  const look = toolDecision(tool);
  const given = Object.entries(tool.arguments);
  return (
    <li class={`tool tool-${look.tone}`}>
      <details>
        <summary class="tool-row">
          <Icon name={look.icon} size={18} />
          <span class="tool-label">{tool.label}</span>
          <span class="tool-state">{look.word}</span>
          <Icon name="chevron" size={16} />
        </summary>
        <dl class="facts tool-details">
          <Fact label="Tool">{tool.name}</Fact>
          {tool.code !== undefined && <Fact label="Decision">{tool.code.replaceAll("_", " ")}</Fact>}
          {given.map(([key, value]) => (
            <Fact key={key} label={key.replaceAll("_", " ")}>
              {typeof value === "string" ? value : JSON.stringify(value)}
            </Fact>
          ))}
          <Fact label="At">{clock((row.at - start) / 1_000)}</Fact>
          {tool.state !== "running" && <Fact label="Took">{tool.ms} ms</Fact>}
        </dl>
      </details>
      {tool.summary !== "" && <p class="tool-says">{tool.summary}</p>}
    </li>
  );
}

function Transfer({ row, start }: { row: TransferRow; start: number }) {
  return (
    <li class="tool">
      <p class="tool-says">
        {clock((row.at - start) / 1_000)} · Transferred to {row.transfer.specialist}, {row.transfer.department}
      </p>
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

function nameOf(row: TurnRow, specialist: string | undefined): string {
  if (row.who === "caller") return "Caller";
  return row.speaker ?? (row.who === "luna" ? "Luna" : (specialist ?? "Specialist"));
}
