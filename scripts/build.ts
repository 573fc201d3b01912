/**
 * Builds the page into `public/build/`: the page itself, the two audio worklets, the voice worker, the styles; and copies the
 * voice's model files into `public/voice/`. Run by `wrangler dev` and `wrangler deploy` (see `[build]` in wrangler.toml) and by
 * `npm run build`. No network, no prompt, about a second.
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type BuildOptions, build } from "esbuild";
import { makePhrases } from "./voice-phrases.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const PUBLIC = path.join(ROOT, "public");
const OUT = path.join(PUBLIC, "build");
/** What a visitor loads before the first call. */
const PAGE_LIMIT_BYTES = 40 * 1024;

const PAGE = { main: "src/client/main.tsx" };
/** A page of its own: what it shares with the other would become one more file that both first pictures wait for. */
const GUEST = { guest: "src/client/guest/main.tsx" };
/** The host's pages; what draws plots and waveforms comes only where there is one. */
const HOST = { host: "src/client/host/main.tsx" };
const GUEST_LIMIT_BYTES = 45 * 1024;
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
const EMBED_LIMIT_BYTES = 10 * 1024;

/** Whoever has just built says so: what starts many servers, or bundles for two environments, builds once. */
if (process.env.LUNA_BUILT === "1" && existsSync(path.join(OUT, "main.js"))) process.exit(0);

const started = performance.now();
const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
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

const voiceFiles = path.join(ROOT, "scripts/voice-files.ts");
if (existsSync(voiceFiles)) {
  const { copyVoiceFiles } = (await import(voiceFiles)) as { copyVoiceFiles(dir: string): unknown };
  await copyVoiceFiles(PUBLIC);
}
const phrases = await makePhrases(PUBLIC);
if (phrases.spoken > 0)
  console.log(`voice ${phrases.spoken} of ${phrases.phrases} phrases spoken, ${kib(phrases.bytes)}`);

const gzipped = async (name: string) => gzipSync(await readFile(path.join(OUT, name)), { level: 9 }).byteLength;
const size = await gzipped("main.js");
const guest = await gzipped("guest.js");
const styles = gzipSync(readFileSync(path.join(OUT, "styles.css"))).byteLength;
const ms = Math.round(performance.now() - started);
console.log(`page ${kib(size)} gzip of ${kib(PAGE_LIMIT_BYTES)}, styles ${kib(styles)} gzip, built in ${ms} ms`);
console.log(`guest ${kib(guest)} gzip of ${kib(GUEST_LIMIT_BYTES)}`);
if (size > PAGE_LIMIT_BYTES) {
  console.error("public/build/main.js is over its limit: load what is not needed before the first call later.");
  process.exit(1);
}
const embed = (await readFile(path.join(PUBLIC, "embed.js"))).byteLength;
console.log(`embed ${kib(embed)} of ${kib(EMBED_LIMIT_BYTES)}`);
if (embed > EMBED_LIMIT_BYTES) {
  console.error("public/embed.js is over its limit: other people's sites wait for it.");
  process.exit(1);
}
if (guest > GUEST_LIMIT_BYTES) {
  console.error("public/build/guest.js is over its limit: a guest's phone waits for all of it.");
  process.exit(1);
}

function entryPoints(entries: Record<string, string>): { in: string; out: string }[] {
  return Object.entries(entries)
    .filter(([, file]) => existsSync(path.join(ROOT, file)))
    .map(([out, file]) => ({ in: file, out }));
}

/** Only what changed, and in one step: another `wrangler dev` may be serving this folder right now. */
async function place(file: string, contents: Uint8Array): Promise<void> {
  const before = await readFile(file).catch(() => null);
  if (before?.equals(contents)) return;
  const fresh = `${file}.${process.pid}.new`;
  await writeFile(fresh, contents);
  await rename(fresh, file);
}
