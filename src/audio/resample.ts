/**
 * A streaming resampler between any two rates: a windowed sinc, kept as one short filter per fractional position
 * (polyphase). State carries over from block to block, so that a stream cut anywhere comes out as if it were whole.
 */

/** Zero crossings of the sinc on either side of its middle, at the lower of the two rates. */
const CROSSINGS = 24;
/** Part of the lower rate's band that passes; the rest is the filter's slope, which must be down before it folds back. */
const PASS = 0.91;
/** Kaiser window for about 80 dB beside the band. */
const BETA = 8;
/** Rates without a small common ratio (44,056 Hz sound cards exist) use the nearest of this many positions. */
const MOST_PHASES = 2048;

export class Resampler {
  readonly from: number;
  readonly to: number;
  /** The filter's delay, in milliseconds. */
  readonly delayMs: number;
  readonly #taps: number;
  readonly #phases: number;
  /** Reduced rates: `#up` output samples span `#down` input samples. */
  readonly #up: number;
  readonly #down: number;
  readonly #filters: Float32Array;
  /** The last input samples still needed, oldest first. */
  #past: Float32Array;
  #held: number;
  /** Where the next output sample lies after the first held one, in 1/`#up` of an input sample. */
  #position = 0;

  /** Rates in Hz, whole and positive; throws RangeError otherwise. `largestBlock`: input samples given at once, at most. */
  constructor(from: number, to: number, largestBlock = 4096) {
    if (!Number.isInteger(from) || !Number.isInteger(to) || from <= 0 || to <= 0)
      throw new RangeError(`Cannot resample from ${from} to ${to} Hz.`);
    this.from = from;
    this.to = to;
    const common = divisor(from, to);
    this.#up = to / common;
    this.#down = from / common;
    this.#phases = Math.min(this.#up, MOST_PHASES);
    const narrowing = Math.max(1, from / to);
    this.#taps = from === to ? 1 : 2 * Math.ceil(CROSSINGS * narrowing);
    this.#filters = from === to ? Float32Array.of(1) : filters(this.#phases, this.#taps, narrowing);
    this.#past = new Float32Array(this.#taps + largestBlock);
    this.#held = this.#taps - 1;
    this.delayMs = ((this.#taps / 2) * 1000) / from;
  }

  /** The most output samples that `inputs` further input samples can give. */
  mostOutputs(inputs: number): number {
    return Math.ceil(((inputs + 1) * this.#up) / this.#down) + 1;
  }

  /** How many further input samples it takes before `outputs` more output samples are there. */
  inputsFor(outputs: number): number {
    if (outputs <= 0) return 0;
    const last = Math.floor((this.#position + (outputs - 1) * this.#down) / this.#up);
    return Math.max(0, last + this.#taps - this.#held);
  }

  /**
   * Takes in all of `input` (its first `count` samples) and writes what can be written into `out`, from `at` on. Returns
   * how many samples were written. `out` must have room for `mostOutputs(count)`; throws RangeError when it runs over.
   */
  process(input: Float32Array, out: Float32Array, count = input.length, at = 0): number {
    this.#makeRoom(count);
    for (let i = 0; i < count; i++) this.#past[this.#held + i] = input[i] as number;
    this.#held += count;
    let written = 0;
    let start = Math.floor(this.#position / this.#up);
    while (start + this.#taps <= this.#held) {
      if (at + written >= out.length) throw new RangeError("The resampler's output has no room.");
      out[at + written] = this.#sampleAt(start);
      written++;
      this.#position += this.#down;
      start = Math.floor(this.#position / this.#up);
    }
    this.#forget(Math.min(start, this.#held));
    return written;
  }

  /** Forgets all sound taken in, as if new. */
  reset(): void {
    this.#past.fill(0);
    this.#held = this.#taps - 1;
    this.#position = 0;
  }

  #sampleAt(start: number): number {
    const fraction = this.#position % this.#up;
    const phase = this.#phases === this.#up ? fraction : Math.floor((fraction * this.#phases) / this.#up);
    const filter = phase * this.#taps;
    let sum = 0;
    for (let i = 0; i < this.#taps; i++)
      sum += (this.#past[start + i] as number) * (this.#filters[filter + i] as number);
    return sum;
  }

  #forget(samples: number): void {
    this.#past.copyWithin(0, samples, this.#held);
    this.#held -= samples;
    this.#position -= samples * this.#up;
  }

  /** Grows once for a block larger than announced; never in the steady state. */
  #makeRoom(count: number): void {
    if (this.#held + count <= this.#past.length) return;
    const larger = new Float32Array(this.#held + count);
    larger.set(this.#past.subarray(0, this.#held));
    this.#past = larger;
  }
}

/** A whole sound at once, its length scaled to the new rate and the filter's delay taken out. */
export function resample(input: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return input.slice();
  const stream = new Resampler(from, to, input.length);
  const wanted = Math.round((input.length * to) / from);
  const lead = Math.round((stream.delayMs * to) / 1000);
  const tail = new Float32Array(stream.inputsFor(1) + Math.ceil(((lead + 2) * from) / to) + 1);
  const out = new Float32Array(stream.mostOutputs(input.length) + stream.mostOutputs(tail.length));
  const written = stream.process(input, out);
  stream.process(tail, out, tail.length, written);
  return out.slice(lead, lead + wanted);
}

/** One filter per phase, each summing to one so that a constant stays the same constant at every position. */
function filters(phases: number, taps: number, narrowing: number): Float32Array {
  const table = new Float32Array(phases * taps);
  const half = taps / 2;
  const cutoff = PASS / narrowing;
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0;
    for (let i = 0; i < taps; i++) {
      const x = i - (half - 1) - phase / phases;
      const value = sinc(x * cutoff) * kaiser(x / half);
      table[phase * taps + i] = value;
      sum += value;
    }
    for (let i = 0; i < taps; i++) table[phase * taps + i] = (table[phase * taps + i] as number) / sum;
  }
  return table;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** The modified Bessel function of order zero, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-9; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}
