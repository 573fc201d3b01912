/**
 * Both voices of a call on one tape: interleaved stereo PCM16 at 24 kHz, the caller left, Luna right, as it sounded at the
 * caller's ear. Pure: time comes in as `now` (Unix ms), bytes go out by `take`.
 *
 * Luna is placed by the caller's own clock: reports of what was heard travel on the same socket as the microphone frames, in
 * order, so a report that comes between two frames is of the time between them, however late both are. That keeps the two
 * voices in step whatever the network does. What neither side fills is silence, so tape time stays true to the clock.
 */
import { CallerSide, type Run } from "./caller-side.ts";
import { LunaSide, type PlaybackState } from "./luna-side.ts";

export const TAPE_RATE = 24_000;
/** Two channels of 16 bits. */
export const TAPE_FRAME_BYTES = 4;

const PER_MS = TAPE_RATE / 1000;
/** News may be late by this and still find its place: the tape leaves our hands no sooner. */
const SETTLE = 3_000 * PER_MS;
/** A WAV header counts 32 bits: 12 hours. Only a clock gone wrong gets here. */
const LONGEST = Math.floor((2 ** 32 - 100) / TAPE_FRAME_BYTES);

/** Where the sound is kept from, or no more: right before the first frame that came after the wish, wherever that frame ends up. */
interface Edge {
  /** Where the ear was. */
  at: number;
  /** The run of that frame, and where in it; undefined until it has come. */
  run: Run | undefined;
  offset: number;
}

function placeOf({ at, run, offset }: Edge): number {
  return run ? Math.min(at, run.at + offset) : at;
}

