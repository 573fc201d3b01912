/**
 * When the call wants to be woken. What is due soon is a timer; what is far off is the object's one alarm, because a pending
 * timer keeps the object in memory (it would never hibernate) and is lost with it.
 */

/** Answered by the runtime: a page that looks after its socket wakes nobody. */
export const PING = new WebSocketRequestResponsePair("ping", "pong");
/** Hibernation begins after 10 s of quiet. */
const FAR_MS = 5_000;

export class Wakes {
  readonly #ctx: DurableObjectState;
  readonly #ring: () => void;
  #timer: { at: number; id: number } | undefined;
  #setting: Promise<void> = Promise.resolve();

  /** @param ring Called when a timer is due; the alarm rings at the object itself. */
  constructor(ctx: DurableObjectState, ring: () => void) {
    this.#ctx = ctx;
    this.#ring = ring;
  }

  /** The rules want to be woken at this time (Unix ms) or, for another reason, earlier. */
  at(time: number): void {
    if (time - Date.now() > FAR_MS) return this.alarmBy(time);
    if (this.#timer && this.#timer.at <= time) return;
    this.clear();
    const ring = () => {
      this.#timer = undefined;
      this.#ring();
    };
    this.#timer = { at: time, id: setTimeout(ring, Math.max(0, time - Date.now())) };
  }

  /** The alarm rings at this time or earlier. It is spent when it rings: whoever wants another sets it again. */
  alarmBy(time: number): void {
    const { storage } = this.#ctx;
    // One after the other: two that look at the same time would both find none, and the later one would stand.
    this.#setting = this.#setting.then(async () => {
      const set = await storage.getAlarm();
      if (set === null || time < set) await storage.setAlarm(time);
    });
    this.#ctx.waitUntil(this.#setting);
  }

  clear(): void {
    clearTimeout(this.#timer?.id ?? null);
    this.#timer = undefined;
  }
}
