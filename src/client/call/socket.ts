/** One WebSocket to the call: JSON text both ways, microphone frames up, audio frames down. `reconnect.ts` opens the next one. */
import { BYTES_PER_MS } from "../../audio/pcm.ts";
import { AUDIO_HEADER_BYTES } from "../../legs/frames.ts";
import type { PageEvent, PageMessageInput } from "../../legs/wire.ts";
import { PAGE_PROTOCOL, PAGE_TOKEN_PROTOCOL } from "./protocol.ts";
import type { Link, LinkListener } from "./reconnect.ts";

/** More than one second of audio waiting to leave: newer frames are dropped, speech that comes late helps nobody. */
const FULL_BYTES = 1_000 * BYTES_PER_MS;
/** Five seconds waiting, for three seconds: the connection is as good as gone. */
const STUCK_BYTES = 5 * FULL_BYTES;
const STUCK_MS = 3_000;

/** Why there is no way back to the call. */
export interface Lost {
  /** One sentence for the person. */
  message: string;
  /** The call goes on, in another tab. */
  elsewhere?: boolean;
}

/** What a session hears of its wire, over as many sockets as it takes. */
export interface SocketListener {
  onOpen(): void;
  onEvent(event: PageEvent): void;
  /** `n` was announced by `luna.audio`; PCM16 mono 24 kHz. */
  onAudio(n: number, pcm: Int16Array<ArrayBuffer>): void;
  /** The socket is lost, and the way back is being looked for. */
  onAway(): void;
  /** There is a socket again: the call now tells all it knows, and `onReplayed` says when that is done. */
  onBack(): void;
  onReplayed(): void;
  /** The wire is gone for good. Not reported after `close()`. */
  onGone(lost: Lost): void;
}

/** What a session needs of a wire; tests bring their own. */
export interface Wire {
  tell(message: PageMessageInput): void;
  hear(frame: ArrayBuffer): void;
  close(): void;
}

export class CallSocket implements Link {
  /** Microphone frames that never left because the connection was too slow. */
  dropped = 0;
  readonly #socket: WebSocket;
  readonly #listener: LinkListener;
  #stuckSince: number | null = null;
  #closed = false;

  /** @param address of the call's socket, path or URL. */
  constructor(address: string, token: string, listener: LinkListener) {
    this.#listener = listener;
    const url = new URL(address, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new WebSocket(url, [PAGE_PROTOCOL, PAGE_TOKEN_PROTOCOL + token]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onopen = () => this.#closed || this.#listener.onOpen();
    this.#socket.onmessage = (message) => this.#closed || this.#message(message.data);
    this.#socket.onclose = (close) => this.#gone(close.code, close.reason);
  }

  send(text: string): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
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

  #message(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      if (data.byteLength <= AUDIO_HEADER_BYTES) return;
      const n = new DataView(data).getUint32(0, true);
      const samples = (data.byteLength - AUDIO_HEADER_BYTES) >> 1;
      this.#listener.onAudio(n, new Int16Array(data, AUDIO_HEADER_BYTES, samples));
      return;
    }
    if (data === "pong") return this.#listener.onPong();
    const event = readEvent(data);
    if (event !== null) this.#listener.onEvent(event);
  }

  #watch(waiting: number): void {
    if (waiting < STUCK_BYTES) this.#stuckSince = null;
    else if (this.#stuckSince === null) this.#stuckSince = performance.now();
    else if (performance.now() - this.#stuckSince > STUCK_MS) {
      this.#socket.close(3000, "stuck");
      this.#gone(0, "The connection is too slow for a call.");
    }
  }

  #gone(code: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.onGone(code, reason);
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
