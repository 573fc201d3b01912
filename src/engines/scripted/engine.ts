/** The scripted engine: a Realtime server in process, so that the call cannot tell it from a provider at the other end of a socket. */
import type { ClientEvent, ServerEvent, SessionConfig } from "../../realtime/events.ts";
import { newId } from "../../realtime/ids.ts";
import { type Engine, type EngineListener, NOT_RETOLD, type Retell } from "../engine.ts";
import type { Brain } from "./brain.ts";
import { ScriptedServer, type ServerParts } from "./server.ts";

/** With a voice it answers aloud in audio sessions; with ears it hears the frames it is given. */
export interface ScriptedEngineParts extends Pick<ServerParts, "voice" | "ears"> {
  brain: Brain;
  /** Sent as the first `session.update`; in text modality where the page speaks by itself. */
  config: SessionConfig;
  listener: EngineListener;
  model: string;
  /** The conversation so far; absent where there is none. */
  retell?: Retell;
  /** Unix ms; the clock of the machine unless told. */
  now?: () => number;
}

export class ScriptedEngine implements Engine {
  readonly kind = "scripted";
  #server: ScriptedServer;
  #listener: EngineListener;
  #outbox: ServerEvent[] = [];
  #closed = false;
  #ready = false;
  readonly #retell: Retell | undefined;
  readonly #hears: boolean;

  constructor({ brain, config, listener, model, retell, now, voice, ears }: ScriptedEngineParts) {
    this.#listener = listener;
    this.#retell = retell;
    this.#hears = ears !== undefined;
    this.#server = new ScriptedServer({
      emit: (event) => this.#post(event),
      brain,
      id: newId,
      now: now ?? (() => Date.now()),
      model,
      voice,
      ears,
    });
    this.send({ type: "session.update", session: config });
  }

  send(event: ClientEvent): void {
    if (this.#closed) return;
    this.#listener.onSent?.(event);
    this.#server.receive(event);
  }

  /** Where the page recognises speech by itself and sends words, there are no ears, and sound that arrives is not for this engine. */
  hear(frame: Uint8Array): void {
    if (this.#hears && !this.#closed) this.#server.hear(frame);
  }

  close(): void {
    this.#closed = true;
    this.#outbox = [];
    this.#server.close();
  }

  async #begin(): Promise<void> {
    const past = this.#retell ? await this.#retell().catch(() => null) : [];
    if (this.#closed) return;
    if (past === null) {
      this.close();
      return this.#listener.onGone(NOT_RETOLD);
    }
    for (const event of past) this.send(event);
    if (!this.#closed) this.#listener.onReady();
  }

  /** Delivered after the caller of `send` is done, like events from a socket: the listener is never entered from within itself. */
  #post(event: ServerEvent): void {
    if (this.#outbox.push(event) === 1) queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    const events = this.#outbox;
    this.#outbox = [];
    for (const event of events) {
      if (this.#closed) return;
      if (event.type === "session.updated" && !this.#ready) {
        this.#ready = true;
        void this.#begin();
      }
      this.#tell(event);
    }
  }

  #tell(event: ServerEvent): void {
    this.#listener.onRaw?.(JSON.stringify(event));
    if (event.type !== "response.output_audio.delta") return this.#listener.onEvent(event);
    const { response_id, item_id, output_index, content_index, delta } = event;
    this.#listener.onAudio({ response_id, item_id, output_index, content_index, base64: delta });
  }
}
