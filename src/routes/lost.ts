/** Where people go and nothing is: they are led to the page they meant, or told so by a page. Programs get a problem document. */
import type { LunaContext } from "../env.ts";
import { hostPage } from "./host-pages.ts";

const PAGES = /^\/(?:[cwp]|host|sign-in)(?:\/|$)/;

/** @param isPage whether a page is at this path. Undefined: this is no address for people. */
export async function pageInstead(c: LunaContext, isPage: (path: string) => boolean): Promise<Response | undefined> {
  const { pathname, search } = new URL(c.req.url);
  if (!PAGES.test(pathname) || (c.req.method !== "GET" && c.req.method !== "HEAD")) return undefined;
  const meant = withoutSlashes(pathname);
  if (meant !== pathname && isPage(meant)) {
    // The address is the key of a link: whoever is behind it is told nothing of it, and nobody keeps it.
    const headers = { location: meant + search, "cache-control": "no-store", "referrer-policy": "no-referrer" };
    return c.body(null, 308, headers);
  }
  if (/^\/host(?:\/|$)/.test(pathname)) return hostPage(c, 404);
  return c.env.ASSETS.fetch(new URL("/nothing", c.req.url));
}

/** "/host/" is "/host". */
function withoutSlashes(path: string): string {
  let end = path.length;
  while (end > 1 && path[end - 1] === "/") end--;
  return path.slice(0, end);
}
