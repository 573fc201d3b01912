/** The line of who watches: comes back by itself when it was lost, and sooner when the network or the person does. */

/** What a watch needs of a socket; tests bring their own. */
export type WatchSocket = Pick<WebSocket, "addEventListener" | "close">;

export interface WatchPorts {
  dial(): WatchSocket;
  /** One event, as it came. */
  hear(event: { type: string }): void;
  /** The line is there, or has been lost. */
  there(on: boolean): void;
  /** Calls `again` after so many ms; gives what takes it back. */
  later(again: () => void, ms: number): () => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** How long to wait before the next try, ms, after so many that failed in a row. */
export function waitAfter(failures: number): number {
  return Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 10));
}

export class WatchLine {
  readonly #ports: WatchPorts;
  #socket: WatchSocket | null = null;
  #failures = 0;
  #takeBack: (() => void) | null = null;
  #over = false;

  constructor(ports: WatchPorts) {
    this.#ports = ports;
    this.#dial();
  }

  /** Tries at once, if it was waiting to. */
  hurry(): void {
    if (this.#over || this.#takeBack === null) return;
    this.#takeBack();
    this.#takeBack = null;
    this.#dial();
  }

  /** No more is wanted. */
  close(): void {
    this.#over = true;
    this.#takeBack?.();
    this.#socket?.close();
  }

  #dial(): void {
    const socket = this.#ports.dial();
    this.#socket = socket;
    socket.addEventListener("open", () => this.#ports.there(true));
    socket.addEventListener("message", ({ data }) => {
      const event = read(data);
      if (event === null || this.#over) return;
      // A socket that opens and closes without a word is no success: the waits go on growing.
      this.#failures = 0;
      this.#ports.hear(event);
    });
    socket.addEventListener("close", () => {
      if (this.#over || this.#socket !== socket) return;
      this.#ports.there(false);
      this.#takeBack = this.#ports.later(() => {
        this.#takeBack = null;
        this.#dial();
      }, waitAfter(this.#failures));
      this.#failures += 1;
    });
  }
}

function read(data: unknown): { type: string } | null {
  if (typeof data !== "string") return null;
  try {
    const event: unknown = JSON.parse(data);
    if (typeof event !== "object" || event === null) return null;
    return typeof (event as { type?: unknown }).type === "string" ? (event as { type: string }) : null;
  } catch {
    return null;
  }
}
