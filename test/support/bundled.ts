/** Packages as one module each, for a runtime that has to be given every module again for each test file. */
import path from "node:path";
import { build } from "esbuild";
import type { Plugin } from "vite";

const ROOT = path.resolve(import.meta.dirname, "../..");
/** The zero byte keeps other plugins away, as Rollup has it. */
const PREFIX = "\0bundled:";

/** @param names import specifiers, as they stand in the source; each is bundled once in a run, when it is first asked for. */
export function bundled(names: readonly string[]): Plugin {
  const made = new Map<string, Promise<string>>();
  const bundleOf = (name: string): Promise<string> => {
    const code = made.get(name) ?? bundle(name);
    made.set(name, code);
    return code;
  };
  return {
    name: "luna:bundled",
    enforce: "pre",
    resolveId: (id) => (names.includes(id) ? PREFIX + id : undefined),
    // Nobody steps through a package: without a source map it is a third of the size.
    load: async (id) =>
      id.startsWith(PREFIX) ? { code: await bundleOf(id.slice(PREFIX.length)), map: { mappings: "" } } : undefined,
  };
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from ${JSON.stringify(name)};`, resolveDir: ROOT },
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    // As Wrangler bundles them for the runtime.
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["browser", "module", "main"],
    external: ["node:*", "cloudflare:*"],
    minifyWhitespace: true,
    legalComments: "none",
  });
  return outputFiles[0]?.text ?? "";
}
