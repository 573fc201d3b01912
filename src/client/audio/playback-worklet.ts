/** The speaker's worklet: pulls sound out of the queue at 24 kHz and plays it at the device's rate. */
import { Resampler } from "../../audio/resample.ts";
import { rms } from "../../audio/rms.ts";
import { PlaybackQueue } from "./playback-queue.ts";
import { type FromPlayback, LINE_RATE, PLAYBACK, type ToPlayback } from "./worklet-messages.ts";

/** Loudness is told for each 20 ms at 24 kHz. */
const STEP = LINE_RATE / 50;

class Playback extends AudioWorkletProcessor {
  readonly #queue = new PlaybackQueue((report) => this.#post({ type: "report", report }));
  readonly #resampler = new Resampler(LINE_RATE, sampleRate, 1024);
  readonly #pulled = new Float32Array(4096);
  /** Resampled and not yet played: one input sample may make more output samples than were asked for. */
  readonly #ready = new Float32Array(16_384);
  #readyCount = 0;
  readonly #step = new Float32Array(STEP);
  #stepped = 0;
  #level = 0;
  #closed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToPlayback>) => this.#receive(data);
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs[0] ?? [];
    const first = channels[0];
    if (!first) return !this.#closed;
    this.#prepare(first.length);
    for (let i = 0; i < first.length; i++) first[i] = this.#ready[i] as number;
    for (let i = 1; i < channels.length; i++) channels[i]?.set(first);
    this.#ready.copyWithin(0, first.length, this.#readyCount);
    this.#readyCount -= first.length;
    return !this.#closed;
  }

  #prepare(frames: number): void {
    const needed = this.#resampler.inputsFor(frames - this.#readyCount);
    if (needed === 0) return;
    this.#queue.pull(this.#pulled, needed);
    this.#measure(needed);
    this.#readyCount += this.#resampler.process(this.#pulled, this.#ready, needed, this.#readyCount);
  }

  #measure(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#step[this.#stepped++] = this.#pulled[i] as number;
      if (this.#stepped < STEP) continue;
      this.#stepped = 0;
      const level = rms(this.#step);
      if (level > 0 || this.#level > 0) this.#post({ type: "level", rms: level });
      this.#level = level;
    }
  }

  #receive(message: ToPlayback): void {
    if (message.type === "play") this.#queue.push(message.item_id, message.content_index, new Int16Array(message.pcm));
    else if (message.type === "finish") this.#queue.finish(message.item_id, message.content_index);
    else if (message.type === "flush") this.#post({ type: "flushed", id: message.id, heard: this.#queue.flush() });
    else this.#closed = true;
  }

  #post(message: FromPlayback): void {
    this.port.postMessage(message);
  }
}

registerProcessor(PLAYBACK, Playback);
