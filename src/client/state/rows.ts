/** The rows of the transcript: turns in the call's order, tools and the hand-over standing after the turns known when they began. */
import type { ToolStatus, TransferStatus, TurnStatus } from "../../legs/wire.ts";
import type { CallState, Row, TurnRow } from "./call-state.ts";

/** What a first delta or typed words bring of a turn that the call has not told yet. */
export type NewTurn = Pick<TurnRow, "id" | "who" | "how" | "text" | "heard" | "state">;

export function turnNamed(state: CallState, id: string): TurnRow | undefined {
  return state.rows.find((row): row is TurnRow => row.kind === "turn" && row.id === id);
}

/** Changes one turn; gives the same state when there is no such turn or nothing changes. */
export function changeTurn(state: CallState, id: string, change: Partial<TurnRow>): CallState {
  const row = turnNamed(state, id);
  if (row === undefined) return state;
  const keys = Object.keys(change) as (keyof TurnRow)[];
  if (keys.every((key) => row[key] === change[key])) return state;
  return { ...state, rows: state.rows.map((other) => (other === row ? { ...row, ...change } : other)) };
}

export function addTurn(state: CallState, turn: NewTurn, now: number): CallState {
  const mark = state.marks?.[turn.id] ?? { at: now, latency: null };
  const row: TurnRow = { kind: "turn", order: null, arrived: state.sequence, ...mark, ...turn };
  return { ...state, sequence: state.sequence + 1, rows: sorted([...state.rows, row]) };
}

/** A delta of a turn's words. A turn that is over takes no more: what comes late was never said. */
export function appendWords(state: CallState, id: string, who: TurnRow["who"], delta: string, now: number): CallState {
  const row = turnNamed(state, id);
  if (row === undefined) {
    return addTurn(
      state,
      { id, who, how: "speech", text: delta, heard: who === "caller" ? delta.length : 0, state: "live" },
      now,
    );
  }
  if (row.state !== "live") return state;
  const text = row.text + delta;
  return changeTurn(state, id, row.who === "caller" ? { text, heard: text.length } : { text });
}

/** The call's own word on a turn replaces whatever the page had put together. */
export function tellTurn(state: CallState, told: TurnStatus, now: number): CallState {
  const known = turnNamed(state, told.item_id);
  const base = known === undefined ? addTurn(state, { id: told.item_id, ...blank(told) }, now) : state;
  const row = turnNamed(base, told.item_id) as TurnRow;
  const text = told.state === "live" && told.text.length < row.text.length ? row.text : told.text;
  const change: Partial<TurnRow> = {
    order: told.order,
    who: told.who,
    ...(told.speaker === undefined ? {} : { speaker: told.speaker }),
    ...(told.persona === undefined ? {} : { persona: told.persona }),
    how: told.how,
    text,
    heard: heardChars(told, text, row.heard),
    state: told.state === "live" && isOver(row) ? row.state : told.state,
  };
  const changed = changeTurn(base, told.item_id, change);
  return told.order === row.order ? changed : { ...changed, rows: sorted(changed.rows) };
}

/** What was said to its end, or cut, does not begin again, however late one hears that it began. */
function isOver(row: TurnRow): boolean {
  return row.state === "final" || row.state === "interrupted";
}

function blank(told: TurnStatus): Omit<NewTurn, "id"> {
  return { who: told.who, how: told.how, text: "", heard: 0, state: "live" };
}

function heardChars(told: TurnStatus, text: string, known: number): number {
  if (told.who === "caller") return text.length;
  if (told.state === "interrupted") return told.heard.length;
  return Math.min(text.length, Math.max(known, told.heard.length));
}

export function tellTool(state: CallState, tool: ToolStatus, now: number): CallState {
  const known = state.rows.some((row) => row.kind === "tool" && row.id === tool.call_id);
  if (known) {
    return {
      ...state,
      rows: state.rows.map((row) => (row.kind === "tool" && row.id === tool.call_id ? { ...row, tool } : row)),
    };
  }
  const at = state.marks?.[tool.call_id]?.at ?? now;
  const row: Row = { kind: "tool", id: tool.call_id, after: tool.order, arrived: state.sequence, at, tool };
  return { ...state, sequence: state.sequence + 1, rows: sorted([...state.rows, row]) };
}

export function tellTransfer(state: CallState, transfer: TransferStatus, now: number): CallState {
  const rows = state.rows.filter((row) => row.kind !== "transfer");
  const known = state.rows.find((row) => row.kind === "transfer");
  const turns = rows.filter((row) => row.kind === "turn").length;
  const row: Row = {
    kind: "transfer",
    id: "transfer",
    after: known?.kind === "transfer" ? known.after : turns,
    arrived: known?.arrived ?? state.sequence,
    at: known?.at ?? state.marks?.transfer?.at ?? now,
    transfer,
  };
  return { ...state, transfer, sequence: state.sequence + 1, rows: sorted([...rows, row]) };
}

/** Turns by order (those without one last, as they came), and every other row after its number of turns. */
function sorted(rows: Row[]): Row[] {
  const turns = rows.filter((row): row is TurnRow => row.kind === "turn").sort(byOrder);
  const others = rows.filter((row): row is Exclude<Row, TurnRow> => row.kind !== "turn");
  others.sort((a, b) => a.after - b.after || a.arrived - b.arrived);
  const out: Row[] = [];
  let next = 0;
  for (const [index, turn] of turns.entries()) {
    while (next < others.length && (others[next] as Exclude<Row, TurnRow>).after <= index)
      out.push(others[next++] as Row);
    out.push(turn);
  }
  return out.concat(others.slice(next));
}

function byOrder(a: TurnRow, b: TurnRow): number {
  if (a.order !== null && b.order !== null && a.order !== b.order) return a.order - b.order;
  if ((a.order === null) !== (b.order === null)) return a.order === null ? 1 : -1;
  return a.arrived - b.arrived;
}
