/**
 * When the rules of a call want to be woken. What is due soon is a timer; what is far off is the object's alarm, because a
 * pending timer keeps the object in memory (it would never hibernate) and is lost with it.
 */

/** Hibernation begins after 10 s of quiet. */
const FAR_MS = 5_000;

export class Wakes {
  readonly #ctx: DurableObjectState;
  readonly #ring: () => void;
  #timer: { at: number; id: number } | undefined;

  /** @param ring Called when a timer is due; the alarm rings at the object itself. */
  constructor(ctx: DurableObjectState, ring: () => void) {
    this.#ctx = ctx;
    this.#ring = ring;
  }

  /** Wakes at this time (Unix ms) or, for another reason, earlier. */
  at(time: number): void {
    if (time - Date.now() > FAR_MS) return this.#ctx.waitUntil(this.#alarm(time));
    if (this.#timer && this.#timer.at <= time) return;
    this.clear();
    const ring = () => {
      this.#timer = undefined;
      this.#ring();
    };
    this.#timer = { at: time, id: setTimeout(ring, Math.max(0, time - Date.now())) };
  }

  clear(): void {
    clearTimeout(this.#timer?.id ?? null);
    this.#timer = undefined;
  }

  /** There is one alarm: the earliest wish stands. */
  async #alarm(time: number): Promise<void> {
    const set = await this.#ctx.storage.getAlarm();
    if (set === null || time < set) await this.#ctx.storage.setAlarm(time);
  }
}
