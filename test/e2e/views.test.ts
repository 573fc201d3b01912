/** Every view: nobody is kept out, nothing is printed to the console, nothing is fetched from elsewhere, and the page is light. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { barriers } from "../support/axe.ts";
import { callersTurn, standingOf } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { callByKeys, tabTo, typeByKeys } from "../support/keys.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, type OpenOptions, openLuna } from "../support/page.ts";

vi.setConfig({ maxConcurrency: 3 });

let server: Luna;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** `call`: also look at the views of a call here, and at the page in motion; the others only with `LUNA_LONG=1`. */
const SHAPES: { shape: string; options: OpenOptions; call: boolean }[] = [
  { shape: "desktop, light", options: {}, call: true },
  { shape: "desktop, dark", options: { dark: true, calm: true }, call: false },
  { shape: "phone, light", options: { viewport: { width: 390, height: 844 }, calm: true }, call: false },
  { shape: "phone, dark", options: { viewport: { width: 390, height: 844 }, dark: true }, call: true },
];

/** Movements have come to rest, also those that one brings about by its end, so that axe sees colours as they stay. */
async function atRest(luna: LunaPage): Promise<void> {
  await luna.page.evaluate(async () => {
    const moving = () =>
      document
        .getAnimations()
        .filter((one) => one.playState !== "finished")
        .filter((one) => one.effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY);
    for (let still = 0; still < 3; ) {
      const found = moving();
      await Promise.allSettled(found.map((one) => one.finished));
      await new Promise((resolve) => setTimeout(resolve, 100));
      still = found.length === 0 ? still + 1 : 0;
    }
  });
}

async function open(options: OpenOptions): Promise<LunaPage> {
  const luna = await openLuna(browser, server.url, options);
  await luna.page.getByRole("button", { name: /call luna/i }).waitFor();
  return luna;
}

/** Two shapes show each size and each colour; the other two are the same style sheets crossed over. */
const LOOKED_AT = SHAPES.filter(({ call }) => call || process.env.LUNA_LONG === "1");

