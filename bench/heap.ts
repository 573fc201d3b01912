/** What is alive in the heap of a Worker: V8 is asked to collect first, by its inspector (Chrome DevTools Protocol). */
import { once } from "node:events";
import WebSocket from "ws";

/** A heap of some hundred megabytes is collected within a second; a Worker that does not answer for so long never will. */
const ANSWERED_WITHIN_MS = 60_000;

export interface Heap {
  /**
   * Objects and the buffers behind them, MB. Everybody waits meanwhile, some tens of milliseconds.
   *
   * @throws when the Worker is gone or does not answer.
   */
  liveMb(): Promise<number>;
  close(): void;
}

/**
 * @param inspector of the isolate, as the relay tells it.
 * @throws when it cannot be reached.
 */
export async function openHeap(inspector: string): Promise<Heap> {
  const socket = new WebSocket(inspector.replace(/^http/, "ws"), {
    headers: { Origin: "http://localhost" },
    handshakeTimeout: ANSWERED_WITHIN_MS,
  });
  await once(socket, "open");
  const answers = new Map<number, (result: unknown) => void>();
  // A socket that is closed takes what is sent, and nobody answers: whoever asks hears it from here, however late.
  const gone = new Promise<never>((_, reject) => socket.once("close", () => reject(new Error("the Worker is gone"))));
  gone.catch(() => undefined);
  socket.on("error", () => undefined);
  socket.on("message", (data: Buffer) => {
    const { id, result } = JSON.parse(data.toString()) as { id?: number; result?: unknown };
    if (id !== undefined) answers.get(id)?.(result);
  });
  let asked = 0;
  const ask = async (method: string) => {
    const id = ++asked;
    let late: NodeJS.Timeout | undefined;
    const answer = new Promise((resolve, reject) => {
      answers.set(id, resolve);
      late = setTimeout(() => reject(new Error(`the Worker did not answer ${method}`)), ANSWERED_WITHIN_MS);
    });
    socket.send(JSON.stringify({ id, method }));
    try {
      return await Promise.race([gone, answer]);
    } finally {
      clearTimeout(late);
    }
  };
  return {
    async liveMb() {
      await ask("HeapProfiler.collectGarbage");
      const { usedSize, backingStorageSize } = (await ask("Runtime.getHeapUsage")) as Record<string, number>;
      return ((usedSize ?? 0) + (backingStorageSize ?? 0)) / 2 ** 20;
    },
    close: () => socket.close(),
  };
}
