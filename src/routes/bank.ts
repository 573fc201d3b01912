/** The visitor's own sandbox bank: look at it, start it afresh. */
import { Hono } from "hono";
import type { Bindings } from "../env.ts";
import { sameSiteOnly, visitorOf } from "./visitor.ts";

export const bank = new Hono<{ Bindings: Bindings }>()
  .get("/", async (c) => {
    const snapshot = await c.env.BANKS.getByName(visitorOf(c)).snapshot();
    return c.json(snapshot, 200, { "cache-control": "no-store" });
  })
  .post("/reset", async (c) => {
    sameSiteOnly(c.req.raw);
    await c.env.BANKS.getByName(visitorOf(c)).reset();
    return c.body(null, 204);
  });
