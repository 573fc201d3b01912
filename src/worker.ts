/** The front door: every address of Luna, and the objects behind them. Files of the page are served without coming here. */
import { Hono } from "hono";
import { guarded } from "./access/headers.ts";
import type { Bindings, Deployed } from "./env.ts";
import { asLunaError, LunaError, refusal } from "./errors.ts";
import { log } from "./log.ts";
import { ai } from "./routes/ai.ts";
import { audit } from "./routes/audit.ts";
import { bank } from "./routes/bank.ts";
import { calls } from "./routes/calls.ts";
import { config } from "./routes/config.ts";
import { guest } from "./routes/guest.ts";
import { guestPages } from "./routes/guest-pages.ts";
import { history } from "./routes/history.ts";
import { host } from "./routes/host.ts";
import { hostPages } from "./routes/host-pages.ts";
import { clientSecrets, hostKeys, pageKeys } from "./routes/keys.ts";
import { links } from "./routes/links.ts";
import { pageInstead } from "./routes/lost.ts";
import { allowedAt, methodNotAllowed } from "./routes/methods.ts";
import { metrics } from "./routes/metrics.ts";
import { BRAKE_PERIOD_S } from "./routes/money.ts";
import { openapi } from "./routes/openapi.ts";
import { persona } from "./routes/persona.ts";
import { postcards } from "./routes/postcards.ts";
import { linkCalls, ownCalls, visitor, visitors } from "./routes/privacy.ts";
import { realtime } from "./routes/realtime.ts";
import { recordings } from "./routes/recordings.ts";
import { scenarios } from "./routes/scenarios.ts";
import { session, signInPage } from "./routes/session.ts";
import { watch, watchCall } from "./routes/watch.ts";
import { iceServers, webrtc } from "./routes/webrtc.ts";
import { lookAtTrail } from "./store/audit.ts";
import { withBucket } from "./store/no-recordings.ts";
import { forgetOldCalls } from "./store/retention.ts";

export const app: Hono<{ Bindings: Bindings }> = new Hono<{ Bindings: Bindings }>()
  // POST /api/calls · GET /api/calls/:id · GET /api/calls/:id/socket
  .route("/api/calls", calls)
  // GET /api/calls/:id/recording
  .route("/api/calls", recordings)
  // DELETE /api/calls/:id
  .route("/api/calls", ownCalls)
  // POST /api/calls/:id/persona
  .route("/api/calls", persona)
  // GET /api/metrics
  .route("/api/metrics", metrics)
  // GET, POST, DELETE /api/session
  .route("/api/session", session)
  // The page where staff sign in
  .route("/sign-in", signInPage)
  // GET /api/bank · POST /api/bank/reset
  .route("/api/bank", bank)
  // GET /api/scenarios
  .route("/api/scenarios", scenarios)
  // GET /api/host/today
  .route("/api/host", host)
  // GET /api/history · GET, DELETE /api/history/:id · GET /api/history/:id/recording, /waveform
  .route("/api/history", history)
  // /host · /host/links · /host/history · /host/calls/:id · /host/audit
  .route("/host", hostPages)
  // GET /api/audit · GET /api/audit/export
  .route("/api/audit", audit)
  // DELETE /api/visitor
  .route("/api/visitor", visitor)
  // DELETE /api/visitors/:call
  .route("/api/visitors", visitors)
  // DELETE /api/links/:id/calls
  .route("/api/links", linkCalls)
  // GET, POST /api/links · GET, PATCH, DELETE /api/links/:id · GET /api/links/:id/qr.svg, /openings
  .route("/api/links", links)
  // GET /api/guest/:token · POST /api/guest/:token/calls
  .route("/api/guest", guest)
  // GET /api/watch/:token · GET /api/watch/:token/socket
  .route("/api/watch", watch)
  // GET /api/calls/:id/watch
  .route("/api/calls", watchCall)
  // GET, DELETE /api/postcards/:token · GET /api/postcards/:token/recording
  .route("/api/postcards", postcards)
  // /c/:token · /w/:token · /p/:token
  .route("/", guestPages)
  // GET, POST /api/host/keys · DELETE /api/host/keys/:id
  .route("/api/host/keys", hostKeys)
  // POST /api/keys
  .route("/api/keys", pageKeys)
  // POST /v1/realtime/client_secrets
  .route("/v1/realtime/client_secrets", clientSecrets)
  // POST /v1/realtime/calls · POST /v1/realtime/calls/:id/hangup
  .route("/v1/realtime/calls", webrtc)
  // GET /api/ice-servers
  .route("/api/ice-servers", iceServers)
  // GET /v1/realtime · GET /v1/models
  .route("/v1", realtime)
  // GET /api/config · POST /api/key/test
  .route("/api", config)
  // GET /api/openapi.json · GET /api/docs
  .route("/api", openapi)
  // POST /ai/say · /ai/persona · /ai/end, also /ai/calls/:id/… · GET /ai/healthz
  .route("/ai", ai)
  .notFound(async (c) => {
    const { path, method } = c.req;
    const page = await pageInstead(c, (meant) => allowedAt(app, meant).includes("GET"));
    if (page) return page;
    const allowed = allowedAt(app, path);
    if (allowed.length > 0) return methodNotAllowed(method, path, allowed);
    return refusal(path, new LunaError("not_found", `There is nothing at ${path}.`));
  })
  .onError((thrown, c) => {
    const error = asLunaError(thrown);
    if (error.kind === "internal") log.error("Request failed unexpectedly", { error: (thrown as Error).name });
    return refusal(c.req.path, error, error.kind === "too_many" ? { "retry-after": String(BRAKE_PERIOD_S) } : {});
  });

export { AuditTrail } from "./durable/audit-trail.ts";
export { Bank } from "./durable/bank.ts";
export { Call } from "./durable/call.ts";
export { Switchboard } from "./durable/switchboard.ts";
export default {
  fetch: async (request: Request, env, ctx) => guarded(await app.fetch(request, withBucket(env), ctx)),
  /** Every night: what is older than `RETENTION_DAYS` is deleted, and the audit trail is looked at. */
  scheduled: (event, env, ctx) => {
    const there = withBucket(env);
    ctx.waitUntil(forgetOldCalls(there, event.scheduledTime));
    ctx.waitUntil(lookAtTrail(there));
  },
} satisfies ExportedHandler<Deployed>;
