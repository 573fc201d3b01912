/**
 * Silero VAD v6: how likely it is that a 32 ms frame holds speech. The model keeps a state of 2 x 128 numbers and wants
 * the last 64 samples of the frame before in front of each new one.
 */
import { floats, integers, type Model, openModel, output, run, type Session } from "./ort.ts";

/** One frame at 16 kHz: 512 samples, 32 ms. */
export const VAD_FRAME = 512;
const CONTEXT = 64;
const STATE = 2 * 128;

export class Silero {
  readonly #session: Session;
  readonly #input = new Float32Array(CONTEXT + VAD_FRAME);
  readonly #rate = integers([16_000], []);
  #state: Float32Array = new Float32Array(STATE);

  private constructor(session: Session) {
    this.#session = session;
  }

  static async open(model: Model): Promise<Silero> {
    return new Silero(await openModel(model));
  }

  /** Another stream of sound for the same model. */
  twin(): Silero {
    return new Silero(this.#session);
  }

  /** Probability 0..1 that `frame` (512 samples at 16 kHz) holds speech. Frames must come in order, one at a time. */
  async probability(frame: Float32Array): Promise<number> {
    this.#input.set(frame, CONTEXT);
    const results = await run(this.#session, {
      input: floats(this.#input, [1, CONTEXT + VAD_FRAME]),
      state: floats(this.#state, [2, 1, 128]),
      sr: this.#rate,
    });
    this.#state = output(results, "stateN").data as Float32Array;
    this.#input.copyWithin(0, VAD_FRAME);
    return Number(output(results, "output").data[0]);
  }

  /** Forgets all sound heard before. */
  reset(): void {
    this.#state = new Float32Array(STATE);
    this.#input.fill(0);
  }
}
