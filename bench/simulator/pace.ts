/** Sends the frames of all callers evenly: each at its own instant, one every frame's length. */
import type { Caller } from "./caller.ts";

export class Pace {
  /** How late frames left, ms: the simulator's own fault, not the relay's. */
  readonly late: number[] = [];
  #running = true;
  #numbers: number[];
  readonly #done: Promise<void>;

  /** @param sending called just before each frame leaves. */
  constructor(callers: Caller[], everyMs: number, sending: (caller: number, number: number) => void) {
    this.#numbers = callers.map(() => 0);
    this.#done = this.#run(callers, everyMs, sending);
  }

  /** Frames sent so far by all callers. */
  get sent(): number {
    return this.#numbers.reduce((sum, number) => sum + number, 0);
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  async #run(callers: Caller[], everyMs: number, sending: (caller: number, number: number) => void): Promise<void> {
    const started = performance.now();
    const due = callers.map((_, index) => started + (everyMs * index) / callers.length);
    while (this.#running) {
      for (const [index, caller] of callers.entries()) {
        for (let at = due[index] ?? 0; at <= performance.now(); at += everyMs) {
          this.late.push(performance.now() - at);
          due[index] = at + everyMs;
          const number = (this.#numbers[index] ?? 0) + 1;
          this.#numbers[index] = number;
          sending(index, number);
          caller.send(number);
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}
