/**
 * `npm start`: applies the D1 migrations to the local database and runs Luna on http://localhost:8787. No account, no key, no
 * prompt, no network. Further arguments go to `wrangler dev` (`npm start -- --port 9000`).
 */
import { spawn, spawnSync } from "node:child_process";

/** Non-interactive, and silent towards the outside. */
const env = {
  ...process.env,
  WRANGLER_SEND_METRICS: "false",
  CI: "1",
  NO_UPDATE_NOTIFIER: "1",
  // The banner asks the package registry for a newer wrangler before it is printed.
  WRANGLER_HIDE_BANNER: "true",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};
const extra = process.argv.slice(2);
const wrangler = "node_modules/wrangler/bin/wrangler.js";

const persist = extra.indexOf("--persist-to");
const persistTo = persist >= 0 ? ["--persist-to", extra[persist + 1] ?? ".wrangler/state"] : [];
const migrated = spawnSync(process.execPath, [wrangler, "d1", "migrations", "apply", "DB", "--local", ...persistTo], {
  env,
  encoding: "utf8",
});
if (migrated.status !== 0) {
  console.error(migrated.stdout, migrated.stderr);
  console.error("The local database could not be prepared; the lines above say why.");
  process.exit(migrated.status ?? 1);
}

const port = extra.includes("--port") ? [] : ["--port", "8787"];
const dev = spawn(process.execPath, [wrangler, "dev", "--show-interactive-dev-session=false", ...port, ...extra], {
  env,
  stdio: "inherit",
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => dev.kill(signal));
dev.on("exit", (code) => process.exit(code ?? 0));
