/**
 * What a guest's page does in real time, and so with nothing else on the processor: a call by voice, the first paint on a processor
 * four times as slow, and that nothing moves after it.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callersTurn, converse } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { linkWith } from "../support/link.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { openLuna } from "../support/page.ts";
import { soon } from "../support/soon.ts";
import { ears, speaking } from "../support/spoken.ts";
import { BLOCKS_A_CARD } from "./callers.ts";

let server: Luna;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe("by voice", () => {
  test("a guest talks: the voice is in the page, and nothing of it leaves the browser", async (context) => {
    const { url } = await linkWith(server);
    const guest = await openLuna(browser, server.url + url, { calm: true });
    guest.belongsTo(context);
    await soon(async () => expect(await guest.page.locator(".g-facts").innerText()).toContain("never leaves it"));
    await guest.page.getByRole("button", { name: "Call Luna" }).click();
    await callersTurn(guest, 0, 90_000);
    await guest.until("the greeting aloud", async () => (await guest.sound()).some((note) => note.rms > 0.02), 90_000);
    await ears(guest, 90_000);
    const now = await converse(guest, speaking(guest, { voice: "rms" }), {
      ...BLOCKS_A_CARD,
      patienceMs: 60_000,
      until: ({ tools }) => tools.some((tool) => tool.name === "verify_identity" && tool.state === "done"),
    });
    expect(now.turns.filter((turn) => turn.who === "caller").every((turn) => turn.how === "speech")).toBe(true);
    expect(await guest.framesUp()).toEqual([]);
    await guest.page.getByRole("button", { name: "End call" }).click();
    await guest.page.getByRole("region", { name: "After the call" }).waitFor();
    expect(guest.faults).toEqual([]);
  }, 300_000);
});

/** What the browser itself has measured, until now. */
interface Measured {
  paint: number;
  shift: number;
}

const MOST_VISITS = 8;

/** A first visit on a processor four times as slow. */
async function slowVisit(url: string, viewport: { width: number; height: number }): Promise<Measured> {
  const context = await browser.newContext({ viewport });
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.addInitScript(() => {
      const told = { shift: 0 };
      Object.assign(window, { told });
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) told.shift += entry.value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await page.goto(url, { waitUntil: "load" });
    await page.getByRole("button").first().waitFor();
    await page.waitForTimeout(800);
    return await page.evaluate(() => ({
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.POSITIVE_INFINITY,
      shift: (window as unknown as { told: { shift: number } }).told.shift,
    }));
  } finally {
    await context.close();
  }
}

describe("the guest's page", () => {
  test.each([
    ["phone", { width: 390, height: 844 }],
    ["desktop", { width: 1280, height: 900 }],
  ])("on a slow %s is painted within a second, and then nothing moves", async (_, viewport) => {
    const { url } = await linkWith(server, { pin: "123456", watch: true, note: "A few words,\nand some more." });
    const visits: Measured[] = [];
    const quickest = () => Math.min(...visits.map(({ paint }) => paint));
    // Whatever else runs on this machine can only make it later: the quickest of some visits tells what the page itself takes.
    do visits.push(await slowVisit(server.url + url, viewport));
    while (quickest() >= 1_000 && visits.length < MOST_VISITS);
    expect(quickest()).toBeLessThan(1_000);
    expect(Math.max(...visits.map(({ shift }) => shift))).toBeLessThanOrEqual(0.05);
  });

  test("would be caught when something moves", async () => {
    const { url } = await linkWith(server);
    const moved = await openLuna(browser, server.url + url, {});
    const shift = await moved.page.evaluate(async () => {
      let sum = 0;
      const watch = new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) sum += entry.value;
      });
      watch.observe({ type: "layout-shift", buffered: true });
      const block = Object.assign(document.createElement("div"), { textContent: "late" });
      block.className = "g-head";
      document.getElementById("luna")?.prepend(block);
      await new Promise((resolve) => setTimeout(resolve, 500));
      return sum;
    });
    expect(shift).toBeGreaterThan(0.05);
    await moved.close();
  });
});
