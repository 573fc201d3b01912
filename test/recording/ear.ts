/** A caller's ear and microphone behind a bad network: what really sounded when, against which a tape is checked. */
import { StereoTape, TAPE_FRAME_BYTES } from "../../src/recording/stereo-tape.ts";

export const FROM = 1_790_000_000_000;
const RATE = 24_000;
const FRAME_MS = 40;
/** A click is one loud sample; everything else is faint and never zero, so that a hole shows. */
const CLICK = 20_000;
const FAINT = 7;
const CLICK_EVERY = 900;

/** Random numbers in 0..1 from a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Network {
  /** Delay of a message that leaves the page at this page time, ms; order is kept whatever it says. */
  delay(at: number): number;
  /** Page time runs this much faster (1e-6) than the object's. */
  ppm?: number;
}

/** What takes in what the page does: a tape, or a recorder that has one. */
interface Listener {
  caller(frame: Uint8Array, now: number): void;
  luna(item_id: string, pcm: Uint8Array, now: number): void;
  playback(item_id: string, state: "started" | "progress" | "done" | "flushed", heard_ms: number, now: number): void;
}

interface Hearing {
  /** Heard until there, ms; absent: to its end. */
  cut?: number;
  ahead?: number;
  /** Where in the item the page had nothing to play, and for how long, ms. */
  pauses?: { after: number; ms: number }[];
  /** All of the page's sound stood still in the pauses: it does not know of them. */
  suspended?: boolean;
}

type Send = (listener: Listener, now: number) => void;

/** Everything the page does in a call, by page time in ms, sent through a network to a tape. */
export class Ear {
  readonly clicks = { caller: [] as number[], luna: [] as number[] };
  #messages: { at: number; send: Send }[] = [];

  /** The microphone is on for this time and clicks at every `every` ms. */
  talk(from: number, to: number, every = 1_700): void {
    for (let begin = from; begin + FRAME_MS <= to; begin += FRAME_MS) {
      const pcm = new Int16Array((RATE * FRAME_MS) / 1000).fill(FAINT);
      const click = Math.ceil(begin / every) * every;
      if (click < begin + FRAME_MS) {
        pcm[Math.round(((click - begin) * RATE) / 1000)] = CLICK;
        this.clicks.caller.push(click);
      }
      const bytes = new Uint8Array(pcm.buffer);
      this.#messages.push({ at: begin + FRAME_MS, send: (listener, now) => listener.caller(bytes, now) });
    }
  }

  /**
   * An item of this length is given (all at once, `ahead` ms before it sounds, but no further than to its next pause) and heard
   * until `cut`, if it is cut. At each pause the page runs dry.
   * @returns when it was over.
   */
  hear(id: string, at: number, ms: number, how: Hearing = {}): number {
    const { cut = ms, ahead = 150, pauses = [], suspended = false } = how;
    const pausedBy = (heard: number) => pauses.reduce((sum, pause) => sum + (pause.after < heard ? pause.ms : 0), 0);
    const when = (heard: number) => at + heard + pausedBy(heard);
    const pcm = new Int16Array((RATE * ms) / 1000).fill(FAINT);
    for (let click = 0; click < ms; click += CLICK_EVERY) {
      pcm[Math.round((click * RATE) / 1000)] = CLICK;
      if (click < cut) this.clicks.luna.push(at + click + pausedBy(click + 0.001));
    }
    const given = new Uint8Array(pcm.buffer);
    // Audio comes in pieces of 100 ms, much faster than it sounds.
    for (let from = 0; from < given.length; from += 4_800) {
      const piece = given.slice(from, from + 4_800);
      const comes = at - ahead + pausedBy(from / 48);
      this.#messages.push({ at: comes, send: (listener, now) => listener.luna(id, piece, now) });
    }
    const report = (state: "started" | "progress" | "done" | "flushed", heard: number, late = 0) =>
      this.#messages.push({
        at: when(heard) + late,
        send: (listener, now) => listener.playback(id, state, Math.floor(heard), now),
      });
    report("started", 0);
    const stops = suspended ? [] : pauses.filter(({ after }) => after > 0 && after < cut);
    let reported = 0;
    for (const { after, ms: long } of [...stops, { after: cut, ms: 0 }]) {
      for (reported += 200; reported < after; reported += 200) report("progress", reported);
      reported = after;
      if (after === cut) break;
      // The page waits for a moment before it says that nothing comes, and says when it goes on.
      report("progress", after, Math.min(20, long));
      report("progress", after, long);
    }
    report(cut < ms ? "flushed" : "done", cut);
    return when(cut);
  }

  /** Everything in the order of its arrival, with the time of it (Unix ms). */
  *arrivals(network: Network): Generator<{ now: number; send: Send }> {
    let last = 0;
    for (const { at, send } of this.#messages.toSorted((a, b) => a.at - b.at)) {
      const clock = at * (1 - (network.ppm ?? 0) / 1e6);
      last = Math.max(last, clock + network.delay(at));
      yield { now: FROM + last, send };
    }
  }

  /**
   * Plays it all; takes the tape away every `every` ms, what is known of it also where nothing has come for `quiet` ms, and closes
   * it at the end. Samples of both sides.
   */
  play(network: Network, every = 5_000, quiet = Number.POSITIVE_INFINITY): { left: Int16Array; right: Int16Array } {
    const tape = new StereoTape(FROM);
    const out: Uint8Array[] = [];
    const room = new Uint8Array(64 * 1024);
    const drain = (take: (room: Uint8Array) => number) => {
      for (let n = take(room); n > 0; n = take(room)) out.push(room.slice(0, n));
    };
    let taken = FROM;
    let last = FROM;
    for (const { now, send } of this.arrivals(network)) {
      if (now - last > quiet) drain((r) => tape.takeTold(r));
      last = now;
      send(tape, now);
      if (now < taken + every) continue;
      taken = now;
      drain((r) => tape.take(now, r));
    }
    tape.close();
    drain((r) => tape.takeRest(r));
    return split(out);
  }
}

