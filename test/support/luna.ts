/**
 * A whole Luna for a test: `wrangler dev` from the same `wrangler.toml` that deploys, on a free port of 127.0.0.1, with a state
 * folder of its own that goes away afterwards. One server serves all tests of a file; every browser context is another visitor.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
const READY_WITHIN_MS = 90_000;
const MIGRATED_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 8_000;

export interface StartOptions {
  /** Settings of the Worker (`OPENAI_API_KEY`, `REALTIME_MODEL`...), given as secrets so that no log shows them. */
  vars?: Record<string, string>;
  /** Base URL of a Realtime provider, ending in `/v1`. Without one the Worker points at a port where nobody listens. */
  upstream?: string;
  /** A Worker around Luna's own, by its path from the root of the repository. */
  worker?: string;
}

export interface Luna {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  /** Everything the server has printed so far. */
  logs(): string;
  /** Where objects and D1 keep their files. */
  stateDir: string;
  /** Ends the server and everything it started, and removes its folder unless `keepState` is given. */
  stop(options?: { keepState?: boolean }): Promise<void>;
}

/** @throws when the server does not answer in time, with its last words. */
export async function startLuna(options: StartOptions = {}): Promise<Luna> {
  const home = await mkdtemp(join(tmpdir(), "luna-e2e-"));
  const stateDir = join(home, "state");
  const secrets = join(home, "settings.env");
  await mkdir(stateDir);
  // Port 9 (discard) answers nobody: a test that forgot its upstream never reaches a real provider.
  const vars = { REALTIME_BASE_URL: options.upstream ?? "http://127.0.0.1:9/v1", ...options.vars };
  await writeFile(
    secrets,
    Object.entries(vars)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}\n`)
      .join(""),
  );

  const printed: string[] = [];
  await cp(await migratedState(), stateDir, { recursive: true });

  const [port, inspector] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const server = wrangler(
    [
      "dev",
      ...(options.worker === undefined ? [] : [options.worker]),
      "--ip=127.0.0.1",
      `--port=${port}`,
      `--inspector-port=${inspector}`,
      `--persist-to=${stateDir}`,
      `--env-file=${secrets}`,
      "--show-interactive-dev-session=false",
    ],
    home,
    printed,
  );
  const stop: Luna["stop"] = async ({ keepState = false } = {}) => {
    await endGroup(server);
    if (!keepState) await rm(home, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await answers(`${url}/api/config`, server);
  } catch (failure) {
    await stop();
    throw new Error(`Luna did not start: ${(failure as Error).message}\n${printed.join("")}`);
  }
  return { url, stateDir, stop, logs: () => printed.join("") };
}

/**
 * A state folder with the migrations applied, made once for this set of migrations and copied from then on: applying them
 * takes six seconds, and every test file starts a server.
 */
async function migratedState(): Promise<string> {
  const hash = createHash("sha256");
  const folder = join(ROOT, "migrations");
  for (const name of (await readdir(folder)).sort()) hash.update(name).update(await readFile(join(folder, name)));
  const made = join(tmpdir(), `luna-migrated-${hash.digest("hex").slice(0, 16)}`);
  if (existsSync(made)) return made;
  const home = await mkdtemp(join(tmpdir(), "luna-migrating-"));
  const state = join(home, "state");
  const printed: string[] = [];
  const migrate = wrangler(["d1", "migrations", "apply", "DB", "--local", "--persist-to", state], home, printed);
  const code = await endOf(migrate, MIGRATED_WITHIN_MS);
  if (code !== 0) throw new Error(`Migrations failed (exit ${code}):\n${printed.join("")}`);
  // Another run may have been quicker: then its folder is as good.
  await rename(state, made).catch(() => undefined);
  await rm(home, { recursive: true, force: true });
  return made;
}

/** Starts wrangler in a process group of its own, so that what it starts ends with it. */
function wrangler(args: string[], home: string, printed: string[]): ChildProcess {
  const bin = join(ROOT, "node_modules/.bin");
  const node = join(bin, "node");
  const child = spawn(
    existsSync(node) ? node : process.execPath,
    [join(ROOT, "node_modules/wrangler/bin/wrangler.js"), ...args],
    {
      cwd: ROOT,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        PATH: [bin, process.env.PATH ?? ""].join(delimiter),
        CI: "1",
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_HIDE_BANNER: "true",
        CLOUDFLARE_CF_FETCH_ENABLED: "false",
        // Twenty servers in a run read the same ten megabytes of script: compiled once.
        NODE_COMPILE_CACHE: join(tmpdir(), "luna-compiled"),
        WRANGLER_LOG_PATH: join(home, "wrangler.log"),
        NO_COLOR: "1",
      },
    },
  );
  const keep = (chunk: Buffer) => printed.push(chunk.toString());
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  return child;
}

/** Exit code; the group is ended and 124 given when it takes too long. */
async function endOf(child: ChildProcess, withinMs: number): Promise<number> {
  const late = setTimeout(() => signal(child, "SIGKILL"), withinMs);
  const [code] = (await once(child, "exit")) as [number | null];
  clearTimeout(late);
  return code ?? 124;
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // The group has ended by itself.
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    signal(child, "SIGTERM");
    const late = setTimeout(() => signal(child, "SIGKILL"), STOPPED_WITHIN_MS);
    await ended;
    clearTimeout(late);
  }
  // The runtime is a child of wrangler and may outlive it for a moment.
  signal(child, "SIGKILL");
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`);
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      if (response.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  throw new Error(`no answer from ${url} in ${READY_WITHIN_MS / 1000} s`);
}

/** Below the ports that systems give away to whoever connects: until a server listens on its own, seconds pass. */
const FIRST_PORT = 20_000;
const PORTS = 12_000;

/** A port of 127.0.0.1 on which nobody listens, and which nobody is given who asks for any. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error("No port is free.");
}
