/** Old calls go: nothing of a call is kept longer than the host has set. */
import { type Bindings, readSettings } from "../env.ts";
import { log } from "../log.ts";
import { noteDeed } from "./audit.ts";
import { deleteCallsBefore } from "./calls.ts";
import { forgetOfLinks } from "./link-retention.ts";
import { deleteRecordingsBefore } from "./recordings.ts";

const DAY_MS = 24 * 3_600_000;
/** A night's work at most; what is left goes in the next. */
const ROUNDS = 50;
const BATCH = 1_000;

/** Every night: what is older than `RETENTION_DAYS`, or than a link keeps its calls, goes. */
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

/**
 * Deletes every call that began before this time (Unix ms), its sound first: a call whose sound could not be deleted keeps
 * its row and is tried again. Both go in batches, oldest first.
 */
export async function forgetCallsBefore(
  { db, bucket }: { db: D1Database; bucket: R2Bucket },
  time: number,
): Promise<{ recordings: number; calls: number }> {
  const recordings = await inBatches(() => deleteRecordingsBefore(bucket, time));
  const calls = await inBatches(() => deleteCallsBefore(db, time, BATCH));
  return { recordings, calls };
}

async function inBatches(deleteSome: () => Promise<number>): Promise<number> {
  let deleted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const some = await deleteSome();
    deleted += some;
    if (some < BATCH) break;
  }
  return deleted;
}
