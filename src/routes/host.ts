/** The host's first page: how the day is going. Operators may look. */
import { Hono } from "hono";
import { z } from "zod";
import { operatorOnly } from "../access/who.ts";
import { type Bindings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { TodayShown } from "../legs/host.ts";
import { readToday } from "../store/today.ts";
import { NO_STORE } from "./rim.ts";

/** How far back the plots go, days. */
const Days = z.coerce.number().int().min(1).max(90).default(14);

export const host = new Hono<{ Bindings: Bindings }>()
  // GET /api/host/today?days=14
  .get("/today", async (c) => {
    await operatorOnly(c);
    const days = Days.safeParse(c.req.query("days"));
    if (!days.success) throw new LunaError("invalid_request", "days is a whole number from 1 to 90.", "days");
    const { caps, retentionDays, maxCallMs, serverKey, faults } = readSettings(c.env);
    const today = await readToday(c.env.DB, Date.now(), days.data, maxCallMs);
    const answer: TodayShown = {
      ...today,
      caps: { call_usd: caps.call, day_usd: caps.day },
      retention_days: retentionDays,
      server_key: serverKey !== undefined,
      unfit: faults,
    };
    return c.json(answer, 200, NO_STORE);
  });
