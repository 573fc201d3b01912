/** Signing in and out, for the host and the operators; and the page for it. */
import { Hono } from "hono";
import { z } from "zod";
import { addressOf } from "../access/address.ts";
import { ownPath } from "../access/own-path.ts";
import { judge, type Verdict } from "../access/password.ts";
import { sameSiteOnly } from "../access/same-site.ts";
import { beginSession, leaveEverywhere, leaveSession } from "../access/session.ts";
import { hostOnly, type SignIn, signInOf, type Who, whoIs } from "../access/who.ts";
import { type Bindings, type LunaContext, readSettings } from "../env.ts";
import { asLunaError, LunaError, problem } from "../errors.ts";
import type { Session } from "../legs/host.ts";
import { log } from "../log.ts";
import { noteDeed } from "../store/audit.ts";
import { readBody } from "./body.ts";
import { NO_STORE } from "./rim.ts";

/** `POST /api/session` */
export const SignInWish = z.strictObject({ password: z.string().min(1).max(256) });

export const session = new Hono<{ Bindings: Bindings }>()
  /** Who asks, and how staff sign in here. Anybody may know that. */
  .get("/", async (c) => c.json(shown(await whoIs(c), doorOf(c)), 200, NO_STORE))
  .post("/", async (c) => {
    sameSiteOnly(c.req.raw);
    const address = addressOf(c.req.raw);
    // Before the exact count, which writes to D1: a flood ends here.
    const { success } = await c.env.OPENING.limit({ key: `sign-in ${address}` });
    if (!success) throw new LunaError("too_many", "Too many tries from here in the last minute. Wait a minute.");
    const { password: shownPassword } = await readBody(c.req.raw, SignInWish);
    const { password, fault } = readSettings(c.env).staff;
    if (fault !== undefined) throw new LunaError("forbidden", `Nobody can sign in: a setting does not fit (${fault}).`);
    if (doorOf(c) !== "password" || password === undefined) throw noPasswordHere(doorOf(c));
    const verdict = await judge(c.env, password, shownPassword, address);
    if (!verdict.ok) return refused(c, verdict);
    await beginSession(c, password);
    note(c, "signed_in", "host:password");
    return c.json(shown({ role: "host", id: "host:password", via: "password" }, "password"), 200, NO_STORE);
  })
  /** This browser is signed out; with `?everywhere=1` every browser is. */
  .delete("/", async (c) => {
    sameSiteOnly(c.req.raw);
    const everywhere = c.req.query("everywhere") === "1";
    const who = everywhere ? await hostOnly(c) : await whoIs(c);
    const { access, password } = readSettings(c.env).staff;
    // Sessions of Access are ended where they were begun.
    if (access) return c.json({ leave: `${access.issuer}/cdn-cgi/access/logout` }, 200, NO_STORE);
    if (everywhere) await leaveEverywhere(c);
    else await leaveSession(c, password);
    if (who.role !== "stranger") note(c, "signed_out", who.id, everywhere ? "everywhere" : null);
    return c.json({ leave: null }, 200, NO_STORE);
  });

/** The page: a file that knows all there may be to say; the part that applies here and now is uncovered on its way out. */
export const signInPage = new Hono<{ Bindings: Bindings }>().get("/", async (c) => {
  const who = await whoIs(c).catch(() => null);
  const to = ownPath(c.req.query("to"), new URL(c.req.url).origin);
  if (who !== null && who.role !== "stranger" && c.req.query("to") !== undefined) return c.redirect(to, 303);
  const page = await c.env.ASSETS.fetch(new URL("/sign-in", c.req.url));
  const fault = faultIn(c);
  const part = fault === null ? partFor(who, doorOf(c)) : "unfit";
  const uncovered = new HTMLRewriter()
    .on(`[data-part="${part}"]`, { element: (part) => void part.removeAttribute("hidden") })
    .on("[data-to]", { element: (way) => void way.setAttribute(way.tagName === "a" ? "href" : "data-to", to) })
    .on("[data-fault]", { element: (name) => void name.setInnerContent(fault ?? "") })
    .on("[data-who]", { element: (name) => void name.setInnerContent(who?.id.replace(/^access:/, "") ?? "") })
    .transform(page);
  const answer = new Response(uncovered.body, uncovered);
  answer.headers.set("cache-control", "no-store");
  // The tag of the file does not tell what was uncovered in it.
  answer.headers.delete("etag");
  return answer;
});

/** Which part of the page applies. @param who null where that cannot be found out right now. */
function partFor(who: Who | null, door: SignIn): string {
  if (who === null) return "away";
  if (door === "open") return "open";
  if (who.role !== "stranger") return who.via === "password" ? "signed-in" : "let-in";
  return door === "access" && who.via === "access" ? "unlisted" : door;
}

/** What keeps the staff's door closed though something is set; null: nothing. */
function faultIn(c: LunaContext): string | null {
  try {
    return readSettings(c.env).staff.fault ?? null;
  } catch (thrown) {
    return asLunaError(thrown).message;
  }
}

function doorOf(c: LunaContext): SignIn {
  return signInOf(readSettings(c.env), c.req.url);
}

function shown({ role, id, via }: Who, sign_in: SignIn): Session {
  return { role, id, via, sign_in };
}

function refused(c: LunaContext, { kind, tried }: Extract<Verdict, { ok: false }>): Response {
  // What is not judged any more is not noted: the trail must not be filled by whoever likes to.
  if (kind === "wrong") note(c, "sign_in_failed", "stranger");
  log.warn("Sign-in refused", { kind, left: tried.left });
  const wait = Math.max(1, Math.ceil((tried.again - Date.now()) / 1_000));
  const minutes = Math.ceil(wait / 60);
  const pause = `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
  if (kind === "too_many") {
    const error = new LunaError("too_many", `Too many tries. Wait ${pause}, then try again.`);
    return problem(error, { "retry-after": String(wait) });
  }
  const left = tried.left === 1 ? "one more try" : `${tried.left} more tries`;
  const then = tried.left === 0 ? `Wait ${pause} before the next try.` : `You have ${left}.`;
  return problem(new LunaError("sign_in", `That is not the password. ${then}`, "password"));
}

function noPasswordHere(door: SignIn): LunaError {
  if (door === "access") return new LunaError("forbidden", "Cloudflare Access signs people in here, not a password.");
  if (door === "open") return new LunaError("forbidden", "No password is set, and on this machine none is needed.");
  return new LunaError("forbidden", "No password is set here. Set the secret ADMIN_PASSWORD (12 characters or more).");
}

function note(
  c: LunaContext,
  did: "signed_in" | "sign_in_failed" | "signed_out",
  who: string,
  subject: string | null = null,
): void {
  c.executionCtx.waitUntil(noteDeed(c.env, { who, did, subject }));
}
