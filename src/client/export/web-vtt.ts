/**
 * The transcript as WebVTT (https://www.w3.org/TR/webvtt1/): captions for the recording, a cue a turn, in the order in which
 * turns began. Tools and the hand-over are comments.
 */
import type { CallState, Row, TurnRow } from "../state/call-state.ts";
import { startOf } from "./files.ts";
import { saidText, speakerName } from "./transcript.ts";

/** A caption stands at least this long, ms. */
const SHORTEST_MS = 1_200;
/** Reading speed of captions: 17 characters a second. */
const PER_CHARACTER_MS = 1_000 / 17;

/** The whole file. Cue times are ms from the start of the call. */
export function asWebVtt(state: CallState): string {
  const start = startOf(state);
  const blocks = [`NOTE ${plain(state.title || "Call with Luna")}, ${new Date(start).toISOString()}`];
  let earliest = 0;
  let cues = 0;
  const turns = state.rows.filter((row) => row.kind === "turn");
  for (const row of state.rows) {
    if (row.kind !== "turn") {
      blocks.push(`NOTE ${plain(aside(row))}`);
      continue;
    }
    const words = wordsOf(row);
    if (words === "") continue;
    const from = Math.max(earliest, row.at - start);
    const next = turns[turns.indexOf(row) + 1];
    const until = endOf(from, words.length, next === undefined ? null : next.at - start);
    earliest = from;
    cues += 1;
    const name = escaped(speakerName(row, state.transfer));
    blocks.push(`${cues}\n${stamp(from)} --> ${stamp(until)}\n<v ${name}>${escaped(words)}`);
  }
  return `WEBVTT\n\n${blocks.join("\n\n")}\n`;
}

/** Until it is read, or until somebody else speaks, if that is not at once. */
function endOf(from: number, length: number, next: number | null): number {
  const read = from + Math.max(SHORTEST_MS, length * PER_CHARACTER_MS);
  return next === null || next < from + SHORTEST_MS ? read : Math.min(read, next);
}

function wordsOf(row: TurnRow): string {
  if (row.state === "unclear") return "(not understood)";
  const said = oneLine(saidText(row));
  return row.state === "interrupted" && said !== "" ? `${said} —` : said;
}

function aside(row: Exclude<Row, TurnRow>): string {
  if (row.kind === "transfer") return `Transferred to ${row.transfer.specialist}, ${row.transfer.department}`;
  return `${row.tool.label}: ${row.tool.summary || row.tool.state}`;
}

/** hh:mm:ss.ttt */
function stamp(ms: number): string {
  const whole = Math.round(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(whole / 3_600_000), Math.floor(whole / 60_000) % 60, Math.floor(whole / 1_000) % 60];
  return `${two(h)}:${two(m)}:${two(s)}.${String(whole % 1_000).padStart(3, "0")}`;
}

/** Cue text: one line, with the three characters that mean something written as entities. */
function escaped(text: string): string {
  return oneLine(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** Comment text: an arrow in it would make it a cue. */
function plain(text: string): string {
  return oneLine(text).replace(/-->/g, "→");
}

function oneLine(text: string): string {
  return text.replace(/[\s\0]+/g, " ").trim();
}
