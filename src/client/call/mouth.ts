/**
 * Luna's voice at this page, whichever way it comes: audio from the call, text that the page speaks itself, or text that is
 * only read. Knows of every utterance how much reached the ear, and tells the call.
 */

import { BYTES_PER_MS } from "../../audio/pcm.ts";
import type { PageMessageInput, TurnStatus } from "../../legs/wire.ts";
import type { PlaybackReport } from "../audio/line.ts";
import type { LocalEvent } from "../state/call-state.ts";

/** What speaks: `line` plays audio, `voice` makes it out of text. */
export interface SpeakingLine {
  readonly outputLatencyMs: number;
  /** false where nothing can sound. */
  readonly plays: boolean;
  play(item_id: string, content_index: number, pcm: Int16Array): void;
  finish(item_id: string, content_index: number): void;
  flush(): Promise<unknown>;
}
export interface SpeakingVoice {
  say(item_id: string, content_index: number, delta: string): void;
  sayDone(item_id: string): void;
  stop(): void;
  speaking(on: boolean): void;
  heardChars(item_id: string, heard_ms: number): number;
}
export interface MouthPorts {
  line: SpeakingLine;
  voice: SpeakingVoice;
  tell(message: PageMessageInput): void;
  show(event: LocalEvent): void;
  /** First sound of an utterance, with the time until the ear gets it taken into account. `performance.now()` ms. */
  onFirstSound(item_id: string, at: number): void;
  /** First words of an utterance that is only read stand on the screen. `performance.now()` ms. */
  onFirstWords(item_id: string, at: number): void;
  now(): number;
}

/** How an utterance gets to the ear: audio of the call, spoken here, or read only; `held` waits for the voice to load. */
type Way = "call" | "page" | "read" | "held";

/** What the call tells of one of Luna's turns. */
export type Told = Pick<TurnStatus, "item_id" | "text" | "heard" | "state">;

interface Utterance {
  id: string;
  index: number;
  way: Way;
  text: string;
  /** All its text is here. */
  written: boolean;
  /** So many characters were heard before this page came to it: they are not said again. */
  from: number;
  /** Audio received, ms. */
  received: number;
  state: "waiting" | "sounding" | "over";
}

/** The call takes for heard what it has no news of for 10 s; what waits for the voice to load has not been. */
const STILL_HELD_MS = 4_000;

export class Mouth {
  readonly #ports: MouthPorts;
  readonly #said = new Map<string, Utterance>();
  readonly #numbers = new Map<number, Utterance>();
  #way: Way = "read";
  #holding: ReturnType<typeof setInterval> | undefined;

  constructor(ports: MouthPorts) {
    this.#ports = ports;
  }

  /** From now on new utterances come this way; `held` ones are spoken, or given up as read. */
  use(wanted: Way): void {
    // Where nothing can sound, words are read: nobody would tell what was heard of them. A browser's own speech needs no line.
    const way = this.#ports.line.plays || "onPlayback" in this.#ports.voice ? wanted : "read";
    this.#way = way;
    if (way !== "held") this.#release(way);
  }

