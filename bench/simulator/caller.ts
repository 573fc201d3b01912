/** What a caller is to the bench, whatever wire it speaks. */
import { WebSocket } from "ws";

/** Reports of one caller; called on the hot path. `at` is `performance.now()`. */
export interface CallerEar {
  /** One frame of sound arrived. */
  onFrame(number: number, at: number): void;
  /** "Stop the sound now": the command, or what the wire has for it. */
  onFlush?(at: number): void;
  onGone?(): void;
}

export interface Caller {
  send(number: number): void;
  close(): void;
}

/** How sound comes. */
export interface Tempo {
  /** Length of a frame. */
  frameMs: number;
  /** So many times as fast as real time; absent: once. */
  faster?: number;
}

/** How to reach a relay with call number `call`; resolves when frames may be sent. */
export type Dial = (address: string, call: number, tempo: Tempo, ear: CallerEar) => Promise<Caller>;

export function openSocket(url: string, protocols: string[] = [], headers: Record<string, string> = {}): WebSocket {
  return new WebSocket(url, protocols, { perMessageDeflate: false, skipUTF8Validation: true, headers });
}

export function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", reject);
  });
}
