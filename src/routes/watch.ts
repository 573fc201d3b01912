/** Watching without speaking: by a link's spectator token, and, for staff, any call that is on. */
import { Hono } from "hono";
import { operatorOnly } from "../access/who.ts";
import { watchCallRequest } from "../durable/call/gallery.ts";
import { boardOf, tokenHash } from "../durable/switchboard/names.ts";
import { selectedFor, watchRequest } from "../durable/switchboard/spectators.ts";
import type { Bindings, LunaContext } from "../env.ts";
import { asLunaError, LunaError } from "../errors.ts";
import { refuse } from "../legs/browser.ts";
import type { WatchDoor } from "../legs/links.ts";
import { noteOnce } from "../store/audit.ts";
import { watchedLink } from "../store/links.ts";
import { callId } from "./calls.ts";
import { NO_STORE } from "./rim.ts";
import { sameSiteOnly } from "./visitor.ts";

export const watch = new Hono<{ Bindings: Bindings }>()
  .get("/:token", async (c) => c.json(await watchDoorFor(c.env, c.req.param("token")), 200, NO_STORE))
  /** Read-only. Shows the call that is on, and the next one by itself. */
  .get("/:token/socket", async (c) => {
    socketOnly(c);
    const board = await boardWatchedBy(c.env, c.req.param("token"));
    const door = await board?.door();
    if (!board || !door) return refusedWatch(c, noLink());
    const response = await board.fetch(watchRequest(c.req.raw));
    if (response.status !== 101) return refusedWatch(c, response.status === 429 ? crowd() : closed());
    const who = `link:${door.id}`;
    c.executionCtx.waitUntil(noteOnce(c.env, { who, did: "watched", subject: door.id }));
    return response;
  });

export const watchCall = new Hono<{ Bindings: Bindings }>()
  /** Any call that is on, for staff. */
  .get("/:id/watch", async (c) => {
    socketOnly(c);
    const id = callId(c.req.param("id"));
    try {
      const { id: who } = await operatorOnly(c);
      const response = await c.env.CALLS.getByName(id).fetch(watchCallRequest(c.req.raw));
      if (response.status !== 101) return refusedWatch(c, response.status === 429 ? crowd() : over());
      c.executionCtx.waitUntil(noteOnce(c.env, { who, did: "watched", subject: id }));
      return response;
    } catch (thrown) {
      return refusedWatch(c, asLunaError(thrown));
    }
  });

/** What a spectator's page is told before it watches. */
export async function watchDoorFor(env: Bindings, token: string): Promise<WatchDoor> {
  const board = await boardWatchedBy(env, token);
  const [door, on] = board ? await Promise.all([board.door(), board.watched()]) : [null, null];
  if (!door) return { state: "unknown", host_name: "", call: null };
  const { state, host_name, scenario } = door;
  const call = on ? { id: on.call_id, started_at: on.opened_at, scenario } : null;
  return { state, host_name, call };
}

async function boardWatchedBy(env: Bindings, token: string) {
  const hash = await tokenHash(token);
  const link = hash === undefined ? null : await watchedLink(env.DB, hash);
  return link === null ? undefined : boardOf(env, link);
}

/** @throws LunaError `forbidden`, `upgrade_required` */
function socketOnly(c: LunaContext): void {
  sameSiteOnly(c.req.raw);
  if (c.req.header("upgrade")?.toLowerCase() === "websocket") return;
  throw new LunaError("upgrade_required", "Connect with a WebSocket.");
}

/** A browser cannot read the answer to a failed upgrade, so the socket opens, says why, and closes. */
function refusedWatch(c: LunaContext, error: LunaError): Response {
  const { 0: page, 1: socket } = new WebSocketPair();
  refuse(socket, error);
  return new Response(null, { status: 101, webSocket: page, headers: selectedFor(c.req.raw) });
}

function noLink(): LunaError {
  return new LunaError("not_found", "There is nothing to watch here. Look whether all of the address was copied.");
}

function closed(): LunaError {
  return new LunaError("link_closed", "This link is closed: there will be no call to watch.");
}

function over(): LunaError {
  return new LunaError("call_ended", "This call is not on, or not any more.");
}

function crowd(): LunaError {
  return new LunaError("too_many", "As many people are watching as can. Try again later.");
}
