/** An object as it comes out of `JSON.parse`, before anything is known of it. */
export type Json = Record<string, unknown>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Objects and lists in one another: more than any tool's schema has, and far less than what writing it down again can bear. */
export const DEEPEST = 64;

/** Whether it is nested deeper than `DEEPEST`. Looks no further down than that, whatever there is. */
export function isTooDeep(value: unknown, levels = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}
