/**
 * The small HTTP door: say something to a call, change who answers, hang up, ask whether Luna is well. It talks to the
 * visitor's newest call, or to one that is named; where none is on, the first words open one that needs no page.
 */
import { Hono } from "hono";
import type { SayReply, Words } from "../durable/call/say.ts";
import { type Bindings, type LunaContext, readSettings } from "../env.ts";
import { LunaError, problemOf } from "../errors.ts";
import { Say, SayInCall, wantsStream } from "../legs/http.ts";
import { OpenCall, type OpenCallInput } from "../legs/open-call.ts";
import { FREEFORM } from "../scenarios/freeform.ts";
import { personaById } from "../scenarios/personas/index.ts";
import { readCall } from "../store/calls.ts";
import { newUlid } from "../ulid.ts";
import { readBody } from "./body.ts";
import { callId } from "./calls.ts";
import { health } from "./health.ts";
import { brake, slow } from "./money.ts";
import { knownScenario, openCall } from "./opening.ts";
import { anyOwner, knownOwner, type Owner } from "./owner.ts";
import { PersonaWish } from "./persona.ts";
import { NO_STORE } from "./rim.ts";
import { sameSiteOnly } from "./visitor.ts";

type Asked = Omit<Words, "stream">;

export const ai = new Hono<{ Bindings: Bindings }>()
  .get("/healthz", async (c) => {
    doorOpen(c);
    await slow(c.env, c.req.raw, "health");
    const report = await health(c.env, readSettings(c.env));
    return c.json(report, report.status === "ok" ? 200 : 503, NO_STORE);
  })
  .post("/say", async (c) => {
    await welcome(c);
    const words = await readBody(c.req.raw, Say);
    // Nobody has to know a scenario to say hello.
    const { scenario = FREEFORM, mode, key, text } = words;
    // Of use only where a call is opened, and a mistake wherever there is none of that name.
    knownScenario(scenario);
    return answered(c, await sayToNewest(c, { text, key }, { scenario, mode, key }));
  })
  .post("/persona", async (c) => {
    await welcome(c);
    const { key } = await readBody(c.req.raw, PersonaWish);
    const scenario = firstScenario(key);
    return answered(c, await sayToNewest(c, { persona: key }, { scenario }));
  })
  .post("/calls/:id/persona", async (c) => {
    await welcome(c);
    const { key } = await readBody(c.req.raw, PersonaWish);
    firstScenario(key);
    return answered(c, await sayToNamed(c, { persona: key }));
  })
  .post("/calls/:id/say", async (c) => {
    await welcome(c);
    return answered(c, await sayToNamed(c, await readBody(c.req.raw, SayInCall)));
  })
  .post("/end", async (c) => {
    await welcome(c);
    const { visitor } = await ownerOf(c);
    const newest = await bankOf(c, visitor).newestCall();
    if (newest === null) throw notOn();
    return ended(c, newest, visitor);
  })
  .post("/calls/:id/end", async (c) => {
    await welcome(c);
    return ended(c, callId(c.req.param("id")), (await ownerOf(c)).visitor);
  });

/** @throws LunaError `not_found` where the host has shut this door. */
function doorOpen(c: LunaContext): void {
  if (readSettings(c.env).aiDoor) return;
  throw new LunaError("not_found", "The HTTP door is shut here: the host has set AI_DOOR to off.");
}

/** The door is open, and not too often. A page of another site is sent away before it uses up the visitor's tries. */
async function welcome(c: LunaContext): Promise<void> {
  doorOpen(c);
  if (c.req.header("authorization") === undefined) sameSiteOnly(c.req.raw);
  await slow(c.env, c.req.raw, "say");
}

function bankOf(c: LunaContext, visitor: string) {
  return c.env.BANKS.getByName(visitor);
}

/** @throws LunaError `not_found`: without the cookie or a key no call is yours. */
async function ownerOf(c: LunaContext): Promise<Owner> {
  const owner = await knownOwner(c);
  if (owner === undefined) throw notYours();
  return owner;
}

