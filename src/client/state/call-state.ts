/** What the page knows of the call on its screen. Plain data: `reduce.ts` makes each next one, the views only read. */
import type {
  CallEnded,
  ConfirmStatus,
  CostStatus,
  EngineStatus,
  LineState,
  Notice,
  PageEvent,
  PersonaStatus,
  RecordingStatus,
  ToolStatus,
  TransferStatus,
  TurnStatus,
} from "../../legs/wire.ts";

/** Where the call stands as a whole; what the line does within a live call is `LineWord`. */
export type Phase = "idle" | "asking-mic" | "connecting" | "live" | "ended" | "failed";
export type LineWord = LineState["state"];

export interface Latency {
  ms: number;
  to: "sound" | "words";
}

export interface TurnRow {
  kind: "turn";
  /** Id of the conversation item. */
  id: string;
  /** The call's own order; `null` until the call has told it (typed words and first deltas come earlier). */
  order: number | null;
  /** Order of arrival at this page, which places rows that have no order yet. */
  arrived: number;
  who: TurnStatus["who"];
  /** Name of who spoke in Luna's place. */
  speaker?: string;
  /** Key of the persona that spoke. */
  persona?: string;
  how: TurnStatus["how"];
  text: string;
  /** Characters of `text` that reached the ear. */
  heard: number;
  state: TurnStatus["state"];
  /** Unix ms. */
  at: number;
  /** End of the caller's words to the first sound of the answer, or to its first word where it was only read. */
  latency: Latency | null;
}

export interface ToolRow {
  kind: "tool";
  /** The tool's `call_id`. */
  id: string;
  /** Turns known when it started: it stands after that many turns. */
  after: number;
  arrived: number;
  at: number;
  tool: ToolStatus;
}

export interface TransferRow {
  kind: "transfer";
  id: "transfer";
  after: number;
  arrived: number;
  at: number;
  transfer: TransferStatus;
}

/** When a row was seen here first, and how long its answer took: only this page knows, and takes it through a reload. By row id. */
export type Marks = Record<string, Pick<TurnRow, "at" | "latency">>;

export type Row = TurnRow | ToolRow | TransferRow;

export interface ShownNotice {
  id: number;
  code: string;
  tone: Notice["tone"];
  message: string;
  at: number;
}

export interface CallState {
  phase: Phase;
  /** Scenario id the call was opened with. */
  scenario: string | null;
  title: string;
  callId: string | null;
  /** Unix ms at which the call was answered; `null` before. */
  startedAt: number | null;
  verified: boolean;
  /** Freeform: the scenario whose tool was used last. */
  lit: string | null;
  engine: EngineStatus | null;
  /** The line word on show, and the one that waits for Luna's pause to be a real one. */
  line: { shown: LineWord; next: { state: LineWord; due: number } | null };
  /** The page's socket to the call: there, lost, or back and being told what it missed. */
  link: "on" | "away" | "replaying";
  /** Of before the reload, when this page came back into the call by one. */
  marks: Marks | null;
  rows: Row[];
  /** The caller speaks or is being understood; there are no words yet. */
  hearing: "speaking" | "recognising" | null;
  confirm: ConfirmStatus["pending"];
  transfer: TransferStatus | null;
  /** Who answers; `null` until the call has told. */
  persona: PersonaStatus | null;
  notices: ShownNotice[];
  /** What it has cost so far; `null` until the call tells. */
  cost: Omit<CostStatus, "type"> | null;
  recording: RecordingStatus["state"];
  /** Some of it was recorded: there is something to play, and to delete. */
  recorded: boolean;
  ended: CallEnded | null;
  /** What went wrong when the call failed, one sentence. */
  failure: string | null;
  /** The call is not over: it went on in another tab. */
  elsewhere: boolean;
  /** An AI engine was answering at some time in this call. */
  usedAi: boolean;
  /** Counts rows and notices, so that each has a stable key. */
  sequence: number;
}

/** What happens on this side of the wire. Times are Unix ms unless said otherwise. */
export type LocalEvent =
  | { type: "local.opening"; scenario: string; title: string; microphone: boolean }
  | { type: "local.connecting" }
  /** Back into a call after a reload. */
  | { type: "local.returning"; scenario: string; title: string; marks: Marks }
  | { type: "local.failed"; message: string; elsewhere?: boolean }
  /** The socket is lost; it is there again and the call tells everything anew; all has been told. */
  | { type: "local.away" }
  | { type: "local.back" }
  | { type: "local.replayed" }
  | { type: "local.home" }
  | { type: "local.said"; item_id: string; text: string; how: "typed" | "speech" }
  | { type: "local.hearing"; state: "speaking" | "recognising" | null }
  /** Luna's voice sounds here, or has stopped. */
  | { type: "local.sounding"; on: boolean }
  /** So many characters of the item have reached the ear; `cut` when it stopped there for good. */
  | { type: "local.heard"; item_id: string; chars: number; cut?: boolean }
  | ({ type: "local.latency"; item_id: string } & Latency)
  | { type: "local.notice"; code: string; tone: Notice["tone"]; message: string }
  | { type: "local.dismiss"; id: number }
  | { type: "local.confirmed" }
  | { type: "local.clock" };

export type CallEvent = PageEvent | LocalEvent;

export function noCall(): CallState {
  return {
    phase: "idle",
    scenario: null,
    title: "",
    callId: null,
    startedAt: null,
    verified: false,
    lit: null,
    engine: null,
    line: { shown: "connecting", next: null },
    link: "on",
    marks: null,
    rows: [],
    hearing: null,
    confirm: null,
    transfer: null,
    persona: null,
    notices: [],
    cost: null,
    recording: "off",
    recorded: false,
    ended: null,
    failure: null,
    elsewhere: false,
    usedAi: false,
    sequence: 0,
  };
}