  get sounding(): boolean {
    for (const one of this.#said.values()) if (one.state === "sounding") return true;
    return false;
  }

  /** Something is sounding, or about to: there is something to interrupt. */
  get busy(): boolean {
    for (const one of this.#said.values()) if (one.state !== "over") return true;
    return false;
  }

  /** `luna.audio`: binary frames with this number belong to this item. */
  announce(n: number, id: string, index: number): void {
    this.#numbers.set(n, this.#one(id, index, "call"));
  }

  audio(n: number, pcm: Int16Array): void {
    const one = this.#numbers.get(n);
    if (one === undefined || one.state === "over") return;
    one.received += pcm.byteLength / BYTES_PER_MS;
    this.#ports.line.play(one.id, one.index, pcm);
  }

  /** The engine has sent all audio of the item. */
  audioDone(id: string, index: number): void {
    const one = this.#said.get(id);
    if (one !== undefined && one.way === "call" && one.state !== "over") this.#ports.line.finish(id, index);
  }

  /** Words of an utterance: `spoken` when they come with their own audio, else they are what is to be said. */
  words(id: string, index: number, delta: string, spoken: boolean): void {
    const one = this.#one(id, index, spoken ? "call" : this.#way);
    if (one.state === "over") return;
    if (one.way === "read" && one.text === "") this.#ports.onFirstWords(id, this.#ports.now());
    one.text += delta;
    if (one.way === "page") this.#ports.voice.say(id, index, delta);
  }

  /** The words are complete. `text` counts when no delta came. */
  wordsDone(id: string, index: number, text: string, spoken: boolean): void {
    if (!this.#said.has(id) && text !== "") this.words(id, index, text, spoken);
    const one = this.#said.get(id);
    if (one === undefined || one.written) return;
    one.written = true;
    if (one.state === "over") return;
    if (one.way === "page") this.#ports.voice.sayDone(id);
    if (one.way === "read") this.#read(one);
  }

  /** Speech the page has made of an utterance. */
  spoken(id: string, index: number, pcm: Int16Array): void {
    const one = this.#said.get(id);
    if (one === undefined || one.state === "over") return;
    one.received += pcm.byteLength / BYTES_PER_MS;
    this.#ports.line.play(id, index, pcm);
  }

  spokenDone(id: string, index: number): void {
    const one = this.#said.get(id);
    if (one !== undefined && one.state !== "over") this.#ports.line.finish(id, index);
  }

  /** What the line reports of an utterance goes on the screen and to the call. */
  playback(report: PlaybackReport): void {
    const one = this.#said.get(report.item_id);
    if (one === undefined) return;
    if (report.state === "started") this.#started(one);
    const chars = this.#heardChars(one, report);
    const over = report.state === "done" || report.state === "flushed";
    if (over) one.state = "over";
    this.#ports.show({
      type: "local.heard",
      item_id: one.id,
      chars,
      ...(report.state === "flushed" ? { cut: true } : {}),
    });
    if (over && !this.sounding) this.#sound(false);
    this.#ports.tell({
      type: "luna.playback",
      item_id: one.id,
      content_index: report.content_index,
      state: report.state,
      heard_ms: Math.max(0, Math.round(report.heard_ms)),
      ...(one.way === "page" ? { heard_chars: chars } : {}),
    });
  }

  /**
   * After a gap: what the call knows of an utterance whose words or sound may have been missed here. What is over is not
   * spoken (again); of what is not, only what the ear has not had. Gives what `settle` takes when nothing more comes.
   */
  catchUp(told: Told): (() => void) | null {
    const known = this.#said.get(told.item_id);
    if (told.state !== "live") {
      if (known === undefined) this.#one(told.item_id, 0, this.#way).state = "over";
      // The call has cut it where it last knew the ear to be, and goes on from there: the rest of it would be heard twice.
      else if (known.state !== "over" && told.state === "interrupted") this.hush();
      else if (known.state !== "over") this.#complete(known);
      return null;
    }
    if (known?.state === "over") return null;
    const one = known ?? this.#heardBefore(told);
    const missed = told.text.startsWith(one.text) ? told.text.slice(one.text.length) : "";
    if (missed !== "") this.words(one.id, one.index, missed, one.way === "call");
    const { length } = one.text;
    const { received } = one;
    return () => {
      if (one.text.length === length && one.received === received) this.#complete(one);
    };
  }

  /** Silence now. What was heard is told when the line has counted it. */
  hush(): void {
    this.#ports.voice.stop();
    for (const one of this.#said.values()) {
      if (one.state === "waiting" && one.received === 0) this.#unheard(one);
    }
    void this.#ports.line.flush();
  }

  #one(id: string, index: number, way: Way): Utterance {
    const known = this.#said.get(id);
    if (known !== undefined) return known;
    const one: Utterance = { id, index, way, text: "", written: false, from: 0, received: 0, state: "waiting" };
    this.#said.set(id, one);
    if (way === "held") this.#holding ??= setInterval(() => this.#stillHeld(), STILL_HELD_MS);
    return one;
  }

  #stillHeld(): void {
    const held = [...this.#said.values()].filter((one) => one.way === "held" && one.state !== "over");
    for (const one of held) this.#tellSilent(one, "progress", one.from);
    if (held.length > 0) return;
    clearInterval(this.#holding);
    this.#holding = undefined;
  }

  /** The ear had a part of it before this page was loaded; the rest begins with a word. */
  #heardBefore({ item_id, heard, text }: Told): Utterance {
    const one = this.#one(item_id, 0, this.#way);
    one.from = Math.min(heard.length, text.length);
    one.text = text.slice(0, one.from);
    return one;
  }

  /** No more of it will come: what there is gets to its end. */
  #complete(one: Utterance): void {
    if (one.state === "over") return;
    if (one.way !== "call") this.wordsDone(one.id, one.index, one.text, false);
    else if (one.received > 0) this.#ports.line.finish(one.id, one.index);
    else this.#unheard(one);
  }

  #started(one: Utterance): void {
    one.state = "sounding";
    this.#sound(true);
    this.#ports.onFirstSound(one.id, this.#ports.now() + this.#ports.line.outputLatencyMs);
  }

  #sound(on: boolean): void {
    this.#ports.voice.speaking(on);
    this.#ports.show({ type: "local.sounding", on });
  }

  #heardChars(one: Utterance, report: PlaybackReport): number {
    if (report.state === "done") return one.text.length;
    if (one.way === "page")
      return Math.min(one.text.length, one.from + this.#ports.voice.heardChars(one.id, report.heard_ms));
    const share = one.received === 0 ? 0 : Math.min(1, report.heard_ms / one.received);
    return Math.floor(one.text.length * share);
  }

  /** Text that is only read is heard as soon as it stands there. */
  #read(one: Utterance): void {
    one.state = "over";
    const chars = one.text.length;
    this.#ports.show({ type: "local.heard", item_id: one.id, chars });
    this.#tellSilent(one, "done", chars);
  }

  /** Dropped before its first sound: nothing of it was heard, but held text has been read by now. */
  #unheard(one: Utterance): void {
    one.state = "over";
    const chars = one.way === "held" || one.way === "read" ? one.text.length : one.from;
    this.#ports.show({ type: "local.heard", item_id: one.id, chars, cut: true });
    this.#tellSilent(one, "flushed", chars);
  }

  #tellSilent(one: Utterance, state: "progress" | "done" | "flushed", chars: number): void {
    this.#ports.tell({
      type: "luna.playback",
      item_id: one.id,
      content_index: one.index,
      state,
      heard_ms: 0,
      ...(one.way === "call" ? {} : { heard_chars: chars }),
    });
  }

  #release(way: Way): void {
    for (const one of this.#said.values()) {
      if (one.way !== "held" || one.state === "over") continue;
      one.way = way === "page" ? "page" : "read";
      if (one.way === "page") this.#ports.voice.say(one.id, one.index, one.text.slice(one.from));
      if (!one.written) continue;
      if (one.way === "page") this.#ports.voice.sayDone(one.id);
      else this.#read(one);
    }
  }
}
