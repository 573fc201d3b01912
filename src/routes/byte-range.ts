/** Part of a file, as a browser asks for it when somebody moves along the time line (RFC 9110, section 14). */

/** The whole, one part of it (both ends included), or a part that is not there. */
export type ByteRange = { kind: "whole" } | { kind: "part"; first: number; last: number } | { kind: "unsatisfiable" };

const WHOLE: ByteRange = { kind: "whole" };
const ONE_RANGE = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i;

/** What this request wants of a file that is `size` bytes long. Several parts at once, other units and nonsense mean the whole. */
export function wantedRange(headers: Headers, file: { size: number; etag: string; modified: Date }): ByteRange {
  const range = headers.get("range");
  if (range === null || !unchanged(headers.get("if-range"), file)) return WHOLE;
  const [, from = "", to = ""] = ONE_RANGE.exec(range) ?? [];
  if (from === "") return to === "" ? WHOLE : theLast(Number(to), file.size);
  const first = Number(from);
  const last = to === "" ? Number.POSITIVE_INFINITY : Number(to);
  if (last < first) return WHOLE;
  return first >= file.size ? { kind: "unsatisfiable" } : { kind: "part", first, last: Math.min(last, file.size - 1) };
}

function theLast(bytes: number, size: number): ByteRange {
  if (bytes === 0 || size === 0) return { kind: "unsatisfiable" };
  return { kind: "part", first: Math.max(0, size - bytes), last: size - 1 };
}

/** `If-Range`: the part fits only the file that the browser has the rest of. A weak tag never matches. */
function unchanged(condition: string | null, file: { etag: string; modified: Date }): boolean {
  if (condition === null) return true;
  if (condition.startsWith('"')) return condition === file.etag;
  // HTTP dates have whole seconds.
  return Date.parse(condition) === Math.floor(file.modified.getTime() / 1000) * 1000;
}

/** `If-None-Match`: the browser has the file already. Tags are compared weakly. */
export function hasAlready(headers: Headers, etag: string): boolean {
  const known = headers.get("if-none-match");
  if (known === null) return false;
  return known.trim() === "*" || known.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
