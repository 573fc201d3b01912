/**
 * D1 or R2 that does not answer is one that refuses. What it may do in the end all the same does no harm twice; only what hangs
 * until the call has been deleted brings its row back until retention, or its cost into the day's sum once more.
 */
const PATIENCE_MS = 30_000;

/** @throws Error `timeout` where nothing comes for 30 s. A timer that is no longer needed would keep the object in memory. */
export async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error("timeout")), PATIENCE_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
