/**
 * Luna's side of the tape: what of her voice was heard, where it was heard.
 *
 * Her audio comes faster than anybody listens and may never be heard at all. The page reports how far the ear is; an item
 * stands where those reports say that it began, and ends where it was cut off. In between it may pause: the line or the
 * provider stalls, the page has nothing to play. A pause and a late report look the same at first: the ear is not as far as
 * it should be. What tells them apart is what follows: after a late report come some that are not late. So whatever is
 * heard from there on is a new stretch behind a pause, and goes back as far as later reports say, up to the one before it.
 *
 * All positions are samples at 24 kHz from the start of the tape.
 */

/** What the page says of an item (`luna.playback`). */
export type PlaybackState = "started" | "progress" | "done" | "flushed";

/**
 * No news of a sounding item for this long (13 s): the ear is gone, and the item ends at its last report. An engine that stalls in
 * an answer is left after 12 s, so none goes on later than that.
 */
const NO_NEWS = 312_000;
/** Sound kept for the ear to reach, 12 MiB: four minutes ahead of it. Beyond that its place is kept, and is silent. */
const MOST_SAMPLES = 6 * 1024 * 1024;
/** Where a stretch began may be put right for this long (2.5 s), before the tape has left our hands. */
const CORRECTABLE = 60_000;
/** A report that seems this much later than the ones before (120 ms) is late, or there was a pause that the page did not tell. */
const PAUSE = 2_880;
/** Items remembered after they were over, so that late sound of theirs is recognised. */
const REMEMBERED = 64;

/** Sound as it came; without `pcm` only its place is kept. */
interface Chunk {
  length: number;
  pcm: Int16Array | undefined;
}

/** What was heard of an item without a pause: from this sample of it to where the next stretch begins. */
interface Stretch {
  from: number;
  /** Where it begins. */
  at: number;
  /** What the place was told by: a run of the caller's frames. */
  anchor: unknown;
  /** So far may that run go back before the stretch goes back with it. */
  slack: number;
  /** How many began before it. */
  turn: number;
  /** When the page first said something of it. */
  started: number;
  /** The page has said that there was a pause before it. */
  sure: boolean;
}

interface Item {
  id: string;
  chunks: Chunk[];
  /** Samples in `chunks` and of those dropped from their front. */
  length: number;
  /** Samples dropped from the front: they are on the tape. */
  laid: number;
  /** In the order in which they were heard; none until then. Those that are wholly on the tape are forgotten. */
  stretches: Stretch[];
  heard: number;
  over: boolean;
  /** When the page last said something of it. */
  news: number;
}

function newItem(id: string): Item {
  return { id, chunks: [], length: 0, laid: 0, stretches: [], heard: 0, over: false, news: 0 };
}

/** Where the ear is, in tape time, and the run of the caller's frames that tells it (none while the microphone is off). */
export interface Clock {
  at: number;
  run: unknown;
  /** No frame of that run is near: the report came after a gap of the microphone's, or with the first of what a line held back. */
  loose: boolean;
}

/** Where this stretch of an item ends as far as it has been heard. */
function endOf({ stretches, heard }: Item, n: number): number {
  const stretch = stretches[n];
  return stretch ? stretch.at + (stretches[n + 1]?.from ?? heard) - stretch.from : 0;
}

/** Where the item has been heard to. */
function heardTo(item: Item): number {
  return endOf(item, item.stretches.length - 1);
}

/** A report of the page as the tape understands it. */
interface Report {
  /** How far the ear is in the item, samples. */
  heard: number;
  /** Where the ear is on the tape, and by which run of the caller's frames. */
  clock: Clock;
  now: number;
  /** Up to here the tape is out of our hands. */
  taken: number;
}

export class LunaSide {
  #items: Item[] = [];
  readonly #over = new Set<string>();
  #kept = 0;
  #begun = 0;
  /** Placed by a loose clock, by where the ear was: the next frame of the caller's is of a later time. */
  #loose: { stretch: Stretch; ear: number }[] = [];
  /** Where the last sound ended that is wholly on the tape. */
  #goneUntil = 0;
  /** Samples not kept, because far more came than one response has. */
  lost = 0;

