/**
 * Luna's voice where the provider plays it: the call tells what is said and when its sound begins and ends, the ear tells when
 * it is first heard, and the clock how far it is.
 */
import type { PageEvent } from "../../legs/wire.ts";
import type { LocalEvent } from "../state/call-state.ts";

/** Speech runs at about 15 characters a second. */
const CHARS_PER_MS = 0.015;
const GLANCE_MS = 50;

export interface FarMouthPorts {
  show(event: LocalEvent): void;
  /** Since when sound has been at the ear without a pause, `performance.now()` ms; null while it is quiet, undefined where nobody can tell. */
  loudSince(): number | null | undefined;
  onFirstSound(item_id: string, at: number): void;
  now(): number;
}

interface Utterance {
  id: string;
  response: string;
  text: string;
  state: "waiting" | "sounding" | "over";
  /** Its place within the sound of its response begins here, ms. */
  since: number;
  /** Its first sound has been told. */
  heard: boolean;
}

type BufferEvent = Extract<PageEvent, { type: `output_audio_buffer.${string}` }>;

export class FarMouth {
  readonly #ports: FarMouthPorts;
  #said: Utterance[] = [];
  #glance: ReturnType<typeof setInterval> | undefined;
  /** The page has been told that her voice sounds. */
  #told = false;

  constructor(ports: FarMouthPorts) {
    this.#ports = ports;
  }

  get busy(): boolean {
    return this.#said.some((one) => one.state !== "over");
  }

  /** True where the event is about sound that this page does not make. */
  event(event: PageEvent): boolean {
    switch (event.type) {
      case "response.output_audio_transcript.delta":
        this.#one(event).text += event.delta;
        return true;
      case "response.output_audio_transcript.done":
        this.#one(event).text = event.transcript;
        return true;
      case "response.output_audio.done":
        return true;
      case "output_audio_buffer.started":
      case "output_audio_buffer.stopped":
      case "output_audio_buffer.cleared":
        this.#buffer(event);
        return true;
      default:
        return false;
    }
  }

  close(): void {
    clearInterval(this.#glance);
    this.#said = [];
  }

  #one(at: { item_id: string; response_id: string }): Utterance {
    const known = this.#said.find((one) => one.id === at.item_id);
    if (known) return known;
    const earlier = this.#said.find((one) => one.response === at.response_id && one.state === "sounding");
    const one: Utterance = {
      id: at.item_id,
      response: at.response_id,
      text: "",
      state: "waiting",
      since: 0,
      heard: earlier !== undefined,
    };
    this.#said.push(one);
    if (this.#said.length > 24) this.#said.shift();
    return one;
  }

  #buffer({ type, response_id }: BufferEvent): void {
    const mine = this.#said.filter((one) => one.response === response_id && one.state !== "over");
    if (type === "output_audio_buffer.started") return this.#started(mine[0]);
    this.#look();
    for (const one of mine) {
      const cut = type === "output_audio_buffer.cleared";
      const chars = cut ? this.#chars(one) : one.text.length;
      one.state = "over";
      this.#ports.show({ type: "local.heard", item_id: one.id, chars, ...(cut ? { cut } : {}) });
    }
    if (this.#said.some((one) => one.state === "sounding")) return;
    clearInterval(this.#glance);
    this.#sound(false);
  }

  #started(first: Utterance | undefined): void {
    if (first === undefined) return;
    Object.assign(first, { state: "sounding", since: this.#ports.now() });
    clearInterval(this.#glance);
    this.#glance = setInterval(() => this.#look(), GLANCE_MS);
    this.#look();
  }

  #sound(on: boolean): void {
    if (on !== this.#told) this.#ports.show({ type: "local.sounding", on });
    this.#told = on;
  }

  #look(): void {
    for (const one of this.#said) {
      if (one.state !== "sounding") continue;
      this.#tellFirst(one);
      if (one.heard) this.#sound(true);
      this.#ports.show({ type: "local.heard", item_id: one.id, chars: this.#chars(one) });
      const over = this.#elapsed(one) - one.text.length / CHARS_PER_MS;
      const next = this.#said.find((other) => other.response === one.response && other.state === "waiting");
      if (over > 0 && next) Object.assign(next, { state: "sounding", since: this.#ports.now() - over });
    }
  }

  #tellFirst(one: Utterance): void {
    if (one.heard) return;
    const since = this.#ports.loudSince();
    if (since === null) return;
    one.heard = true;
    // The word of it may come later than the sound itself, or nobody listens here.
    this.#ports.onFirstSound(one.id, since ?? one.since);
  }

  #elapsed(one: Utterance): number {
    return this.#ports.now() - one.since;
  }

  #chars(one: Utterance): number {
    if (one.state !== "sounding") return 0;
    return Math.min(one.text.length, Math.floor(this.#elapsed(one) * CHARS_PER_MS));
  }
}
