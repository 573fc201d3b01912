/**
 * A recording on its way to R2: pieces wait in the object's own storage, ten of them become a part of a multipart upload.
 *
 * R2 wants parts of 5 MiB or more, all of one size but the last: 55 s of stereo sound. So much would be lost with the object
 * if it waited in memory. A piece is 5 s. What has been sent is deleted here in the same transaction that notes its etag, so
 * that after a crash each part is sent again or known, never both or neither.
 */
import { TAPE_RATE } from "../recording/stereo-tape.ts";
import { inTime } from "./in-time.ts";
import { recordingNotes } from "./recordings.ts";

export const PIECE_BYTES = 512 * 1024;
const PIECES_A_PART = 10;
const SAMPLES_A_MS = TAPE_RATE / 1_000;

/** R2 takes an upload back by itself after seven days. Of one that it has forgotten it may say anything. */
const LIVES_MS = 7 * 24 * 3_600_000;
const NO_SUCH_UPLOAD = "(10024)";

const STATE = "recording";
const PIECE = "recording:piece:";

/** What is known of the recording beside its sound. */
export interface RecordingState {
  /** Unix ms at the start of the tape. */
  from: number;
  /** Samples of the tape before the recording was first switched on: they are not in the file. */
  skipped: number;
  on: boolean;
  /** The call is over: no more pieces will come. */
  ending: boolean;
  /** `null` until the first part is sent. */
  upload_id: string | null;
  /** Of the parts that R2 has, in their order. */
  etags: string[];
}

export class RecordingUpload {
  readonly #storage: DurableObjectStorage;
  readonly #bucket: R2Bucket;
  readonly #key: string;

  constructor(storage: DurableObjectStorage, bucket: R2Bucket, key: string) {
    this.#storage = storage;
    this.#bucket = bucket;
    this.#key = key;
  }

  /** Undefined: this call was never recorded, or all of it is in R2. */
  get state(): RecordingState | undefined {
    return this.#storage.kv.get<RecordingState>(STATE);
  }
  set state(state: RecordingState) {
    this.#storage.kv.put(STATE, state);
  }

  /** After a restart: the number of the piece that comes next, and what is there of it. */
  next(): { number: number; begun: Uint8Array } {
    const begun = new Uint8Array(0);
    for (const [key, piece] of this.#storage.kv.list<Uint8Array>({ prefix: PIECE, reverse: true, limit: 1 })) {
      const number = Number(key.slice(PIECE.length));
      return isWhole(piece) ? { number: number + 1, begun } : { number, begun: piece };
    }
    return { number: (this.state?.etags.length ?? 0) * PIECES_A_PART, begun };
  }

  /**
   * Stores a piece, or what there is of it so far. Resolves when it is written; nothing else waits for that: it holds back
   * neither what is sent to the page (`allowUnconfirmed`) nor what arrives.
   */
  async store(number: number, bytes: Uint8Array): Promise<void> {
    const silent = bytes.length === PIECE_BYTES && isSilent(bytes);
    // Silence is stored as nothing: an hour asleep costs no space.
    const kept = silent ? new Uint8Array(0) : bytes;
    await this.#storage.put(pieceKey(number), kept, { allowUnconfirmed: true, allowConcurrency: true });
  }

  /**
   * Sends the parts that are whole; with `last` the rest as well, and closes the file.
   * @param stored Whole pieces stored so far.
   * @throws whatever R2 says, or `timeout`. Sending again goes on where it stopped.
   */
  async send(stored: number, last: boolean): Promise<void> {
    const { number, begun } = last ? this.next() : { number: stored, begun: new Uint8Array(0) };
    const pieces = number + (begun.length > 0 ? 1 : 0);
    const sent = () => (this.state?.etags.length ?? 0) * PIECES_A_PART;
    while (pieces - sent() >= PIECES_A_PART) await this.#sendPart(sent(), PIECES_A_PART);
    if (!last) return;
    if (pieces > sent()) await this.#sendPart(sent(), pieces - sent());
    await this.#complete();
    this.#storage.kv.delete(STATE);
  }