  /** Sound of an item that the page was given, in its order. Keeps `pcm` itself, no copy. */
  give(id: string, pcm: Int16Array): void {
    if (pcm.length === 0 || this.#over.has(id)) return;
    let item = this.#items.find((one) => one.id === id);
    if (!item) {
      item = newItem(id);
      this.#items.push(item);
    }
    item.length += pcm.length;
    if (this.#kept + pcm.length > MOST_SAMPLES) return this.#leaveOut(item, pcm.length);
    item.chunks.push({ length: pcm.length, pcm });
    this.#kept += pcm.length;
  }

  /** What follows keeps its place. */
  #leaveOut(item: Item, length: number): void {
    this.lost += length;
    const last = item.chunks.at(-1);
    if (last && !last.pcm) last.length += length;
    else item.chunks.push({ length, pcm: undefined });
  }

  /**
   * The page reports. Reports may seem late but never early, so the earliest begin that any of them tells is the right one.
   * @param heard How far the ear is in the item, samples.
   * @param clock Where the ear is on the tape at this report, and by which run of the caller's frames.
   * @param taken Up to here the tape is out of our hands.
   */
  report(id: string, state: PlaybackState, heard: number, clock: Clock, now: number, taken: number): void {
    const item = this.#items.find((one) => one.id === id && !one.over);
    if (!item) return;
    if (state === "flushed" && item.stretches.length === 0 && heard === 0) return this.#finish(item, 0);
    const report = { heard, clock, now, taken };
    // No report after the last one could tell that it was only late.
    if (state === "progress" && paused(item, report)) this.#goOn(item, report);
    else this.#place(item, report);
    item.heard = Math.min(Math.max(item.heard, heard), item.length);
    item.news = now;
    if (state === "done") this.#finish(item, item.length);
    else if (state === "flushed") this.#finish(item, item.heard);
  }

  #place(item: Item, report: Report): void {
    const last = item.stretches.at(-1);
    if (!last) return this.#begin(item, 0, report);
    const { clock, heard, now, taken } = report;
    const at = Math.round(clock.at - (heard - last.from));
    if (at >= last.at || now - last.started > CORRECTABLE) return;
    const touches = endOf(item, item.stretches.length - 2);
    if (item.stretches.length > 1 && taken <= touches && at - touches <= (last.sure ? 0 : PAUSE)) {
      item.stretches.pop();
      return this.#place(item, report);
    }
    last.at = Math.min(last.at, Math.max(at, this.#floorOf(last.turn), taken));
    this.#anchor(last, clock);
  }

  /** There was a pause, or the report is late: what is heard from where the ear was last is a stretch of its own. */
  #goOn(item: Item, report: Report): void {
    // Nothing has been heard of the last one so far, so it is this one. The first stays: it tells whether there was a pause.
    if (item.stretches.length > 1 && item.stretches.at(-1)?.from === item.heard) item.stretches.pop();
    this.#begin(item, item.heard, report);
  }

  #begin(item: Item, from: number, { clock, heard, now, taken }: Report): void {
    const turn = ++this.#begun;
    const at = Math.max(Math.round(clock.at - (heard - from)), this.#floorOf(turn), taken);
    const stretch = { from, at, anchor: undefined, slack: 0, turn, started: now, sure: heard === from };
    item.stretches.push(stretch);
    this.#anchor(stretch, clock);
  }

  #anchor(stretch: Stretch, clock: Clock): void {
    stretch.anchor = clock.run;
    stretch.slack = 0;
    if (clock.loose) this.#loose.push({ stretch, ear: clock.at });
  }

