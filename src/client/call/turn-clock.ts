/** Measures a turn as the caller feels it: from the end of their words to the first of the answer, at the ear or on the screen. */
const NOT_A_TURN_MS = 60_000;

export class TurnClock {
  #from: number | null = null;

  /** @param at `performance.now()` of Enter, or of the caller's last sound. */
  callerEnded(at: number): void {
    this.#from = at;
  }

  /** The caller goes on: the turn is measured from their new end. */
  callerGoesOn(): void {
    this.#from = null;
  }

  /** Whole ms for the first sound or word after the caller's words; `null` for every other. */
  answered(at: number): number | null {
    if (this.#from === null) return null;
    const ms = Math.round(at - this.#from);
    this.#from = null;
    return ms >= 0 && ms < NOT_A_TURN_MS ? ms : null;
  }
}
