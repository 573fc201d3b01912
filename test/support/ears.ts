/**
 * Ears for the test upstream: a turn is what is louder than the room, its words come from a recogniser. Much simpler than
 * the page's own listening on purpose, so that a fault there is not repeated here.
 */
import { BYTES_PER_MS } from "../../src/audio/pcm.ts";
import type { Ears, EarsListener } from "../../src/engines/scripted/input-audio.ts";

const RATE = 24_000;
/** 20 ms of 24 kHz PCM16: the grain in which loudness is judged. */
const GRAIN_BYTES = 20 * BYTES_PER_MS;

export interface EarSettings {
  /** Loudness 0..1 above which a grain is speech. */
  loud: number;
  /** Loud grains in a row that begin a turn. */
  startGrains: number;
  /** Silence that ends a turn, ms. */
  silenceMs: number;
  /** Sound kept from before the turn was noticed, ms. */
  prefixMs: number;
}

export const EAR_DEFAULTS: EarSettings = { loud: 0.02, startGrains: 3, silenceMs: 600, prefixMs: 300 };

export type Recognise = (pcm: Int16Array, rate: number) => Promise<string>;

export class LoudEars implements Ears {
  readonly #recognise: Recognise;
  readonly #settings: EarSettings;
  #listener: EarsListener | undefined;
  #rest = new Uint8Array(0);
  /** Grains of the running turn, or the prefix of the next one. */
  #grains: Uint8Array[] = [];
  /** A turn that has ended; the server asks for it a moment later, when more sound may have come. */
  #ended: Uint8Array[] | undefined;
  #grainsHeard = 0;
  #speaking = false;
  #loudInARow = 0;
  #quietInARow = 0;

  constructor(recognise: Recognise, settings: Partial<EarSettings> = {}) {
    this.#recognise = recognise;
    this.#settings = { ...EAR_DEFAULTS, ...settings };
  }

  open(listener: EarsListener): void {
    this.#listener = listener;
  }

  append(pcm: Uint8Array): void {
    let bytes = join([this.#rest, pcm]);
    for (; bytes.length >= GRAIN_BYTES; bytes = bytes.subarray(GRAIN_BYTES)) this.#grain(bytes.slice(0, GRAIN_BYTES));
    this.#rest = bytes.slice();
  }

  clear(): void {
    this.#grains = [];
    this.#ended = undefined;
    this.#speaking = false;
    this.#loudInARow = 0;
  }

  async commit(): Promise<string> {
    const bytes = join(this.#ended ?? this.#grains);
    if (this.#ended === undefined) this.#grains = [];
    this.#ended = undefined;
    this.#speaking = false;
    return this.#recognise(new Int16Array(bytes.buffer, 0, bytes.length >> 1), RATE);
  }

  #grain(grain: Uint8Array): void {
    const { loud, startGrains, silenceMs, prefixMs } = this.#settings;
    this.#grainsHeard += 1;
    this.#grains.push(grain);
    const isLoud = loudness(grain) > loud;
    this.#loudInARow = isLoud ? this.#loudInARow + 1 : 0;
    this.#quietInARow = isLoud ? 0 : this.#quietInARow + 1;
    if (this.#speaking) {
      if (this.#quietInARow * 20 < silenceMs) return;
      this.#speaking = false;
      this.#ended = this.#grains;
      this.#grains = [];
      this.#listener?.stopped((this.#grainsHeard - this.#quietInARow) * 20);
      return;
    }
    if (this.#loudInARow >= startGrains) {
      this.#speaking = true;
      this.#listener?.started(Math.max(0, (this.#grainsHeard - startGrains) * 20 - prefixMs));
      return;
    }
    while (this.#grains.length * 20 > prefixMs + startGrains * 20) this.#grains.shift();
  }
}

function loudness(grain: Uint8Array): number {
  const view = new DataView(grain.buffer, grain.byteOffset, grain.byteLength);
  let sum = 0;
  for (let at = 0; at + 1 < grain.byteLength; at += 2) sum += (view.getInt16(at, true) / 32_768) ** 2;
  return Math.sqrt(sum / (grain.byteLength / 2));
}

function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((all, part) => all + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
