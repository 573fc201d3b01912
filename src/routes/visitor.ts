/**
 * A visitor is a browser, known by a random cookie: it owns one sandbox bank and the calls made from it. By https the cookie is a
 * `__Host-` one, which nobody but this host can set: a neighbour under the same domain could plant one of its own otherwise, and
 * then read along in the calls of whoever carries it.
 */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { randomText } from "../access/secret.ts";
import type { LunaContext } from "../env.ts";

export { sameSiteOnly } from "../access/same-site.ts";

const COOKIE = "luna_visitor";
/** The visitor in a panel on somebody else's site: another one on each such site, and none of those knows Luna's own page. */
const FRAMED_COOKIE = "luna_framed";
/** 192 random bits: who knows the cookie is the visitor. */
const SHAPE = /^[A-Za-z0-9_-]{32}$/;
const MONTH_S = 30 * 24 * 3600;
const DAY_S = 24 * 3600;

/** The visitor of this request; a new one gets a cookie with the answer. */
export function visitorOf(c: LunaContext): string {
  const known = knownVisitor(c);
  if (known) return known;
  const visitor = newVisitor();
  setCookie(c, COOKIE, visitor, { httpOnly: true, sameSite: "Strict", ...place(c), maxAge: MONTH_S });
  return visitor;
}

/** Where a cookie holds: on this host and no other. */
function place(c: LunaContext) {
  const secure = isSecure(c);
  return { path: "/", secure, ...(secure ? { prefix: "host" as const } : {}) };
}

function isSecure(c: LunaContext): boolean {
  return new URL(c.req.url).protocol === "https:";
}

function newVisitor(): string {
  return randomText(24);
}

/** Who this browser is, if it has been here before. By https a cookie without the prefix is nobody's: anybody may have planted it. */
export function knownVisitor(c: LunaContext): string | undefined {
  const secure = isSecure(c);
  const named = (name: string) => (secure ? getCookie(c, name, "host") : getCookie(c, name));
  return [named(COOKIE), named(FRAMED_COOKIE)].find(isVisitor);
}

function isVisitor(cookie: string | undefined): cookie is string {
  return cookie !== undefined && SHAPE.test(cookie);
}

/**
 * The page goes out to be shown in a frame: no `SameSite=Strict` cookie reaches such a page, so it gets one that the browser
 * keeps apart for each site that frames it (CHIPS). Browsers take `Secure` from localhost too.
 */
export function visitInFrame(c: LunaContext): void {
  if (knownVisitor(c)) return;
  setCookie(c, FRAMED_COOKIE, newVisitor(), { ...framed(c), maxAge: DAY_S });
}

const FRAMED = { httpOnly: true, sameSite: "None", secure: true, partitioned: true, path: "/" } as const;

function framed(c: LunaContext) {
  return isSecure(c) ? ({ ...FRAMED, prefix: "host" } as const) : FRAMED;
}

/** This browser is nobody any more. */
export function forgetCookies(c: LunaContext): void {
  deleteCookie(c, COOKIE, place(c));
  deleteCookie(c, FRAMED_COOKIE, framed(c));
}
