/**
 * Speech that can be checked word by word: each 40 ms frame of the caller carries the piece of the word it is the sound of, and
 * ears that read it. Words that get lost or doubled on the way are lost or doubled in the transcript.
 */
import type { Ears, EarsListener } from "../../../src/engines/scripted/input-audio.ts";

export const FRAME_BYTES = 1_920;
export const FRAME_MS = 40;
const MAGIC = 0x4c75;
/** A word takes 120 ms: the first frame of it carries it. */
const FRAMES_A_WORD = 3;
/** Speech is noticed after this much of it, and over after this much quiet, in frames. */
const NOTICED_AFTER = 5;
const OVER_AFTER = 12;

export function quiet(frames: number): ArrayBuffer[] {
  return Array.from({ length: frames }, () => new ArrayBuffer(FRAME_BYTES));
}

function frameOf(word: string): ArrayBuffer {
  const frame = new ArrayBuffer(FRAME_BYTES);
  const bytes = new TextEncoder().encode(word);
  new DataView(frame).setUint16(0, MAGIC, true);
  new DataView(frame).setUint16(2, bytes.length, true);
  new Uint8Array(frame).set(bytes, 4);
  return frame;
}

/** The frames of a sentence, without the quiet around it. */
export function spoken(text: string): ArrayBuffer[] {
  return text
    .split(" ")
    .flatMap((word) => [frameOf(word), ...Array.from({ length: FRAMES_A_WORD - 1 }, () => frameOf(""))]);
}

/** The quiet after which a sentence is over, and before the next one. */
export const PAUSE = OVER_AFTER + 14;

export class WordEars implements Ears {
  #listener: EarsListener | undefined;
  #frames = 0;
  #speech = 0;
  #quiet = 0;
  #speaking = false;
  #words: string[] = [];

  open(listener: EarsListener): void {
    this.#listener = listener;
  }

  append(pcm: Uint8Array): void {
    this.#frames += 1;
    const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    if (pcm.byteLength < 4 || view.getUint16(0, true) !== MAGIC) return this.#hush();
    const length = view.getUint16(2, true);
    if (length > 0) this.#words.push(new TextDecoder().decode(pcm.subarray(4, 4 + length)));
    this.#quiet = 0;
    this.#speech += 1;
    if (this.#speaking || this.#speech < NOTICED_AFTER) return;
    this.#speaking = true;
    this.#listener?.started((this.#frames - NOTICED_AFTER) * FRAME_MS);
  }

  clear(): void {
    this.#words = [];
  }

  commit(): Promise<string> {
    return Promise.resolve(this.#words.splice(0).join(" "));
  }

  #hush(): void {
    this.#quiet += 1;
    if (this.#quiet < OVER_AFTER) return;
    this.#speech = 0;
    if (!this.#speaking) return;
    this.#speaking = false;
    this.#listener?.stopped(this.#frames * FRAME_MS);
  }
}
