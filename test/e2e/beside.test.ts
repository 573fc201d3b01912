/** A panel beside a call: what is said stays readable, what is pressed stays within reach, and Esc closes what one is in. */
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callersTurn } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { callByKeys, typeByKeys } from "../support/keys.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, openLuna } from "../support/page.ts";
import { soon } from "../support/soon.ts";

let server: Luna;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** A typed call to the waiter, greeted. */
async function dinner(viewport: { width: number; height: number }, dark = false): Promise<LunaPage> {
  const luna = await openLuna(browser, server.url, { calm: true, unheard: true, viewport, dark });
  await callByKeys(luna, /^The waiter/);
  await callersTurn(luna, 0, 30_000);
  return luna;
}

const button = (luna: LunaPage, name: string | RegExp) =>
  luna.page.getByRole("button", typeof name === "string" ? { name, exact: true } : { name });
const lab = (luna: LunaPage) => luna.page.getByRole("complementary", { name: "Lab" });
const transcript = (luna: LunaPage) => luna.page.getByRole("log", { name: "Transcript" });

async function openLab(luna: LunaPage): Promise<void> {
  await button(luna, "Lab").locator("visible=true").click();
  await luna.page.getByRole("tab", { name: "Events" }).click();
  await luna.page.getByRole("log", { name: "Events" }).waitFor();
}

/** Nothing lies over it: a click in any of its corners, or its middle, is a click on it. */
async function reached(part: Locator): Promise<boolean> {
  return part.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const at = (x: number, y: number) => document.elementFromPoint(left + x * width, top + y * height);
    const spots = [at(0.5, 0.5), at(0.2, 0.5), at(0.8, 0.5)];
    return spots.every((found) => element.contains(found));
  });
}

const withinReach = (luna: LunaPage, name: string) =>
  soon(async () => expect(await reached(button(luna, name)), name).toBe(true));

async function box(part: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const found = await part.boundingBox();
  if (found === null) throw new Error("Not on screen");
  return found;
}

describe("the lab open in a call", () => {
  test.each([
    [1280, 800],
    [1024, 768],
    [1440, 900],
    [820, 1180],
  ])("at %i × %i covers neither the words, nor the composer, nor what comes after the call", async (width, height) => {
    const luna = await dinner({ width, height });
    await openLab(luna);
    await soon(async () => {
      const [words, panel] = [await box(transcript(luna)), await box(lab(luna))];
      const beside = words.x + words.width <= panel.x + 1;
      expect(beside || words.y + words.height <= panel.y + 1).toBe(true);
      expect(words.width).toBeGreaterThan(280);
    });
    for (const name of ["Send", "End call", "Mute speaker"]) await withinReach(luna, name);
    await button(luna, "End call").click();
    await luna.page.getByRole("region", { name: "After the call" }).waitFor();
    await withinReach(luna, "Call again");
    await withinReach(luna, "Write to Felix");
    expect(luna.faults).toEqual([]);
    await luna.close();
  });

  test("on a phone leaves mute and the end of the call free, and the head of the call in one line", async () => {
    const luna = await dinner({ width: 390, height: 844 }, true);
    await soon(async () => {
      expect((await box(luna.page.locator(".line"))).height).toBeLessThan(40);
      expect((await box(luna.page.locator(".timer"))).height).toBeLessThan(32);
    });
    await openLab(luna);
    await withinReach(luna, "Mute speaker");
    await button(luna, "End call").click();
    await luna.page.getByRole("region", { name: "After the call" }).waitFor();
    await luna.close();
  });

  test("closes with Esc from the box that was just ticked, and the focus goes back to its button", async () => {
    const luna = await dinner({ width: 1280, height: 800 });
    await openLab(luna);
    const box = luna.page.getByRole("checkbox", { name: "Log" });
    await box.click();
    await box.click();
    await luna.page.keyboard.press("Escape");
    await lab(luna).waitFor({ state: "detached" });
    // The focus moves in the picture after the panel has gone.
    await luna.page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Lab");
    // From anywhere else Esc is for Luna while she has the word, and for the panel when she is quiet.
    await openLab(luna);
    await luna.page.getByRole("textbox", { name: "Message to Felix" }).focus();
    await luna.until("Felix to be quiet", async () => !/speaking/.test(await luna.page.locator(".line").innerText()));
    await luna.page.keyboard.press("Escape");
    await lab(luna).waitFor({ state: "detached" });
    await luna.close();
  });
});

test("the waiter's call is his to its end: his name in the heading and on the button, and no shield where nothing is unsafe", async () => {
  const luna = await dinner({ width: 1280, height: 800 });
  await typeByKeys(luna, "What wine goes with the calzone?");
  const pairing = luna.page.locator("li.tool", { hasText: "Finding what goes with it" });
  await pairing.getByText("not found").waitFor({ timeout: 20_000 });
  await soon(async () =>
    expect(await pairing.locator("use").first().getAttribute("href")).toMatch(/^\/icons\.svg\?\w+#info$/),
  );
  await luna.page.reload();
  await pairing.getByText("not found").waitFor({ timeout: 20_000 });
  await luna.page.keyboard.press("Control+e");
  await luna.page.getByRole("region", { name: "After the call" }).waitFor();
  await soon(async () => expect(await luna.page.getByRole("heading", { level: 1 }).innerText()).toBe("Felix"));
  await button(luna, /^(Call|Write to) Felix$/).click();
  await luna.page.locator(".turn-luna", { hasText: /Felix/ }).first().waitFor({ timeout: 20_000 });
  expect(luna.faults).toEqual([]);
  await luna.close();
});

test("the way back to the newest words stands under the words, and goes when it is taken", async () => {
  const luna = await dinner({ width: 1280, height: 640 });
  for (const [n, words] of ["Tell me about the desserts.", "And the starters?", "And the wines?"].entries()) {
    await typeByKeys(luna, words);
    await callersTurn(luna, n + 1, 30_000);
  }
  await transcript(luna).evaluate((it) => {
    it.scrollTop = 0;
  });
  const jump = button(luna, "Jump to latest");
  await jump.waitFor();
  await soon(async () => {
    const words = await box(transcript(luna));
    expect((await box(jump)).y).toBeGreaterThanOrEqual(words.y + words.height);
  });
  await jump.click();
  await jump.waitFor({ state: "detached" });
  // Who is at the end stays at the end when the room changes.
  await openLab(luna);
  await luna.page.keyboard.press("Control+e");
  await luna.page.getByRole("region", { name: "After the call" }).waitFor();
  // What moves the words has moved them: were the end out of sight now, it would stay so.
  await luna.page.waitForTimeout(500);
  await soon(async () => expect(await jump.count()).toBe(0));
  await luna.close();
});