export class StereoTape {
  readonly #from: number;
  readonly #caller = new CallerSide({
    moved: (run, back) => this.#luna.moveBack(run, back, this.#taken),
    joined: (run, into) => this.#joined(run, into),
  });
  readonly #luna = new LunaSide();
  /** Where the sound was not to be kept; the last one may still be open. */
  #off: { from: Edge; to: Edge | undefined }[] = [];
  /** No frame has come after them. */
  #ahead: Edge[] = [];
  #taken: number;

  /**
   * @param from Unix ms at the start of the tape.
   * @param taken Samples of it that exist already: a tape that goes on after a break. The break becomes silence.
   */
  constructor(from: number, taken = 0) {
    this.#from = from;
    this.#taken = taken;
  }

  /** Samples of the tape that have been taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Milliseconds of sound that became silence, because the tape was not taken away or far too much came. */
  get lostMs(): number {
    return Math.round((this.#caller.lost + this.#luna.lost) / PER_MS);
  }

  /** A frame of the caller's microphone, PCM16 mono 24 kHz; any length. Kept without a copy where it is aligned. */
  caller(frame: Uint8Array, now: number): void {
    const pcm = samplesOf(frame);
    this.#caller.hear(pcm, this.#at(now), this.#taken);
    const { end, run } = this.#caller;
    this.#luna.follow(end - pcm.length, run, this.#taken);
    if (run && this.#ahead.length > 0) this.#pin(run, run.length - pcm.length);
  }

  /** What waited for a frame to come has one. */
  #pin(run: Run, offset: number): void {
    for (const edge of this.#ahead.splice(0)) Object.assign(edge, { run, offset });
  }

  /** Luna's audio as the page was given it, PCM16 mono 24 kHz, in playing order. Not heard yet. */
  luna(item_id: string, pcm: Uint8Array): void {
    this.#luna.give(item_id, samplesOf(pcm));
  }

  /** A report of the page's ear. */
  playback(item_id: string, state: PlaybackState, heard_ms: number, now: number): void {
    const at = this.#at(now);
    this.#luna.report(item_id, state, Math.round(heard_ms * PER_MS), this.#caller.clock(at), at, this.#taken);
  }

  /** From now on both sides are kept, or silence is. */
  keep(on: boolean, now: number): void {
    const last = this.#off.at(-1);
    const open = last && !last.to ? last : undefined;
    if (on === !open) return;
    const edge = { at: Math.round(this.#caller.clock(this.#at(now)).at), run: undefined, offset: 0 };
    this.#ahead.push(edge);
    if (open) open.to = edge;
    else this.#off.push({ from: edge, to: undefined });
  }

  #joined(run: Run, into: Run): void {
    this.#luna.joined(run, into);
    for (const edge of this.#off.flatMap(({ from, to }) => [from, to])) {
      if (edge?.run === run) Object.assign(edge, { run: into, offset: edge.offset + into.length - run.length });
    }
  }

  /** Whole bytes that `take` would give now. */
  ready(now: number): number {
    const news = this.#at(now);
    const settled = Math.min(news - SETTLE, this.#caller.settled(news), this.#luna.settled(news), LONGEST);
    return Math.max(0, Math.floor(settled) - this.#taken) * TAPE_FRAME_BYTES;
  }

  /** Writes what is settled into `out`, as much as fits; gives the bytes written, a multiple of 4. What was taken is forgotten here. */
  take(now: number, out: Uint8Array): number {
    return this.#lay(Math.min(this.ready(now), out.length), out);
  }

  /** Takes without keeping. */
  skip(now: number): void {
    const to = this.#taken + this.ready(now) / TAPE_FRAME_BYTES;
    this.#caller.lay(NO_ROOM, to, to);
    this.#luna.lay(NO_ROOM, to, to);
    this.#passed(to);
  }

  /** The call is over: what sounds ends at its last report. Take the rest with `takeRest` until it gives 0. */
  close(): void {
    this.#luna.close();
  }

  /** After `close`, or where nothing comes any more: the rest, piece by piece, to the end of the longer side. */
  takeRest(out: Uint8Array): number {
    return this.#takeTo(this.#end, out);
  }

  /**
   * Nothing comes for now: the rest as far as it is known, piece by piece. What still sounds has been heard further than it was
   * told, and a line that only stalls will tell: the place behind is left free for it.
   */
  takeTold(out: Uint8Array): number {
    return this.#takeTo(Math.min(this.#end, this.#luna.told), out);
  }

  /** Samples that `takeRest` would give. */
  get left(): number {
    return Math.max(0, this.#end - this.#taken);
  }

  get #end(): number {
    return Math.min(Math.max(this.#caller.end, this.#luna.end), LONGEST);
  }

  #takeTo(to: number, out: Uint8Array): number {
    return this.#lay(Math.min(Math.max(0, to - this.#taken) * TAPE_FRAME_BYTES, out.length), out);
  }

  #lay(most: number, out: Uint8Array): number {
    const bytes = most - (most % TAPE_FRAME_BYTES);
    if (bytes === 0) return 0;
    const from = this.#taken;
    const to = from + bytes / TAPE_FRAME_BYTES;
    const stereo = new Int16Array(out.buffer, out.byteOffset, bytes / 2).fill(0);
    this.#caller.lay(stereo, from, to);
    this.#luna.lay(stereo, from, to);
    for (const off of this.#off) {
      const first = Math.max(placeOf(off.from), from);
      const last = off.to ? Math.min(placeOf(off.to), to) : to;
      if (first < last) stereo.fill(0, 2 * (first - from), 2 * (last - from));
    }
    this.#passed(to);
    return bytes;
  }

  #passed(to: number): void {
    this.#taken = to;
    this.#off = this.#off.filter((off) => !off.to || placeOf(off.to) > to);
  }

  #at(now: number): number {
    return (now - this.#from) * PER_MS;
  }
}

const NO_ROOM = new Int16Array(0);

/** Bytes as samples, without a copy where they lie on even addresses. An odd last byte is dropped. */
function samplesOf(bytes: Uint8Array): Int16Array {
  const even = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice();
  return new Int16Array(even.buffer, even.byteOffset, even.byteLength >> 1);
}
