/**
 * Cuts microphone sound into frames: device rate in, PCM16 at 24 kHz out, with the loudness of each 20 ms. Runs in the
 * capture worklet, where the blocks are 128 samples and memory is only made for what is sent away.
 */
import { toInt16 } from "../../audio/pcm.ts";
import { Resampler } from "../../audio/resample.ts";
import { rms } from "../../audio/rms.ts";
import { LINE_RATE } from "./worklet-messages.ts";

/** The unit inside: 20 ms, 480 samples. */
const STEP = LINE_RATE / 50;

export interface FrameSink {
  /** PCM16 at 24 kHz; the buffer is new and the receiver's own. */
  frame(pcm: ArrayBuffer): void;
  /** RMS 0..1 of 20 ms; 0 while muted. */
  level(rms: number): void;
}

export class Framer {
  readonly #resampler: Resampler;
  readonly #sink: FrameSink;
  readonly #step = new Float32Array(STEP);
  #resampled: Float32Array;
  #filled = 0;
  #frame: Int16Array;
  #framed = 0;
  #muted = false;
  #stepsPerFrame = 2;

  constructor(deviceRate: number, sink: FrameSink) {
    this.#resampler = new Resampler(deviceRate, LINE_RATE, 1024);
    this.#resampled = new Float32Array(this.#resampler.mostOutputs(1024));
    this.#sink = sink;
    this.#frame = new Int16Array(STEP * this.#stepsPerFrame);
  }

  /** A muted framer sends nothing and shows no level; what was half gathered is dropped. */
  mute(muted: boolean): void {
    this.#muted = muted;
    this.#framed = 0;
  }

  /** Length of the frames sent from now on. What is gathered of the old length is sent or dropped with the next step. */
  frameMs(ms: 20 | 40): void {
    this.#stepsPerFrame = ms / 20;
    this.#frame = new Int16Array(STEP * this.#stepsPerFrame);
    this.#framed = 0;
  }

  /** Takes one block at the device's rate. */
  push(block: Float32Array): void {
    const most = this.#resampler.mostOutputs(block.length);
    if (most > this.#resampled.length) this.#resampled = new Float32Array(most);
    const count = this.#resampler.process(block, this.#resampled);
    for (let i = 0; i < count; i++) {
      this.#step[this.#filled++] = this.#resampled[i] as number;
      if (this.#filled === STEP) this.#takeStep();
    }
  }

  #takeStep(): void {
    this.#filled = 0;
    if (this.#muted) {
      this.#sink.level(0);
      return;
    }
    this.#sink.level(rms(this.#step));
    toInt16(this.#step, this.#frame.subarray(this.#framed * STEP));
    this.#framed++;
    if (this.#framed < this.#stepsPerFrame) return;
    const full = this.#frame;
    this.#frame = new Int16Array(STEP * this.#stepsPerFrame);
    this.#framed = 0;
    this.#sink.frame(full.buffer as ArrayBuffer);
  }
}
