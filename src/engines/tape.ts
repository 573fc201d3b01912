/**
 * The caller's voice of the last seconds: for an engine that is not there yet, and for one that has to hear what the engine
 * before it took with it. Frames are kept as they came, by reference; nothing is copied and nothing grows.
 */

/** What a caller says while an engine is dialled, before the oldest is dropped: 3 s of 24 kHz PCM16. */
const HELD_BYTES = 3 * 48_000;
/** The longest sentence that is said again to another engine: 15 s. */
const KEPT_BYTES = 15 * 48_000;
/** An engine that is lost may have heard speech begin and not told of it yet: 400 ms. No longer, or it were the last words' end. */
const UNNOTICED_BYTES = 19_200;
/** Speech is noticed some 200 ms after it began, and an engine wants 300 ms before it. */
const BEFORE_SPEECH_BYTES = 48_000;

export class CallerTape {
  #frames: Uint8Array[] = [];
  /** Frames before this index have been given up; the list is cut back now and then. */
  #first = 0;
  /** Bytes from there to the end. */
  #bytes = 0;
  /** Bytes since the call began. */
  #end = 0;
  /** Up to here engines have been given everything. */
  #told = 0;
  /** Where sentences began that nobody has understood yet, by item. */
  readonly #begun = new Map<string, number>();

  /** Hot path. One frame of the caller; `heard` when an engine is given it at the same time. */
  push(frame: Uint8Array, heard: boolean): void {
    const { byteLength } = frame;
    this.#frames.push(frame);
    this.#bytes += byteLength;
    this.#end += byteLength;
    if (heard) this.#told = this.#end;
    while (this.#bytes > KEPT_BYTES) this.#drop();
  }

  /** The caller has begun to say something that will be this item. */
  speech(item_id: string): void {
    this.#begun.set(item_id, Math.max(0, this.#end - BEFORE_SPEECH_BYTES));
  }

  /** The engine that was told is gone: what it heard last has been noticed by nobody. */
  lost(): void {
    this.#told = Math.max(0, Math.min(this.#told, this.#end - UNNOTICED_BYTES));
  }

  /** This item has been understood, and with it what began before it; without a name, everything so far. */
  answered(item_id?: string): void {
    const until = item_id === undefined ? Number.POSITIVE_INFINITY : (this.#begun.get(item_id) ?? -1);
    for (const [id, begun] of this.#begun) if (begun <= until) this.#begun.delete(id);
  }

  /**
   * What the next engine has to hear first, oldest first: what nobody heard, 3 s at most, and `again` the speech that was
   * heard but not understood. Counts as told from here on.
   */
  take(again: boolean): Uint8Array[] {
    const since = again ? Math.min(this.#end, ...this.#begun.values()) : this.#end;
    const from = Math.min(since, Math.max(this.#told, this.#end - HELD_BYTES));
    this.#told = this.#end;
    let at = this.#frames.length;
    for (let bytes = this.#end; at > this.#first && bytes > from; ) bytes -= this.#frames[--at]?.byteLength ?? 0;
    return this.#frames.slice(at);
  }

  #drop(): void {
    this.#bytes -= this.#frames[this.#first]?.byteLength ?? 0;
    this.#first += 1;
    // One cut for many frames: moving the list for each of them would be work for nothing.
    if (this.#first < 512) return;
    this.#frames = this.#frames.slice(this.#first);
    this.#first = 0;
  }
}
