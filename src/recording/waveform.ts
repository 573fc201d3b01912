/** How loud both sides of a recording are over time: small enough to be drawn at once, where the sound itself has megabytes. */
import { TAPE_FRAME_BYTES, TAPE_RATE } from "./stereo-tape.ts";

/** Twenty values a second: a syllable is seen. */
const FINEST_MS = 50;
/** Values of one side, at most: an hour at the finest. */
const MOST_VALUES = 72_000;
/** Every eighth sample is looked at, three thousand a second: no syllable hides between them, and an hour takes a tenth of a second. */
const STRIDE_BYTES = 8 * TAPE_FRAME_BYTES;

export interface Loudness {
  /** Time that a value stands for, ms. */
  step_ms: number;
  /** Peaks of a step, 0 to 255. The caller is left on the tape, Luna right. */
  caller: Uint8Array;
  luna: Uint8Array;
}

/** Takes interleaved stereo PCM16 as it comes, in pieces of any length. */
export class Waveform {
  readonly #stepBytes: number;
  readonly #loudness: Loudness;
  /** Bytes that have passed. */
  #at = 0;

  /** @param bytes length of the whole recording. */
  constructor(bytes: number) {
    const ms = (bytes / TAPE_FRAME_BYTES / TAPE_RATE) * 1_000;
    const step_ms = FINEST_MS * Math.max(1, Math.ceil(ms / FINEST_MS / MOST_VALUES));
    const values = Math.ceil(ms / step_ms);
    this.#stepBytes = (step_ms * TAPE_RATE * TAPE_FRAME_BYTES) / 1_000;
    this.#loudness = { step_ms, caller: new Uint8Array(values), luna: new Uint8Array(values) };
  }

  /** A piece of the recording, right behind the one before. */
  add(bytes: Uint8Array): void {
    const { caller, luna } = this.#loudness;
    const skipped = (STRIDE_BYTES - (this.#at % STRIDE_BYTES)) % STRIDE_BYTES;
    // A frame that lies in two pieces is left out.
    for (let i = skipped; i + TAPE_FRAME_BYTES <= bytes.length; i += STRIDE_BYTES) {
      const step = Math.floor((this.#at + i) / this.#stepBytes);
      const left = loud(bytes, i);
      const right = loud(bytes, i + 2);
      if (left > (caller[step] ?? 255)) caller[step] = left;
      if (right > (luna[step] ?? 255)) luna[step] = right;
    }
    this.#at += bytes.length;
  }

  /** What has been seen so far. */
  get loudness(): Loudness {
    return this.#loudness;
  }
}

/** Loudness of one little-endian sample, 0 to 255. */
function loud(bytes: Uint8Array, at: number): number {
  const sample = (((bytes[at + 1] ?? 0) << 24) >> 16) | (bytes[at] ?? 0);
  return Math.min(255, Math.abs(sample) >> 7);
}
