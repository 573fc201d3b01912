/**
 * Luna's voice where no synthesiser can run: sentences joined from phrases that were spoken at build time. Without these
 * files there is no sound, and answers in audio sessions have a transcript only.
 */
import { BYTES_PER_MS, floatsOf, toInt16 } from "../../../audio/pcm.ts";
import { Resampler } from "../../../audio/resample.ts";
import { sentences } from "../../../words/sentences.ts";
import { speakable } from "../../../words/speakable.ts";
import { bytesOf } from "../formats.ts";
import type { Voice } from "../response.ts";
import { PhraseBook, type PhraseIndex, type Piece } from "./phrase-book.ts";

/** Gives a static file by its path: `/voice/phrases.json`. Rejects when there is none. */
export type Load = (path: string) => Promise<ArrayBuffer>;

export const PHRASE_INDEX = "/voice/phrases.json";

const OUT_HZ = 24_000;
/** Of each sentence this much comes at once, the rest so many times faster than it plays: an answer can be cut while it is made. */
const BURST_MS = 500;
const FASTER = 8;
/** Samples of one piece of sound: 100 ms. */
const CHUNK = OUT_HZ / 10;
const SENTENCE_PAUSE_MS = 280;
/** Files that could not be had are asked for again after this long. */
const AGAIN_MS = 60_000;

/** One book for all calls of an isolate, read when the first of them speaks. */
let shared: { book: Promise<PhraseBook | undefined>; at: number } | undefined;

/** Clocks, for tests. */
export interface Clock {
  /** Unix ms. */
  now(): number;
  rest(ms: number): Promise<void>;
}

/** The voice of this isolate. `load` is asked once, for the index and the sound; later voices share what it gave. */
export function fragmentVoice(load: Load, { now, rest }: Clock = CLOCK): Voice {
  return async function* say(text) {
    const book = await sharedBook(load, now());
    let given_ms = 0;
    for (const chunk of book ? spoken(book, text) : []) {
      yield chunk;
      const ms = chunk.length / BYTES_PER_MS;
      given_ms += ms;
      if (given_ms > BURST_MS) await rest(ms / FASTER);
    }
  };
}

const CLOCK: Clock = {
  now: () => Date.now(),
  rest: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** Files from the Worker's own assets. */
export function fromAssets(assets: { fetch(url: string): Promise<Response> }): Load {
  return async (path) => {
    const response = await assets.fetch(`https://assets.invalid${path}`);
    if (!response.ok) throw new Error(`${path} is not among the static files (${response.status}).`);
    return response.arrayBuffer();
  };
}

async function sharedBook(load: Load, now: number): Promise<PhraseBook | undefined> {
  shared ??= { book: openBook(load).catch(() => undefined), at: now };
  const { book, at } = shared;
  const opened = await book;
  if (!opened && shared?.book === book && now - at >= AGAIN_MS) shared = undefined;
  return opened;
}

/** Reads the phrases. @throws where they are missing or damaged. */
export async function openBook(load: Load): Promise<PhraseBook> {
  const index = JSON.parse(new TextDecoder().decode(await load(PHRASE_INDEX))) as PhraseIndex;
  return new PhraseBook(index, new Uint8Array(await load(index.file)));
}

/** PCM16 at 24 kHz in pieces of 100 ms; the last one may be shorter. */
export function* spoken(book: PhraseBook, text: string): Generator<Uint8Array, void, unknown> {
  const resampler = new Resampler(book.rate, OUT_HZ);
  const chunk = new Int16Array(CHUNK);
  let filled = 0;
  for (const piece of piecesOf(book, text)) {
    const samples =
      "phrase" in piece ? book.sound(piece.phrase) : new Int16Array(Math.round((piece.pause_ms * book.rate) / 1_000));
    const out = upsampled(resampler, samples);
    for (let from = 0; from < out.length; ) {
      const part = out.subarray(from, from + CHUNK - filled);
      chunk.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled < CHUNK) break;
      filled = 0;
      yield bytesOf(chunk.slice());
    }
  }
  if (filled > 0) yield bytesOf(chunk.slice(0, filled));
}

function* piecesOf(book: PhraseBook, text: string): Generator<Piece, void, unknown> {
  for (const { text: sentence } of sentences(speakable(text))) {
    const pieces = book.pieces(sentence);
    yield* pieces;
    if (pieces.length > 0) yield { pause_ms: SENTENCE_PAUSE_MS };
  }
}

function upsampled(resampler: Resampler, samples: Int16Array): Int16Array {
  const floats = floatsOf(samples);
  const out = new Float32Array(resampler.mostOutputs(floats.length));
  const written = resampler.process(floats, out);
  const pcm = new Int16Array(written);
  toInt16(out, pcm, written);
  return pcm;
}
