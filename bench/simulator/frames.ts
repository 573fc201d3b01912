/** A frame of audio that carries its number in its first four bytes; the rest is filler that never changes. */

/** A phone's 8 kHz mu-law; the page and the Realtime default are 24 kHz PCM16. */
export const MULAW_BYTES_PER_MS = 8;
/** Six bytes are eight characters of base64 exactly: number and two zeros. */
const HEAD_BYTES = 6;
const HEAD_CHARS = 8;

export class FrameMaker {
  readonly #bytes: Buffer;
  readonly #tail: string;

  constructor(bytes: number) {
    this.#bytes = Buffer.alloc(bytes);
    for (let at = HEAD_BYTES; at < bytes; at++) this.#bytes[at] = (at * 37) & 255;
    this.#tail = this.#bytes.subarray(HEAD_BYTES).toString("base64");
  }

  /** A copy, because a socket may hold on to what it sends. */
  binary(number: number): Buffer {
    const frame = Buffer.from(this.#bytes);
    frame.writeUInt32LE(number, 0);
    return frame;
  }

  base64(number: number): string {
    return headOf(number) + this.#tail;
  }
}

const head = Buffer.alloc(HEAD_BYTES);

function headOf(number: number): string {
  head.writeUInt32LE(number, 0);
  return head.toString("base64");
}

/** Number of the frame whose base64 begins at `at`. */
export function numberAt(text: string, at: number): number {
  return Buffer.from(text.slice(at, at + HEAD_CHARS), "base64").readUInt32LE(0);
}
