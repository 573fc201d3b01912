import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyVoiceFiles } from "../../scripts/voice-files.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), "luna-voice-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("the voice's files", { timeout: 30_000 }, () => {
  it("are copied with names of their content, all under the limit for static files, with a manifest", async () => {
    const { manifest, copied } = await copyVoiceFiles(dir);
    expect(copied).toBe(true);
    expect(Object.keys(manifest.files).sort()).toEqual(["decoder", "encoder", "flite", "glue", "runtime", "vad"]);
    for (const file of Object.values(manifest.files)) {
      expect(file.url).toMatch(/^\/voice\/[a-z]+\.[0-9a-f]{12}\.(onnx|wasm|mjs)$/);
      const { size } = await stat(path.join(dir, file.url));
      expect(size).toBe(file.bytes);
      expect(size).toBeLessThan(25 * 1024 * 1024);
    }
    expect(manifest.total).toBe(Object.values(manifest.files).reduce((sum, file) => sum + file.bytes, 0));
    expect(JSON.parse(await readFile(path.join(dir, "voice/manifest.json"), "utf8"))).toMatchObject(manifest);
  });

  it("are left alone when they are there", async () => {
    const start = performance.now();
    expect((await copyVoiceFiles(dir)).copied).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });

  it("are mended when one is cut off, and old ones go away", async () => {
    const { manifest } = await copyVoiceFiles(dir);
    await writeFile(path.join(dir, manifest.files.vad.url), "half");
    await writeFile(path.join(dir, "voice", "vad.000000000000.onnx"), "old");
    expect((await copyVoiceFiles(dir)).copied).toBe(true);
    expect((await stat(path.join(dir, manifest.files.vad.url))).size).toBe(manifest.files.vad.bytes);
    expect(await readdir(path.join(dir, "voice"))).toHaveLength(7);
  });
});
