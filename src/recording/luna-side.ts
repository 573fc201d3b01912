/**
 * Luna's side of the tape: what of her voice was heard, where it was heard.
 *
 * Her audio comes faster than anybody listens and may never be heard at all. The page reports how far the ear is; an item
 * stands where those reports say that it began, in one piece, and ends where it was cut off.
 *
 * All positions are samples at 24 kHz from the start of the tape.
 */

/** What the page says of an item (`luna.playback`). */
export type PlaybackState = "started" | "progress" | "done" | "flushed";

/** No news of a sounding item for this long: the ear is gone, and the item ends at its last report (10 s). */
const NO_NEWS = 240_000;
/** Sound kept for the ear to reach, 12 MiB: longer than the longest response (4,096 tokens of 50 ms). Beyond it sound is not kept. */
const MOST_SAMPLES = 6 * 1024 * 1024;
/** Where an item began may be put right for this long (2.5 s), before the tape has left our hands. */
const CORRECTABLE = 60_000;
/** Items remembered after they were over, so that late sound of theirs is recognised. */
const REMEMBERED = 64;

interface Item {
  id: string;
  chunks: Int16Array[];
  /** Samples in `chunks` and of those dropped from their front. */
  length: number;
  /** Samples dropped from the front: they are on the tape. */
  laid: number;
  /** Where it begins; undefined until it is heard. */
  at: number | undefined;
  /** What the place was told by: a run of the caller's frames. */
  anchor: unknown;
  /** How many items began before it. */
  turn: number;
  /** When the page first said something of it. */
  started: number;
  heard: number;
  over: boolean;
  /** When the page last said something of it. */
  news: number;
}

function newItem(id: string): Item {
  const place = { at: undefined, anchor: undefined, turn: 0, started: 0, news: 0 };
  return { id, chunks: [], length: 0, laid: 0, heard: 0, over: false, ...place };
}

/** Where the ear is, in tape time, and the run of the caller's frames that tells it (none while the microphone is off). */
export interface Clock {
  at: number;
  run: unknown;
}

/** Where it has been heard to. */
function endOf({ at, heard }: Item): number {
  return at === undefined ? 0 : at + heard;
}

export class LunaSide {
  #items: Item[] = [];
  readonly #over = new Set<string>();
  #kept = 0;
  #begun = 0;
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
    if (this.#kept + pcm.length > MOST_SAMPLES) {
      this.lost += pcm.length;
      return;
    }
    item.chunks.push(pcm);
    item.length += pcm.length;
    this.#kept += pcm.length;
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
    if (state === "flushed" && item.at === undefined && heard === 0) return this.#finish(item, 0);
    this.#place(item, Math.round(clock.at - heard), clock.run, now, taken);
    item.heard = Math.min(Math.max(item.heard, heard), item.length);
    item.news = now;
    if (state === "done") this.#finish(item, item.length);
    else if (state === "flushed") this.#finish(item, item.heard);
  }

  #place(item: Item, begins: number, run: unknown, now: number, taken: number): void {
    if (item.at === undefined) {
      item.turn = ++this.#begun;
      item.started = now;
    } else if (begins >= item.at || now - item.started > CORRECTABLE) {
      return;
    }
    item.at = Math.min(item.at ?? Number.POSITIVE_INFINITY, Math.max(begins, this.#floorOf(item), taken));
    item.anchor = run;
  }

  /** The run by which they were placed turned out to begin earlier, and they with it. */
  moveBack(run: unknown, by: number, taken: number): void {
    for (const item of this.#items.toSorted((a, b) => a.turn - b.turn)) {
      if (item.at === undefined || item.anchor !== run) continue;
      item.at = Math.min(item.at, Math.max(item.at - by, this.#floorOf(item), taken));
    }
  }

  /** The run by which they were placed is part of another. */
  joined(run: unknown, into: unknown): void {
    for (const item of this.#items) if (item.anchor === run) item.anchor = into;
  }

  /** An item cannot begin before the ones that began earlier were heard. */
  #floorOf(item: Item): number {
    return this.#items.reduce((end, one) => (one.turn < item.turn ? Math.max(end, endOf(one)) : end), this.#goneUntil);
  }

  /** What lies beyond may still change: how far the item that sounds now has been heard. */
  settled(now: number): number {
    let limit = Number.POSITIVE_INFINITY;
    for (const item of this.#items) {
      if (item.at === undefined || item.over) continue;
      if (now - item.news > NO_NEWS) this.#finish(item, item.heard);
      else limit = Math.min(limit, item.at + item.heard);
    }
    return limit;
  }

  /** Nothing more will be heard: what sounds ends at its last report, what waits is dropped. */
  close(): void {
    for (const item of [...this.#items]) this.#finish(item, item.heard);
  }

  /** Where the sound ends so far. */
  get end(): number {
    return this.#items.reduce((end, item) => Math.max(end, endOf(item)), this.#goneUntil);
  }

  /** Writes what lies in `from`..`to` on the right of `out` (interleaved stereo, silent before) and forgets what lies before `to`. */
  lay(out: Int16Array, from: number, to: number): void {
    for (const item of this.#items) {
      if (item.at === undefined) continue;
      let at = item.at + item.laid;
      const end = item.at + (item.over ? item.length : item.heard);
      for (const chunk of item.chunks) {
        if (at >= to) break;
        const last = Math.min(at + chunk.length, end, to);
        for (let i = Math.max(at, from); i < last; i++) out[2 * (i - from) + 1] = chunk[i - at] as number;
        at += chunk.length;
      }
      this.#forget(item, to);
    }
    this.#items = this.#items.filter((item) => {
      const gone = item.over && endOf(item) <= to;
      if (gone) this.#goneUntil = Math.max(this.#goneUntil, endOf(item));
      return !gone;
    });
  }

  #forget(item: Item, to: number): void {
    for (let chunk = item.chunks[0]; chunk; chunk = item.chunks[0]) {
      if ((item.at ?? 0) + item.laid + chunk.length > to) return;
      item.chunks.shift();
      item.laid += chunk.length;
      this.#kept -= chunk.length;
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
      if (!keep) this.#kept -= chunk.length;
      return keep;
    });
    item.chunks = heard;
    item.length = Math.min(item.length, length);
    item.heard = item.length;
    if (item.at !== undefined) this.#dropUnheardBefore(item);
    else this.#items = this.#items.filter((one) => one !== item);
  }

  /** Items sound in their order: what waited longer than one that is over will not be heard any more. */
  #dropUnheardBefore(item: Item): void {
    const unheard = this.#items.slice(0, this.#items.indexOf(item)).filter((one) => one.at === undefined);
    for (const one of unheard) this.#finish(one, 0);
  }

  #remember(id: string): void {
    this.#over.add(id);
    if (this.#over.size <= REMEMBERED) return;
    const [oldest] = this.#over;
    if (oldest !== undefined) this.#over.delete(oldest);
  }
}
