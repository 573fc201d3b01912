/** Calls that an older Luna has put to sleep: what it did not know yet is there as in a call that has just begun. */

/**
 * `stored` with everything that `fresh` has and it lacks, however deep; what is stored stays. Lists and values are taken whole.
 * Both are plain JSON, and neither is changed.
 */
export function completed<T extends object>(fresh: T, stored: object): T {
  const whole: Record<string, unknown> = { ...(fresh as object), ...stored };
  for (const [name, value] of Object.entries(fresh)) {
    const kept = (stored as Record<string, unknown>)[name];
    if (isPlain(value) && isPlain(kept)) whole[name] = completed(value, kept);
  }
  return whole as object as T;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
