/**
 * When the call wants to be woken. What is due soon is a timer; what is far off is the object's one alarm, because a pending
 * timer keeps the object in memory (it would never hibernate) and is lost with it.
 */
import { NEAR_MS } from "../../call/wake.ts";
import { log } from "../../log.ts";

/** Answered by the runtime: a page that looks after its socket wakes nobody. */
export const PING = new WebSocketRequestResponsePair("ping", "pong");

export class Wakes {
  readonly #ctx: DurableObjectState;
  readonly #ring: () => void;
  #timer: number | null = null;
  #setting: Promise<void> = Promise.resolve();

  /** @param ring Called when a timer is due; the alarm rings at the object itself. */
  constructor(ctx: DurableObjectState, ring: () => void) {
    this.#ctx = ctx;
    this.#ring = ring;
  }

  /** The rules want to be woken at this time (Unix ms), and not before: a timer without a reason would keep the object up. */
  at(time: number | null): void {
    this.clear();
    if (time === null) return;
    if (time - Date.now() > NEAR_MS) return this.alarmBy(time);
    const ring = () => {
      this.#timer = null;
      this.#ring();
    };
    this.#timer = setTimeout(ring, Math.max(0, time - Date.now()));
  }

  /** The alarm rings at this time or earlier. It is spent when it rings: whoever wants another sets it again. */
  alarmBy(time: number): void {
    const { storage } = this.#ctx;
    // One after the other: two that look at the same time would both find none, and the later one would stand.
    const done = this.#setting.then(async () => {
      const set = await storage.getAlarm();
      if (set === null || time < set) await storage.setAlarm(time);
    });
    // The next wish is one of its own, whatever has come of this one.
    this.#setting = done.catch((thrown: Error) => log.error("Alarm not set", { error: thrown.name }));
    this.#ctx.waitUntil(this.#setting);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#timer = null;
  }
}
