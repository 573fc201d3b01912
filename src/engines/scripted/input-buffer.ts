/** The caller's sound that belongs to no item yet, as it came, and its place in time. */

import { fromBase64 } from "../../audio/base64.ts";
import type { NewItem } from "../../realtime/events.ts";
import type { Refusal } from "./session-merge.ts";

/** More than this is forgotten from the front: a client may append for hours and never commit. */
const MOST_BYTES = 8 * 1024 * 1024;

interface Piece {
  from_ms: number;
  bytes: Uint8Array;
  bytesPerMs: number;
}

export class InputBuffer {
  /** Time of everything ever appended, ms. */
  #end_ms = 0;
  /** Where the sound that is still uncommitted begins. */
  #start_ms = 0;
  #pieces: Piece[] = [];
  #held = 0;

  append(bytes: Uint8Array, bytesPerMs: number): void {
    this.#pieces.push({ from_ms: this.#end_ms, bytes, bytesPerMs });
    this.#end_ms += bytes.length / bytesPerMs;
    this.#held += bytes.length;
    while (this.#held > MOST_BYTES && this.#pieces.length > 1) this.#held -= this.#pieces.shift()?.bytes.length ?? 0;
  }

  /** Ms from the first sound ever appended to now. */
  get now_ms(): number {
    return this.#end_ms;
  }

  /** Ms that a commit would take now. */
  get waiting_ms(): number {
    return this.#end_ms - this.#start_ms;
  }

  clear(): void {
    this.#start_ms = this.#end_ms;
    this.#pieces = [];
    this.#held = 0;
  }

  /**
   * Takes out what lies between two times (default: all), and forgets what lies before. `bytes` are whole samples of the
   * last format; `ms` is the length asked for, also where the sound itself was too long to be kept.
   */
  take(from_ms = this.#start_ms, to_ms = this.#end_ms): { bytes: Uint8Array; ms: number } {
    const from = Math.max(from_ms, this.#start_ms);
    const to = Math.max(from, Math.min(to_ms, this.#end_ms));
    const parts: Uint8Array[] = [];
    const rest: Piece[] = [];
    const format = this.#pieces.at(-1)?.bytesPerMs;
    for (const piece of this.#pieces) {
      const at = (ms: number) => offset(piece, ms);
      if (piece.bytesPerMs === format) parts.push(piece.bytes.subarray(at(from), at(to)));
      const later = piece.bytes.subarray(at(to));
      if (later.length > 0) rest.push({ ...piece, from_ms: Math.max(to, piece.from_ms), bytes: later });
    }
    this.#pieces = rest;
    this.#held = rest.reduce((sum, piece) => sum + piece.bytes.length, 0);
    this.#start_ms = to;
    return { bytes: joined(parts), ms: to - from };
  }
}

/** The byte of a piece at which a time lies, never inside a sample. */
function offset(piece: Piece, ms: number): number {
  const grain = piece.bytesPerMs > 8 ? 2 : 1;
  const byte = Math.round(((ms - piece.from_ms) * piece.bytesPerMs) / grain) * grain;
  return Math.max(0, Math.min(piece.bytes.length, byte));
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Why sound that a client sends cannot be taken. @param param where it stands in the event */
export function notBase64(param: string): Refusal {
  return { code: "invalid_value", message: `Invalid '${param}'. Expected base64-encoded audio bytes.`, param };
}

/** The same of an item with sound in it; null where all of it can be read. @param at where the item stands in the event */
export function notSound(item: NewItem, at: string): Refusal | null {
  if (item.type !== "message" || item.role !== "user") return null;
  const index = item.content.findIndex((part) => part.type === "input_audio" && part.audio && !fromBase64(part.audio));
  return index < 0 ? null : notBase64(`${at}.content[${index}].audio`);
}
