/**
 * A Realtime provider on an outbound WebSocket: OpenAI, Azure OpenAI, or anything that speaks the GA protocol.
 *
 * Dialled by `fetch` with `Upgrade` (not `new WebSocket`), because only there the key can travel in a header and a failed
 * upgrade shows its status. An outbound socket keeps its Durable Object in memory and cannot hibernate.
 */
import { BYTES_PER_MS } from "../audio/pcm.ts";
import type { ProviderSettings } from "../env.ts";
import { appendEvent, readAudioDelta } from "../realtime/audio-delta.ts";
import type { ClientEvent, RealtimeError, ServerEvent, SessionConfig } from "../realtime/events.ts";
import { closeFailure, errorFailure, type Failure, httpFailure, responseFailure } from "../realtime/failures.ts";
import { readServerEvents } from "../realtime/read.ts";
import { type Engine, type EngineListener, type Gone, NOT_RETOLD, type Retell } from "./engine.ts";
import { CONFIGURES, CREATED_WITHIN_MS, Handshake, UPDATED_WITHIN_MS } from "./handshake.ts";

/** One failed answer may be a bad moment of the provider's; the next one leaves the caller in silence. */
const FAILURES_BORNE = 1;
/**
 * An answer is owed and not a single event comes: the socket is open but nobody is there. Slowest first event seen after a
 * request is under 2 s; a caller hangs up long before twelve.
 */
const SILENT_FOR_MS = 12_000;
/** The longest answer a model can give: 32,768 tokens of 50 ms each. It is made faster than it is said, so it takes no longer either. */
const LONGEST_ANSWER_MS = 32_768 * 50;
/** What was on its way when a response was told to stop comes within a second. */
const STOPS_WITHIN_MS = 8_000;
/** So many frames in a row that nobody can read are no accident. */
const GARBAGE_BORNE = 20;

export interface ProviderOptions {
  provider: ProviderSettings;
  key: string;
  /**
   * Sent as soon as the session exists; the engine is ready when it is echoed. Absent: the session stays as the provider made
   * it, and the engine is ready when it exists.
   */
  config?: SessionConfig;
  /** A client leads and judges for itself: an answer that fails, or a sentence that gets none, is no fault of the engine's. */
  led?: boolean;
  listener: EngineListener;
  /** The conversation so far, told before the engine may answer anything; absent where there is none. */
  retell?: Retell;
  /** Joins the running call of this id at the provider instead of opening a session. */
  attach?: string;
}

export class ProviderEngine implements Engine {
  readonly kind = "provider";
  readonly #listener: EngineListener;
  /** Undefined where there is nothing to configure. */
  readonly #handshake: Handshake | undefined;
  readonly #led: boolean;
  #ready = false;
  readonly #retell: Retell | undefined;
  #socket: WebSocket | undefined;
  #closed = false;
  /** A fatal `error` event comes just before its close; it says more than the close code. */
  #lastError: Gone | undefined;
  #failedInARow = 0;
  /** Requests for an answer by event id, until one begins. */
  readonly #asked = new Set<string>();
  #answering = false;
  /** When it last said anything that could be understood, Unix ms. */
  #heardFrom = 0;
  #unreadable = 0;
  /** Sound of the answer under way, ms, and when it began, Unix ms. */
  #sounded = 0;
  #begunAt: number | null = null;
  /** The response that was last told to stop, and when, Unix ms. */
  #stopped: { response_id: string; at: number } | undefined;
  #watchdog: number | null = null;

  constructor(options: ProviderOptions) {
    this.#listener = options.listener;
    this.#retell = options.retell;
    this.#led = options.led ?? false;
    if (options.config) this.#handshake = new Handshake(options.config, options.retell !== undefined);
    void this.#dial(options);
  }

