/** What every relay process has in common: it tells its address to the bench, and it ends when the bench does. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { WebSocketServer } from "ws";

/** `ws://127.0.0.1:<port>/v1/realtime` of the simulated upstream. */
export const upstreamUrl = `ws://127.0.0.1:${process.env.BENCH_UPSTREAM_PORT}/v1/realtime`;

process.on("disconnect", () => process.exit(0));

export async function serve(server: WebSocketServer): Promise<void> {
  if (!server.address()) await once(server, "listening");
  tellAddress(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** @param inspector where V8 can be asked about its heap (CDP), if anybody means to. */
export function tellAddress(address: string, inspector?: string): void {
  process.send?.({ address, inspector });
}
