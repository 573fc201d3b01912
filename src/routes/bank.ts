/** The visitor's own sandbox bank: look at it, start it afresh. */
import { Hono } from "hono";
import type { Bindings, LunaContext } from "../env.ts";
import { slow } from "./money.ts";
import { NO_STORE } from "./rim.ts";
import { knownVisitor, sameSiteOnly, visitorOf } from "./visitor.ts";

export const bank = new Hono<{ Bindings: Bindings }>()
  /** A look costs nothing to speak of; the first one writes a whole bank. */
  .get("/", async (c) => {
    if (!(await hasBegun(c))) await slow(c.env, c.req.raw, "bank");
    const snapshot = await c.env.BANKS.getByName(visitorOf(c)).snapshot();
    return c.json(snapshot, 200, NO_STORE);
  })
  .post("/reset", async (c) => {
    sameSiteOnly(c.req.raw);
    await slow(c.env, c.req.raw, "bank");
    await c.env.BANKS.getByName(visitorOf(c)).reset();
    return c.body(null, 204);
  });

/** Only the bank itself can tell: a cookie may be made up. */
async function hasBegun(c: LunaContext): Promise<boolean> {
  const visitor = knownVisitor(c);
  return visitor !== undefined && (await c.env.BANKS.getByName(visitor).hasBegun());
}