describe.concurrent.each(LOOKED_AT)("$shape", ({ options, call }) => {
  test("home, settings, shortcuts, notes and bank have no barrier", async () => {
    const luna = await open(options);
    await atRest(luna);
    const found: Record<string, string[]> = { home: await barriers(luna) };
    for (const [view, button] of [
      ["settings", /^Settings$/],
      ["shortcuts", /^Keyboard shortcuts$/],
    ] as const) {
      if (!(await luna.page.getByRole("button", { name: button }).first().isVisible())) continue;
      await luna.page.getByRole("button", { name: button }).first().click();
      await luna.page.getByRole("dialog").waitFor();
      await atRest(luna);
      found[view] = await barriers(luna);
      await luna.page.keyboard.press("Escape");
      await luna.page.getByRole("dialog").waitFor({ state: "detached" });
    }
    for (const [view, name] of [
      ["notes", "Presenter notes"],
      ["bank", "My bank"],
    ] as const) {
      await luna.page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
      await luna.page.getByRole("complementary", { name }).waitFor();
      if (view === "bank") await luna.page.getByText("Latest transactions").waitFor();
      await atRest(luna);
      found[view] = await barriers(luna);
      await luna.page.getByRole("button", { name: `Close ${name}` }).click();
    }
    expect(Object.entries(found).filter(([, faults]) => faults.length > 0)).toEqual([]);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });

  if (!call) return;
  test("a call, its question before money moves, and its end have no barrier", async () => {
    const luna = await open(options);
    await callByKeys(luna, /Write to Luna/);
    await callersTurn(luna, 0, 40_000);
    await atRest(luna);
    const found: Record<string, string[]> = { call: await barriers(luna) };
    await typeByKeys(luna, "Move fifty dollars from checking to savings");
    await callersTurn(luna, 1, 40_000);
    await typeByKeys(luna, "4829");
    await luna.page.getByRole("button", { name: "Confirm" }).waitFor();
    await atRest(luna);
    found.question = await barriers(luna);
    await tabTo(luna, /^Cancel$/);
    await luna.page.keyboard.press("Enter");
    await callersTurn(luna, 3, 40_000);
    await luna.page.keyboard.press("Control+e");
    await luna.page.getByRole("region", { name: "After the call" }).waitFor();
    await atRest(luna);
    found.end = await barriers(luna);
    expect(Object.entries(found).filter(([, faults]) => faults.length > 0)).toEqual([]);
    expect(
      (await standingOf(luna)).tools.filter((tool) => tool.name === "transfer_funds" && tool.state === "done"),
    ).toEqual([]);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});

/** Where movement is not looked at, none is drawn. */
const STILL: OpenOptions = { calm: true, unheard: true };

describe("the page", () => {
  test("would be caught with a button that has no name", async () => {
    const luna = await open(STILL);
    await luna.page.evaluate(() => document.querySelector("main")?.append(document.createElement("button")));
    expect((await barriers(luna)).join("\n")).toMatch(/button-name/);
    await luna.close();
  });

  test("is at most 40 KB of script, gzipped, before the first call, and loads nothing of the voice", async () => {
    const luna = await open(STILL);
    const scripts = [...new Set(luna.requests)].filter((url) => new URL(url).pathname.endsWith(".js"));
    expect(scripts.length).toBeGreaterThan(0);
    let bytes = 0;
    for (const url of scripts) {
      const body = Buffer.from(await (await fetch(url)).arrayBuffer());
      bytes += gzipSync(body, { level: 9 }).length;
    }
    expect(bytes).toBeLessThanOrEqual(40 * 1024);
    expect(luna.requests.filter((url) => url.includes("/voice/"))).toEqual([]);
    await luna.close();
  });

  test("asks no other host for anything, before, in and after a call", async () => {
    const luna = await open(STILL);
    await callByKeys(luna, /Write to Luna/);
    await callersTurn(luna, 0, 40_000);
    await luna.page.keyboard.press("Control+e");
    await luna.page.getByRole("region", { name: "After the call" }).waitFor();
    const elsewhere = luna.requests.filter(
      (url) => !/^(blob|data):/.test(url) && new URL(url).host !== new URL(server.url).host,
    );
    expect(elsewhere).toEqual([]);
    await luna.close();
  });

  test("is served with headers that keep strangers out", async () => {
    const { headers } = await fetch(`${server.url}/`);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src 'self'/);
    expect(policy).not.toMatch(/'unsafe-inline'|'unsafe-eval'/);
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(headers.get("permissions-policy")).toMatch(/microphone=\(self\)/);
    const missing = await fetch(`${server.url}/no-such-page`);
    expect(missing.status).toBe(404);
  });

  test("has its files named and sized as the build made them", async () => {
    const built = await readFile(join(import.meta.dirname, "../../public/build/main.js"));
    const served = Buffer.from(await (await fetch(`${server.url}/build/main.js`)).arrayBuffer());
    expect(served.equals(built)).toBe(true);
  });
});

describe("a microphone that may not be used", () => {
  test("is named as the fault, and typing carries the whole call", async () => {
    const refusing = await launchChromium({ microphone: "deny" });
    try {
      const luna = await openLuna(refusing, server.url, { calm: true, realMicrophone: true });
      await luna.page.getByRole("button", { name: "Call Luna" }).click();
      const talk = luna.page.getByRole("main");
      const fault = /This page may not use the microphone\. Allow it/;
      await expect.poll(() => talk.innerText(), { timeout: 20_000 }).toMatch(fault);
      await luna.until("the call", async () => (await luna.events("luna.call")).length > 0);
      await typeByKeys(luna, "What is my checking balance?");
      await luna.until(
        "an answer to the typed words",
        async () => {
          const now = await standingOf(luna);
          const mine = now.turns.find((turn) => turn.who === "caller");
          return (
            mine && now.turns.some((turn) => turn.who === "luna" && turn.order > mine.order && turn.state === "final")
          );
        },
        60_000,
      );
      expect(luna.faults).toEqual([]);
      await luna.close();
    } finally {
      await refusing.close();
    }
  });
});
