/** The bare object of `worker/splice.ts`: what workerd itself takes for this, without Luna. */
import { bundled, serveWorker, upstreamBase } from "./workerd.ts";

await serveWorker(bundled("splice"), {
  compatibilityDate: "2026-10-23",
  durableObjects: { LINES: { className: "Line", useSQLite: true } },
  bindings: { UPSTREAM: `${upstreamBase}/realtime` },
});
