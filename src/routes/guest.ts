/** Guests: what a link is before the call, and the call that it opens. No sign-in and no key: the token in the address is both. */
import { Hono } from "hono";
import { addressOf } from "../access/address.ts";
import { hashOf } from "../access/secret.ts";
import type { CallLink, Door } from "../durable/switchboard/kept.ts";
import { boardOf, newLinkToken, tokenHash } from "../durable/switchboard/names.ts";
import type { Admitted } from "../durable/switchboard.ts";
import { type Bindings, type LunaContext, type LunaSettings, readSettings } from "../env.ts";
import { asLunaError, type ErrorKind, LunaError, problem } from "../errors.ts";
import {
  type DoorScenario,
  GuestCall,
  type GuestCallBack,
  type GuestCallOpened,
  type LinkDoor,
} from "../legs/links.ts";
import type { Mode } from "../legs/wire.ts";
import { log } from "../log.ts";
import { scenarioById } from "../scenarios/index.ts";
import { firstPersona } from "../scenarios/personas/index.ts";
import { noteDeed } from "../store/audit.ts";
import { newUlid } from "../ulid.ts";
import { readBody } from "./body.ts";
import { brake, capNow } from "./money.ts";
import { openCall } from "./opening.ts";
import { NO_STORE } from "./rim.ts";
import { notARobot } from "./turnstile.ts";
import { knownVisitor, sameSiteOnly, visitorOf } from "./visitor.ts";

export const guest = new Hono<{ Bindings: Bindings }>()
  /** Also where the link is closed or was never there: `state` says so. */
  .get("/:token", async (c) => c.json(await doorFor(c.env, c.req.param("token"), knownVisitor(c)), 200, NO_STORE))
  /** The call. The link pays, counts and decides; the guest brings a PIN where one is asked for. */
  .post("/:token/calls", async (c) => {
    sameSiteOnly(c.req.raw);
    const hash = await tokenHash(c.req.param("token"));
    await brakeAt(c, hash);
    const wish = await readBody(c.req.raw, GuestCall);
    if (hash === undefined) throw unknown();
    await personOnly(c, hash, wish.turnstile);
    const call_id = newUlid();
    const { pin } = wish;
    const visitor = visitorOf(c);
    const guest = { visitor: await hashOf(visitor), postcard: newLinkToken() };
    const arrival = { call_id, address: addressOf(c.req.raw), guest, ...(pin === undefined ? {} : { pin }) };
    const admitted = await boardOf(c.env, hash).admit(arrival);
    if (!admitted.ok) return refusedAt(admitted);
    const asked = { hash, call_id, visitor, postcard: guest.postcard, wanted: wish.settings };
    const opened = await openFor(c, asked, admitted);
    c.executionCtx.waitUntil(
      noteDeed(c.env, { who: `link:${admitted.link.id}`, did: "link_opened", subject: call_id }),
    );
    return c.json(opened, 201, NO_STORE);
  })
  /** The tab of a call was closed, or the call is in another one: its browser, known by its cookie, takes it over here. */
  .post("/:token/back", async (c) => {
    sameSiteOnly(c.req.raw);
    await brake(c.env, c.req.raw);
    const back = await backFor(c.env, c.req.param("token"), knownVisitor(c));
    if (!back) throw new LunaError("not_found", "That call is over, or it was made from another browser.");
    return c.json(back, 200, NO_STORE);
  });

async function backFor(env: Bindings, token: string, visitor: string | undefined): Promise<GuestCallBack | null> {
  const on = await callOf(env, token, visitor);
  if (!on || visitor === undefined) return null;
  const { call_id, postcard, ends_at } = on;
  const way = await env.CALLS.getByName(call_id).wayBack(visitor);
  return way && { call_id, socket: `/api/calls/${call_id}/socket`, ...way, postcard: `/p/${postcard}`, ends_at };
}

