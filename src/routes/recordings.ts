/** The sound of a call, and the end of everything that is kept of it. */
import { Hono } from "hono";
import { type Bindings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { log } from "../log.ts";
import { noteDeed } from "../store/audit.ts";
import { deleteCall, isCallOf } from "../store/calls.ts";
import { forgetOfLinks } from "../store/link-retention.ts";
import { deleteRecording } from "../store/recordings.ts";
import { forgetCallsBefore } from "../store/retention.ts";
import { callId } from "./calls.ts";
import { recordingFile } from "./recording-file.ts";
import { knownVisitor, sameSiteOnly } from "./visitor.ts";

const DAY_MS = 24 * 3_600_000;

export const recordings = new Hono<{ Bindings: Bindings }>()
  /** A WAV file, caller left, Luna right; there once the call has ended. Parts are given, so that a player can seek. */
  .get("/:id/recording", async (c) => {
    const id = callId(c.req.param("id"));
    const visitor = knownVisitor(c);
    if (!visitor || !(await mayHear(c.env, id, visitor))) throw absent();
    return recordingFile(c, id);
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
    c.executionCtx.waitUntil(noteDeed(c.env, { who: "visitor", did: "deleted_call", subject: id }));
    return c.body(null, 204);
  });

/** The call's row comes to D1 on its own way and may be later than the sound; until then its object knows whose it is. */
async function mayHear(env: Bindings, id: string, visitor: string): Promise<boolean> {
  return (await isCallOf(env.DB, id, visitor)) || (await env.CALLS.getByName(id).read(visitor)) !== null;
}

function absent(): LunaError {
  return new LunaError("not_found", "There is no recording here, or the call was made from another browser.");
}

/** For the Worker's `scheduled` handler: what is older than `RETENTION_DAYS` goes. */
export async function forgetOldCalls(env: Bindings, now: number): Promise<void> {
  const { retentionDays } = readSettings(env);
  const before = now - retentionDays * DAY_MS;
  const old = await forgetCallsBefore({ db: env.DB, bucket: env.RECORDINGS }, before);
  const forgotten = { ...old, calls: old.calls + (await forgetOfLinks(env, now, before)) };
  if (forgotten.calls + forgotten.recordings === 0) return;
  log.info("Old calls deleted", { ...forgotten, retentionDays });
  const subject = `${forgotten.calls} calls, ${forgotten.recordings} recordings`;
  await noteDeed(env, { who: "luna", did: "retention", subject });
}
