/**
 * The caller's side of the tape: microphone frames on the caller's own sample clock.
 *
 * Frames arrive in order and none is lost, but late and in bursts, so the time of arrival says little. A microphone gives
 * sound without a hole: each frame belongs right behind the one before it. Only where it was off (mute, hold, sleep) is
 * there a gap. A gap and a stalled network look the same at first: something comes late. What tells them apart is what
 * follows: after a stall the frames catch up. So a late frame begins a new run behind a gap, and the run is moved back as
 * far as the frames behind it catch up, for as long as they do: a poor line takes seconds for it. One that has come up to the
 * run before it joins it, and if that began late as well (a stall within a stall) both go back. What had to be put too late
 * after all does not stay so: behind the next gap the tape is at the clock again.
 *
 * All positions are samples at 24 kHz from the start of the tape.
 */

import type { Clock } from "./luna-side.ts";

/** Later than this beyond the usual, and the microphone was off or the network stalled: 120 ms. */
const GAP = 2_880;
/** No network stalls for longer and lives (the page dials anew after 10 s): the microphone was off. */
const SURE_GAP = 240_000;
/** A run that has not gone back for so long has found its place (2.5 s); the tape leaves our hands later than that. */
const CORRECTABLE = 60_000;
/** Frames that come earlier than the ones before by this much (2 ms) are catching up; clocks that differ do less. */
const CATCHES_UP = 48;
/** A line that has not caught up after so long (30 s) does not: its sound is kept in memory meanwhile. */
const PATIENCE = 720_000;
/** How far the usual lateness may rise with each frame, so that a slow microphone clock (500 ppm) is no gap. */
const DRIFT = 1 / 2_000;
/** Sound kept when nobody takes the tape away, 20 MiB: seven minutes. Beyond it the oldest becomes silence. */
const MOST_SAMPLES = 10 * 1024 * 1024;

/** Frames without a hole between them. Moving the run moves them all. */
export interface Run {
  at: number;
  length: number;
  /** It cannot begin earlier than the run before it ends. */
  floor: number;
  /** The run before it, as long as that may still move. */
  before: Run | undefined;
  /** Least lateness of its frames, in samples: what the network always takes, and how the two clocks differ. */
  base: number;
  /** When its first frame arrived. */
  begun: number;
  /** When it last went back by as much as shows that it catches up; at first, when it began. */
  moved: number;
}

/** What is told to who has placed something by a run's clock. */
export interface Moves {
  /** It turned out to begin earlier by so many samples. */
  moved(run: Run, back: number): void;
  /** It is part of another one from now on. */
  joined(run: Run, into: Run): void;
}

interface Frame {
  run: Run;
  offset: number;
  pcm: Int16Array;
}

export class CallerSide {
  #frames: Frame[] = [];
  /** Index of the first frame not yet wholly on the tape. */
  #head = 0;
  #kept = 0;
  #run: Run | undefined;
  #lastLength = 0;
  #lastArrived = Number.NEGATIVE_INFINITY;
  readonly #told: Moves;
  /** Samples that became silence because nobody took the tape away. */
  lost = 0;

  constructor(told: Moves) {
    this.#told = told;
  }

  /** The run in progress. */
  get run(): Run | undefined {
    return this.#run;
  }

