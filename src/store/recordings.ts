/**
 * Recordings in R2: one object per call, raw interleaved stereo PCM16 at 24 kHz (caller left, Luna right), without a header:
 * what is streamed there grows until the call ends, and a header would have to know the length at its start.
 */
import { encodeTime } from "ulid";

const FOLDER = "recordings/";
const TYPE = "pcm";
/** R2 takes 1,000 keys in one deletion. */
const DELETED_AT_ONCE = 1_000;

/** Where the recording of a call is kept. Ids are ULIDs, so that keys are in the order of time. */
export function recordingKey(callId: string): string {
  return `${FOLDER}${callId}.${TYPE}`;
}

/** What is written beside a recording when its upload begins. */
export function recordingNotes(skipped_ms: number): Record<string, string> {
  return { skipped_ms: String(Math.round(skipped_ms)) };
}

/** How long after the beginning of the call its recording starts, ms; recordings of before this was kept start with it. */
export function skippedMs(stored: R2Object): number {
  const ms = Number(stored.customMetadata?.skipped_ms ?? 0);
  return Number.isFinite(ms) && ms >= 0 ? ms : 0;
}

/**
 * Deletes recordings of calls that began before this time (Unix ms), at most 1,000 of them. Gives how many; less than
 * 1,000 means that none is left.
 */
export async function deleteRecordingsBefore(bucket: R2Bucket, time: number): Promise<number> {
  const oldest = await bucket.list({ prefix: FOLDER, limit: DELETED_AT_ONCE });
  const limit = FOLDER + encodeTime(time);
  const old = oldest.objects.map((object) => object.key).filter((key) => key < limit);
  if (old.length > 0) await bucket.delete(old);
  return old.length;
}
