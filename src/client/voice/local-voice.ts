/**
 * The keyless voice, page side: hears the caller and speaks for Luna without any service. The work is done in two workers
 * (one program in two roles); this class keeps what belongs together: clocks, echoes, and which words have been heard.
 */
import { isEcho } from "./echo.ts";
import type { VoiceName } from "./flite.ts";
import { heardChars, type SpokenSentence } from "./heard-text.ts";
import type { FromVoice, Role, ToVoice, VoiceManifest } from "./voice-messages.ts";

export type { VoiceName } from "./flite.ts";

export interface VoiceProgress {
  /** Bytes had so far, of `total`; from the cache or the network alike. */
  loaded: number;
  total: number;
  /** "download" while bytes come in, "prepare" while the models start, "ready" at the end. */
  what: "download" | "prepare" | "ready";
}
export interface WordsHeard {
  /** From the detected end of speech to the words, ms: what recognition adds to the caller's wait. */
  ms: number;
  /** `performance.now()` of the caller's last sound. */
  ended_at: number;
}

const WORKER_URL = "/build/voice-worker.js";
const MANIFEST_URL = "/voice/manifest.json";
const SAMPLES_PER_MS = 24;
/** Items whose text is kept for `heardChars`. */
const REMEMBERED = 40;
/** Sentences of Luna's that may still echo. */
const RECENT = 6;

interface SpokenItem {
  text: string;
  sentences: SpokenSentence[];
}

export class LocalVoice {
  /** `at`: performance.now() of the first (last) sound of the caller's utterance. */
  onSpeech: (state: "started" | "stopped", at: number) => void = () => {};
  onWords: (text: string, heard: WordsHeard) => void = () => {};
  /** Something was said that made no words ("nothing"), or Luna heard herself ("echo"). */
  onUnclear: (why: "nothing" | "echo") => void = () => {};
  /** Speech of an item, 24 kHz PCM16: give it to `AudioLine.play`. */
  onAudio: (item_id: string, content_index: number, pcm: Int16Array) => void = () => {};
  /** All of the item's speech has been handed over: give it to `AudioLine.finish`. */
  onAudioDone: (item_id: string, content_index: number) => void = () => {};
  /** The voice broke down after loading; typing still works. */
  onTrouble: (message: string) => void = () => {};

  readonly #workerUrl: string;
  readonly #manifestUrl: string;
  #workers: Partial<Record<Role, Worker>> = {};
  #loaded: Record<Role, number> = { ears: 0, mouth: 0 };
  #loading: Promise<void> | undefined;
  #onProgress: (progress: VoiceProgress) => void = () => {};
  #ready: Record<Role, boolean> = { ears: false, mouth: false };
  /** What was to be said before the mouth was ready. */
  #early: ToVoice[] = [];
  #voice: VoiceName = "slt";
  #speed = 1;
  #era = 0;
  #items = new Map<string, SpokenItem>();
  #recent: string[] = [];
  /** Sound given to the ears, ms, and the time of the last of it: how their clock is read on ours. */
  #given = 0;
  #givenAt = 0;

  /** Workers start with `load`, not here. */
  constructor(options: { workerUrl?: string; manifestUrl?: string } = {}) {
    this.#workerUrl = options.workerUrl ?? WORKER_URL;
    this.#manifestUrl = options.manifestUrl ?? MANIFEST_URL;
  }

  /** Both ears and mouth work. */
  get ready(): boolean {
    return this.#ready.ears && this.#ready.mouth;
  }

  /** The mouth works; it is ready long before the ears, and may greet while they load. */
  get canSpeak(): boolean {
    return this.#ready.mouth;
  }

