/**
 * The audio formats of a session. Inside there is one: PCM16 little-endian mono 24 kHz. G.711 at 8 kHz is turned into it and
 * back as a stream, so that a sound cut into frames comes out as if it were whole.
 */
import { decodeG711, encodeG711, type Law } from "../../audio/g711.ts";
import { floatsOf, toInt16 } from "../../audio/pcm.ts";
import { Resampler } from "../../audio/resample.ts";
import type { AudioFormat } from "../../realtime/events.ts";

const INSIDE_HZ = 24_000;
const TELEPHONE_HZ = 8_000;
/** Samples resampled at once: a client may append minutes in one event. */
const BLOCK = 4_096;

/** Bytes that one millisecond of a format takes. */
export function bytesPerMs(format: AudioFormat | undefined): number {
  return lawOf(format) ? TELEPHONE_HZ / 1_000 : (INSIDE_HZ * 2) / 1_000;
}

/** Turns what the client sends into PCM16 at 24 kHz. */
export class Decoder {
  readonly #law: Law | undefined;
  readonly #up = new Resampler(TELEPHONE_HZ, INSIDE_HZ, BLOCK);
  /** The first half of a sample whose second is still to come. */
  #half: number | undefined;

  constructor(format: AudioFormat | undefined) {
    this.#law = lawOf(format);
  }

  decode(bytes: Uint8Array): Uint8Array {
    return this.#law ? bytesOf(resampled(this.#up, decodeG711(this.#law, bytes))) : this.#whole(bytes);
  }

  #whole(bytes: Uint8Array): Uint8Array {
    if (this.#half === undefined && bytes.length % 2 === 0) return bytes;
    const all = new Uint8Array(bytes.length + (this.#half === undefined ? 0 : 1));
    if (this.#half !== undefined) all[0] = this.#half;
    all.set(bytes, all.length - bytes.length);
    this.#half = all.length % 2 === 1 ? all.at(-1) : undefined;
    return all.subarray(0, all.length - (all.length % 2));
  }
}

/** Turns PCM16 at 24 kHz into what the client wants to hear. */
export class Encoder {
  readonly format: AudioFormat;
  readonly #law: Law | undefined;
  readonly #down = new Resampler(INSIDE_HZ, TELEPHONE_HZ, BLOCK);

  constructor(format: AudioFormat) {
    this.format = format;
    this.#law = lawOf(format);
  }

  encode(pcm: Uint8Array): Uint8Array {
    return this.#law ? encodeG711(this.#law, resampled(this.#down, samplesOf(pcm))) : pcm;
  }
}

/** 16-bit samples of little-endian bytes, wherever in memory they begin. */
export function samplesOf(pcm: Uint8Array): Int16Array {
  const whole = pcm.length - (pcm.length % 2);
  if (pcm.byteOffset % 2 === 0) return new Int16Array(pcm.buffer, pcm.byteOffset, whole / 2);
  return new Int16Array(pcm.slice(0, whole).buffer);
}

export function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

function lawOf(format: AudioFormat | undefined): Law | undefined {
  if (format?.type === "audio/pcmu") return "mu";
  return format?.type === "audio/pcma" ? "a" : undefined;
}

function resampled(resampler: Resampler, samples: Int16Array): Int16Array {
  const floats = floatsOf(samples);
  const out = new Float32Array(resampler.mostOutputs(floats.length));
  let written = 0;
  for (let from = 0; from < floats.length; from += BLOCK)
    written += resampler.process(floats.subarray(from, from + BLOCK), out, undefined, written);
  const pcm = new Int16Array(written);
  toInt16(out, pcm, written);
  return pcm;
}
