/**
 * Builds everything that browsers load into `public/build/` (the pages, what they load later, worklets, workers, styles) and
 * `public/embed.js`; and copies the voice's model files into `public/voice/`. Run by `wrangler dev` and `wrangler deploy` (see `[build]` in wrangler.toml) and by
 * `npm run build`. No network, no prompt, about a second.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { copyVoiceFiles } from "./voice-files.ts";
import { makePhrases } from "./voice-phrases.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const PUBLIC = path.join(ROOT, "public");
const OUT = path.join(PUBLIC, "build");
const PAGE = { main: "src/client/main.tsx" };
/** A page of its own: what it shares with the other would become one more file that both first pictures wait for. */
const GUEST = { guest: "src/client/guest/main.tsx" };
/** The host's pages; what draws plots and waveforms comes only where there is one. */
const HOST = { host: "src/client/host/main.tsx" };
/** Each of these is one file by itself: a worklet or a worker cannot count on a second one. */
const ALONE = {
  theme: "src/client/theme-boot.ts",
  "capture-worklet": "src/client/audio/capture-worklet.ts",
  "playback-worklet": "src/client/audio/playback-worklet.ts",
  "voice-worker": "src/client/voice/worker.ts",
  styles: "public/styles/main.css",
  "guest-styles": "public/styles/guest.css",
  "host-styles": "public/styles/host.css",
  docs: "src/client/docs/main.tsx",
  "docs-styles": "public/styles/docs.css",
  lab: "src/client/lab/lab.tsx",
  "lab-styles": "public/styles/lab.css",
  keys: "src/client/keys/keys.tsx",
  "sign-in": "src/client/sign-in/main.ts",
  "sign-in-styles": "public/styles/sign-in.css",
};

/** For other people's sites: one file at an address of its own, which leaves nothing behind in the page but an element. */
const EMBED = { embed: "src/client/embed/embed.ts" };

/** What others wait for may weigh so much. */
const LIMITS = [
  { name: "page", file: "build/main.js", gzip: true, bytes: 40 * 1024, else: "load what no first call needs later" },
  { name: "guest", file: "build/guest.js", gzip: true, bytes: 45 * 1024, else: "a guest's phone waits for all of it" },
  { name: "embed", file: "embed.js", gzip: false, bytes: 10 * 1024, else: "other people's sites wait for it" },
];

/** Whoever has just built says so: what starts many servers, or bundles for two environments, builds once. */
if (process.env.LUNA_BUILT === "1" && existsSync(path.join(OUT, "main.js"))) process.exit(0);

const started = performance.now();
const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
const icons = createHash("sha256").update(await readFile(path.join(PUBLIC, "icons.svg")));
const COMMON: BuildOptions & { write: false } = {
  absWorkingDir: ROOT,
  outdir: OUT,
  bundle: true,
  write: false,
  format: "esm",
  target: ["chrome120", "firefox122", "safari17.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  minify: true,
  sourcemap: "linked",
  legalComments: "linked",
  // Modules are UTF-8 by definition; escapes would cost the page a hundred bytes.
  charset: "utf8",
  logLevel: "warning",
  loader: { ".svg": "dataurl" },
  external: ["/icons.svg"],
  define: { ICONS: JSON.stringify(`/icons.svg?${icons.digest("hex").slice(0, 6)}`) },
};
const built = await Promise.all([
  build({ ...COMMON, entryPoints: entryPoints(PAGE), splitting: true }),
  build({ ...COMMON, entryPoints: entryPoints(GUEST), splitting: true }),
  build({ ...COMMON, entryPoints: entryPoints(HOST), splitting: true }),
  build({ ...COMMON, entryPoints: entryPoints(ALONE) }),
  build({
    ...COMMON,
    outdir: PUBLIC,
    entryPoints: entryPoints(EMBED),
    format: "iife",
    sourcemap: false,
    legalComments: "none",
  }),
]);
/** Pages that load the same part later have made the same file of it. */
const outputFiles = [...new Map(built.flatMap((one) => one.outputFiles).map((file) => [file.path, file])).values()];

await mkdir(OUT, { recursive: true });
await Promise.all(outputFiles.map((file) => place(file.path, file.contents)));
const wanted = new Set(outputFiles.map((file) => path.basename(file.path)));
const stale = (await readdir(OUT)).filter((name) => !wanted.has(name) && !name.endsWith(".new"));
await Promise.all(stale.map((name) => rm(path.join(OUT, name), { recursive: true, force: true })));

await copyVoiceFiles(PUBLIC);
const phrases = await makePhrases(PUBLIC);
if (phrases.spoken > 0)
  console.log(`voice ${phrases.spoken} of ${phrases.phrases} phrases spoken, ${kib(phrases.bytes)}`);

console.log(`built in ${Math.round(performance.now() - started)} ms`);
for (const { name, file, gzip, bytes, else: why } of LIMITS) {
  const content = await readFile(path.join(PUBLIC, file));
  const size = gzip ? gzipSync(content, { level: 9 }).byteLength : content.byteLength;
  console.log(`${name} ${kib(size)}${gzip ? " gzip" : ""} of ${kib(bytes)}`);
  if (size <= bytes) continue;
  console.error(`public/${file} is over its limit: ${why}.`);
  process.exitCode = 1;
}

function entryPoints(entries: Record<string, string>): { in: string; out: string }[] {
  return Object.entries(entries).map(([out, file]) => ({ in: file, out }));
}

/** Only what changed, and in one step: another `wrangler dev` may be serving this folder right now. */
async function place(file: string, contents: Uint8Array): Promise<void> {
  const before = await readFile(file).catch(() => null);
  if (before?.equals(contents)) return;
  const fresh = `${file}.${process.pid}.new`;
  await writeFile(fresh, contents);
  await rename(fresh, file);
}
