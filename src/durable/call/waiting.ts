/** What a client says before its session is open, or while another engine is dialled: kept in order, up to a bound. */

const MOST_FRAMES = 1_000;
/** Ten seconds of 24 kHz PCM16 in base64, and a session with long instructions. */
const MOST_CHARS = 1_000_000;

export class Waiting {
  #frames: string[] = [];
  #chars = 0;
  #told = false;

  get empty(): boolean {
    return this.#frames.length === 0;
  }

  /** False once, for the first frame there is no room for: the client has to be told. */
  add(text: string): boolean {
    const fits = this.#frames.length < MOST_FRAMES && this.#chars + text.length <= MOST_CHARS;
    if (fits) {
      this.#frames.push(text);
      this.#chars += text.length;
      return true;
    }
    const told = this.#told;
    this.#told = true;
    return told;
  }

  /** Everything that waited, oldest first. */
  take(): string[] {
    this.#chars = 0;
    this.#told = false;
    return this.#frames.splice(0);
  }
}
