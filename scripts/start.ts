/**
 * `npm start`: applies the D1 migrations to the local database and runs Luna on http://localhost:8787. No account, no key, no
 * prompt, no network. Further arguments go to `wrangler dev` (`npm start -- --port 9000`). Ends with whoever started it.
 */
import { spawn, spawnSync } from "node:child_process";
import { connect } from "node:net";
import { parseArgs } from "node:util";
import { doorFault, localVars } from "./local-door.ts";

const PORT = "8787";
/** How often it is looked whether whoever started this is still there. */
const LOOK_MS = 500;
/** What has not ended by itself so long after it was asked to is ended. */
const ENDS_WITHIN_MS = 5_000;
/** The terminal closes, Ctrl+C, `kill`. */
const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;

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
const { values: asked } = parseArgs({
  args: extra,
  options: {
    port: { type: "string" },
    ip: { type: "string" },
    "persist-to": { type: "string" },
    var: { type: "string", multiple: true },
  },
  strict: false,
});
const wrangler = "node_modules/wrangler/bin/wrangler.js";
const parent = process.ppid;
const starters = startedBy();

const ip = typeof asked.ip === "string" ? asked.ip : undefined;
const vars = asked.var?.filter((one) => typeof one === "string");
const fault = doorFault(ip, localVars(process.cwd(), vars));
if (fault !== undefined) stop(fault);

const port = typeof asked.port === "string" ? asked.port : PORT;
const hosts = ip !== undefined ? [ip] : ["127.0.0.1", "::1"];
for (const host of hosts) if (await answers(host, Number(port))) stop(takenWords(port));

const persistTo = typeof asked["persist-to"] === "string" ? ["--persist-to", asked["persist-to"]] : [];
const migrated = spawnSync(process.execPath, [wrangler, "d1", "migrations", "apply", "DB", "--local", ...persistTo], {
  env,
  encoding: "utf8",
});
if (migrated.status !== 0) {
  stop(`${migrated.stdout}${migrated.stderr}\nThe local database could not be prepared; the lines above say why.`);
}

const portArgs = asked.port === undefined ? ["--port", PORT] : [];
const dev = spawn(process.execPath, [wrangler, "dev", "--show-interactive-dev-session=false", ...portArgs, ...extra], {
  env,
  stdio: "inherit",
});
dev.on("exit", (code) => process.exit(code ?? 0));

// wrangler hands SIGTERM on to what it started, and does not know SIGHUP.
const end = () => {
  dev.kill("SIGTERM");
  setTimeout(() => dev.kill("SIGKILL"), ENDS_WITHIN_MS).unref();
};
for (const signal of SIGNALS) process.on(signal, end);
const looking = setInterval(() => {
  // A parent that has died stays in the list of processes until somebody asks how it ended; its children move at once.
  if (process.ppid === parent && starters.every(lives)) return;
  clearInterval(looking);
  end();
}, LOOK_MS);

function stop(words: string): never {
  console.error(words);
  process.exit(1);
}

function takenWords(taken: string): string {
  const other = Number(taken) + 1;
  return `Port ${taken} is taken: end the program that listens there, or start on another one with: npm start -- --port ${other}`;
}

/** Somebody listens there. Asked by calling: two programs may bind the same port of different addresses. */
function answers(host: string, at: number): Promise<boolean> {
  return new Promise((resolve) => {
    // What is no port is wrangler's to explain.
    if (!(at > 0 && at < 65_536)) return resolve(false);
    const socket = connect({ host, port: at });
    const told = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", () => told(true));
    socket.once("error", () => told(false));
    socket.setTimeout(1_000, () => told(false));
  });
}

/**
 * Processes with which this one ends. npm puts a shell between itself and this script, and a shell that waits for its command
 * outlives a killed npm: there npm is the one that counts as well. Process 1 starts nobody in this sense.
 */
function startedBy(): number[] {
  const npm = !process.env.npm_lifecycle_event ? 0 : parentOf(parent);
  return [parent, npm].filter((pid) => pid > 1);
}

/** 0 where it cannot be told. */
function parentOf(pid: number): number {
  const listed = spawnSync("ps", ["-o", "ppid=", "-p", String(pid)], { encoding: "utf8" });
  return Number.parseInt(listed.stdout ?? "", 10) || 0;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (failure) {
    return (failure as NodeJS.ErrnoException).code === "EPERM";
  }
}
