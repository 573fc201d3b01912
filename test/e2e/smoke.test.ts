/** `npm run smoke` as a deploy runs it: against a whole Luna, against one that is not well, and against nobody. */
import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Luna, startLuna } from "../support/luna.ts";

const SMOKE = join(import.meta.dirname, "../../scripts/smoke.ts");
const TOKEN = "token-of-the-smoke-test";

let server: Luna;

beforeAll(async () => {
  // With a password set nobody is the host for being near: it is like a Luna on the internet.
  server = await startLuna({ vars: { HOST_TOKEN: TOKEN, ADMIN_PASSWORD: "a password of this test" } });
});
afterAll(() => server?.stop());

function smoke(url: string, token = ""): Promise<{ code: number | null; printed: string; steps: string[] }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [SMOKE, url], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, HOST_TOKEN: token },
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    child.once("error", reject);
    child.once("close", (code) => {
      const steps = printed
        .split("\n")
        .flatMap((line) => /^(ok|FAILED) +([a-z ]+?)[ :]*[(:]/.exec(line)?.slice(1).join(" ") ?? []);
      resolve({ code, printed, steps });
    });
  });
}

/** Something that listens where a Luna should: everything is answered with this. */
async function impostor(status: number, body: string): Promise<{ url: string; server: Server }> {
  const listening = createServer((_, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(body);
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, server: listening };
}

describe("the smoke test", () => {
  test("of a whole Luna holds a call with tools, makes a link, opens and revokes it, and leaves with 0", async () => {
    const { code, printed, steps } = await smoke(server.url, TOKEN);
    expect(code, printed).toBe(0);
    expect(steps).toEqual(["ok health", "ok page", "ok headers", "ok call", "ok record", "ok shut doors", "ok link"]);
    expect(printed).toMatch(/call \(\d+ ms\): [5-9] turns, [2-9] tools/);
    expect(printed).not.toContain(TOKEN);
  });

  test("without a token leaves links alone, and says so", async () => {
    const { code, printed } = await smoke(server.url);
    expect(code, printed).toBe(0);
    expect(printed).toMatch(/link: not tried/);
  });

  test("of a Luna whose database is away fails at health, by name, with 1", async () => {
    const unwell = await impostor(503, JSON.stringify({ status: "degraded", d1: { ok: false, ms: 2_000 } }));
    const { code, steps, printed } = await smoke(unwell.url);
    expect([code, steps]).toEqual([1, ["FAILED health"]]);
    expect(printed).toMatch(/database does not answer/);
    unwell.server.close();
  });

  test("of another site fails, and does not take a page for Luna", async () => {
    const other = await impostor(200, '{"status":"ok","d1":{"ok":true}}');
    const { code, steps } = await smoke(other.url);
    expect([code, steps]).toEqual([1, ["ok health", "FAILED page"]]);
    other.server.close();
  });

  test("of nobody, and of no address, leaves with 2", async () => {
    const nobody = await smoke("http://127.0.0.1:9");
    expect([nobody.code, nobody.steps]).toEqual([2, ["FAILED health"]]);
    expect(nobody.printed).toMatch(/No answer from http:\/\/127\.0\.0\.1:9/);
    expect((await smoke("not an address")).code).toBe(2);
  });
});
