/**
 * Luna itself: the Worker of `wrangler.toml` with its objects, D1 and whatever else it binds. Records are on. `BENCH_LUNA` names
 * the bundle: `luna`, or `hour`, whose time passes faster.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { unstable_getMiniflareWorkerOptions, unstable_splitSqlQuery } from "wrangler";
import { bundled, serveWorker, upstreamBase } from "./workerd.ts";

const ROOT = join(import.meta.dirname, "../..");

const { workerOptions } = unstable_getMiniflareWorkerOptions(join(ROOT, "wrangler.toml"));
/** No page is asked for here, so the asset router does not stand before the Worker. */
const { assets: _page, modulesRules: _rules, ratelimits, bindings, ...luna } = workerOptions;
/** The brake on opening calls would stop the bench at 30; everything else is as deployed. */
const unbraked = Object.fromEntries(
  Object.entries(ratelimits ?? {}).map(([name, limit]) => [
    name,
    { ...limit, simple: { limit: 1_000_000, period: 60 as const } },
  ]),
);

const options = {
  ...luna,
  ratelimits: unbraked,
  bindings: {
    ...(bindings as Record<string, string>),
    REALTIME_BASE_URL: upstreamBase,
    MAX_CALL_MINUTES: "120",
    // For clients of `/v1/realtime`; pages bring their own.
    OPENAI_API_KEY: "sk-bench-upstream",
  },
};

await serveWorker(bundled(process.env.BENCH_LUNA ?? "luna"), options, async (miniflare) => {
  const db = await miniflare.getD1Database("DB");
  for (const name of (await readdir(join(ROOT, "migrations"))).sort()) {
    const sql = await readFile(join(ROOT, "migrations", name), "utf8");
    await db.batch(unstable_splitSqlQuery(sql).map((statement) => db.prepare(statement)));
  }
});
