/** Requests that another site makes a visitor's browser send, cookies and all. */
import { LunaError } from "../errors.ts";

/**
 * Refuses what another site makes this browser send. `Sec-Fetch-Site` where the browser tells it, else `Origin`; a client
 * that sends neither is no browser and carries nobody's cookie by accident.
 * @throws LunaError `forbidden`
 */
export function sameSiteOnly(request: Request): void {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  const foreignOrigin = origin !== null && hostOf(origin) !== new URL(request.url).host;
  if (foreignOrigin || site === "cross-site") {
    throw new LunaError("forbidden", "This address answers only to Luna's own page.");
  }
}

/** Somebody has followed a link from another site, or typed the address: what comes of it is shown to them and to nobody else. */
export function isFollowedLink(request: Request): boolean {
  const { method, headers } = request;
  return (
    method === "GET" && headers.get("sec-fetch-mode") === "navigate" && headers.get("sec-fetch-dest") === "document"
  );
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
