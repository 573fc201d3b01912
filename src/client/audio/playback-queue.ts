/**
 * What is waiting to be heard: parts of items in the order of their first sound, played one after the other and never
 * mixed. Counts exactly how many samples of each part were handed out; silence put in for lack of sound is not counted.
 */
import { wholeMs } from "../../audio/pcm.ts";
import { type Heard, LINE_RATE, type Part, type PlaybackReport } from "./worklet-messages.ts";

const ms = (count: number) => (count * LINE_RATE) / 1000;
/** Sound gathered before a part starts, so that a late chunk leaves no hole. */
const START = ms(80);
/** Silence inside a part after which it gathers anew before it goes on. */
const GAP = ms(20);
/** A part that has run dry without being finished holds up the next one this long, then steps aside. */
const PATIENCE = ms(400);
const PROGRESS = ms(200);
/** Length of the fade when sound is cut: long enough not to click. */
const FADE = ms(6);
/** Finished and flushed parts remembered, so that late chunks of theirs are recognised. */
const REMEMBERED = 256;

interface Entry extends Part {
  chunks: Int16Array[];
  /** Samples of the first chunk already handed out. */
  offset: number;
  waiting: number;
  heard: number;
  reported: number;
  started: boolean;
  /** It has run dry and said so. */
  paused: boolean;
  /** Samples of silence in it that were too short to be told, each by itself. */
  silent: number;
  finished: boolean;
}

export class PlaybackQueue {
  readonly #report: (report: PlaybackReport) => void;
  readonly #queue: Entry[] = [];
  /** Parts that stepped aside: unfinished, dry, and overtaken. */
  readonly #aside: Entry[] = [];
  readonly #closed = new Set<string>();
  readonly #fade = new Float32Array(FADE);
  #fadeAt = FADE;
  /** The first part gathers sound before it is let out. */
  #gathering = true;
  /** Samples of silence since the first part ran dry. */
  #dry = 0;

  constructor(report: (report: PlaybackReport) => void) {
    this.#report = report;
  }

