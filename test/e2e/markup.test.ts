/** Whatever a host or a guest types is text on every page: the guest's, the spectator's, the postcard, and the host's own. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LinkShown } from "../../src/legs/links.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Luna, startLuna } from "../support/luna.ts";

let server: Luna;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const IMAGE = `<img src=x onerror=broken=1>`;
const HOSTILE = `"'></script><script>broken=1</script>${IMAGE}`;
const WORDS = `${HOSTILE} rhubarb {{7*7}} \${7*7} javascript:alert(1)`;

interface Seen {
  page: Page;
  faults: string[];
}

async function open(path: string): Promise<Seen> {
  const context = await browser.newContext({ reducedMotion: "reduce", permissions: ["microphone"] });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("dialog", (dialog) => {
    faults.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(server.url + path, { waitUntil: "load" });
  return { page, faults };
}

/** The words stand there to be read, and nothing in them has happened. */
async function harmless({ page, faults }: Seen, words: string): Promise<void> {
  await page.getByText(words, { exact: false }).first().waitFor({ state: "attached", timeout: 30_000 });
  expect(await page.evaluate(() => "broken" in window)).toBe(false);
  expect(await page.locator("img[src=x], script:text('broken')").count()).toBe(0);
  expect(faults).toEqual([]);
}

test("names, notes and words full of markup break no page", { timeout: 180_000 }, async () => {
  const made = await fetch(`${server.url}/api/links`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      label: IMAGE,
      host_name: IMAGE,
      note: HOSTILE,
      scenario: "dispute",
      mode: "scripted",
      watch: true,
    }),
  });
  expect(made.status).toBe(201);
  const link = (await made.json()) as LinkShown;

  const guest = await open(link.url);
  await harmless(guest, HOSTILE);
  await guest.page.getByRole("button", { name: "Write instead of speaking" }).click();
  const watching = await open(link.watch_url ?? "");
  const box = guest.page.getByRole("textbox");
  await box.fill(WORDS);
  await box.press("Enter");
  await harmless(guest, WORDS);
  await harmless(watching, WORDS);
  await box.fill(`My last four digits are 3052, and I dispute the charge because ${WORDS}`);
  await box.press("Enter");
  await guest.page.getByRole("log").getByText(WORDS).nth(1).waitFor();
  await guest.page.getByRole("button", { name: "End call" }).click();

  const calls = await untilCalls();
  await harmless(await open("/host/links"), IMAGE);
  await harmless(await open("/host/history?q=rhubarb"), IMAGE);
  await harmless(await open(`/host/calls/${calls[0]}`), WORDS);
  const shown = await guest.page.locator("a[href^='/p/'], a[href*='/p/']").first().getAttribute("href");
  expect(shown).not.toBeNull();
  await harmless(await open(new URL(shown ?? "", server.url).pathname), WORDS);
});

/** Ids of calls in the history, once the one that has ended is among them. */
async function untilCalls(): Promise<string[]> {
  for (let tries = 0; tries < 60; tries++) {
    const answer = await fetch(`${server.url}/api/history?q=rhubarb`);
    const { calls } = (await answer.json()) as { calls: { id: string }[] };
    if (calls.length > 0) return calls.map(({ id }) => id);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error("The call did not come into the history.");
}
