/** Listens to Luna's voice where it comes by WebRTC: how loud it is, and since when it sounds. */

/** RMS above this is a voice and not the comfort noise of a codec (-46 dBFS). */
const LOUD = 0.005;
/** Pauses between words are shorter. */
const PAUSE_MS = 400;
const GLANCE_MS = 20;
/** 21 ms at 48 kHz: a glance misses nothing. */
const WINDOW = 1_024;

export class FarEar {
  /** RMS of the last glance, 0..1. */
  level = 0;
  readonly #context: AudioContext;
  readonly #source: MediaStreamAudioSourceNode;
  readonly #analyser: AnalyserNode;
  readonly #samples = new Float32Array(WINDOW);
  readonly #timer: ReturnType<typeof setInterval>;
  #onFirst: (() => void) | null;
  #since: number | null = null;
  #loudAt = 0;

  /** @param onFirst the very first sound of the call has come. */
  constructor(context: AudioContext, stream: MediaStream, onFirst: () => void) {
    this.#context = context;
    this.#onFirst = onFirst;
    this.#source = context.createMediaStreamSource(stream);
    this.#analyser = context.createAnalyser();
    this.#analyser.fftSize = WINDOW;
    this.#source.connect(this.#analyser);
    this.#timer = setInterval(() => this.#look(), GLANCE_MS);
  }

  /** `performance.now()` of the first sound after the last pause; null in a pause, undefined where nothing can be measured. */
  get loudSince(): number | null | undefined {
    return this.#context.state === "running" ? this.#since : undefined;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#source.disconnect();
  }

  #look(): void {
    const now = performance.now();
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    this.level = Math.sqrt(sum / WINDOW);
    if (this.level > LOUD) {
      this.#since ??= now;
      this.#loudAt = now;
      this.#onFirst?.();
      this.#onFirst = null;
    } else if (now - this.#loudAt > PAUSE_MS) this.#since = null;
  }
}
