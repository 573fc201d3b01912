/** The sound of a call, and the end of everything that is kept of it. */
import { Hono } from "hono";
import { WAV_HEADER_BYTES, wavHeader } from "../audio/wav.ts";
import { type Bindings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { log } from "../log.ts";
import { TAPE_RATE } from "../recording/stereo-tape.ts";
import { deleteCall, isCallOf } from "../store/calls.ts";
import { deleteRecording, recordingKey } from "../store/recordings.ts";
import { forgetCallsBefore } from "../store/retention.ts";
import { hasAlready, wantedRange } from "./byte-range.ts";
import { callId } from "./calls.ts";
import { knownVisitor, sameSiteOnly } from "./visitor.ts";

const CHANNELS = 2;
const DAY_MS = 24 * 3_600_000;

export const recordings = new Hono<{ Bindings: Bindings }>()
  /** A WAV file, caller left, Luna right; there once the call has ended. Parts are given, so that a player can seek. */
  .get("/:id/recording", async (c) => {
    const id = callId(c.req.param("id"));
    const visitor = knownVisitor(c);
    if (!visitor || !(await mayHear(c.env, id, visitor))) throw absent();
    const stored = await c.env.RECORDINGS.head(recordingKey(id));
    if (!stored) throw absent();
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
    // A player that seeks or closes leaves its last answer half read.
    c.executionCtx.waitUntil(write(c.env.RECORDINGS, id, stored, first, last, writable).catch(() => undefined));
    return new Response(readable, { status, headers });
  })
  /** Deletes all that is kept of a call: turns, tool runs, sound. For the browser that made it, once the call is over. */
  .delete("/:id", async (c) => {
    sameSiteOnly(c.req.raw);
    const id = callId(c.req.param("id"));
    const visitor = knownVisitor(c);
    if (!visitor) throw absent();
    // Until everything is stored the object holds the call and would write again what is deleted here.
    if (await c.env.CALLS.getByName(id).read(visitor)) {
      throw new LunaError(
        "call_on",
        "This call is still on, or its record is being written. Try again when it is over.",
      );
    }
    if (!(await isCallOf(c.env.DB, id, visitor))) throw absent();
    // The row goes last: as long as it is there, whoever made the call can try again.
    await deleteRecording(c.env.RECORDINGS, id);
    await deleteCall(c.env.DB, id, visitor);
    return c.body(null, 204);
  });

/** The call's row comes to D1 on its own way and may be later than the sound; until then its object knows whose it is. */
async function mayHear(env: Bindings, id: string, visitor: string): Promise<boolean> {
  return (await isCallOf(env.DB, id, visitor)) || (await env.CALLS.getByName(id).read(visitor)) !== null;
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

function absent(): LunaError {
  return new LunaError("not_found", "There is no recording here, or the call was made from another browser.");
}

/** For the Worker's `scheduled` handler: what is older than `RETENTION_DAYS` goes. */
export async function forgetOldCalls(env: Bindings, now: number): Promise<void> {
  const { retentionDays } = readSettings(env);
  const before = now - retentionDays * DAY_MS;
  const forgotten = await forgetCallsBefore({ db: env.DB, bucket: env.RECORDINGS }, before);
  if (forgotten.calls + forgotten.recordings > 0) log.info("Old calls deleted", { ...forgotten, retentionDays });
}
