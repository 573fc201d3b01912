/**
 * The session of who signed in with the password: a cookie that this Luna has signed. The key for that is made of the password
 * and of a random seal in D1. So another password ends all sessions, and so does another seal ("sign out everywhere"); who steals
 * a cookie cannot try passwords against it without the seal, and who reads the database cannot sign without the password.
 */
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { LunaContext } from "../env.ts";
import { endSession, readSeal, renewSeal, sealNow } from "../store/sign-in.ts";
import { unlessAway } from "./away.ts";
import { randomText } from "./secret.ts";

const NAME = "luna_session";
const UNCHECKED = "Who you are cannot be checked right now. Try again in a moment.";
export const SESSION_S = 12 * 3_600;
/** `<id>.<end, Unix ms>.<signature>`: 128, 256 random-looking bits. */
const SHAPE = /^([\w-]{22})\.(\d{13})\.([\w-]{43})$/;

interface Shown {
  id: string;
  ends: number;
  mac: Uint8Array<ArrayBuffer>;
}

/** Whether this browser has a session that is signed, has not ended, and has not been signed out. @throws LunaError `unavailable` */
export async function hasSession(c: LunaContext, password: string): Promise<boolean> {
  const shown = shownBy(c);
  if (!shown || shown.ends <= Date.now()) return false;
  const { seal, signed_out } = await unlessAway(readSeal(c.env.DB, shown.id), UNCHECKED);
  if (seal === null || signed_out) return false;
  return crypto.subtle.verify("HMAC", await signingKey(password, seal), shown.mac, signedText(shown));
}

/** Gives this browser a session. @throws LunaError `unavailable` */
export async function beginSession(c: LunaContext, password: string): Promise<void> {
  const seal = await unlessAway(sealNow(c.env.DB, Date.now()), UNCHECKED);
  const id = randomText(16);
  const ends = Date.now() + SESSION_S * 1_000;
  const mac = await crypto.subtle.sign("HMAC", await signingKey(password, seal), signedText({ id, ends }));
  const secure = isSecure(c);
  setCookie(c, NAME, `${id}.${ends}.${new Uint8Array(mac).toBase64({ alphabet: "base64url", omitPadding: true })}`, {
    httpOnly: true,
    sameSite: "Strict",
    path: "/",
    maxAge: SESSION_S,
    secure,
    ...(secure ? { prefix: "host" as const } : {}),
  });
}

/**
 * Signs this browser out: a copy of its cookie is worth nothing any more. What this Luna has not signed is worth nothing already,
 * and is not written down. @throws LunaError `unavailable`
 */
export async function leaveSession(c: LunaContext, password: string | undefined): Promise<void> {
  const shown = shownBy(c);
  const holds = password !== undefined && (await hasSession(c, password));
  forgetCookie(c);
  if (shown && holds) await unlessAway(endSession(c.env.DB, shown.id, shown.ends, Date.now()), UNCHECKED);
}

/** Ends every session there is. @throws LunaError `unavailable` */
export async function leaveEverywhere(c: LunaContext): Promise<void> {
  forgetCookie(c);
  await unlessAway(renewSeal(c.env.DB, Date.now()), UNCHECKED);
}

function shownBy(c: LunaContext): Shown | undefined {
  const cookie = isSecure(c) ? getCookie(c, NAME, "host") : getCookie(c, NAME);
  const [, id, ends, mac] = SHAPE.exec(cookie ?? "") ?? [];
  if (id === undefined || ends === undefined || mac === undefined) return undefined;
  return { id, ends: Number(ends), mac: Uint8Array.fromBase64(mac, { alphabet: "base64url" }) };
}

function forgetCookie(c: LunaContext): void {
  const secure = isSecure(c);
  deleteCookie(c, NAME, { path: "/", secure, ...(secure ? { prefix: "host" as const } : {}) });
}

function isSecure(c: LunaContext): boolean {
  return new URL(c.req.url).protocol === "https:";
}

function signedText({ id, ends }: { id: string; ends: number }): Uint8Array {
  return new TextEncoder().encode(`luna session ${id}.${ends}`);
}

/** @param seal base64 of 32 random bytes */
async function signingKey(password: string, seal: string): Promise<CryptoKey> {
  const text = new TextEncoder();
  const from = await crypto.subtle.importKey("raw", text.encode(password.normalize("NFC")), "HKDF", false, [
    "deriveKey",
  ]);
  const how = {
    name: "HKDF",
    hash: "SHA-256",
    salt: Uint8Array.fromBase64(seal),
    info: text.encode("luna session v1"),
  };
  return crypto.subtle.deriveKey(how, from, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign", "verify"]);
}
