/** What is alive in the heap of a Worker: V8 is asked to collect first, by its inspector (Chrome DevTools Protocol). */
import { once } from "node:events";
import WebSocket from "ws";

export interface Heap {
  /** Objects and the buffers behind them, MB. Everybody waits meanwhile, some tens of milliseconds. */
  liveMb(): Promise<number>;
  close(): void;
}

/** @param inspector of the isolate, as the relay tells it. */
export async function openHeap(inspector: string): Promise<Heap> {
  const socket = new WebSocket(inspector.replace(/^http/, "ws"), { headers: { Origin: "http://localhost" } });
  await once(socket, "open");
  const answers = new Map<number, (result: unknown) => void>();
  socket.on("message", (data: Buffer) => {
    const { id, result } = JSON.parse(data.toString()) as { id?: number; result?: unknown };
    if (id !== undefined) answers.get(id)?.(result);
  });
  let asked = 0;
  const ask = (method: string) =>
    new Promise((resolve) => {
      answers.set(++asked, resolve);
      socket.send(JSON.stringify({ id: asked, method }));
    });
  return {
    async liveMb() {
      await ask("HeapProfiler.collectGarbage");
      const { usedSize, backingStorageSize } = (await ask("Runtime.getHeapUsage")) as Record<string, number>;
      return ((usedSize ?? 0) + (backingStorageSize ?? 0)) / 2 ** 20;
    },
    close: () => socket.close(),
  };
}
