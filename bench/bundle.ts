/** The Workers in one file each, as a deploy bundles them. */
import { join } from "node:path";
import { build, stop } from "esbuild";

/** @param folder where the files go: `luna.mjs`, `hour.mjs`, `splice.mjs`. */
export async function bundleWorkers(folder: string): Promise<void> {
  await build({
    entryPoints: ["luna", "hour", "splice"].map((name) => join(import.meta.dirname, "worker", `${name}.ts`)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    define: { BUNDLED_AT: String(Date.now()) },
    logLevel: "warning",
  });
  await stop();
}
