/** Who answers in a running call: changed from outside of it, for the browser or the API key that made it. */
import { Hono } from "hono";
import { z } from "zod";
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { agentName } from "../legs/names.ts";
import { readBody } from "./body.ts";
import { callId } from "./calls.ts";
import { knownOwner } from "./owner.ts";
import { NO_STORE } from "./rim.ts";

export const PersonaWish = z.strictObject({ key: agentName });

export const persona = new Hono<{ Bindings: Bindings }>().post("/:id/persona", async (c) => {
  const owner = await knownOwner(c);
  const id = callId(c.req.param("id"));
  const { key } = await readBody(c.req.raw, PersonaWish);
  if (!owner) throw new LunaError("not_found", "There is no such call, or it was made from another browser.");
  const reply = await c.env.CALLS.getByName(id).persona(owner.visitor, key);
  if (!reply.ok) throw new LunaError(reply.error, reply.detail, reply.detail.startsWith("Nobody") ? "key" : undefined);
  const { type: _, ...shown } = reply.persona;
  return c.json({ call_id: id, ...shown }, 200, NO_STORE);
});