  /** A frame of the caller's has come, and begins at `at`. What the page said before it was of no later time. */
  follow(at: number, run: unknown, taken: number): void {
    if (this.#loose.length === 0) return;
    for (const { stretch, ear } of this.#loose.splice(0)) {
      stretch.anchor = run;
      stretch.slack = Math.max(0, at - ear);
      this.#moveBack(stretch, Math.max(0, ear - at), taken);
    }
  }

  /** The run by which they were placed turned out to begin earlier, and they with it. */
  moveBack(run: unknown, by: number, taken: number): void {
    const stretches = this.#items.flatMap((item) => item.stretches);
    for (const one of stretches.toSorted((a, b) => a.turn - b.turn)) {
      if (one.anchor !== run) continue;
      this.#moveBack(one, Math.max(0, by - one.slack), taken);
      one.slack = Math.max(0, one.slack - by);
    }
  }

  #moveBack(one: Stretch, by: number, taken: number): void {
    one.at = Math.min(one.at, Math.max(Math.round(one.at - by), this.#floorOf(one.turn), taken));
  }

  /** The run by which they were placed is part of another. */
  joined(run: unknown, into: unknown): void {
    for (const { stretches } of this.#items) {
      for (const one of stretches) if (one.anchor === run) one.anchor = into;
    }
  }

  /** A stretch cannot begin before the ones that began earlier were heard. */
  #floorOf(turn: number): number {
    let floor = this.#goneUntil;
    for (const item of this.#items) {
      for (const [n, one] of item.stretches.entries()) if (one.turn < turn) floor = Math.max(floor, endOf(item, n));
    }
    return floor;
  }

  /** What lies beyond may still change: how far the item that sounds now has been heard, and pauses that may be none. */
  settled(now: number): number {
    let limit = Number.POSITIVE_INFINITY;
    for (const item of this.#items) {
      if (item.stretches.length === 0) continue;
      if (!item.over && now - item.news > NO_NEWS) this.#finish(item, item.heard);
      else if (!item.over) limit = Math.min(limit, heardTo(item));
      for (const [n, { started }] of item.stretches.entries()) {
        if (n > 0 && now - started <= CORRECTABLE) limit = Math.min(limit, endOf(item, n - 1));
      }
    }
    return limit;
  }

  /** Nothing more will be heard: what sounds ends at its last report, what waits is dropped. */
  close(): void {
    for (const item of [...this.#items]) this.#finish(item, item.heard);
  }

  /** Where the ear was last told to be in what still sounds; Infinity where nothing does. */
  get told(): number {
    const sounding = this.#items.filter((item) => !item.over && item.stretches.length > 0);
    return sounding.reduce((least, item) => Math.min(least, heardTo(item)), Number.POSITIVE_INFINITY);
  }

  /** Where the sound ends so far. */
  get end(): number {
    return this.#items.reduce((end, item) => Math.max(end, heardTo(item)), this.#goneUntil);
  }

  /** Writes what lies in `from`..`to` on the right of `out` (interleaved stereo, silent before) and forgets what lies before `to`. */
  lay(out: Int16Array, from: number, to: number): void {
    for (const item of this.#items) {
      for (const n of item.stretches.keys()) layStretch(item, n, out, from, to);
      this.#forget(item, to);
    }
    this.#items = this.#items.filter((item) => {
      const gone = item.over && heardTo(item) <= to;
      if (gone) this.#goneUntil = Math.max(this.#goneUntil, heardTo(item));
      return !gone;
    });
  }

  /** What lies before `to` is on the tape. Sound that was not heard yet may still be put behind a pause. */
  #forget(item: Item, to: number): void {
    const { chunks, stretches } = item;
    for (let chunk = chunks[0]; chunk; chunk = chunks[0]) {
      const end = item.laid + chunk.length;
      if (stretches.length === 0 || end > item.heard || placeOf(item, end - 1) >= to) return;
      chunks.shift();
      item.laid = end;
      if (chunk.pcm) this.#kept -= chunk.length;
      // The last but one tells whether there was a pause behind it.
      while (stretches[2] && (stretches[1] as Stretch).from <= item.laid) stretches.shift();
    }
  }

  /** @param length So much of it was heard; the rest is dropped. */
  #finish(item: Item, length: number): void {
    item.over = true;
    this.#remember(item.id);
    let at = item.laid;
    const heard = item.chunks.filter((chunk) => {
      const keep = at < length;
      at += chunk.length;
      if (!keep && chunk.pcm) this.#kept -= chunk.length;
      return keep;
    });
    item.chunks = heard;
    item.length = Math.min(item.length, length);
    item.heard = item.length;
    if (item.stretches.length > 0) this.#dropUnheardBefore(item);
    else this.#items = this.#items.filter((one) => one !== item);
  }

  /** Items sound in their order: what waited longer than one that is over will not be heard any more. */
  #dropUnheardBefore(item: Item): void {
    const unheard = this.#items.slice(0, this.#items.indexOf(item)).filter((one) => one.stretches.length === 0);
    for (const one of unheard) this.#finish(one, 0);
  }

  #remember(id: string): void {
    this.#over.add(id);
    if (this.#over.size <= REMEMBERED) return;
    const [oldest] = this.#over;
    if (oldest !== undefined) this.#over.delete(oldest);
  }
}

/** The ear is not as far as it would be without a pause. Where it stands still, the page has run dry and goes on. */
function paused({ stretches, heard: before }: Item, { clock, heard }: Report): boolean {
  const last = stretches.at(-1);
  return last !== undefined && clock.at - (heard - last.from) - last.at > (heard === before ? 0 : PAUSE);
}

/** Where this sample of an item lies. */
function placeOf({ stretches }: Item, sample: number): number {
  const { at, from } = stretches.findLast((one) => one.from <= sample) ?? (stretches[0] as Stretch);
  return at + sample - from;
}

/** Writes what lies in `from`..`to` of one stretch of an item. */
function layStretch(item: Item, n: number, out: Int16Array, from: number, to: number): void {
  const stretch = item.stretches[n] as Stretch;
  const end = endOf(item, n);
  let at = stretch.at + item.laid - stretch.from;
  for (const { length, pcm } of item.chunks) {
    if (at >= Math.min(to, end)) break;
    const last = pcm ? Math.min(at + length, end, to) : 0;
    for (let i = Math.max(at, from, stretch.at); i < last; i++) out[2 * (i - from) + 1] = pcm?.[i - at] as number;
    at += length;
  }
}