function notYours(): LunaError {
  return new LunaError(
    "not_found",
    "There is no such call, or it was made from another browser. Send the cookie that came with it.",
  );
}

function notOn(): LunaError {
  return new LunaError("not_found", "No call of yours is on. POST /ai/say opens one.");
}

/** Who answers first in the call that is opened for them. @throws LunaError `not_found` */
function firstScenario(persona: string): string {
  const known = personaById(persona);
  if (known) return known.scenario?.id ?? FREEFORM;
  throw new LunaError("not_found", `Nobody here is called "${persona}".`, "key");
}

async function sayTo(c: LunaContext, id: string, visitor: string, asked: Asked): Promise<SayReply> {
  return c.env.CALLS.getByName(id).say(visitor, { ...asked, stream: wantsStream(c.req.raw) });
}

async function sayToNamed(c: LunaContext, asked: Asked): Promise<SayReply> {
  const id = callId(c.req.param("id") ?? "");
  const { visitor } = await ownerOf(c);
  const reply = await sayTo(c, id, visitor, asked);
  if (isOver(reply)) throw await goneOrNeverThere(c, id, visitor);
  return reply;
}

/** To the call that is on; else to a new one. */
async function sayToNewest(c: LunaContext, asked: Asked, opens: OpenCallInput): Promise<SayReply> {
  const owner = await anyOwner(c);
  const { visitor } = owner;
  const newest = await bankOf(c, visitor).newestCall();
  if (newest !== null) {
    const reply = await sayTo(c, newest, visitor, asked);
    if (!isOver(reply)) return reply;
  }
  const id = await openInstead(c, newest, owner, OpenCall.parse(opens));
  return sayTo(c, id, visitor, { ...asked, key: undefined });
}

/** One call of two requests that both find none: the first to reach the visitor's bank opens it. */
async function openInstead(c: LunaContext, before: string | null, owner: Owner, request: OpenCall): Promise<string> {
  await brake(c.env, c.req.raw);
  knownScenario(request.scenario);
  const id = newUlid();
  const { visitor, host } = owner;
  if ((await bankOf(c, visitor).replaceCall(before, id)) !== id) {
    throw new LunaError("busy", "Another request is just opening your call. Wait for its answer, then say this.");
  }
  await openCall(request, { env: c.env, host, visitor, text: true, id });
  return id;
}

function isOver(reply: SayReply): boolean {
  return reply.kind === "refused" && (reply.error === "not_found" || reply.error === "call_ended");
}

/** A call that has ended is forgotten by its object, and kept in the record. */
async function goneOrNeverThere(c: LunaContext, id: string, visitor: string): Promise<LunaError> {
  const record = await readCall(c.env.DB, id, visitor).catch(() => null);
  return record ? new LunaError("call_ended", "This call has ended. POST /ai/say opens another one.") : notYours();
}

function answered(c: LunaContext, reply: SayReply): Response {
  const headers = NO_STORE;
  if (reply.kind === "refused") {
    const error = new LunaError(reply.error, reply.detail);
    // The call is on, so its cookie has to come with the bad news.
    if (error.status < 500) throw error;
    return c.json(problemOf(error), error.kind === "no_answer" ? 504 : 503, {
      ...headers,
      "content-type": "application/problem+json",
    });
  }
  if (reply.kind === "answer") return c.json(reply.answer, 200, headers);
  return c.body(reply.events, 200, { ...headers, "content-type": "text/event-stream; charset=utf-8" });
}

async function ended(c: LunaContext, id: string, visitor: string): Promise<Response> {
  const end = await c.env.CALLS.getByName(id).hangUp(visitor);
  if (!end) throw await goneOrNeverThere(c, id, visitor);
  const { reason, outcome, seconds } = end;
  return c.json({ call_id: id, reason, outcome, seconds }, 200, NO_STORE);
}
