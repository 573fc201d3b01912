/** A Worker in workerd, through miniflare. Callers reach the Worker's own socket, not miniflare's development front. */
import { readFile } from "node:fs/promises";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type V4WorkerOptions } from "miniflare";
import { tellAddress } from "./serve.ts";

/** A Worker of this name: so its isolate is called as well. */
const NAME = "bench";

/** @param prepare is done before the first call comes. */
export async function serveWorker(
  script: string,
  options: Omit<V4WorkerOptions, "modules">,
  prepare: (miniflare: Miniflare) => Promise<void> = async () => {},
): Promise<void> {
  const inspected = process.env.BENCH_INSPECTED === "1";
  const contents = await readFile(script, "utf8");
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: 0,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs() {},
      cf: false,
      ...(inspected ? { inspectorPort: 0 } : {}),
      telemetry: { enabled: false },
      workers: [
        {
          ...options,
          name: NAME,
          modules: [{ type: "ESModule", path: "worker.mjs", contents }],
          unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
        },
      ],
    }),
  );
  process.on("SIGTERM", () => void miniflare.dispose().then(() => process.exit(0)));
  await prepare(miniflare);
  const { origin } = await miniflare.unsafeGetDirectURL(NAME);
  tellAddress(origin, inspected ? `${(await miniflare.getInspectorURL()).origin}/core:user:${NAME}` : undefined);
}

/** The bundle of `worker/<name>.ts`. */
export function bundled(name: string): string {
  return `${process.env.BENCH_WORKERS}/${name}.mjs`;
}

/** `http://127.0.0.1:<port>/v1` of the simulated upstream. */
export const upstreamBase = `http://127.0.0.1:${process.env.BENCH_UPSTREAM_PORT}/v1`;
