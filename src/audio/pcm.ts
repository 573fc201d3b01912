/** PCM16 arithmetic: 16-bit little-endian samples, mono, beside floats in -1..1. */

/** Inside Luna sound is PCM16 at 24 kHz: 24,000 samples of two bytes a second. */
export const BYTES_PER_MS = 48;

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