  /** Adds sound. False when the part was finished or flushed before: late sound is dropped. */
  push(item_id: string, content_index: number, pcm: Int16Array): boolean {
    if (this.#closed.has(key({ item_id, content_index }))) return false;
    const entry = this.#entry({ item_id, content_index });
    if (entry.finished) return false;
    if (pcm.length === 0) return true;
    entry.chunks.push(pcm);
    entry.waiting += pcm.length;
    return true;
  }

  /** No more sound for this part: it is "done" when its last sample is out. */
  finish(item_id: string, content_index: number): void {
    if (this.#closed.has(key({ item_id, content_index }))) return;
    this.#entry({ item_id, content_index }).finished = true;
  }

  /** Fills the first `count` samples of `out`; what is missing is silence. Returns how many samples were of an item. */
  pull(out: Float32Array, count = out.length): number {
    let at = this.#pullFade(out, count);
    let real = 0;
    while (at < count) {
      this.#settle();
      const first = this.#queue[0];
      if (!first || !this.#mayPlay(first)) break;
      const taken = this.#take(first, out, at, count);
      at += taken;
      real += taken;
    }
    if (at < count) {
      out.fill(0, at, count);
      this.#wait(count - at);
    }
    this.#settle();
    return real;
  }

  /** Drops everything after a short fade. Says what had been heard of each part that was there, in their order. */
  flush(): Heard[] {
    const all = [...this.#queue, ...this.#aside];
    this.#prepareFade();
    const heard = all.map((entry) => ({ ...part(entry), heard_ms: wholeMs(entry.heard, LINE_RATE) }));
    for (const entry of all) this.#close(entry);
    this.#queue.length = 0;
    this.#aside.length = 0;
    this.#gathering = true;
    this.#dry = 0;
    for (const one of heard) this.#report({ ...one, state: "flushed" });
    return heard;
  }

  /** Samples waiting to be handed out. */
  get waiting(): number {
    return [...this.#queue, ...this.#aside].reduce((sum, entry) => sum + entry.waiting, 0);
  }

  #entry(of: Part): Entry {
    const queued = this.#queue.find((entry) => same(entry, of));
    if (queued) return queued;
    const index = this.#aside.findIndex((entry) => same(entry, of));
    const entry: Entry =
      index >= 0
        ? (this.#aside.splice(index, 1)[0] as Entry)
        : {
            ...of,
            chunks: [],
            offset: 0,
            waiting: 0,
            heard: 0,
            reported: 0,
            started: false,
            paused: false,
            silent: 0,
            finished: false,
          };
    this.#queue.push(entry);
    return entry;
  }

  #mayPlay(entry: Entry): boolean {
    if (entry.waiting === 0) return false;
    if (this.#gathering && entry.waiting < START && !entry.finished && this.#queue.length === 1) return false;
    this.#gathering = false;
    if (entry.started) entry.silent += this.#dry;
    this.#dry = 0;
    return true;
  }

  #take(entry: Entry, out: Float32Array, at: number, count: number): number {
    if (!entry.started) {
      entry.started = true;
      this.#report({ ...part(entry), state: "started", heard_ms: 0 });
    }
    // Hiccups too: a source a little slower than the ear makes many, and together they are a pause.
    if (entry.silent >= GAP) this.#pause(entry, true);
    this.#pause(entry, false);
    const chunk = entry.chunks[0] as Int16Array;
    const taken = Math.min(count - at, chunk.length - entry.offset);
    for (let i = 0; i < taken; i++) out[at + i] = (chunk[entry.offset + i] as number) / 32_768;
    entry.offset += taken;
    entry.waiting -= taken;
    entry.heard += taken;
    if (entry.offset === chunk.length) {
      entry.chunks.shift();
      entry.offset = 0;
    }
    if (entry.heard - entry.reported >= PROGRESS) this.#progress(entry);
    return taken;
  }

  #progress(entry: Entry): void {
    entry.reported = entry.heard;
    this.#report({ ...part(entry), state: "progress", heard_ms: wholeMs(entry.heard, LINE_RATE) });
  }

  /** Tells where the part stops, or goes on: between the two reports nothing of it was heard. */
  #pause(entry: Entry, paused: boolean): void {
    if (entry.paused === paused || !entry.started) return;
    entry.paused = paused;
    entry.silent = 0;
    this.#progress(entry);
  }

  /** Takes parts that are through off the front. */
  #settle(): void {
    for (let first = this.#queue[0]; first?.finished && first.waiting === 0; first = this.#queue[0]) {
      this.#queue.shift();
      this.#close(first);
      this.#gathering = true;
      this.#dry = 0;
      this.#report({ ...part(first), state: "done", heard_ms: wholeMs(first.heard, LINE_RATE) });
    }
  }

  #wait(silence: number): void {
    const first = this.#queue[0];
    if (first?.waiting !== 0) return;
    this.#dry += silence;
    if (this.#dry >= GAP) {
      this.#gathering = true;
      this.#pause(first, true);
    }
    if (this.#dry < PATIENCE || this.#queue.length === 1) return;
    this.#queue.shift();
    this.#aside.push(first);
    this.#dry = 0;
  }

  #close(of: Part): void {
    this.#closed.add(key(of));
    if (this.#closed.size <= REMEMBERED) return;
    const [oldest] = this.#closed;
    if (oldest !== undefined) this.#closed.delete(oldest);
  }

  /** The next few milliseconds of what is sounding, going down to nothing. They are not counted as heard. */
  #prepareFade(): void {
    const first = this.#queue[0];
    if (!first || this.#gathering || first.waiting === 0) return;
    this.#fade.fill(0);
    let at = 0;
    for (const [index, chunk] of first.chunks.entries()) {
      for (let i = index === 0 ? first.offset : 0; i < chunk.length && at < FADE; i++, at++)
        this.#fade[at] = ((chunk[i] as number) / 32_768) * (1 - (at + 1) / FADE);
      if (at === FADE) break;
    }
    this.#fadeAt = 0;
  }

  #pullFade(out: Float32Array, count: number): number {
    const taken = Math.min(count, FADE - this.#fadeAt);
    for (let i = 0; i < taken; i++) out[i] = this.#fade[this.#fadeAt + i] as number;
    this.#fadeAt += taken;
    return taken;
  }
}

function key({ item_id, content_index }: Part): string {
  return `${content_index} ${item_id}`;
}

function part({ item_id, content_index }: Part): Part {
  return { item_id, content_index };
}

function same(a: Part, b: Part): boolean {
  return a.item_id === b.item_id && a.content_index === b.content_index;
}
