/** PCM16 arithmetic: 16-bit little-endian samples, mono, beside floats in -1..1. */

/** Floats to 16 bit, clipped; returns how many samples were written. `out` must be as long as `input`. */
export function toInt16(input: Float32Array, out: Int16Array, count = input.length): number {
  for (let i = 0; i < count; i++) {
    const sample = Math.round((input[i] as number) * 32_768);
    out[i] = sample > 32_767 ? 32_767 : sample < -32_768 ? -32_768 : sample;
  }
  return count;
}

/** 16 bit to floats in -1..1; returns how many samples were written. */
export function toFloat(input: Int16Array, out: Float32Array, count = input.length): number {
  for (let i = 0; i < count; i++) out[i] = (input[i] as number) / 32_768;
  return count;
}

/** Same, into new memory. */
export function floatsOf(input: Int16Array): Float32Array {
  const out = new Float32Array(input.length);
  toFloat(input, out);
  return out;
}

/** Same, into new memory. */
export function int16Of(input: Float32Array): Int16Array {
  const out = new Int16Array(input.length);
  toInt16(input, out);
  return out;
}

/** Milliseconds of `samples` at `rate`, whole, rounded down. */
export function wholeMs(samples: number, rate: number): number {
  return Math.floor((samples * 1000) / rate);
}

/** `String.fromCharCode` takes its bytes as arguments, so they go in pieces that fit any engine's stack. */
const PIECE = 0x2000;

/** Samples as base64 of their little-endian bytes, as Realtime events carry them. */
export function toBase64(samples: Int16Array): string {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, Math.min(at + PIECE, bytes.length)));
  return btoa(text);
}

/** Samples of base64 text; a trailing odd byte is dropped. Throws `InvalidCharacterError` on text that is no base64. */
export function fromBase64(text: string): Int16Array {
  const binary = atob(text);
  const samples = new Int16Array(binary.length >> 1);
  for (let i = 0; i < samples.length; i++) samples[i] = binary.charCodeAt(2 * i) | (binary.charCodeAt(2 * i + 1) << 8);
  return samples;
}
