/** Who is at the door of `npm start`: on this machine whoever is there is the host, and no password is asked for. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

/** Addresses that only this machine reaches. */
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;
const SHORTEST_PASSWORD = 12;

/**
 * The settings that wrangler will read, as far as they can be told before it runs: `.dev.vars`, or else `.env` and `.env.local`, and
 * `--var NAME:value` above them.
 */
export function localVars(folder: string, vars: readonly string[] = []): Record<string, string | undefined> {
  const files = existsSync(join(folder, ".dev.vars")) ? [".dev.vars"] : [".env", ".env.local"];
  const there = files.map((name) => join(folder, name)).filter((file) => existsSync(file));
  const shown = vars.map((one) => [one.slice(0, one.indexOf(":")), one.slice(one.indexOf(":") + 1)]);
  return {
    ...Object.assign({}, ...there.map((file) => parseEnv(readFileSync(file, "utf8")))),
    ...Object.fromEntries(shown),
  };
}

/**
 * One sentence, where others would come in through a door that asks nobody: another machine only has to say that it means
 * localhost. @param ip what `--ip` says.
 */
export function doorFault(ip: string | undefined, vars: Record<string, string | undefined>): string | undefined {
  if (ip === undefined || LOOPBACK.test(ip)) return undefined;
  if ((vars.ADMIN_PASSWORD ?? "").trim().length >= SHORTEST_PASSWORD) return undefined;
  if (vars.ACCESS_TEAM && vars.ACCESS_AUD) return undefined;
  return `--ip ${ip} lets other machines in, and without a password each of them would be the host: put ADMIN_PASSWORD=<${SHORTEST_PASSWORD} characters or more> into .dev.vars first, or leave --ip out.`;
}
