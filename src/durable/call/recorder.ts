/**
 * Keeps the sound of a call: from the tape (`recording/stereo-tape.ts`) through the object's storage to R2
 * (`store/recording-upload.ts`).
 *
 * Frames are put on the tape and nothing else happens on the audio path: no write, no wait. Every five seconds of sound
 * `pump` is called later, which stores what is settled and sends what fills a part. When no sound comes or goes any more, for
 * whatever reason, all of it is stored; in the middle of a sentence of Luna's the last of it waits until no line would stall for so
 * long. Until then a timer keeps the object from sleeping. So eviction loses the last seconds, sleep loses nothing, and R2 may
 * refuse for as long as it likes: the sound waits on disk, not in memory.
 */
import { log } from "../../log.ts";
import type { PlaybackState } from "../../recording/luna-side.ts";
import { StereoTape, TAPE_FRAME_BYTES } from "../../recording/stereo-tape.ts";
import { PIECE_BYTES, type RecordingState, RecordingUpload } from "../../store/recording-upload.ts";
import { recordingKey } from "../../store/recordings.ts";

/** Waits between tries while R2 refuses: one second, doubled up to a minute. */
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Mono sound of either side that makes it worth to store: five seconds. */
const WORTH_BYTES = PIECE_BYTES / 2;
/** Quiet is looked for this often: after twice as long at most all that was heard is stored, as far as its place is known. */
const QUIET_MS = 4_000;
/** Looks without any sound in between, 12 s: no line stalls for longer and lives (the page dials anew after 10 s). */
const GONE = 3;

