/** The voice's files: fetched once, kept in the browser's cache under their hashed names. */
import type { VoiceManifest } from "./voice-messages.ts";

export const CACHE = "luna-voice";

/** Fetches one file, from the cache when it is there and whole. `onBytes` gets the bytes as they come in. */
export async function voiceFile(
  { url, bytes }: { url: string; bytes: number },
  onBytes: (count: number) => void,
): Promise<ArrayBuffer> {
  const cache = await openCache();
  const kept = await (await cache?.match(url))?.arrayBuffer();
  if (kept?.byteLength === bytes) {
    onBytes(bytes);
    return kept;
  }
  const data = await download(url, bytes, onBytes);
  const headers = { "content-type": "application/octet-stream" };
  // A full disk is no reason not to speak.
  await cache?.put(url, new Response(data, { headers })).catch(() => undefined);
  return data;
}

/** Takes files of earlier versions out of the cache. */
export async function dropOldVoiceFiles(manifest: VoiceManifest): Promise<void> {
  const cache = await openCache();
  const current = new Set(Object.values(manifest.files).map((file) => file.url));
  for (const request of (await cache?.keys()) ?? [])
    if (!current.has(new URL(request.url).pathname)) await cache?.delete(request);
}

/** Private windows of some browsers have none, or refuse it. */
async function openCache(): Promise<Cache | undefined> {
  return typeof caches === "undefined" ? undefined : caches.open(CACHE).catch(() => undefined);
}

async function download(url: string, bytes: number, onBytes: (count: number) => void): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok || !response.body)
    throw new Error(`A part of the voice is missing on the server (${response.status} for ${url}).`);
  const data = new Uint8Array(bytes);
  let at = 0;
  const reader = response.body.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    if (at + piece.value.length > bytes) throw new Error(`A part of the voice is longer than announced (${url}).`);
    data.set(piece.value, at);
    at += piece.value.length;
    onBytes(piece.value.length);
  }
  if (at !== bytes) throw new Error(`A part of the voice came only in half (${at} of ${bytes} bytes of ${url}).`);
  return data.buffer;
}
