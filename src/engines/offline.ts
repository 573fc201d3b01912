/**
 * The scripted Realtime server for a client that leads the session itself: what an SDK talks to when there is no provider.
 * Events go out as text as well as read, so that the client gets exactly what a provider's socket would bring.
 */
import type { ClientEvent, ServerEvent, SessionConfig } from "../realtime/events.ts";
import { newId } from "../realtime/ids.ts";
import { type Engine, type EngineListener, NOT_RETOLD, type Retell } from "./engine.ts";
import { ScriptedServer, type ServerParts } from "./scripted/server.ts";

/** Pieces of an answer after which everybody else has a turn: a client that cancels it, and other calls. */
const PIECES_A_TURN = 16;

export interface OfflineParts extends Pick<ServerParts, "brain" | "model" | "voice" | "ears"> {
  listener: EngineListener;
  /** The session to begin with. Absent: as a provider makes it, and the client configures. */
  config?: SessionConfig;
  /** The conversation so far; absent where there is none. */
  retell?: Retell;
}

export class OfflineEngine implements Engine {
  readonly kind = "scripted";
  readonly #server: ScriptedServer;
  readonly #listener: EngineListener;
  readonly #retell: Retell | undefined;
  #configures: boolean;
  #ready = false;
  #closed = false;
  #outbox: (() => void)[] = [];
  #pieces = 0;

  constructor({ listener, config, retell, ...server }: OfflineParts) {
    this.#listener = listener;
    this.#retell = retell;
    this.#configures = config !== undefined;
    this.#server = new ScriptedServer({
      ...server,
      emit: (event) => this.#post(() => this.#deliver(event)),
      id: newId,
      now: () => Date.now(),
      pace: () => this.#turn(),
    });
    if (config) this.#server.receive({ type: "session.update", session: config });
  }

  send(event: ClientEvent): void {
    if (!this.#closed) this.#server.receive(event);
  }

  forward(text: string): void {
    if (!this.#closed) this.#server.receive(text);
  }

  hear(frame: Uint8Array): void {
    if (!this.#closed) this.#server.hear(frame);
  }

  close(): void {
    this.#closed = true;
    this.#outbox = [];
    this.#server.close();
  }

  /** Events of sockets come between two turns of the loop, and not between two promises. */
  #turn(): Promise<void> | undefined {
    this.#pieces += 1;
    if (this.#pieces % PIECES_A_TURN !== 0) return undefined;
    return new Promise((resolve) => setTimeout(resolve, 0));
  }

  /** Delivered after the caller of `send` is done, like events from a socket: the listener is never entered from within itself. */
  #post(work: () => void): void {
    if (this.#outbox.push(work) === 1) queueMicrotask(() => this.#run());
  }

  #run(): void {
    const due = this.#outbox;
    this.#outbox = [];
    for (const work of due) if (!this.#closed) work();
  }

  #deliver(event: ServerEvent): void {
    if (!this.#ready) return this.#opening(event);
    this.#listener.onRaw?.(JSON.stringify(event));
    if (event.type !== "response.output_audio.delta") return this.#listener.onEvent(event);
    const { response_id, item_id, output_index, content_index, delta } = event;
    this.#listener.onAudio({ response_id, item_id, output_index, content_index, base64: delta });
  }

  /** Until the session is as it was asked for, nothing of it is anybody's business. */
  #opening(event: ServerEvent): void {
    if (event.type === "session.created" && !this.#configures) {
      this.#begin();
      return this.#deliver(event);
    }
    if (event.type !== "session.updated" || !this.#configures) return;
    this.#configures = false;
    if (this.#retell) return void this.#tellAgain(this.#retell);
    this.#begin();
    this.#listener.onEvent(event);
  }

  async #tellAgain(retell: Retell): Promise<void> {
    const events = await retell().catch(() => null);
    if (this.#closed) return;
    if (events === null) {
      this.close();
      return this.#listener.onGone(NOT_RETOLD);
    }
    for (const event of events) this.send(event);
    // Behind the echoes of the past, which are news to nobody.
    if (!this.#closed) this.#post(() => this.#begin());
  }

  #begin(): void {
    this.#ready = true;
    this.#listener.onReady();
  }
}
