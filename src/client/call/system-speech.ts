/**
 * The browser's own speech in the place of Luna's local voice: same words to the session, less exactness. It takes its own
 * microphone, does not listen while it speaks, and knows what was heard only by whole sentences.
 */
import { SentenceStream } from "../../words/sentences.ts";
import type { PlaybackReport } from "../audio/line.ts";
import type { WordsHeard } from "../voice/local-voice.ts";
import { SystemVoice } from "../voice/system-voice.ts";
import type { SessionVoice } from "./session.ts";

/** What `SystemVoice` gives; tests bring their own. */
export type BrowserSpeech = Pick<
  SystemVoice,
  | "onSpeech"
  | "onWords"
  | "onUnclear"
  | "onSpoken"
  | "onTrouble"
  | "listen"
  | "deafen"
  | "say"
  | "stop"
  | "heardChars"
  | "setSpeed"
  | "close"
>;

interface Item {
  index: number;
  stream: SentenceStream;
  text: string;
  /** The sentence that waits to learn whether it is the last one. */
  waiting: { text: string; end: number } | null;
  startedAt: number | null;
  over: boolean;
}

export class SystemSpeech implements SessionVoice {
  onSpeech: SessionVoice["onSpeech"] = () => undefined;
  onWords: (text: string, heard: WordsHeard) => void = () => undefined;
  onUnclear: SessionVoice["onUnclear"] = () => undefined;
  onAudio: SessionVoice["onAudio"] = () => undefined;
  onAudioDone: SessionVoice["onAudioDone"] = () => undefined;
  onTrouble: SessionVoice["onTrouble"] = () => undefined;
  onPlayback: (report: PlaybackReport) => void = () => undefined;
  readonly ready = true;
  readonly canSpeak = true;
  readonly #speech: BrowserSpeech;
  readonly #now: () => number;
  readonly #items = new Map<string, Item>();

  constructor(speech: BrowserSpeech, now: () => number = () => performance.now()) {
    this.#speech = speech;
    this.#now = now;
    speech.onSpeech = (state, at) => this.onSpeech(state, at);
    speech.onWords = (text, heard) => this.onWords(text, heard);
    speech.onUnclear = () => this.onUnclear("nothing");
    speech.onTrouble = (message) => this.onTrouble(message);
    speech.onSpoken = (id, state) => this.#spoken(id, state);
  }

  async load(): Promise<void> {
    this.listen();
  }

  listen(): void {
    this.#speech.listen();
  }

  deafen(): void {
    this.#speech.deafen();
  }

  say(id: string, index: number, delta: string): void {
    const item = this.#item(id, index);
    if (item.over) return;
    item.text += delta;
    for (const sentence of item.stream.add(delta)) this.#queue(id, item, sentence);
  }

  sayDone(id: string): void {
    const item = this.#items.get(id);
    if (item === undefined || item.over) return;
    for (const sentence of item.stream.end()) this.#queue(id, item, sentence);
    if (item.waiting !== null) this.#speech.say(id, item.waiting.text, item.text.length, true);
    item.waiting = null;
  }

  /** Silence, and a report on what was sounding: the line knows nothing of it. */
  stop(): void {
    this.#speech.stop();
    for (const [id, item] of this.#items) {
      if (item.over) continue;
      item.over = true;
      if (item.startedAt !== null) this.#report(id, item, "flushed");
    }
  }

  heardChars(id: string): number {
    return this.#speech.heardChars(id);
  }

  /** Its sound never passes here, its microphone is its own, and its voice is the browser's choice. */
  hear(): void {}
  speaking(): void {}
  setVoice(): void {}

  setSpeed(speed: number): void {
    this.#speech.setSpeed(speed);
  }

  close(): void {
    this.#speech.close();
  }

  #item(id: string, index: number): Item {
    const known = this.#items.get(id);
    if (known !== undefined) return known;
    const item: Item = { index, stream: new SentenceStream(), text: "", waiting: null, startedAt: null, over: false };
    this.#items.set(id, item);
    return item;
  }

  #queue(id: string, item: Item, sentence: { text: string; end: number }): void {
    if (item.waiting !== null) this.#speech.say(id, item.waiting.text, item.waiting.end);
    item.waiting = { text: spaced(sentence.text), end: sentence.end };
  }

  #spoken(id: string, state: "started" | "done"): void {
    const item = this.#items.get(id);
    if (item === undefined || item.over) return;
    if (state === "started") item.startedAt = this.#now();
    else item.over = true;
    this.#report(id, item, state);
  }

  #report(item_id: string, item: Item, state: PlaybackReport["state"]): void {
    const heard_ms = item.startedAt === null ? 0 : Math.round(this.#now() - item.startedAt);
    this.onPlayback({ item_id, content_index: item.index, state, heard_ms });
  }
}

/** "ending in 4829" is four digits, not a number. */
function spaced(sentence: string): string {
  return sentence.replace(
    /(ending in )(\d{4})\b/g,
    (_, before: string, digits: string) => before + [...digits].join(" "),
  );
}

/** The browser's own voice for a language such as `en-US`. */
export function systemSpeech(lang: string, onDevice: boolean): SystemSpeech {
  return new SystemSpeech(new SystemVoice({ lang, onDevice }));
}
