/** Loudness of a piece of sound. */

/** Root mean square of `count` samples (floats in -1..1) from `start`: 0 for silence, 1 for a full square wave. */
export function rms(samples: Float32Array, start = 0, count = samples.length - start): number {
  if (count <= 0) return 0;
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += (samples[i] as number) * (samples[i] as number);
  return Math.sqrt(sum / count);
}

/** Same for 16-bit samples, on the same scale of 0..1. */
export function rmsOfInt16(samples: Int16Array, start = 0, count = samples.length - start): number {
  if (count <= 0) return 0;
  let sum = 0;
  for (let i = start; i < start + count; i++) sum += (samples[i] as number) * (samples[i] as number);
  return Math.sqrt(sum / count) / 32_768;
}
