/** The caller's voice while nobody can hear it yet: the newest `capacity` frames, oldest dropped first. */
export class AudioRing {
  readonly #frames: (Uint8Array | undefined)[];
  #next = 0;
  #held = 0;
  /** Frames lost because the ring was full. */
  dropped = 0;

  /** @param capacity Frames held at most; 75 frames of 40 ms are 3 s. */
  constructor(capacity: number) {
    this.#frames = new Array(capacity);
  }

  push(frame: Uint8Array): void {
    if (this.#held === this.#frames.length) this.dropped++;
    else this.#held++;
    this.#frames[this.#next] = frame;
    this.#next = (this.#next + 1) % this.#frames.length;
  }

  /** Takes everything out, oldest first. */
  drain(): Uint8Array[] {
    const size = this.#frames.length;
    const first = (this.#next - this.#held + size) % size;
    const out: Uint8Array[] = [];
    for (let i = 0; i < this.#held; i++) {
      const frame = this.#frames[(first + i) % size];
      if (frame) out.push(frame);
      this.#frames[(first + i) % size] = undefined;
    }
    this.#held = 0;
    return out;
  }
}