/** The call that this browser has made by this link and that is not over, as far as the link knows. */
async function callOf(env: Bindings, token: string, visitor: string | undefined) {
  const hash = await tokenHash(token);
  return hash === undefined || visitor === undefined ? null : boardOf(env, hash).callOf(await hashOf(visitor));
}

/** A call tells its link of its end a moment later. */
async function isBack(env: Bindings, token: string, visitor: string | undefined): Promise<boolean> {
  const on = await callOf(env, token, visitor);
  return on !== null && (await env.CALLS.getByName(on.call_id).standing()) !== "over";
}

/** What a guest's page is told of its link. A closed link still says whose it was. @param visitor who asks, if they are known. */
export async function doorFor(env: Bindings, token: string, visitor?: string): Promise<LinkDoor> {
  const door = await linkOf(env, token);
  const settings = settingsOr(env);
  const gate = settings?.turnstile;
  const turnstile = gate === undefined || gate === "unfit" ? null : gate.siteKey;
  if (!door) return { ...NOWHERE, turnstile };
  const paused = door.state === "open" && (settings === null || gate === "unfit");
  const yours = await isBack(env, token, visitor);
  const { host_name, note, language, minutes, pin, locked_until, record, watched } = door;
  const state = paused ? "paused" : door.state;
  const { key, speaker, place } = firstPersona(door.scenario);
  return {
    ...{ state, host_name, note, language, minutes, pin, locked_until, record, watched, turnstile, yours },
    scenario: scenarioAtDoor(door.scenario),
    persona: door.persona === null ? null : { key, speaker, place },
    mode: settings === null ? "scripted" : await modeNow(env, settings, door),
  };
}

/** A guest is not told what the host has to mend. */
function settingsOr(env: Bindings): LunaSettings | null {
  try {
    return readSettings(env);
  } catch (thrown) {
    log.error("Links are paused: settings do not fit", { error: asLunaError(thrown).message });
    return null;
  }
}

/** The link of this token, as far as a door shows it; null where there is none. */
export async function linkOf(env: Bindings, token: string): Promise<Door | null> {
  const hash = await tokenHash(token);
  return hash === undefined ? null : boardOf(env, hash).door();
}

const NOWHERE: Omit<LinkDoor, "turnstile"> = {
  state: "unknown",
  host_name: "",
  note: "",
  scenario: null,
  persona: null,
  mode: "scripted",
  language: "en",
  minutes: 0,
  pin: false,
  locked_until: null,
  record: false,
  watched: false,
  yours: false,
};

function scenarioAtDoor(id: string): DoorScenario | null {
  const scenario = scenarioById(id);
  if (!scenario) return null;
  const { title, tagline, icon, caller, objective, notes } = scenario;
  return {
    id,
    title,
    tagline,
    icon,
    caller: { name: caller.name, about: caller.about },
    goal: objective,
    say: notes.say,
  };
}

async function modeNow(env: Bindings, settings: LunaSettings, { mode }: Door): Promise<Mode> {
  if (mode === "scripted" || settings.serverKey === undefined) return "scripted";
  return (await capNow(env, settings)) === 0 ? "scripted" : "ai";
}

/** Opens the call of a guest whom the link has let in. Where that fails, the use is given back. */
async function openFor(
  c: LunaContext,
  asked: { hash: string; call_id: string; visitor: string; postcard: string; wanted: GuestCall["settings"] },
  admitted: Extract<Admitted, { ok: true }>,
): Promise<GuestCallOpened> {
  const { hash, call_id, visitor, postcard, wanted } = asked;
  const { link, leave, keep_days } = admitted;
  const { maxCallMs } = readSettings(c.env);
  const { id, host_name, language, record, watched: watch, scenario, mode } = link;
  const max_ms = Math.min(maxCallMs, link.minutes * 60_000);
  const by: CallLink = {
    ...{ id, hash, host_name, language, record, watch, max_ms, keep_days },
    postcard: await hashOf(postcard),
  };
  const request = { scenario, mode, settings: { ...wanted, record } };
  const bank = c.env.BANKS.getByName(visitor);
  try {
    const opened = await openCall(request, {
      env: c.env,
      host: true,
      visitor,
      id: call_id,
      by: { link: by, leave },
    });
    c.executionCtx.waitUntil(bank.callOpened(call_id));
    const ends_at = Math.min(Date.now() + max_ms, link.expires_at ?? Number.POSITIVE_INFINITY);
    return { ...opened, postcard: `/p/${postcard}`, ends_at };
  } catch (thrown) {
    await boardOf(c.env, hash).report(call_id, 0, true);
    throw thrown;
  }
}

