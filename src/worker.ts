/** The front door: every address of Luna, and the objects behind them. Files of the page are served without coming here. */
import { Hono } from "hono";
import type { Bindings } from "./env.ts";
import { asLunaError, LunaError, problem } from "./errors.ts";
import { log } from "./log.ts";
import { bank } from "./routes/bank.ts";
import { calls } from "./routes/calls.ts";
import { config } from "./routes/config.ts";
import { allowedAt, methodNotAllowed } from "./routes/methods.ts";
import { metrics } from "./routes/metrics.ts";
import { BRAKE_PERIOD_S } from "./routes/money.ts";
import { forgetOldCalls, recordings } from "./routes/recordings.ts";
import { scenarios } from "./routes/scenarios.ts";

const app: Hono<{ Bindings: Bindings }> = new Hono<{ Bindings: Bindings }>()
  // POST /api/calls · GET /api/calls/:id · GET /api/calls/:id/socket
  .route("/api/calls", calls)
  // GET /api/calls/:id/recording · DELETE /api/calls/:id
  .route("/api/calls", recordings)
  // GET /api/metrics
  .route("/api/metrics", metrics)
  // GET /api/bank · POST /api/bank/reset
  .route("/api/bank", bank)
  // GET /api/scenarios
  .route("/api/scenarios", scenarios)
  // GET /api/config · POST /api/key/test
  .route("/api", config)
  .notFound((c) => {
    const { path, method } = c.req;
    const allowed = allowedAt(app, path);
    if (allowed.length > 0) return methodNotAllowed(method, path, allowed);
    return problem(new LunaError("not_found", `There is nothing at ${path}.`));
  })
  .onError((thrown) => {
    const error = asLunaError(thrown);
    if (error.kind === "internal") log.error("Request failed unexpectedly", { error: (thrown as Error).name });
    return problem(error, error.kind === "too_many" ? { "retry-after": String(BRAKE_PERIOD_S) } : {});
  });

export { Bank } from "./durable/bank.ts";
export { Call } from "./durable/call.ts";
export default {
  fetch: app.fetch,
  /** Every night: what is older than `RETENTION_DAYS` is deleted. */
  scheduled: (event, env, ctx) => ctx.waitUntil(forgetOldCalls(env, event.scheduledTime)),
} satisfies ExportedHandler<Bindings>;
