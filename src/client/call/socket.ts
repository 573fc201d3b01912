/** The page's one WebSocket to its call: JSON text both ways, microphone frames up, audio frames down. */
import { AUDIO_HEADER_BYTES, BYTES_PER_MS } from "../../legs/frames.ts";
import type { CallOpened, PageEvent, PageMessageInput } from "../../legs/wire.ts";
import { PAGE_PROTOCOL, PAGE_TOKEN_PROTOCOL } from "./protocol.ts";

/** More than one second of audio waiting to leave: newer frames are dropped, speech that comes late helps nobody. */
const FULL_BYTES = 1_000 * BYTES_PER_MS;
/** Five seconds waiting, for three seconds: the connection is as good as gone. */
const STUCK_BYTES = 5 * FULL_BYTES;
const STUCK_MS = 3_000;

export interface SocketListener {
  onOpen(): void;
  onEvent(event: PageEvent): void;
  /** `n` was announced by `luna.audio`; PCM16 mono 24 kHz. */
  onAudio(n: number, pcm: Int16Array<ArrayBuffer>): void;
  /** The socket is gone. Not reported after `close()`. */
  onGone(reason: string): void;
}

/** What a session needs of a socket; tests bring their own. */
export interface Wire {
  tell(message: PageMessageInput): void;
  hear(frame: ArrayBuffer): void;
  close(): void;
}

export class CallSocket implements Wire {
  /** Microphone frames that never left because the connection was too slow. */
  dropped = 0;
  readonly #socket: WebSocket;
  readonly #listener: SocketListener;
  #waiting: string[] = [];
  #stuckSince: number | null = null;
  #closed = false;

  constructor(opened: Pick<CallOpened, "socket" | "token">, listener: SocketListener) {
    this.#listener = listener;
    const url = new URL(opened.socket, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new WebSocket(url, [PAGE_PROTOCOL, PAGE_TOKEN_PROTOCOL + opened.token]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => this.#opened();
    this.#socket.onmessage = (message) => this.#message(message.data);
    this.#socket.onclose = (close) => this.#gone(close.reason);
  }

  /** Sent in order; what is said before the socket is open waits. */
  tell(message: PageMessageInput): void {
    const text = JSON.stringify(message);
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#waiting.push(text);
    else if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  /** One microphone frame, or nothing where the connection cannot take it. */
  hear(frame: ArrayBuffer): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const waiting = this.#socket.bufferedAmount;
    this.#watch(waiting);
    if (waiting > FULL_BYTES) this.dropped++;
    else this.#socket.send(frame);
  }

  close(): void {
    this.#closed = true;
    this.#socket.close(1000);
  }

  #opened(): void {
    for (const text of this.#waiting) this.#socket.send(text);
    this.#waiting = [];
    this.#listener.onOpen();
  }

  #message(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      if (data.byteLength <= AUDIO_HEADER_BYTES) return;
      const n = new DataView(data).getUint32(0, true);
      const samples = (data.byteLength - AUDIO_HEADER_BYTES) >> 1;
      this.#listener.onAudio(n, new Int16Array(data, AUDIO_HEADER_BYTES, samples));
      return;
    }
    const event = readEvent(data);
    if (event !== null) this.#listener.onEvent(event);
  }

  #watch(waiting: number): void {
    if (waiting < STUCK_BYTES) this.#stuckSince = null;
    else if (this.#stuckSince === null) this.#stuckSince = performance.now();
    else if (performance.now() - this.#stuckSince > STUCK_MS) {
      this.#socket.close(3000, "stuck");
      this.#gone("The connection is too slow for a call.");
    }
  }

  #gone(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.onGone(reason);
  }
}

/** `null` for what is no event: the next one may well be. */
export function readEvent(text: string): PageEvent | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof (value as { type?: unknown } | null)?.type === "string" ? (value as PageEvent) : null;
  } catch {
    return null;
  }
}
