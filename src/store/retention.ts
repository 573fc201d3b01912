/** Old calls go: nothing of a call is kept longer than the host has set. */
import { deleteCallsBefore } from "./calls.ts";
import { deleteRecordingsBefore } from "./recordings.ts";

/** A night's work at most; what is left goes in the next. */
const ROUNDS = 50;
const BATCH = 1_000;

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