/** What an address has to stay below, whatever link it tries. */
async function brakeAt(c: LunaContext, hash: string | undefined): Promise<void> {
  try {
    await brake(c.env, c.req.raw);
  } catch (thrown) {
    if (hash !== undefined) c.executionCtx.waitUntil(turnedAway(c.env, hash, "too_many", c.req.raw));
    throw thrown;
  }
}

async function personOnly(c: LunaContext, hash: string, answer: string | undefined): Promise<void> {
  const settings = settingsOr(c.env);
  if (settings === null || settings.turnstile === "unfit") throw paused();
  const { turnstile } = settings;
  if (!turnstile) return;
  try {
    await notARobot(c.req.raw, answer, turnstile);
  } catch (thrown) {
    log.warn("Guest not shown to be a person");
    c.executionCtx.waitUntil(turnedAway(c.env, hash, "robot", c.req.raw));
    throw thrown;
  }
}

async function turnedAway(env: Bindings, hash: string, result: "too_many" | "robot", request: Request): Promise<void> {
  await boardOf(env, hash)
    .turnedAway(result, addressOf(request))
    .catch(() => undefined);
}

type Refusal = Extract<Admitted, { ok: false }>;

const SAYS: Record<Exclude<Refusal["why"], "unknown">, { kind: ErrorKind; says: string }> = {
  expired: { kind: "link_closed", says: "This link has expired. Ask whoever sent it for a new one." },
  revoked: { kind: "link_closed", says: "Whoever sent this link has closed it. Ask them for a new one." },
  used_up: { kind: "link_closed", says: "This link has been used as often as it may be. Ask for a new one." },
  spent: { kind: "link_closed", says: "What this link may cost is used up. Ask whoever sent it for a new one." },
  pin_wanted: { kind: "pin_wanted", says: "This link asks for a PIN. Whoever sent it can tell you." },
  pin_wrong: { kind: "pin_wrong", says: "That PIN is not right." },
  pin_locked: { kind: "too_many", says: "Too many wrong PINs." },
  too_many: { kind: "too_many", says: "This link was called too often today." },
  waiting: { kind: "too_many", says: "Calls that were opened from your network wait for somebody to take them." },
};

/** One sentence to whoever meets it, and when to come again where that helps. */
function refusedAt({ why, until }: Refusal): Response {
  if (why === "unknown") throw unknown();
  const { kind, says } = SAYS[why];
  if (until === null) return problem(new LunaError(kind, says, whereOf(why)));
  const seconds = Math.max(1, Math.ceil((until - Date.now()) / 1_000));
  const error = new LunaError(kind, `${says} Try again in ${inWords(seconds)}.`, whereOf(why));
  return problem(error, { "retry-after": String(seconds) });
}

function whereOf(why: Refusal["why"]): string | undefined {
  return why.startsWith("pin_") ? "pin" : undefined;
}

function inWords(seconds: number): string {
  if (seconds < 100) return `${seconds} seconds`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}

function paused(): LunaError {
  return new LunaError("unavailable", "Calls by links are paused for a moment. Try again in a few minutes.");
}

function unknown(): LunaError {
  return new LunaError("not_found", "There is no such link. Look whether all of it was copied.");
}
