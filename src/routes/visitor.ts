/** A visitor is a browser, known by a random cookie: it owns one sandbox bank and the calls made from it. */
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";

const COOKIE = "luna_visitor";
/** 192 random bits: who knows the cookie is the visitor. */
const SHAPE = /^[A-Za-z0-9_-]{32}$/;
const MONTH_S = 30 * 24 * 3600;

type LunaContext = Context<{ Bindings: Bindings }>;

/** The visitor of this request; a new one gets a cookie with the answer. */
export function visitorOf(c: LunaContext): string {
  const known = knownVisitor(c);
  if (known) return known;
  const visitor = crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: "base64url" });
  setCookie(c, COOKIE, visitor, {
    httpOnly: true,
    sameSite: "Strict",
    secure: new URL(c.req.url).protocol === "https:",
    path: "/",
    maxAge: MONTH_S,
  });
  return visitor;
}

export function knownVisitor(c: LunaContext): string | undefined {
  const cookie = getCookie(c, COOKIE);
  return cookie && SHAPE.test(cookie) ? cookie : undefined;
}

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

function hostOf(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