  /**
   * Loads once; later calls return the same promise, and the newest callback gets the progress. Rejects with a sentence
   * for the person; another call then tries again.
   */
  load(onProgress?: (progress: VoiceProgress) => void): Promise<void> {
    if (onProgress) this.#onProgress = onProgress;
    this.#loading ??= this.#load().catch((error: unknown) => {
      this.close();
      const why = error instanceof Error ? error.message : String(error);
      throw new Error(`Luna's voice could not be loaded. ${why}`, { cause: error });
    });
    return this.#loading;
  }

  /** A microphone frame of any length, 24 kHz PCM16. The buffer is taken over. Frames of 20 ms make barge-in quick. */
  hear(frame24k: ArrayBuffer): void {
    if (!this.#ready.ears) return;
    this.#given += frame24k.byteLength / 2 / SAMPLES_PER_MS;
    this.#givenAt = performance.now();
    this.#post("ears", { type: "hear", pcm: frame24k }, [frame24k]);
  }

  /** Luna's voice is sounding (from AudioLine "started" to "done" or "flushed"): a higher bar for the caller's speech. */
  speaking(on: boolean): void {
    this.#post("ears", { type: "speaking", on });
  }

  /** Forget what is being heard (microphone muted, call ended). */
  deafen(): void {
    this.#post("ears", { type: "deafen" });
  }

  /** A piece of Luna's text as it streams in. Allowed as soon as `load` was called; spoken sentence by sentence, in order. */
  say(item_id: string, content_index: number, delta: string): void {
    this.#item(item_id).text += delta;
    this.#toMouth({ type: "say", item_id, content_index, delta });
  }

  sayDone(item_id: string): void {
    this.#toMouth({ type: "say_done", item_id });
  }

  /** Drops all speech not handed over yet; later deltas of the dropped items are ignored. */
  stop(): void {
    this.#era++;
    this.#early = this.#early.filter((message) => message.type === "voice");
    this.#post("mouth", { type: "stop", era: this.#era });
  }

  /** "slt" for Luna, "rms" for the specialist; counts for what is said from now on. */
  setVoice(voice: VoiceName): void {
    this.#voice = voice;
    this.#toMouth({ type: "voice", voice, speed: this.#speed });
  }

  /** 1 = normal; kept within 0.5..1.5. */
  setSpeed(speed: number): void {
    this.#speed = Math.min(1.5, Math.max(0.5, speed));
    this.#toMouth({ type: "voice", voice: this.#voice, speed: this.#speed });
  }

  /** How many characters of the item's text had been spoken after `heard_ms` of its audio; 0 for unknown items. */
  heardChars(item_id: string, heard_ms: number): number {
    const item = this.#items.get(item_id);
    return item ? heardChars(item.text, item.sentences, heard_ms) : 0;
  }

  close(): void {
    this.#workers.ears?.terminate();
    this.#workers.mouth?.terminate();
    this.#workers = {};
    this.#ready = { ears: false, mouth: false };
    this.#loaded = { ears: 0, mouth: 0 };
    this.#early = [];
    this.#loading = undefined;
  }

  async #load(): Promise<void> {
    const manifest = await this.#manifest();
    const { total } = manifest;
    this.#onProgress({ loaded: 0, total, what: "download" });
    // The mouth first, so that Luna can greet while the ears, twice as large, are still coming.
    let fetched = () => {};
    const mouthFetched = new Promise<void>((resolve) => {
      fetched = resolve;
    });
    const mouth = this.#start("mouth", manifest, fetched);
    const spoke = mouth.then(() => this.#told(total));
    await Promise.race([mouthFetched, spoke]);
    await Promise.all([spoke, this.#start("ears", manifest)]);
    this.#onProgress({ loaded: total, total, what: "ready" });
  }

  async #manifest(): Promise<VoiceManifest> {
    const response = await fetch(this.#manifestUrl, { cache: "no-cache" });
    if (!response.ok) throw new Error(`The server has no voice files (${response.status}).`);
    return (await response.json()) as VoiceManifest;
  }

  #start(role: Role, manifest: VoiceManifest, onFetched: () => void = () => {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(this.#workerUrl, { type: "module", name: `luna-${role}` });
      this.#workers[role] = worker;
      worker.onerror = (event) => {
        const message = event.message || "The voice worker could not be started.";
        if (this.#ready[role]) this.onTrouble(message);
        reject(new Error(message));
      };
      worker.onmessage = ({ data }: MessageEvent<FromVoice>) => {
        if (data.type === "ready") {
          this.#becomeReady(role);
          resolve();
        } else if (data.type === "failed") reject(new Error(data.message));
        else {
          if (data.type === "prepare") onFetched();
          this.#receive(role, data, manifest.total);
        }
      };
      this.#post(role, { type: "load", role, manifest, threads: threads() });
    });
  }

  #becomeReady(role: Role): void {
    this.#ready[role] = true;
    if (role === "ears") return;
    this.#post("mouth", { type: "stop", era: this.#era });
    for (const message of this.#early.splice(0)) this.#post("mouth", message);
  }

  #told(total: number): void {
    this.#onProgress({ loaded: this.#loaded.ears + this.#loaded.mouth, total, what: "download" });
  }

  #receive(role: Role, message: FromVoice, total: number): void {
    switch (message.type) {
      case "progress":
        this.#loaded[role] = message.loaded;
        this.#told(total);
        return;
      case "prepare":
        this.#onProgress({ loaded: this.#loaded.ears + this.#loaded.mouth, total, what: "prepare" });
        return;
      case "speech":
        this.onSpeech(message.state, this.#when(message.at_ms));
        return;
      case "words":
        this.#takeWords(message);
        return;
      case "audio":
        if (message.era === this.#era) this.#takeAudio(message);
        return;
      case "audio_done":
        if (message.era === this.#era) this.onAudioDone(message.item_id, message.content_index);
        return;
      case "trouble":
        this.onTrouble(message.message);
    }
  }

  #takeWords({ text, ms, ended_ms, overLuna }: Extract<FromVoice, { type: "words" }>): void {
    if (text === "") this.onUnclear("nothing");
    else if (overLuna && isEcho(text, this.#recent.join(" "))) {
      this.#post("ears", { type: "echo" });
      this.onUnclear("echo");
    } else this.onWords(text, { ms: Math.round(ms), ended_at: this.#when(ended_ms) });
  }

  #takeAudio({ item_id, content_index, sentence, pcm }: Extract<FromVoice, { type: "audio" }>): void {
    this.#item(item_id).sentences.push(sentence);
    this.#recent = [...this.#recent, sentence.spoken].slice(-RECENT);
    if (pcm.byteLength > 0) this.onAudio(item_id, content_index, new Int16Array(pcm));
  }

  #item(item_id: string): SpokenItem {
    const known = this.#items.get(item_id);
    if (known) return known;
    const item: SpokenItem = { text: "", sentences: [] };
    this.#items.set(item_id, item);
    if (this.#items.size > REMEMBERED) {
      const [oldest] = this.#items.keys();
      if (oldest !== undefined) this.#items.delete(oldest);
    }
    return item;
  }

  /** The ears' clock on ours. */
  #when(at_ms: number): number {
    return this.#givenAt - (this.#given - at_ms);
  }

  #toMouth(message: ToVoice): void {
    if (this.#ready.mouth) this.#post("mouth", message);
    else this.#early.push(message);
  }

  #post(role: Role, message: ToVoice, transfer: Transferable[] = []): void {
    this.#workers[role]?.postMessage(message, transfer);
  }
}

/** Threads need an isolated page; beyond four these small models gain nothing, and the page needs a core itself. */
function threads(): number {
  if (!globalThis.crossOriginIsolated) return 1;
  return Math.min(4, Math.max(1, Math.ceil((navigator.hardwareConcurrency || 2) / 2)));
}
