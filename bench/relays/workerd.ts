/** A Worker in workerd, through miniflare. Callers reach the Worker's own socket, not miniflare's development front. */
import { readFile } from "node:fs/promises";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { tellAddress } from "./serve.ts";

/** @param prepare is done before the first call comes. */
export async function serveWorker(
  script: string,
  options: Omit<V4WorkerOptions, "modules">,
  prepare: (miniflare: Miniflare) => Promise<void> = async () => {},
): Promise<void> {
  const contents = await readFile(script, "utf8");
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs() {},
      cf: false,
      telemetry: { enabled: false },
      workers: [
        {
          ...options,
          name: "bench",
          modules: [{ type: "ESModule", path: "worker.mjs", contents }],
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        },
      ],
    }),
  );
  process.on("SIGTERM", () => void miniflare.dispose().then(() => process.exit(0)));
  await prepare(miniflare);
  tellAddress((await miniflare.unsafeGetDirectURL("bench")).origin);
}

/** The bundle of `worker/<name>.ts`. */
export function bundled(name: string): string {
  return `${process.env.BENCH_WORKERS}/${name}.mjs`;
}

/** `http://127.0.0.1:<port>/v1` of the simulated upstream. */
export const upstreamBase = `http://127.0.0.1:${process.env.BENCH_UPSTREAM_PORT}/v1`;
