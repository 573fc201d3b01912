/** The sound of a call as a WAV file over HTTP, for whoever has been found to be allowed to hear it. */
import { WAV_HEADER_BYTES, wavHeader } from "../audio/wav.ts";
import type { LunaContext } from "../env.ts";
import { LunaError } from "../errors.ts";
import { TAPE_RATE } from "../recording/stereo-tape.ts";
import { recordingKey } from "../store/recordings.ts";
import { hasAlready, wantedRange } from "./byte-range.ts";

const CHANNELS = 2;

/**
 * A WAV file, caller left, Luna right; there once the call has ended. Parts are given, so that a player can seek.
 * @throws LunaError `not_found`
 */
export async function recordingFile(c: LunaContext, id: string): Promise<Response> {
  const stored = await c.env.RECORDINGS.head(recordingKey(id));
  if (!stored) throw new LunaError("not_found", "There is no recording of this call.");
  const headers = new Headers({
    "content-type": "audio/wav",
    "content-disposition": `inline; filename="luna-${id}.wav"`,
    "x-content-type-options": "nosniff",
    "accept-ranges": "bytes",
    etag: stored.httpEtag,
    "last-modified": stored.uploaded.toUTCString(),
    // A deleted call must not be heard out of a cache: each use asks again.
    "cache-control": "private, no-cache",
  });
  if (hasAlready(c.req.raw.headers, stored.httpEtag)) return new Response(null, { status: 304, headers });
  const size = WAV_HEADER_BYTES + stored.size;
  const range = wantedRange(c.req.raw.headers, { size, etag: stored.httpEtag, modified: stored.uploaded });
  if (range.kind === "unsatisfiable") {
    headers.set("content-range", `bytes */${size}`);
    return new Response(null, { status: 416, headers });
  }
  const { first, last } = range.kind === "part" ? range : { first: 0, last: size - 1 };
  if (range.kind === "part") headers.set("content-range", `bytes ${first}-${last}/${size}`);
  headers.set("content-length", String(last - first + 1));
  const status = range.kind === "part" ? 206 : 200;
  if (c.req.method === "HEAD") return new Response(null, { status, headers });
  const { readable, writable } = new FixedLengthStream(last - first + 1);
  // Where R2 refuses after all, whoever waits is told so. A player that seeks or closes leaves its last answer half read.
  const written = write(c.env.RECORDINGS, id, stored, first, last, writable).catch((why) => writable.abort(why));
  c.executionCtx.waitUntil(written.catch(() => undefined));
  return new Response(readable, { status, headers });
}

/** Bytes `first`..`last` of the WAV file: of its header, which is made here, and of the stored sound behind it. */
async function write(
  bucket: R2Bucket,
  id: string,
  stored: R2Object,
  first: number,
  last: number,
  into: WritableStream<Uint8Array>,
): Promise<void> {
  const header = wavHeader(stored.size, TAPE_RATE, CHANNELS).subarray(first, last + 1);
  if (header.length > 0) {
    const writer = into.getWriter();
    await writer.write(header);
    writer.releaseLock();
  }
  const offset = Math.max(0, first - WAV_HEADER_BYTES);
  const length = last + 1 - WAV_HEADER_BYTES - offset;
  if (length <= 0) return into.close();
  const sound = await bucket.get(recordingKey(id), {
    range: { offset, length },
    onlyIf: { etagMatches: stored.etag },
  });
  // Deleted between the look and the reading.
  if (!sound || !("body" in sound)) return into.abort("The recording is gone.");
  await sound.body.pipeTo(into);
}