export const AT_ONCE: Network = { delay: () => 0 };

/** 20 to 80 ms with each message, and now and then nothing for up to `stall` ms and then all at once. */
export function jittery(seed: number, stall: number, ppm = 0): Network {
  const random = seeded(seed);
  let stalledUntil = 0;
  return {
    ppm,
    delay: (at) => {
      if (at > stalledUntil && random() < 0.002) stalledUntil = at + random() * stall;
      return Math.max(20 + random() * 60, stalledUntil - at);
    },
  };
}

/** A line that stands still for 5 to 9 s now and then, and comes back with all that was said meanwhile. */
export function stalling(seed: number): Network {
  const random = seeded(seed);
  let until = 0;
  return {
    delay: (at) => {
      if (at > until + 4_000 && random() < 0.003) until = at + 5_000 + random() * 4_000;
      return Math.max(20 + random() * 40, until - at);
    },
  };
}

/**
 * A conversation: the microphone is always on, Luna answers every few seconds and is sometimes interrupted.
 * @param pausing every other answer pauses, once or more, for 0.2 to 3 s.
 */
export function conversation(seed: number, ms: number, pausing = false): Ear {
  const random = seeded(seed);
  const ear = new Ear();
  ear.talk(0, ms);
  for (let at = 1_500, n = 0; at < ms - (pausing ? 24_000 : 12_000); n++) {
    const length = 600 + Math.floor(random() * 70) * 100;
    const cut = random() < 0.3 ? Math.floor(length * random()) : length;
    const pauses = pausing && random() < 0.5 ? somePauses(random, length) : [];
    at = ear.hear(`item_${n}`, at, length, { cut, pauses }) + 300 + random() * 3_000;
  }
  return ear;
}

function somePauses(random: () => number, length: number): { after: number; ms: number }[] {
  const places = Array.from({ length: 1 + Math.floor(random() * 3) }, () => Math.floor(random() * length));
  return places.toSorted((a, b) => a - b).map((after) => ({ after, ms: 200 + Math.floor(random() * 2_800) }));
}

/** For each click of Luna's: how much further it is from the caller's last click than it really was, ms. */
export function stepErrors(ear: Ear, tape: { left: Int16Array; right: Int16Array }): number[] {
  const left = clicksOf(tape.left);
  const right = clicksOf(tape.right);
  const lost = ear.clicks.caller.length - left.length + (ear.clicks.luna.length - right.length);
  if (lost !== 0) throw new Error(`${lost} clicks of ${ear.clicks.caller.length + ear.clicks.luna.length} are lost`);
  return ear.clicks.luna.map((really, i) => {
    const beside = ear.clicks.caller.findLastIndex((click) => click <= really);
    const truly = really - (ear.clicks.caller[beside] ?? 0);
    return Math.abs((right[i] as number) - (left[beside] ?? 0) - truly);
  });
}

export function split(pieces: Uint8Array[]): { left: Int16Array; right: Int16Array } {
  const samples = pieces.reduce((sum, piece) => sum + piece.length / TAPE_FRAME_BYTES, 0);
  const left = new Int16Array(samples);
  const right = new Int16Array(samples);
  let at = 0;
  for (const piece of pieces) {
    const stereo = new Int16Array(piece.slice().buffer);
    for (let i = 0; i < stereo.length; i += 2, at++) {
      left[at] = stereo[i] as number;
      right[at] = stereo[i + 1] as number;
    }
  }
  return { left, right };
}

/** Where a side clicks, ms. */
export function clicksOf(side: Int16Array): number[] {
  const clicks: number[] = [];
  for (let i = 0; i < side.length; i++) if (side[i] === CLICK) clicks.push((i * 1000) / RATE);
  return clicks;
}

/** Faint stretches of silence inside a side, ms each, between its first and its last sound. */
export function holesOf(side: Int16Array): number[] {
  const holes: number[] = [];
  let since = -1;
  for (let i = 0; i < side.length; i++) {
    if (side[i] === 0) continue;
    if (since >= 0 && i - since > 1) holes.push(((i - since - 1) * 1000) / RATE);
    since = i;
  }
  return holes;
}
