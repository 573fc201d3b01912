/**
 * The simulated provider: a Realtime server that does next to nothing itself, so that what is measured is the relay. It runs
 * in the callers' process, on the callers' clock. What a session does with sound is decided by the profile.
 *
 * Which call a session belongs to is told by the model it asks for: `bench-7` is call number 7.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";
import {
  type Answering,
  audioDelta,
  responseBegins,
  responseEnds,
  sessionEvent,
  speechEnds,
  speechStarts,
  toolCalled,
  transcriptDelta,
} from "./events.ts";

const APPEND = '{"type":"input_audio_buffer.append"';
const AUDIO = '"audio":"';
/** Words come beside the sound: one piece for so many deltas. */
const DELTAS_PER_WORDS = 10;

/** What a profile wants to know and to do. Called on the hot path. */
export interface UpstreamEar {
  /** One appended frame, base64. */
  onAppend(session: Session, base64: string): void;
  /** The relay has configured the session. */
  onConfigured?(session: Session): void;
  /** The relay asks for an answer; it has begun when this is called. */
  onAnswering?(session: Session): void;
  /** Any other client event, parsed. */
  onEvent?(session: Session, event: { type?: string; item?: { type?: string } }): void;
}

export class Session {
  static #sessions = 0;
  readonly call: number;
  readonly socket: WebSocket;
  configuredAt = 0;
  /** The response under way. */
  answering: Answering | undefined;
  readonly #ear: UpstreamEar;
  #session: object;
  readonly #serial = Session.#sessions++;
  #responses = 0;
  #deltas = 0;

  constructor(socket: WebSocket, call: number, ear: UpstreamEar) {
    this.socket = socket;
    this.call = call;
    this.#ear = ear;
    this.#session = { type: "realtime", object: "realtime.session", id: `sess_${call}`, model: `bench-${call}` };
    socket.on("message", (data: Buffer) => this.#receive(data.toString("latin1")));
    socket.on("error", () => socket.terminate());
    this.say(sessionEvent("session.created", this.#session));
  }

  say(text: string): void {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(text);
  }

  /** Sound of the response under way; none while there is none. */
  play(base64: string): boolean {
    if (!this.answering) return false;
    if (++this.#deltas % DELTAS_PER_WORDS === 0) this.say(transcriptDelta(this.answering, "and so on "));
    this.say(audioDelta(this.answering, base64));
    return true;
  }

  /** Begins to answer. */
  answer(): void {
    this.#responses++;
    this.answering = { response: `resp_${this.#place}`, item: `item_${this.#place}` };
    for (const text of responseBegins(this.answering)) this.say(text);
  }

  /** Ends the answer under way. */
  finish(status: "completed" | "cancelled" = "completed"): void {
    if (!this.answering) return;
    for (const text of responseEnds(this.answering, "and so on and so on", status)) this.say(text);
    this.answering = undefined;
  }

  hearSpeech(): void {
    this.say(speechStarts(this.#callerItem()));
  }

  endSpeech(words = "Could you tell me more about that?"): void {
    for (const text of speechEnds(this.#callerItem(), words)) this.say(text);
  }

  /** A whole turn of the caller, and the next answer, all at once: no frame falls between. */
  turn(words?: string): void {
    this.finish();
    this.hearSpeech();
    this.endSpeech(words);
    this.answer();
  }

  callTool(callId: string, name: string, args: string): void {
    if (this.answering) this.say(toolCalled(this.answering, callId, name, args));
  }

  /** A call may have several sessions, one after another. */
  get #place(): string {
    return `${this.call}_${this.#serial}_${this.#responses}`;
  }

  #callerItem(): string {
    return `item_${this.#place}_caller`;
  }

  #receive(text: string): void {
    if (text.startsWith(APPEND)) {
      const at = text.indexOf(AUDIO, APPEND.length) + AUDIO.length;
      return this.#ear.onAppend(this, text.slice(at, text.indexOf('"', at)));
    }
    const event = JSON.parse(Buffer.from(text, "latin1").toString()) as {
      type?: string;
      session?: object;
      item?: { type?: string };
    };
    if (event.type === "session.update") {
      this.#session = { ...this.#session, ...event.session };
      this.say(sessionEvent("session.updated", this.#session));
      if (this.configuredAt === 0) {
        this.configuredAt = performance.now();
        this.#ear.onConfigured?.(this);
      }
    } else if (event.type === "response.create" && !this.answering) {
      this.answer();
      this.#ear.onAnswering?.(this);
    }
    if (event.type === "conversation.item.create") {
      const item = { status: "completed", ...event.item };
      this.say(JSON.stringify({ type: "conversation.item.added", event_id: "event_bench", item }));
      this.say(JSON.stringify({ type: "conversation.item.done", event_id: "event_bench", item }));
    }
    this.#ear.onEvent?.(this, event);
  }
}

export interface Upstream {
  port: number;
  /** The newest session of each call. */
  sessions: Map<number, Session>;
  stop(): Promise<void>;
}

export async function startUpstream(ear: UpstreamEar): Promise<Upstream> {
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  await once(server, "listening");
  const sessions = new Map<number, Session>();
  server.on("connection", (socket, request) => {
    const model = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("model") ?? "";
    const call = Number(model.replace("bench-", ""));
    sessions.set(call, new Session(socket, call, ear));
  });
  return {
    port: (server.address() as AddressInfo).port,
    sessions,
    stop() {
      for (const client of server.clients) client.terminate();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
