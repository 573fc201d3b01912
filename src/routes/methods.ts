/** An address that is there but does not know the method: 405 with the methods it knows (RFC 9110, section 15.5.6). */
import { LunaError, refusal } from "../errors.ts";

/** What a client may try. `HEAD` is answered wherever `GET` is; `OPTIONS` nowhere, since no other site may call. */
const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

interface Routing {
  router: { match(method: string, path: string): [[[unknown, { method: string }], ...unknown[]][], ...unknown[]] };
}

/** The methods that `path` answers to; none where there is nothing at all. */
export function allowedAt(app: Routing, path: string): string[] {
  // What stands before several routes answers to every method, and is none of them.
  const known = METHODS.filter((method) => app.router.match(method, path)[0].some(([[, at]]) => at.method === method));
  return known.includes("GET") ? ["HEAD", ...known] : known;
}

/** Says which methods `path` knows. */
export function methodNotAllowed(method: string, path: string, allowed: string[]): Response {
  const allow = allowed.join(", ");
  const detail = `${path} does not answer to ${method}. It answers to ${allow}.`;
  return refusal(path, new LunaError("method_not_allowed", detail), { allow });
}
