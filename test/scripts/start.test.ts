/** `npm start` as a process: it says when its port is taken, and goes when it is told to or when whoever started it has gone. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { doorFault, localVars } from "../../scripts/local-door.ts";

const ROOT = join(import.meta.dirname, "../..");
const READY_WITHIN_MS = 120_000;
const GONE_WITHIN_MS = 15_000;

vi.setConfig({ testTimeout: READY_WITHIN_MS + 2 * GONE_WITHIN_MS });

let state: string;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), "luna-start-"));
});
afterAll(() => rm(state, { recursive: true, force: true, maxRetries: 3 }));

async function listening(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("A server without a port");
  return { server, port: address.port };
}

async function freePort(): Promise<number> {
  const { server, port } = await listening("127.0.0.1");
  server.close();
  await once(server, "close");
  return port;
}

interface Started {
  process: ChildProcess;
  port: number;
  printed(): string;
}

/** The page is built already, or need not be. */
function run(command: string, args: string[], env: Record<string, string> = {}): Omit<Started, "port"> {
  const child = spawn(command, args, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, LUNA_BUILT: "1", NO_COLOR: "1", npm_lifecycle_event: "", ...env },
  });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
  }
  return { process: child, printed: () => printed };
}

const script = (port: number, inspector: number) => [
  join(ROOT, "scripts/start.ts"),
  `--port=${port}`,
  `--inspector-port=${inspector}`,
  `--persist-to=${state}`,
];

const answers = (port: number) =>
  fetch(`http://127.0.0.1:${port}/api/config`).then(
    (reply) => reply.ok,
    () => false,
  );

async function ready({ port, printed }: Started): Promise<void> {
  await expect.poll(() => answers(port), { timeout: READY_WITHIN_MS, interval: 300, message: printed() }).toBe(true);
}

const gone = (port: number) => expect.poll(() => answers(port), { timeout: GONE_WITHIN_MS, interval: 200 }).toBe(false);

describe("a port that is taken", () => {
  test.each(["127.0.0.1", "0.0.0.0", "::1"])("on %s is said in one sentence, at once", async (host) => {
    const { server, port } = await listening(host);
    try {
      const { process: start, printed } = run(process.execPath, script(port, await freePort()));
      const [code] = await once(start, "close");
      expect(code).toBe(1);
      expect(printed().trim().split("\n")).toEqual([
        `Port ${port} is taken: end the program that listens there, or start on another one with: npm start -- --port ${port + 1}`,
      ]);
    } finally {
      server.close();
    }
  });
});

describe("an address that other machines reach", () => {
  const password = "correct horse battery";

  test("is refused in one sentence before anything is started, as long as nobody would be asked for a password", async () => {
    const child = spawn(process.execPath, [join(ROOT, "scripts/start.ts"), "--ip=0.0.0.0"], { cwd: state });
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    const [code] = await once(child, "close");
    expect(code).toBe(1);
    expect(said.trim()).toMatch(/^--ip 0\.0\.0\.0 lets other machines in, [^\n]*ADMIN_PASSWORD[^\n]*\.$/);
  });

  test.each(["0.0.0.0", "*", "::", "192.168.1.20", "1270.0.0.1", "localhost.evil.example"])("%s is one", (ip) => {
    for (const vars of [{}, { ADMIN_PASSWORD: "" }, { ADMIN_PASSWORD: "short" }, { ACCESS_TEAM: "aurora" }]) {
      expect(doorFault(ip, vars)).toContain(ip);
    }
    expect(doorFault(ip, { ADMIN_PASSWORD: password })).toBeUndefined();
    expect(doorFault(ip, { ACCESS_TEAM: "aurora", ACCESS_AUD: "a1" })).toBeUndefined();
  });

  test.each([undefined, "127.0.0.1", "127.0.0.2", "::1", "[::1]", "localhost"])("%s is none", (ip) => {
    expect(doorFault(ip, {})).toBeUndefined();
  });

  test("may have its password where wrangler looks for it", async () => {
    const folder = await mkdtemp(join(state, "vars-"));
    expect(localVars(folder, [`ADMIN_PASSWORD:${password}:1`])).toEqual({ ADMIN_PASSWORD: `${password}:1` });
    await writeFile(join(folder, ".env"), `ADMIN_PASSWORD="${password}"\n`);
    expect(localVars(folder)).toMatchObject({ ADMIN_PASSWORD: password });
    await writeFile(join(folder, ".dev.vars"), "ADMIN_PASSWORD=\n");
    expect(localVars(folder)).toEqual({ ADMIN_PASSWORD: "" });
  });
});

describe("a running server", () => {
  test.each(["SIGTERM", "SIGHUP"] as const)("ends on %s, with all it started", async (signal) => {
    const port = await freePort();
    const started = { ...run(process.execPath, script(port, await freePort())), port };
    await ready(started);
    const over = once(started.process, "close");
    started.process.kill(signal);
    // "close" comes when the last process that could print has gone, not only the first.
    await over;
    expect(await answers(port)).toBe(false);
  });

  test("ends when npm is killed, though npm's shell goes on waiting", async () => {
    const port = await freePort();
    const npm = [
      'const { spawn } = require("node:child_process");',
      'spawn("sh", ["-c", process.argv[1]], { stdio: "inherit" });',
      "setInterval(() => {}, 1000);",
    ].join("\n");
    const line = `"${process.execPath}" ${script(port, await freePort()).join(" ")}; true`;
    const started = { ...run(process.execPath, ["-e", npm, line], { npm_lifecycle_event: "start" }), port };
    await ready(started);
    const over = once(started.process, "close");
    started.process.kill("SIGKILL");
    await gone(port);
    await over;
  });
});