  send(event: ClientEvent): void {
    this.#socket?.send(JSON.stringify(event));
    this.#listener.onSent?.(event);
    if (event.type === "response.cancel") this.#toldToStop(event.response_id);
    if (event.type !== "response.create") return;
    if (event.event_id) this.#asked.add(event.event_id);
    if (!this.#answering) this.#answer(true);
  }

  forward(text: string): void {
    this.#socket?.send(text);
  }

  hear(frame: Uint8Array): void {
    this.#socket?.send(appendEvent(frame));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#watchdog);
    try {
      this.#socket?.close(1000, "call over");
    } catch {
      // Already closing: nothing is left to end.
    }
  }

  async #dial({ provider, key, attach }: ProviderOptions): Promise<void> {
    this.#expect(CREATED_WITHIN_MS, "no_session", "The AI provider did not open a session in time.");
    try {
      const which: [string, string] = attach === undefined ? ["model", provider.model] : ["call_id", attach];
      const url = `${provider.baseUrl}/realtime?${new URLSearchParams([which])}`;
      const response = await fetch(url, {
        headers: { Upgrade: "websocket", ...authorization(provider, key) },
      });
      const socket = response.webSocket;
      if (!socket) return this.#lost(httpFailure(response.status));
      if (this.#closed) return hangUp(socket);
      socket.addEventListener("message", (message) => this.#receive(message.data));
      socket.addEventListener("close", (close) =>
        this.#lost(this.#lastError ?? closeFailure(close.code, close.reason)),
      );
      socket.addEventListener("error", () => this.#lost(this.#lastError ?? closeFailure(1006, "")));
      this.#socket = socket;
      socket.accept();
      if (attach !== undefined && this.#handshake) this.#configure(this.#handshake.join());
    } catch {
      this.#lost({ code: "unreachable", message: "The AI provider could not be reached.", retriable: true });
    }
  }

  #receive(data: string | ArrayBuffer): void {
    if (this.#closed) return;
    if (typeof data !== "string") return this.#understood(false);
    const delta = readAudioDelta(data);
    if (delta) {
      this.#understood(true);
      this.#listener.onRaw?.(data);
      this.#listener.onAudio(delta);
      return this.#goesOn(delta.response_id, (delta.base64.length * 0.75) / BYTES_PER_MS);
    }
    const read = readServerEvents(data);
    // Unknown to the protocol as we know it, so nothing a rule of the call could go by. A sign that the model lives is what it
    // makes of an answer, also where that is new: how it thinks, for one.
    const events = read.filter((event) => event.type !== "unknown");
    const lives = read.some((event) => event.type !== "unknown" || event.name.startsWith("response."));
    if (lives || read.length === 0) this.#understood(lives);
    if (this.#closed) return;
    // What the settings were agreed on with is between Luna and the provider.
    const between = this.#handshake !== undefined && !this.#ready;
    for (const event of events) this.#look(event);
    if (this.#closed) return;
    if (!between) this.#listener.onRaw?.(data);
    for (const event of events) this.#pass(event);
  }

  /** A provider that sends what nobody can read is as good as silent, and gone when nothing else comes. */
  #understood(it: boolean): void {
    if (it) this.#heardFrom = Date.now();
    this.#unreadable = it ? 0 : this.#unreadable + 1;
    if (this.#unreadable < GARBAGE_BORNE) return;
    this.#lost({ code: "garbage", message: "The AI provider sent what nobody can read.", retriable: true });
  }

  /** An answer is under way since then, Unix ms; null: none is. What becomes of a request from here on shows in its end. */
  #begins(at: number | null): void {
    this.#begunAt = at;
    this.#sounded = 0;
    this.#asked.clear();
  }

  #toldToStop(response_id: string | undefined): void {
    if (response_id === undefined || response_id === this.#stopped?.response_id) return;
    this.#stopped = { response_id, at: Date.now() };
  }

  /** Hot path. Something has come of an answer, with `ms` of sound: one that has no end, or cannot be stopped, ends with its session. */
  #goesOn(response_id: string, ms: number): void {
    if (this.#led || this.#closed) return;
    // It has just been understood.
    const now = this.#heardFrom;
    this.#sounded += ms;
    const lasts = Math.max(this.#sounded, now - (this.#begunAt ?? now));
    const stopped = response_id === this.#stopped?.response_id && now - this.#stopped.at > STOPS_WITHIN_MS;
    if (!stopped && lasts <= LONGEST_ANSWER_MS) return;
    this.#lost({ code: "endless_answer", message: "The AI provider did not stop talking.", retriable: true });
  }

  /** What an event means for the connection. */
  #look(event: ServerEvent): void {
    if (event.type === "error") this.#note(event);
    if (this.#ready || this.#closed) return;
    if (this.#handshake) this.#shakeHands(event, this.#handshake);
    else if (event.type === "session.created") this.#begin();
  }

  #pass(event: ServerEvent): void {
    if (this.#closed) return;
    this.#listener.onEvent(event);
    // What a buffer still plays was made before.
    if ("response_id" in event && event.type.startsWith("response.")) this.#goesOn(event.response_id, 0);
    const committed = event.type === "input_audio_buffer.committed" && !this.#led;
    if (event.type === "response.created" || committed) this.#answer(true);
    if (event.type === "response.created") this.#begins(Date.now());
    if (event.type === "error") this.#refused(event.error);
    if (event.type !== "response.done") return;
    this.#answer(false);
    this.#begins(null);
    if (!this.#led) this.#judge(responseFailure(event.response));
  }

  /**
   * A request that is refused is answered, too, and counts like an answer that failed; not where another answer is on its way.
   * What a fatal error says is true also when the close that ought to follow does not come.
   */
  #refused(error: RealtimeError): void {
    const failure = errorFailure(error);
    const ours = this.#asked.delete(error.event_id ?? "") && error.code !== "conversation_already_has_active_response";
    if (ours) this.#answer(false);
    if (!this.#led && (ours || failure.fatal)) this.#judge(failure);
  }

  /** Watches over an answer that is owed, until it is there. */
  #answer(owed: boolean): void {
    this.#answering = owed;
    this.#heardFrom = Date.now();
    clearTimeout(this.#watchdog);
    if (owed) this.#watchdog = setTimeout(() => this.#listen(), SILENT_FOR_MS);
  }

  #listen(): void {
    // Of a clock that has been set back.
    this.#heardFrom = Math.min(this.#heardFrom, Date.now());
    const quiet = Date.now() - this.#heardFrom;
    if (quiet < SILENT_FOR_MS) this.#watchdog = setTimeout(() => this.#listen(), SILENT_FOR_MS - quiet);
    else this.#lost({ code: "stalled", message: "The AI provider stopped answering.", retriable: true });
  }

  /** Answers that fail are not always announced by an `error`: no credit left, for one, only shows in `response.done`. */
  #judge(failure: Failure | undefined): void {
    this.#failedInARow = failure ? this.#failedInARow + 1 : 0;
    if (failure && (failure.fatal || this.#failedInARow > FAILURES_BORNE)) this.#lost(failure);
  }

  #begin(): void {
    clearTimeout(this.#watchdog);
    this.#ready = true;
    this.#listener.onReady();
  }

  #shakeHands(event: ServerEvent, handshake: Handshake): void {
    const next = handshake.take(event);
    if (next.step === "send") {
      this.#configure(next.event);
    } else if (next.step === "refused") {
      this.#lost({
        code: "not_configured",
        message: `The AI provider changed this call's settings (${next.differences.join(", ")}).`,
        retriable: false,
      });
    } else if (next.step === "retell") {
      clearTimeout(this.#watchdog);
      void this.#tellAgain(handshake);
    } else if (next.step === "configured") this.#begin();
  }

  #configure(event: ClientEvent): void {
    this.#expect(UPDATED_WITHIN_MS, "not_configured", "The AI provider did not take this call's settings.");
    this.send(event);
  }

  /** The server takes events in order, so the answer to the last one says that all of it has arrived. */
  async #tellAgain(handshake: Handshake): Promise<void> {
    const events = this.#retell ? await this.#retell().catch(() => null) : [];
    if (this.#closed) return;
    if (events === null) return this.#lost(NOT_RETOLD);
    for (const event of events) this.send(event);
    this.#expect(UPDATED_WITHIN_MS, "not_configured", "The AI provider did not take this call's settings.");
    this.send(handshake.restored());
  }

  #note(event: Extract<ServerEvent, { type: "error" }>): void {
    const failure = errorFailure(event.error);
    if (failure.fatal) this.#lastError = failure;
    // A session that was never configured cannot live on after an error about its settings.
    else if (CONFIGURES.has(event.error.event_id ?? "") && !this.#ready) this.#lost(failure);
  }

  #expect(ms: number, code: string, message: string): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lost(this.#lastError ?? { code, message, retriable: true }), ms);
  }

  #lost(gone: Gone): void {
    if (this.#closed) return;
    this.close();
    this.#listener.onGone({ code: gone.code, message: gone.message, retriable: gone.retriable });
  }
}

/** The key's header. `OpenAI-Beta` must never be sent: since May 2026 it ends the connection with close 4000. */
export function authorization(provider: ProviderSettings, key: string): Record<string, string> {
  if (provider.auth === "api-key") return { "api-key": key };
  if (provider.auth === "x-luna-key") return { "X-Luna-Key": `Bearer ${key}` };
  return { Authorization: `Bearer ${key}` };
}

function hangUp(socket: WebSocket): void {
  socket.accept();
  socket.close(1000, "call over");
}

/** Opens a session, hears whether the provider takes the key and the model, and leaves. Costs nothing: no response is asked for. */
export function testKey(
  provider: ProviderSettings,
  key: string,
  config: SessionConfig,
): Promise<{ ok: boolean; message: string }> {
  return new Promise((resolve) => {
    const engine: ProviderEngine = new ProviderEngine({
      provider,
      key,
      config,
      listener: {
        onReady() {
          engine.close();
          resolve({ ok: true, message: "The key works." });
        },
        onEvent() {},
        onAudio() {},
        onGone: (gone) => resolve({ ok: false, message: gone.message }),
      },
    });
  });
}
