/** A key is spent and forgotten: planted ones are searched for in everything Luna writes, prints, stores, sends or says. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BrainByTools } from "../../src/engines/scripted/brains.ts";
import { callIdOf, recordOf } from "../support/bank.ts";
import { callersTurn, standingOf } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { callByKeys, typeByKeys } from "../support/keys.ts";
import { Visitor } from "../support/line.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { openLuna } from "../support/page.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";

/** Nothing of them may be found, not even half. */
const SERVER_KEY = "sk-planted-server-Qz7Wm4Xv9Rk2";
const VISITOR_KEY = "sk-planted-visitor-Hn3Tb8Yd6Lp1";
const BAD_KEY = "sk-planted-refused-Vc5Jf0Gs2Ke7";
const NEEDLES = [SERVER_KEY, VISITOR_KEY, BAD_KEY].flatMap((key) => [
  key,
  key.slice(-12),
  Buffer.from(key).toString("base64").slice(4, -4),
  encodeURIComponent(key),
]);

let provider: Upstream;
let server: Luna;
let browser: Browser;

beforeAll(async () => {
  provider = await startUpstream({ key: VISITOR_KEY, brain: () => new BrainByTools() });
  [server, browser] = await Promise.all([
    startLuna({ upstream: provider.url, vars: { OPENAI_API_KEY: SERVER_KEY } }),
    launchChromium(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await provider?.stop();
});

function found(where: string, text: string): string[] {
  return NEEDLES.filter((needle) => text.includes(needle)).map((needle) => `${where}: ${needle}`);
}

async function foundInFiles(folder: string): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const hits = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => {
        const path = join(file.parentPath, file.name);
        const bytes = await readFile(path);
        // SQLite may keep text as UTF-8 or UTF-16; structured clones keep Latin-1.
        return [...found(path, bytes.toString("latin1")), ...found(path, bytes.toString("utf16le"))];
      }),
  );
  return hits.flat();
}

describe("a key", () => {
  test("of a visitor makes an AI call and is found nowhere afterwards", async () => {
    const luna = await openLuna(browser, server.url, { calm: true, storage: { "luna.key": VISITOR_KEY } });
    await callByKeys(luna, /^Open call|^Write to Luna|^Call Luna/);
    await callersTurn(luna, 0, 40_000);
    expect((await standingOf(luna)).mode).toBe("ai");
    expect(provider.sessions.at(-1)?.headers.authorization).toBe(`Bearer ${VISITOR_KEY}`);
    await typeByKeys(luna, "What is my checking balance?");
    await callersTurn(luna, 1, 40_000);
    // The provider breaks off with the key in its reason, as a clumsy one might.
    provider.sessions.at(-1)?.kill(4000, `invalid_request_error.${VISITOR_KEY}`);
    await luna.until("the fall-back", async () => (await standingOf(luna)).mode === "scripted");
    await callersTurn(luna, 1, 40_000);
    await luna.page.keyboard.press("Control+e");
    await luna.until("the end", async () => (await standingOf(luna)).ended);
    const record = await recordOf(luna, await callIdOf(luna));

    expect(luna.frames.length).toBeGreaterThan(10);
    expect(found("frames", luna.frames.join("\n"))).toEqual([]);
    expect(found("bodies", luna.bodies.join("\n"))).toEqual([]);
    expect(found("record", JSON.stringify(record))).toEqual([]);
    expect(found("addresses", luna.requests.join("\n"))).toEqual([]);
    expect(found("console", luna.faults.join("\n"))).toEqual([]);
    expect(found("page", await luna.page.content())).toEqual([]);
    await luna.close();
  });

  test("that is refused is not repeated in the words about it", async () => {
    const visitor = new Visitor(server.url);
    const tested = await visitor.post("/api/key/test", { key: BAD_KEY });
    const verdict = await tested.text();
    expect(JSON.parse(verdict)).toMatchObject({ ok: false, message: expect.stringMatching(/key/i) });
    expect(found("key test", verdict)).toEqual([]);

    const opened = await visitor.open({ scenario: "block-card", key: BAD_KEY });
    const line = visitor.connect(opened).readAlong();
    await line.until("the fall-back", () =>
      line.of("luna.engine").some((engine) => engine.mode === "scripted" && engine.ready),
    );
    expect(
      line
        .of("luna.notice")
        .map((notice) => notice.message)
        .join(" "),
    ).toMatch(/key/i);
    await line.answer(0);
    line.send({ type: "luna.end" });
    await line.closed;
    expect(found("frames", JSON.stringify(line.events))).toEqual([]);
  });

  test("of the server is used by nobody's page and told to none", async () => {
    const visitor = new Visitor(server.url);
    for (const path of ["/api/config", "/api/scenarios", "/api/bank", "/", "/api/nothing"]) {
      const response = await visitor.fetch(path);
      expect(found(path, JSON.stringify([...response.headers]) + (await response.text()))).toEqual([]);
    }
    const line = visitor.connect(await visitor.open({ scenario: "block-card" })).readAlong();
    await line.until("the fall-back", () =>
      line.of("luna.engine").some((engine) => engine.mode === "scripted" && engine.ready),
    );
    line.send({ type: "luna.end" });
    await line.closed;
    expect(found("frames", JSON.stringify(line.events))).toEqual([]);
  });

  test("is in no log and no file of objects, D1 or caches", async () => {
    expect(server.logs()).toMatch(/\S/);
    expect(found("logs", server.logs())).toEqual([]);
    expect((await readdir(server.stateDir, { recursive: true })).some((name) => name.endsWith(".sqlite"))).toBe(true);
    expect(await foundInFiles(server.stateDir)).toEqual([]);
  });
});
