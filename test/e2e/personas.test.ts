/** Who answers changes under the caller's eyes: by keys, by words and by a card, in one call, with no key at all. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { barriers } from "../support/axe.ts";
import { callersTurn, standingOf } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { callByKeys, tabTo, typeByKeys } from "../support/keys.ts";
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

const name = (luna: LunaPage) => luna.page.getByRole("heading", { level: 1 });
const heading = (luna: LunaPage, who: string) =>
  luna.until(`${who} on the line`, async () => (await name(luna).textContent()) === who);
/** What a screen reader is told: it comes after the name. */
const status = (luna: LunaPage, words: string) =>
  soon(async () => expect(await luna.page.locator(".personas [role=status]").textContent()).toBe(words));
/** What stands in the transcript under this name. */
const said = (luna: LunaPage, who: string) =>
  luna.page.locator("li.turn", { has: luna.page.locator(".turn-name", { hasText: who }) }).allTextContents();

test("by keys, by words and back: the name, the transcript and a screen reader follow, and nobody is kept out", async () => {
  const luna = await openLuna(browser, server.url, { calm: true, unheard: true });
  await callByKeys(luna, /Write to Luna/);
  await callersTurn(luna, 0, 40_000);
  await luna.page.getByRole("radio", { name: "Felix" }).waitFor({ state: "attached" });
  await status(luna, "Luna answers, Aurora Bank.");
  await tabTo(luna, /^Luna$/);
  await luna.page.keyboard.press("ArrowRight");
  await heading(luna, "Felix");
  await status(luna, "Felix answers, Fig & Ember.");
  await luna.until("Felix to say so", async () => (await said(luna, "Felix")).some((text) => /Felix/.test(text)));
  await typeByKeys(luna, "What goes well with the risotto?");
  await luna.until("the pairing", async () => (await said(luna, "Felix")).some((text) => /Pinot noir/.test(text)));
  expect(await barriers(luna)).toEqual([]);
  await typeByKeys(luna, "Put me through to the finance chief, please.");
  await heading(luna, "Conrad");
  await typeByKeys(luna, "How was the last quarter?");
  await luna.until("the figures", async () => (await said(luna, "Conrad")).some((text) => /revenue was \$/.test(text)));
  await soon(async () => expect(await luna.page.getByRole("radio", { name: "Conrad" }).isChecked()).toBe(true));
  await typeByKeys(luna, "Back to the bank, please.");
  await heading(luna, "Luna");
  await soon(async () => {
    const { tools } = await standingOf(luna);
    const done = tools.filter(({ state }) => state === "done").map((tool) => tool.name);
    expect(done).toEqual(expect.arrayContaining(["recommend_pairing", "switch_persona", "fetch_financials"]));
  });
  // After a reload everything is as it was, names and all.
  await luna.page.reload();
  await heading(luna, "Luna");
  await luna.until("the waiter's words", async () => (await said(luna, "Felix")).length >= 2);
  expect(luna.faults).toEqual([]);
  await luna.close();
});

test("their cards stand apart; one opens a call, and in a call it puts through without asking to end it", async () => {
  const luna = await openLuna(browser, server.url, { calm: true, unheard: true });
  await luna.page.getByRole("heading", { name: "Others who answer" }).waitFor();
  await callByKeys(luna, /^The waiter/);
  await heading(luna, "Felix");
  await callersTurn(luna, 0, 40_000);
  expect(await barriers(luna)).toEqual([]);
  const cfo = luna.page.getByRole("button", { name: /^The finance chief/ });
  await cfo.click();
  await heading(luna, "Conrad");
  expect(await luna.page.getByRole("dialog").count()).toBe(0);
  await soon(async () => expect(await cfo.getAttribute("aria-current")).toBe("true"));
  await typeByKeys(luna, "A human, please");
  await heading(luna, "Ottilie Brandt");
  await luna.until(
    "the switch to be gone",
    async () => (await luna.page.getByRole("radio", { name: "Felix" }).count()) === 0,
  );
  expect(luna.faults).toEqual([]);
  await luna.close();
});
