/**
 * Sound by WebRTC. Whoever calls brings a session description here and never talks HTTP to the provider: the call's object takes it
 * there with the key and the session it has made itself. Luna's page comes with the secret of its call (*ephemeral*), or with its
 * cookie alone (*direct*; for development, and only where the host allows it); other people's with a client secret or an API key.
 */
import { Hono } from "hono";
import { isLocal } from "../access/local.ts";
import type { Offered, PeerMethod } from "../durable/call/media.ts";
import type { Opens } from "../durable/call/reservation.ts";
import { type Bindings, type LunaContext, readSettings } from "../env.ts";
import { type ErrorKind, LunaError } from "../errors.ts";
import { MAX_SDP_CHARS, sdpFault, withLineEnds } from "../realtime/sdp.ts";
import { type Admission, admit, offeredKey, type Wish } from "./admission.ts";
import { readBytes } from "./body.ts";
import { callId } from "./calls.ts";
import { takeOffer } from "./client-webrtc.ts";
import { iceServersFor } from "./ice.ts";
import { keyHolder, readSession } from "./led-opening.ts";
import { brake, slow } from "./money.ts";
import { NO_STORE } from "./rim.ts";
import { knownVisitor, sameSiteOnly } from "./visitor.ts";

/** The form around a description adds a few hundred bytes. */
const MAX_BODY_BYTES = MAX_SDP_CHARS;
/** And a session with long instructions and many tools. */
const MAX_FORM_BYTES = MAX_SDP_CHARS + 131_072;
/** With a key or secret of its own any site's page may come: no cookie goes along, and nothing is known of who it is. */
const FOR_ALL = [
  ["access-control-allow-origin", "*"],
  ["access-control-expose-headers", "location"],
] as const;
const PREFLIGHT = [
  ["access-control-allow-methods", "POST"],
  ["access-control-allow-headers", "authorization, content-type, openai-safety-identifier, x-openai-agents-sdk"],
  ["access-control-max-age", "86400"],
] as const;

export const webrtc = new Hono<{ Bindings: Bindings }>()
  .use(async (c, next) => {
    // A page of another site asks whether it may bring its secret.
    if (c.req.method === "OPTIONS") return c.body(null, 204, Object.fromEntries([...FOR_ALL, ...PREFLIGHT]));
    await next();
    if (c.req.header("authorization") === undefined) return;
    for (const [name, value] of FOR_ALL) c.res.headers.set(name, value);
  })
  /** 201 with the provider's answer (SDP); `Location` names the call. */
  .post("/", async (c) => {
    const type = mediaType(c.req.raw);
    if (type === "application/sdp") return byBearer(c);
    if (type === "multipart/form-data") return offeredKey(c.req.raw) === undefined ? byCookie(c) : byKey(c);
    const message = "Send application/sdp with a client secret, or multipart/form-data with the parts sdp and session.";
    throw new LunaError("wrong_type", message);
  })
  /** Ends the call. For the page or the key that opened it; everybody else is told that there is no such call. */
  .post("/:id/hangup", async (c) => {
    const id = callId(c.req.param("id"));
    const visitor = await whose(c);
    const ended = visitor ? await c.env.CALLS.getByName(id).hangUp(visitor) : null;
    if (!ended) throw noCall();
    return c.body(null, 200, NO_STORE);
  });

export const iceServers = new Hono<{ Bindings: Bindings }>()
  /** `{ iceServers: [...] }` as `RTCPeerConnection` takes it. TURN, which costs money, only for `?call_id=` of a call by WebRTC that is on. */
  .get("/", async (c) => {
    sameSiteOnly(c.req.raw);
    const { ice, maxCallMs } = readSettings(c.env);
    const turn = ice.turn && (await mayRelay(c)) ? ice.turn : undefined;
    const stun = ice.stun ?? (isLocal(c.req.url) ? [] : undefined);
    return c.json({ iceServers: await iceServersFor({ stun, turn }, maxCallMs, Date.now()) }, 200, NO_STORE);
  });

/** Whether this browser has a call on that goes by WebRTC: no other needs a relay, and a cookie alone anybody can make up. */
async function mayRelay(c: LunaContext): Promise<boolean> {
  const id = c.req.query("call_id");
  const visitor = knownVisitor(c);
  if (id === undefined || visitor === undefined) return false;
  await slow(c.env, c.req.raw, "turn");
  return c.env.CALLS.getByName(callId(id)).byPeer(visitor);
}

