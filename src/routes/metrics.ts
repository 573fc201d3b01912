/** Figures over all calls, for the host and the operators. */
import { Hono } from "hono";
import { z } from "zod";
import { operatorOnly } from "../access/who.ts";
import { type Bindings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { readMetrics } from "../store/metrics.ts";
import { NO_STORE } from "./rim.ts";

/** How far back, in days. */
const Days = z.coerce.number().int().min(1).max(90).default(7);

export const metrics = new Hono<{ Bindings: Bindings }>()
  // GET /api/metrics?days=7
  .get("/", async (c) => {
    await operatorOnly(c);
    const settings = readSettings(c.env);
    const days = Days.safeParse(c.req.query("days"));
    if (!days.success) throw new LunaError("invalid_request", "days is a whole number from 1 to 90.", "days");
    const figures = await readMetrics(c.env.DB, days.data, Date.now());
    return c.json({ ...figures, caps: { call_usd: settings.caps.call, day_usd: settings.caps.day } }, 200, NO_STORE);
  });
