/**
 * The way of Luna's voice to the ear: gain, then a hidden audio element. Through the element the speaker can be chosen in
 * every browser that lets it be chosen at all, and echo cancelling sees the sound; where the element may not play, the
 * context's own output is used.
 */

type SinkElement = HTMLAudioElement & { setSinkId?: (id: string) => Promise<void> };

/** Length of the ramp on muting, seconds: short, and no click. */
const RAMP = 0.01;

export class Speaker {
  readonly #context: AudioContext;
  readonly #gain: GainNode;
  readonly #stream: MediaStreamAudioDestinationNode;
  readonly #element: SinkElement;
  #direct = false;

  /** To be made inside the gesture: `play()` is called here. */
  constructor(context: AudioContext) {
    this.#context = context;
    this.#gain = context.createGain();
    this.#stream = context.createMediaStreamDestination();
    this.#gain.connect(this.#stream);
    this.#element = document.createElement("audio");
    this.#element.autoplay = true;
    this.#element.srcObject = this.#stream.stream;
    this.#element.play().catch(() => this.#goDirect());
  }

  /** Where the playback worklet connects. */
  get input(): AudioNode {
    return this.#gain;
  }

  mute(muted: boolean): void {
    const { gain } = this.#gain;
    gain.cancelScheduledValues(this.#context.currentTime);
    gain.setTargetAtTime(muted ? 0 : 1, this.#context.currentTime, RAMP / 3);
  }

  /** Sends the sound to another speaker; false where that cannot be done. */
  async choose(outputId: string): Promise<boolean> {
    if (this.#direct || !this.#element.setSinkId) return false;
    try {
      await this.#element.setSinkId(outputId === "default" ? "" : outputId);
      return true;
    } catch {
      return false;
    }
  }

  close(): void {
    this.#element.pause();
    this.#element.srcObject = null;
    this.#gain.disconnect();
  }

  #goDirect(): void {
    if (this.#direct || this.#context.state === "closed") return;
    this.#direct = true;
    this.#gain.disconnect();
    this.#gain.connect(this.#context.destination);
  }

  static get canChoose(): boolean {
    return "setSinkId" in HTMLMediaElement.prototype;
  }
}
