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
  // Each has a deed of its own: what comes after it may be refused.
  await noted(env, await forgetCallsBefore({ db: env.DB, bucket: env.RECORDINGS }, before), retentionDays);
  await noted(env, { recordings: 0, calls: await forgetOfLinks(env, now, before) }, retentionDays);
}

interface Forgotten {
  recordings: number;
  calls: number;
}

async function noted(env: Bindings, forgotten: Forgotten, retentionDays: number): Promise<void> {
  const { calls, recordings } = forgotten;
  if (calls + recordings === 0) return;
  log.info("Old calls deleted", { calls, recordings, retentionDays });
  await noteDeed(env, { who: "luna", did: "retention", subject: `${calls} calls, ${recordings} recordings` });
}

/**
 * Deletes every call that began before this time (Unix ms), its sound first: a call whose sound could not be deleted keeps
 * its row and is tried again. Both go in batches, oldest first.
 */
export async function forgetCallsBefore(
  { db, bucket }: { db: D1Database; bucket: R2Bucket },
  time: number,
): Promise<Forgotten> {
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