  /**
   * Forgets everything that is with R2, then what is here.
   * @throws whatever R2 says; then all of it is to be done again.
   */
  async discard(now: number): Promise<void> {
    const aborted = this.#abort(now);
    await Promise.allSettled([aborted]);
    await inTime(this.#bucket.delete(this.#key));
    // An upload that is still there may be completed behind the deletion, by a request that has not been answered in time.
    await aborted;
    for (const [key] of [...this.#storage.kv.list({ prefix: PIECE })]) this.#storage.kv.delete(key);
    this.#storage.kv.delete(STATE);
  }

  async #abort(now: number): Promise<void> {
    const { from = now, upload_id: id } = this.state ?? {};
    if (!id || now - from > LIVES_MS) return;
    try {
      await inTime(this.#bucket.resumeMultipartUpload(this.#key, id).abort());
    } catch (thrown) {
      if (!(thrown as Error).message.includes(NO_SUCH_UPLOAD)) throw thrown;
    }
  }

  async #sendPart(first: number, count: number): Promise<void> {
    const upload = await this.#upload();
    const state = this.state;
    if (!state) return;
    const bytes = this.#part(first, count);
    const part = await inTime(upload.uploadPart(state.etags.length + 1, bytes));
    this.#storage.transactionSync(() => {
      // Meanwhile the recording may have been switched on or off.
      const now = this.state ?? state;
      this.state = { ...now, etags: [...now.etags, part.etag] };
      for (let n = first; n < first + count; n++) this.#storage.kv.delete(pieceKey(n));
    });
  }

  async #upload(): Promise<R2MultipartUpload> {
    const known = this.state?.upload_id;
    if (known) return this.#bucket.resumeMultipartUpload(this.#key, known);
    const customMetadata = recordingNotes((this.state?.skipped ?? 0) / SAMPLES_A_MS);
    const upload = await inTime(this.#bucket.createMultipartUpload(this.#key, { customMetadata }));
    const state = this.state;
    if (state) this.state = { ...state, upload_id: upload.uploadId };
    return upload;
  }

  async #complete(): Promise<void> {
    const state = this.state;
    // Nothing was recorded: there is no file.
    if (!state?.upload_id) return;
    const upload = this.#bucket.resumeMultipartUpload(this.#key, state.upload_id);
    try {
      await inTime(upload.complete(state.etags.map((etag, i) => ({ partNumber: i + 1, etag }))));
    } catch (thrown) {
      // It may have been completed just before a crash: then the upload is no more, and the file is there.
      if (!(await inTime(this.#bucket.head(this.#key)))) throw thrown;
    }
  }

  #part(first: number, count: number): Uint8Array {
    const pieces = Array.from({ length: count }, (_, i) => this.#storage.kv.get<Uint8Array>(pieceKey(first + i)));
    const bytes = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
    const part = new Uint8Array(bytes);
    let at = 0;
    for (const piece of pieces) {
      if (piece) part.set(piece, at);
      at += lengthOf(piece);
    }
    return part;
  }
}

/** Twelve digits, so that keys sort by number. */
function pieceKey(number: number): string {
  return PIECE + String(number).padStart(12, "0");
}

function isWhole(piece: Uint8Array): boolean {
  return lengthOf(piece) === PIECE_BYTES;
}

/** A piece of no length is a whole one of silence; so is one that is missing, for time stays true. */
function lengthOf(piece: Uint8Array | undefined): number {
  return piece?.length || PIECE_BYTES;
}

/** Eight bytes at a time. */
function isSilent(bytes: Uint8Array): boolean {
  const words = new BigUint64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8);
  for (let i = 0; i < words.length; i++) if (words[i] !== 0n) return false;
  return true;
}
