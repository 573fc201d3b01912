/** Calls: open one, connect the page's socket to it, read its record. */
import { Hono } from "hono";
import { isHost } from "../access/who.ts";
import { recordForGuest } from "../durable/call/guest.ts";
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { readOffer, refuse } from "../legs/browser.ts";
import { OpenCall } from "../legs/open-call.ts";
import { type CallRecord, readCall } from "../store/calls.ts";
import { cameByLink } from "../store/links.ts";
import { admit } from "./admission.ts";
import { readBody } from "./body.ts";
import { brake } from "./money.ts";
import { openCall } from "./opening.ts";
import { NO_STORE } from "./rim.ts";
import { knownVisitor, sameSiteOnly, visitorOf } from "./visitor.ts";

export const CALL_ID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

export const calls = new Hono<{ Bindings: Bindings }>()
  /** Opens a call and starts dialling the engine, so that its handshake overlaps the microphone prompt. */
  .post("/", async (c) => {
    sameSiteOnly(c.req.raw);
    await brake(c.env, c.req.raw);
    const request = await readBody(c.req.raw, OpenCall);
    const visitor = visitorOf(c);
    const answer = await openCall(request, { env: c.env, host: await isHost(c), visitor });
    // The small HTTP door talks to the visitor's newest call. Nobody waits for this.
    c.executionCtx.waitUntil(c.env.BANKS.getByName(visitor).callOpened(answer.call_id));
    return c.json(answer, 201, NO_STORE);
  })
  /**
   * The page's socket. The one-time token travels in the subprotocol, so that no log of addresses ever shows it, and is
   * good only in the browser that opened the call: a token that got out opens nothing elsewhere, and is not spent by it.
   */
  .get("/:id/socket", async (c) => {
    sameSiteOnly(c.req.raw);
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      throw new LunaError("upgrade_required", "Connect with a WebSocket.");
    }
    const call = c.env.CALLS.getByName(callId(c.req.param("id")));
    const visitor = knownVisitor(c);
    if (!visitor || !(await call.read(visitor))) return refusedSocket(c.req.raw, notYours());
    return call.fetch(c.req.raw);
  })
  /** The record of a call, for the browser or the API key that made it; complete once the call has ended. */
  .get("/:id", async (c) => {
    const id = callId(c.req.param("id"));
    const byKey = c.req.header("authorization") !== undefined;
    const visitor = byKey ? (await admit(c.req.raw, c.env, { scope: "calls" })).visitor : knownVisitor(c);
    const record = visitor ? await recordOf(c.env, id, visitor) : null;
    if (!record) throw new LunaError("not_found", "There is no such call, or it was made from another browser.");
    const { visitor: _, ...shown } = record;
    return c.json(shown, 200, NO_STORE);
  });

/** From D1 once the call has ended; before that the object knows more. */
async function recordOf(env: Bindings, id: string, visitor: string): Promise<CallRecord | null> {
  // Where D1 is away, the object of a call that is on has all of it.
  const stored = await storedRecord(env, id, visitor).catch(() => null);
  if (stored?.ended_at != null) return stored;
  // An object that has forgotten its call since then has brought it to D1.
  return (await env.CALLS.getByName(id).read(visitor)) ?? storedRecord(env, id, visitor);
}

/** Without the host's money, where a guest has made the call. */
async function storedRecord(env: Bindings, id: string, visitor: string): Promise<CallRecord | null> {
  const record = await readCall(env.DB, id, visitor);
  return record && (await cameByLink(env.DB, id)) ? recordForGuest(record) : record;
}

/** The same for a call that is not there, is over, or is somebody else's: who asks learns nothing of it. */
function notYours(): LunaError {
  return new LunaError(
    "token_invalid",
    "This browser has no such call. Start a new one; if that fails too, let the browser keep Luna's cookie.",
  );
}

/** A browser cannot read the answer to a failed upgrade, so the socket opens, says why, and closes. */
function refusedSocket(request: Request, error: LunaError): Response {
  const { 0: page, 1: socket } = new WebSocketPair();
  refuse(socket, error);
  return new Response(null, { status: 101, webSocket: page, headers: readOffer(request).answer });
}

/** @throws LunaError `not_found` for what cannot be an id, before an object is made for it. */
export function callId(text: string): string {
  if (!CALL_ID.test(text)) throw new LunaError("not_found", "There is no such call.");
  return text;
}
