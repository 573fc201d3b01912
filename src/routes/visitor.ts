/** A visitor is a browser, known by a random cookie: it owns one sandbox bank and the calls made from it. */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Bindings } from "../env.ts";

export { sameSiteOnly } from "../access/same-site.ts";

const COOKIE = "luna_visitor";
/** The visitor in a panel on somebody else's site: another one on each such site, and none of those knows Luna's own page. */
const FRAMED_COOKIE = "luna_framed";
/** 192 random bits: who knows the cookie is the visitor. */
const SHAPE = /^[A-Za-z0-9_-]{32}$/;
const MONTH_S = 30 * 24 * 3600;
const DAY_S = 24 * 3600;

type LunaContext = Context<{ Bindings: Bindings }>;

/** The visitor of this request; a new one gets a cookie with the answer. */
export function visitorOf(c: LunaContext): string {
  const known = knownVisitor(c);
  if (known) return known;
  const visitor = newVisitor();
  setCookie(c, COOKIE, visitor, {
    httpOnly: true,
    sameSite: "Strict",
    secure: new URL(c.req.url).protocol === "https:",
    path: "/",
    maxAge: MONTH_S,
  });
  return visitor;
}

function newVisitor(): string {
  return crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: "base64url" });
}

export function knownVisitor(c: LunaContext): string | undefined {
  return [getCookie(c, COOKIE), getCookie(c, FRAMED_COOKIE)].find((cookie) => cookie && SHAPE.test(cookie));
}

/**
 * The page goes out to be shown in a frame: no `SameSite=Strict` cookie reaches such a page, so it gets one that the browser
 * keeps apart for each site that frames it (CHIPS). Browsers take `Secure` from localhost too.
 */
export function visitInFrame(c: LunaContext): void {
  if (knownVisitor(c)) return;
  setCookie(c, FRAMED_COOKIE, newVisitor(), { ...FRAMED, maxAge: DAY_S });
}

const FRAMED = { httpOnly: true, sameSite: "None", secure: true, partitioned: true, path: "/" } as const;

/** This browser is nobody any more. */
export function forgetCookies(c: LunaContext): void {
  deleteCookie(c, COOKIE, { path: "/" });
  deleteCookie(c, FRAMED_COOKIE, FRAMED);
}