/** The description first, so that a secret is not spent on what nobody can answer. */
async function byBearer(c: LunaContext): Promise<Response> {
  const sdp = offerIn(await readBytes(c.req.raw, MAX_BODY_BYTES));
  const opens: Opens[] = readSettings(c.env).serverKey === undefined ? ["sound"] : ["sound", "session"];
  const model = c.req.query("model") ?? "";
  const admission = await judged(c.req.raw, c.env, { opens, model });
  const { call_id, visitor } = admission;
  if (admission.opens === "sound" && call_id !== undefined) {
    return answer(call_id, await c.env.CALLS.getByName(call_id).offer(sdp, "ephemeral" satisfies PeerMethod, visitor));
  }
  const { id, offered } = await takeOffer({ sdp, admission, model }, c.env);
  return answer(id, offered);
}

/** A secret that was used, is late or for another model is a browser's second try. All others are counted, and none that is good. */
const SECOND_TRY: ReadonlySet<string> = new Set<ErrorKind>(["token_used", "token_expired", "invalid_request"]);

async function judged(request: Request, env: Bindings, wish: Wish): Promise<Admission> {
  try {
    return await admit(request, env, wish);
  } catch (thrown) {
    if (!(thrown instanceof LunaError && SECOND_TRY.has(thrown.kind))) await brake(env, request);
    throw thrown;
  }
}

/** A program's own server posts its browser's offer, with the session that it wants. */
async function byKey(c: LunaContext): Promise<Response> {
  const bytes = await readBytes(c.req.raw, MAX_FORM_BYTES);
  const form = await formIn(bytes, c.req.header("content-type") ?? "");
  const sdp = offerIn(new TextEncoder().encode(await partOf(form, "sdp")));
  const session = form.get("session") === null ? {} : { session: readSession(jsonIn(await partOf(form, "session"))) };
  const admission = await keyHolder(c.req.raw, c.env);
  const { id, offered } = await takeOffer({ sdp, admission, model: c.req.query("model") ?? "", ...session }, c.env);
  return answer(id, offered);
}

/** Whose calls these are: the key's, or the browser's. */
async function whose(c: LunaContext): Promise<string | undefined> {
  if (offeredKey(c.req.raw) !== undefined) return (await keyHolder(c.req.raw, c.env)).visitor;
  sameSiteOnly(c.req.raw);
  return knownVisitor(c);
}

/** `?call_id=` names the call that the page has opened. */
async function byCookie(c: LunaContext): Promise<Response> {
  sameSiteOnly(c.req.raw);
  if (!readSettings(c.env).webrtcDirect) {
    throw new LunaError("forbidden", "Direct WebRTC is not open here. Send application/sdp with a client secret.");
  }
  const bytes = await readBytes(c.req.raw, MAX_BODY_BYTES);
  const form = await formIn(bytes, c.req.header("content-type") ?? "");
  plainSession(await partOf(form, "session"));
  const sdp = offerIn(new TextEncoder().encode(await partOf(form, "sdp")));
  const id = callId(c.req.query("call_id") ?? "");
  const visitor = knownVisitor(c);
  if (!visitor) throw noCall();
  return answer(id, await c.env.CALLS.getByName(id).offer(sdp, "direct" satisfies PeerMethod, visitor));
}

function answer(id: string, offered: Offered): Response {
  if (!offered.ok) throw new LunaError(offered.kind, offered.detail);
  return new Response(offered.sdp, {
    status: 201,
    headers: { "content-type": "application/sdp", location: `/v1/realtime/calls/${id}`, ...NO_STORE },
  });
}

function mediaType(request: Request): string {
  return (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** @throws LunaError `invalid_request` with the fault's own code */
function offerIn(bytes: Uint8Array): string {
  const sdp = new TextDecoder().decode(bytes);
  const fault = sdpFault(sdp);
  if (fault) throw new LunaError("invalid_request", fault.message, "sdp", fault.code);
  return withLineEnds(sdp);
}

async function formIn(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch {
    throw new LunaError("invalid_request", "The form cannot be read.");
  }
}

async function partOf(form: FormData, name: string): Promise<string> {
  const part = form.get(name);
  if (part === null) throw new LunaError("invalid_request", `The form lacks the part ${name}.`, name);
  return typeof part === "string" ? part : await part.text();
}

/** The call knows its session since it was opened; what a page could add here it must not. */
function plainSession(text: string): void {
  const session = jsonIn(text);
  const fits = typeof session === "object" && session !== null && (session as { type?: unknown }).type === "realtime";
  if (!fits) throw new LunaError("invalid_request", 'session: {"type":"realtime"} is expected.', "session");
  const more = Object.keys(session).find((name) => name !== "type");
  if (more === undefined) return;
  const message = `session.${more}: settings come with POST /api/calls, and the call holds them.`;
  throw new LunaError("invalid_request", message, `session.${more}`, "unknown_parameter");
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LunaError("invalid_request", "session: not valid JSON.", "session");
  }
}

/** The same for a call that is not there, is over, or is somebody else's. */
function noCall(): LunaError {
  return new LunaError("not_found", "There is no such call.");
}
