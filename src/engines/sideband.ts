/**
 * The second line into a call whose sound goes by WebRTC: events and tools travel here, no audio. The session exists already
 * and tells nobody of it, so the first word is ours. A lost sideband is opened again under the same sound; only when the
 * provider has no such call any more, or does not come back, the engine is gone.
 */
import type { ClientEvent, SessionConfig } from "../realtime/events.ts";
import type { Engine, EngineListener, Gone } from "./engine.ts";
import { ProviderEngine, type ProviderOptions } from "./provider.ts";

/** A call that has just been answered is not known to the sideband at once. */
const FIRST_WAITS_MS = [150, 300, 600, 1_200, 2_400];
/** After a line that worked. */
const AGAIN_WAITS_MS = [0, 500, 1_500];
/** What is said while the line is away; a conversation of people does not need more. */
const MOST_WAITING = 64;
/** Not there (yet). */
const UNKNOWN_CALL = new Set(["not_found", "call_id_not_found"]);

export interface SidebandOptions extends Pick<ProviderOptions, "provider" | "key" | "listener"> {
  /** What the session is to be by now; asked for with each line, so that it is known to hold. */
  session: () => SessionConfig;
  /** The provider's id of the call. */
  rtcId: string;
  /** The conversation has begun already, and somebody here watched it: what it was configured with stands. */
  resumed?: boolean;
  /** A client leads. */
  led?: boolean;
}

export class SidebandEngine implements Engine {
  readonly kind = "provider";
  readonly #options: SidebandOptions;
  readonly #listener: EngineListener;
  #line: ProviderEngine | undefined;
  /** The line works: what is said goes out at once. */
  #ready = false;
  /** A line has worked before: here, or in an object that was evicted. */
  #begun: boolean;
  #told = false;
  #tries = 0;
  #waiting: (ClientEvent | string)[] = [];
  #retry: number | null = null;
  #closed = false;

  constructor(options: SidebandOptions) {
    this.#options = options;
    this.#listener = options.listener;
    this.#begun = options.resumed ?? false;
    this.#dial();
  }

  send(event: ClientEvent): void {
    if (this.#ready) this.#line?.send(event);
    else this.#keep(event);
  }

  forward(text: string): void {
    if (this.#ready) this.#line?.forward(text);
    else this.#keep(text);
  }

  #keep(said: ClientEvent | string): void {
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(said);
  }

  /** The caller's voice goes another way. */
  hear(): void {}

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#line?.close();
  }

  #dial(): void {
    const { rtcId, provider, key, session, led = false } = this.#options;
    this.#line = new ProviderEngine({
      provider,
      key,
      // A voice that has been heard cannot be asked for again: the update would be dropped whole.
      config: this.#begun ? withoutVoice(session()) : session(),
      attach: rtcId,
      led,
      listener: {
        ...this.#listener,
        onReady: () => this.#worksNow(),
        onEvent: (event) => this.#listener.onEvent(event),
        onAudio: () => undefined,
        onGone: (gone) => this.#lost(gone),
      },
    });
  }

  #worksNow(): void {
    this.#ready = true;
    this.#begun = true;
    this.#tries = 0;
    for (const said of this.#waiting.splice(0)) {
      if (typeof said === "string") this.#line?.forward(said);
      else this.#line?.send(said);
    }
    if (this.#told) return this.#listener.onBack?.();
    this.#told = true;
    this.#listener.onReady();
  }

  #lost(gone: Gone): void {
    if (this.#closed) return;
    const worked = this.#ready;
    this.#ready = false;
    const waits = this.#begun ? AGAIN_WAITS_MS : FIRST_WAITS_MS;
    const wait = waits[this.#tries];
    const hopeful = gone.retriable || UNKNOWN_CALL.has(gone.code);
    this.#tries += 1;
    if (wait === undefined || !hopeful || (this.#begun && !worked && UNKNOWN_CALL.has(gone.code))) {
      return this.#give(gone);
    }
    this.#retry = setTimeout(() => this.#dial(), wait);
  }

  /** Another engine may well be had, over a socket; what the provider has against the key or the model it says there. */
  #give(gone: Gone): void {
    this.close();
    const ended = UNKNOWN_CALL.has(gone.code);
    const message = ended ? "The WebRTC call has ended at the AI provider." : gone.message;
    this.#listener.onGone({ code: ended ? "webrtc_ended" : gone.code, message, retriable: true });
  }
}

function withoutVoice(config: SessionConfig): SessionConfig {
  const { output, ...audio } = config.audio ?? {};
  if (!output) return config;
  const { voice: _heard, ...kept } = output;
  return { ...config, audio: { ...audio, output: kept } };
}
