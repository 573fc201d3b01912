/** Deleting what is kept: one call or everything of a browser by itself, of a caller by the host, all calls of a link. */
import { Hono } from "hono";
import { hostOnly } from "../access/who.ts";
import { boardOf } from "../durable/switchboard/names.ts";
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { noteDeed } from "../store/audit.ts";
import { forgetCalls, forgetLinkCalls, forgetVisitor, visitorOfCall } from "../store/forget.ts";
import { isLinkId, linkHash } from "../store/links.ts";
import { callId } from "./calls.ts";
import { slow } from "./money.ts";
import { hasMade } from "./owner.ts";
import { NO_STORE } from "./rim.ts";
import { forgetCookies, knownVisitor, sameSiteOnly } from "./visitor.ts";

export const ownCalls = new Hono<{ Bindings: Bindings }>()
  /** All that is kept of a call of this browser: turns, tool runs, sound. One that is on is ended first. */
  .delete("/:id", async (c) => {
    sameSiteOnly(c.req.raw);
    const id = callId(c.req.param("id"));
    const known = knownVisitor(c);
    if (!known || !(await hasMade(c.env, known, id))) {
      throw new LunaError("not_found", "There is no such call, or it was made from another browser.");
    }
    await forgetCalls(c.env, [id]);
    c.executionCtx.waitUntil(noteDeed(c.env, { who: "visitor", did: "deleted_call", subject: id }));
    return c.body(null, 204, NO_STORE);
  });

export const visitor = new Hono<{ Bindings: Bindings }>()
  /** Everything of this browser: its calls with their sound, its bank, its cookie. Calls that are on are ended. */
  .delete("/", async (c) => {
    sameSiteOnly(c.req.raw);
    await slow(c.env, c.req.raw, "deletion");
    const known = knownVisitor(c);
    const deleted = known ? await forgetVisitor(c.env, known) : 0;
    forgetCookies(c);
    // Anybody can make up a cookie: of whom nothing was there is no deed.
    if (deleted > 0) {
      c.executionCtx.waitUntil(
        noteDeed(c.env, { who: "visitor", did: "deleted_visitor", subject: `${deleted} calls` }),
      );
    }
    return c.json({ deleted }, 200, NO_STORE);
  });

export const visitors = new Hono<{ Bindings: Bindings }>()
  /** Everything of the caller who made this call. A visitor's own id is a secret of their browser; nobody else is told it. */
  .delete("/:call", async (c) => {
    const { id: who } = await hostOnly(c);
    const call = callId(c.req.param("call"));
    const found = await visitorOfCall(c.env.DB, call);
    if (found === null) throw new LunaError("not_found", "There is no such call. It may have been deleted already.");
    const deleted = await forgetVisitor(c.env, found);
    c.executionCtx.waitUntil(noteDeed(c.env, { who, did: "deleted_visitor", subject: `of ${call}: ${deleted} calls` }));
    return c.json({ deleted }, 200, NO_STORE);
  });

export const linkCalls = new Hono<{ Bindings: Bindings }>()
  /** Every call of a link. The link itself stays as it is. */
  .delete("/:id/calls", async (c) => {
    const { id: who } = await hostOnly(c);
    const link = c.req.param("id");
    const hash = isLinkId(link) ? await linkHash(c.env.DB, link) : null;
    if (hash === null) throw new LunaError("not_found", "There is no such link.");
    const deleted = await forgetLinkCalls(c.env, link, await boardOf(c.env, hash).calls());
    c.executionCtx.waitUntil(noteDeed(c.env, { who, did: "deleted_link_calls", subject: `${link}: ${deleted} calls` }));
    return c.json({ deleted }, 200, NO_STORE);
  });