  /**
   * One frame of microphone sound. Keeps `pcm` itself, no copy.
   * @param arrived Now.
   * @param taken Up to here the tape is out of our hands.
   */
  hear(pcm: Int16Array, arrived: number, taken: number): void {
    const length = pcm.length;
    if (length === 0) return;
    let run = this.#run;
    const lateness = run ? arrived - (run.at + run.length + length) : 0;
    if (!run || lateness - run.base > GAP) run = this.#begin(run, lateness, arrived, length, taken);
    run.base += length * DRIFT;
    run = this.#catchUp(run, arrived - (run.at + run.length + length), arrived, taken);
    this.#frames.push({ run, offset: run.length, pcm });
    run.length += length;
    this.#lastLength = length;
    this.#lastArrived = arrived;
    this.#kept += length;
    while (this.#kept > MOST_SAMPLES) this.#loseOldest();
  }

  /** Where the caller's ear is on the tape, at a report that arrived now: between the last frame and the next. */
  clock(arrived: number): Clock {
    const run = this.#run;
    if (!run) return { at: arrived, run, loose: true };
    const end = run.at + run.length;
    const there = arrived - run.base;
    if (there - end > GAP) return { at: there, run, loose: true };
    // Reports travel behind the frames on one socket: while frames flow, a report is of the time right behind the last one.
    return { at: Math.min(Math.max(there, end), end + this.#lastLength), run, loose: false };
  }

  /** What lies beyond may still change: a missing frame may be on its way, and a new run finds its place first. */
  settled(now: number): number {
    let run = this.#run;
    if (!run || now - this.#lastArrived > SURE_GAP) return Number.POSITIVE_INFINITY;
    if (isPlaced(run, now)) return run.at + run.length;
    while (run.before && !isPlaced(run.before, now)) run = run.before;
    return run.floor;
  }

  /** Where the sound ends so far. */
  get end(): number {
    return this.#run ? this.#run.at + this.#run.length : 0;
  }

  /** Writes what lies in `from`..`to` on the left of `out` (interleaved stereo, silent before) and forgets what lies before `to`. */
  lay(out: Int16Array, from: number, to: number): void {
    for (; this.#head < this.#frames.length; this.#head++) {
      const { run, offset, pcm } = this.#frames[this.#head] as Frame;
      const at = run.at + offset;
      if (at >= to) break;
      const last = Math.min(at + pcm.length, to);
      for (let i = Math.max(at, from); i < last; i++) out[2 * (i - from)] = pcm[i - at] as number;
      if (at + pcm.length > to) break;
      this.#kept -= pcm.length;
    }
    if (this.#head < 256) return;
    this.#frames = this.#frames.slice(this.#head);
    this.#head = 0;
  }

  #begin(before: Run | undefined, lateness: number, arrived: number, length: number, taken: number): Run {
    const floor = before ? before.at + before.length : 0;
    // A short gap may be a stall, and then the old measure of lateness holds; behind a long one time is told anew. Less than
    // none is a tape ahead of the clock.
    const base = before && lateness < SURE_GAP ? Math.max(before.base, 0) : 0;
    const at = Math.round(Math.max(arrived - length - base, floor, taken));
    // What came late held up what would have shown where the run before belongs.
    if (before && !isPlaced(before, this.#lastArrived)) goesOn(before, arrived);
    for (let run = before; run; run = run.before) if (isPlaced(run, arrived)) run.before = undefined;
    this.#run = { at, length: 0, floor, before, base, begun: arrived, moved: arrived };
    return this.#run;
  }

  /** Gives the run that the frame belongs to. */
  #catchUp(run: Run, lateness: number, arrived: number, taken: number): Run {
    const floor = Math.max(run.floor, taken);
    const early = Math.floor(run.base - lateness);
    let back = Math.min(early, run.at - floor);
    const { before } = run;
    if (early > run.at - run.floor && before && !isPlaced(before, arrived)) {
      this.#shift(run, run.at - run.floor);
      this.#join(run, before);
      return this.#catchUp(before, lateness + back, arrived, taken);
    }
    if (back <= 0 || isPlaced(run, arrived)) {
      run.base = Math.min(run.base, lateness);
      return run;
    }
    if (back >= CATCHES_UP) goesOn(run, arrived);
    // What is left is shorter than a gap, so it is none: the frames follow the ones before.
    const rest = run.at - back - floor;
    if (rest <= GAP) back += rest;
    this.#shift(run, back);
    run.base = Math.min(run.base + (rest <= GAP ? rest : 0), lateness + back);
    return run;
  }

  #shift(run: Run, back: number): void {
    run.at -= back;
    this.#told.moved(run, back);
  }

  /** The two touch: their frames go on without a hole. */
  #join(run: Run, into: Run): void {
    for (let n = this.#frames.length - 1; this.#frames[n]?.run === run; n--) {
      const frame = this.#frames[n] as Frame;
      Object.assign(frame, { run: into, offset: frame.offset + into.length });
    }
    into.length += run.length;
    this.#run = into;
    this.#told.joined(run, into);
  }

  #loseOldest(): void {
    const length = this.#frames[this.#head]?.pcm.length ?? 0;
    this.#frames[this.#head++] = NOTHING;
    this.#kept -= length;
    this.lost += length;
  }
}

/** It stays where it is from now on. */
function isPlaced(run: Run, now: number): boolean {
  return now - run.moved > CORRECTABLE || now - run.begun > PATIENCE;
}

/** It has not found its place yet, nor have those before it that it may still join. */
function goesOn(run: Run, arrived: number): void {
  for (let one: Run | undefined = run; one; one = one.before) one.moved = arrived;
}

const NO_RUN: Run = { at: 0, length: 0, floor: 0, before: undefined, base: 0, begun: 0, moved: 0 };
const NOTHING: Frame = { run: NO_RUN, offset: 0, pcm: new Int16Array(0) };