export interface RecorderOptions {
  storage: DurableObjectStorage;
  bucket: R2Bucket;
  callId: string;
  /** Unix ms. */
  startedAt: number;
  /** Runs this work outside of the event that asks for it (`ctx.waitUntil`). It rejects only when the object's own storage fails. */
  later: (work: () => Promise<void>) => void;
}

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #upload: RecordingUpload;
  /** Runs in every call, so that the recording can be switched on in the middle of a sentence; none after the end. */
  #tape: StereoTape | undefined;
  /** The piece that is being filled, and how far. Made with the first sound that is kept. */
  #piece: Uint8Array | undefined;
  #filled = 0;
  #number = 0;
  #arrived = 0;
  #sending: Promise<boolean> | undefined;
  #refused = 0;
  #again: number | null = null;
  /** Runs while there is something that is nowhere but in memory. */
  #quiet: ReturnType<typeof setTimeout> | undefined;
  /** Sound has come or gone since the last look. */
  #stirred = false;
  /** Looks since it last had. */
  #looks = 0;
  /** Some of this call is kept. */
  #kept = false;

  /** Goes on where an evicted object stopped; the time between becomes silence. */
  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#upload = new RecordingUpload(options.storage, options.bucket, recordingKey(options.callId));
    const state = this.#upload.state;
    if (state?.ending) return;
    this.#tape = this.#goOn(state);
  }

  #goOn(state: RecordingState | undefined): StereoTape {
    const { startedAt } = this.#options;
    if (!state) return silent(new StereoTape(startedAt), startedAt);
    const { number, begun } = this.#upload.next();
    this.#kept = true;
    this.#number = number;
    this.#room().set(begun);
    this.#filled = begun.length;
    const taken = state.skipped + (number * PIECE_BYTES + begun.length) / TAPE_FRAME_BYTES;
    const tape = new StereoTape(state.from, taken);
    return state.on ? tape : silent(tape, state.from);
  }

  /** Whether sound is being kept now. */
  get on(): boolean {
    return this.#upload.state?.on === true && this.#tape !== undefined;
  }

  /** When R2, which refuses, is tried again (Unix ms); null while there is no reason to wait. */
  get again(): number | null {
    return this.#again;
  }

  /** A frame of the caller's microphone. */
  caller(frame: Uint8Array, now: number): void {
    this.#tape?.caller(frame, now);
    this.#noteArrived(frame.length, now);
  }

  /** Luna's audio as the page was given it. It must not be written to afterwards. */
  luna(item_id: string, pcm: Uint8Array, now: number): void {
    this.#tape?.luna(item_id, pcm);
    this.#noteArrived(pcm.length, now);
  }

  /** `luna.playback` of the page. */
  playback(item_id: string, state: PlaybackState, heard_ms: number, now: number): void {
    this.#tape?.playback(item_id, state, heard_ms, now);
    this.#stir();
  }

  /** Starts or stops keeping. What was heard while it was off is never stored: the file is silent there. */
  switch(on: boolean, now: number): void {
    const tape = this.#tape;
    const state = this.#upload.state;
    if (!tape || on === (state?.on ?? false)) return;
    tape.keep(on, now);
    this.#kept = true;
    this.#stir();
    if (state) {
      this.#upload.state = { ...state, on };
      return;
    }
    tape.skip(now);
    const { startedAt: from } = this.#options;
    this.#upload.state = { from, skipped: tape.taken, on, ending: false, upload_id: null, etags: [] };
  }

  /** Stores what is settled and sends what fills a part. Call it at turn ends or by an alarm, never with each frame. */
  async pump(now: number): Promise<void> {
    const tape = this.#tape;
    if (!tape) return;
    if (!this.#upload.state) return tape.skip(now);
    await this.#store((room) => tape.take(now, room));
    await this.#send(now, false);
  }

  /** Stores everything there is, to the last sample. Call it before the object may hibernate. */
  async rest(): Promise<void> {
    this.#calm();
    const tape = this.#tape;
    if (!tape || !this.#upload.state) return;
    await this.#storeRest((room) => tape.takeRest(room));
  }

  /** Nothing came for a while. Where a line only stalls, what was said meanwhile still has to find its place. */
  async #lull(): Promise<void> {
    const tape = this.#tape;
    if (!tape || !this.#upload.state) return;
    const stored = this.#storeRest((room) => tape.takeTold(room));
    if (tape.left > 0) this.#quiet ??= setTimeout(() => this.#look(), QUIET_MS);
    await stored;
  }

  /** The call is over: all that was heard goes to the object's disk, to the last sample. From here on nothing more is kept. */
  async close(): Promise<void> {
    this.#calm();
    const tape = this.#tape;
    this.#tape = undefined;
    const state = this.#upload.state;
    if (!tape || !state) return;
    tape.close();
    const stored = this.#storeRest((room) => tape.takeRest(room));
    this.#upload.state = { ...state, ending: true };
    await stored;
    if (tape.lostMs > 0) log.warn("Sound was lost", { call: this.#options.callId, ms: tape.lostMs });
  }

  /**
   * The call is over. True: the recording is complete in R2, or there was none. False: R2 refuses; call it again at `again`,
   * also in a new object, and keep the object's storage until it is true.
   */
  async finish(now: number): Promise<boolean> {
    await this.close();
    if (!this.#upload.state) return true;
    await this.#sending;
    return this.#send(now, true);
  }

  /** Forgets all that was recorded of this call, in R2 and here. Rejects when R2 refuses: call it again later. */
  async discard(now = Date.now()): Promise<void> {
    this.#calm();
    this.#tape = undefined;
    await this.#sending;
    await this.#upload.discard(now);
  }

  #stir(): void {
    this.#stirred = true;
    if (this.#kept && this.#quiet === undefined) this.#quiet = setTimeout(() => this.#look(), QUIET_MS);
  }

  #look(): void {
    this.#quiet = undefined;
    this.#looks = this.#stirred ? 0 : this.#looks + 1;
    this.#stirred = false;
    if (this.#looks === 1) return this.#options.later(() => this.#lull());
    if (this.#looks === GONE) return this.#options.later(() => this.rest());
    this.#quiet = setTimeout(() => this.#look(), QUIET_MS);
  }

  #calm(): void {
    if (this.#quiet !== undefined) clearTimeout(this.#quiet);
    this.#quiet = undefined;
    this.#stirred = false;
    this.#looks = 0;
  }

  #noteArrived(bytes: number, now: number): void {
    this.#stir();
    this.#arrived += bytes;
    if (this.#arrived < WORTH_BYTES) return;
    this.#arrived = 0;
    this.#options.later(() => this.pump(now));
  }

  /** Moves sound from the tape to storage, piece by piece. Takes no more than one piece of memory, however long the silence. */
  async #store(take: (room: Uint8Array) => number): Promise<void> {
    const writes: Promise<void>[] = [];
    for (let room = this.#room(), n = take(room); n > 0; room = this.#room(), n = take(room)) {
      this.#filled += n;
      if (n < room.length) continue;
      writes.push(this.#upload.store(this.#number++, this.#whole()));
      this.#filled = 0;
    }
    await Promise.all(writes);
  }

  async #storeRest(take: (room: Uint8Array) => number): Promise<void> {
    const stored = this.#store(take);
    const begun = this.#whole().slice(0, this.#filled);
    await Promise.all([stored, begun.length > 0 ? this.#upload.store(this.#number, begun) : undefined]);
  }

  #whole(): Uint8Array {
    this.#piece ??= new Uint8Array(PIECE_BYTES);
    return this.#piece;
  }

  #room(): Uint8Array {
    return this.#whole().subarray(this.#filled);
  }

  /** One at a time. True when everything that could be sent is with R2. */
  #send(now: number, last: boolean): Promise<boolean> {
    if (this.#again !== null && now < this.#again) return Promise.resolve(false);
    this.#sending ??= this.#try(now, last).finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  async #try(now: number, last: boolean): Promise<boolean> {
    try {
      await this.#upload.send(this.#number, last);
      this.#refused = 0;
      this.#again = null;
      return true;
    } catch (thrown) {
      const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#refused, LONGEST_WAIT_MS);
      this.#refused++;
      this.#again = now + wait;
      const properties = { call: this.#options.callId, error: (thrown as Error).message.slice(0, 80), wait };
      log.warn("R2 refused a part of a recording, will try again", properties);
      return false;
    }
  }
}

/** A tape that keeps nothing until it is switched on. */
function silent(tape: StereoTape, from: number): StereoTape {
  tape.keep(false, from);
  return tape;
}
