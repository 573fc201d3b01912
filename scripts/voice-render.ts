/**
 * Speaks phrases with Flite, in a thread of its own. Words are spoken several in one breath, which takes a tenth of the time of
 * one by one, and cut apart at the pauses between them.
 */
import { readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { encodeG711 } from "../src/audio/g711.ts";
import { rmsOfInt16 } from "../src/audio/rms.ts";
import { Flite } from "../src/client/voice/flite.ts";

/** A list of words to be cut apart, or one text to be kept whole. */
export type Job = { words: string[] } | { key: string; text: string };

/** A phrase as mu-law, by its key. */
export interface Rendered {
  key: string;
  sound: Uint8Array;
}

const VOICE = "slt";
/** Single words are spoken slower than in a sentence: this is what brings them near. */
const HASTE = 1.15;
const RATE = 16_000;
const GRAIN = RATE / 200;
/** RMS under which 5 ms are a pause, and the shortest pause between two words. */
const QUIET = 0.004;
const LEAST_PAUSE = 14;
/** Kept before and after the sound, in grains of 5 ms. */
const MARGIN = 3;

async function render(): Promise<void> {
  const { wasm, jobs } = workerData as { wasm: string; jobs: Job[] };
  const flite = new Flite(await WebAssembly.compile(await readFile(wasm)));
  for (const job of jobs) {
    const done = "words" in job ? wordsOf(flite, job.words) : [whole(flite, job)];
    parentPort?.postMessage(done);
  }
}

function whole(flite: Flite, { key, text }: { key: string; text: string }): Rendered {
  const { samples } = flite.speak(text, { voice: VOICE });
  return rendered(key, trimmed(samples));
}

/** Where a list does not fall apart into its words, its halves may. */
function wordsOf(flite: Flite, words: string[]): Rendered[] {
  const { samples } = flite.speak(words.map(pronounced).join(", "), { voice: VOICE, speed: HASTE });
  const parts = words.length === 1 ? [trimmed(samples)] : cutApart(samples, words.length);
  if (parts) return words.map((word, at) => rendered(word, parts[at] ?? samples));
  const half = words.length >> 1;
  return [...wordsOf(flite, words.slice(0, half)), ...wordsOf(flite, words.slice(half))];
}

/** A letter by its name. */
function pronounced(word: string): string {
  return word.length === 1 && word !== "i" ? word.toUpperCase() : word;
}

/** The words of a list, if the longest pauses in it are clearly those between them. */
function cutApart(samples: Int16Array, count: number): Int16Array[] | undefined {
  const pauses = pausesIn(samples).sort((a, b) => b.to - b.from - (a.to - a.from));
  const between = pauses.slice(0, count - 1);
  const [shortest, next] = [between.at(-1), pauses[count - 1]];
  if (between.length < count - 1 || !shortest) return undefined;
  const length = shortest.to - shortest.from;
  if (length < LEAST_PAUSE || (next && next.to - next.from > length * 0.7)) return undefined;
  between.sort((a, b) => a.from - b.from);
  const middles = between.map(({ from, to }) => Math.round((from + to) / 2) * GRAIN);
  const edges = [0, ...middles, samples.length];
  return edges.slice(1).map((edge, at) => trimmed(samples.subarray(edges[at], edge)));
}

/** Inner pauses, in grains. */
function pausesIn(samples: Int16Array): { from: number; to: number }[] {
  const loud = loudGrains(samples);
  const found: { from: number; to: number }[] = [];
  for (let at = 1; at < loud.length; at++) {
    const [before, after] = [loud[at - 1] ?? 0, loud[at] ?? 0];
    if (after - before > 1) found.push({ from: before + 1, to: after });
  }
  return found;
}

function loudGrains(samples: Int16Array): number[] {
  const loud: number[] = [];
  for (let at = 0; at * GRAIN < samples.length; at++)
    if (rmsOfInt16(samples, at * GRAIN, Math.min(GRAIN, samples.length - at * GRAIN)) > QUIET) loud.push(at);
  return loud;
}

function trimmed(samples: Int16Array): Int16Array {
  const loud = loudGrains(samples);
  const from = Math.max(0, (loud[0] ?? 0) - MARGIN) * GRAIN;
  const to = Math.min(samples.length, ((loud.at(-1) ?? 0) + 1 + MARGIN) * GRAIN);
  return samples.slice(from, to);
}

function rendered(key: string, samples: Int16Array): Rendered {
  return { key, sound: encodeG711("mu", samples) };
}

await render();
