/**
 * The caller's sound on its way to a call that listens by itself: sent while the call is awake, kept back behind a gate while
 * it sleeps, and not even listened to on hold.
 */
import { SoundGate } from "../audio/sound-gate.ts";

export interface EarPorts {
  /** One frame for the call. */
  send(frame: ArrayBuffer): void;
  /** Somebody makes a sound; the half second before it follows at once. */
  wake(): void;
}

export class CallEar {
  readonly #ports: EarPorts;
  readonly #gate = new SoundGate();
  #asleep = false;
  #held = false;

  constructor(ports: EarPorts) {
    this.#ports = ports;
  }

  /** The call says that it sleeps, or that it does not. */
  sleep(asleep: boolean): void {
    if (asleep && !this.#asleep) this.#gate.rest();
    this.#asleep = asleep;
  }

  hold(on: boolean): void {
    this.#held = on;
    this.#gate.rest();
  }

  hear(frame: ArrayBuffer): void {
    if (this.#held) return;
    if (!this.#asleep) {
      this.#gate.learn(frame);
      this.#ports.send(frame);
      return;
    }
    const kept = this.#gate.hear(frame);
    if (kept === null) return;
    this.#asleep = false;
    this.#ports.wake();
    for (const one of kept) this.#ports.send(one);
  }
}
