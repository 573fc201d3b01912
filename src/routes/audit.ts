/** The audit trail: who listened, deleted, revoked, signed in; for the host, and as a file that proves itself. */
import { Hono } from "hono";
import { hostOnly } from "../access/who.ts";
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { AuditPage } from "../legs/host.ts";
import { type DeedRow, noteDeed, trailOf } from "../store/audit.ts";
import { NO_STORE } from "./rim.ts";

const PAGE = 100;
/** Deeds that are fetched at a time for a file. */
const STRIDE = 500;
const SEQ = /^[1-9]\d{0,14}$/;

export const audit = new Hono<{ Bindings: Bindings }>()
  /** Newest first; `next` is the cursor of the page after this one. The chain is walked: all that is new, some of the rest. */
  .get("/", async (c) => {
    await hostOnly(c);
    const trail = trailOf(c.env);
    const [deeds, verdict] = await Promise.all([trail.read(cursorIn(c.req.query("cursor")), PAGE), trail.verify()]);
    const { intact, broken_at, why, count, hash } = verdict;
    const page: AuditPage = { deeds, next: nextOf(deeds), intact, broken_at, why, count, head: hash };
    return c.json(page, 200, NO_STORE);
  })
  /** All of it, oldest first, one JSON object a line: with it anybody can walk the chain. */
  .get("/export", async (c) => {
    const { id: who } = await hostOnly(c);
    await noteDeed(c.env, { who, did: "exported", subject: "audit" });
    return new Response(linesOf(c.env), {
      headers: {
        "content-type": "application/x-ndjson",
        "content-disposition": `attachment; filename="luna-audit-${new Date().toISOString().slice(0, 10)}.ndjson"`,
        ...NO_STORE,
      },
    });
  });

/** @throws LunaError `invalid_request` */
function cursorIn(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  if (SEQ.test(text)) return Number(text);
  throw new LunaError("invalid_request", "cursor: give the `next` of the page before.", "cursor");
}

function nextOf(deeds: readonly DeedRow[]): string | null {
  const last = deeds.at(-1);
  return deeds.length === PAGE && last !== undefined && last.seq > 1 ? String(last.seq) : null;
}

function linesOf(env: Bindings): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let after = 0;
  return new ReadableStream({
    async pull(controller) {
      const rows = await trailOf(env).readOn(after, STRIDE);
      if (rows.length > 0) controller.enqueue(encoder.encode(rows.map((row) => `${JSON.stringify(row)}\n`).join("")));
      after = rows.at(-1)?.seq ?? after;
      if (rows.length < STRIDE) controller.close();
    },
  });
}
