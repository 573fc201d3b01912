/** Signing in as a person does it: on the page, with a keyboard, in a real browser. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { type Luna, startLuna } from "../support/luna.ts";

const PASSWORD = "correct horse battery";

let luna: Luna;
let browser: Browser;
beforeAll(async () => {
  [luna, browser] = await Promise.all([startLuna({ vars: { ADMIN_PASSWORD: PASSWORD } }), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await luna?.stop();
});

async function open(path: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<[Page, BrowserContext]> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.addInitScript(() => {
    const seen = window as unknown as { shifted: number };
    seen.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.shifted += (entry as unknown as { value: number }).value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(luna.url + path);
  return [page, context];
}

const shifted = (page: Page) => page.evaluate(() => (window as unknown as { shifted: number }).shifted);

/** With `LUNA_SHOTS` a folder to look at. */
async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.LUNA_SHOTS;
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

async function barriersOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id} at ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}

test("a wrong password is told in place, the right one leads to where one wanted to go", async () => {
  const problems: string[] = [];
  const [page, context] = await open("/sign-in?to=/api/metrics");
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("password");
  await shot(page, "sign-in");
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  const said = page.getByRole("alert").filter({ hasText: "That is not the password. You have 4 more tries." });
  await said.waitFor();
  expect(await page.getByLabel("Password").getAttribute("aria-invalid")).toBe("true");
  await shot(page, "sign-in-wrong");
  expect(await shifted(page)).toBeLessThan(0.01);
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${luna.url}/api/metrics`);
  expect(await page.textContent("body")).toContain('"days":7');
  const [cookie] = (await context.cookies()).filter(({ name }) => name === "luna_session");
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict", path: "/" });
  // The 401 itself is what a browser writes down; nothing else is wrong.
  expect(problems.filter((text) => !text.includes("401"))).toEqual([]);
  await context.close();
});

test("signed in, the page offers the ways out, and signing out is at once", async () => {
  const [page, context] = await open("/sign-in", { colorScheme: "dark", viewport: { width: 390, height: 780 } });
  await shot(page, "sign-in-dark-phone");
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => url.pathname === "/host");
  await page.goto(`${luna.url}/sign-in`);
  await page.getByRole("heading", { name: "You are signed in" }).waitFor();
  await shot(page, "signed-in-dark-phone");
  expect(await barriersOf(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect((await context.cookies()).filter(({ name }) => name === "luna_session")).toEqual([]);
  const response = await page.goto(`${luna.url}/host/links?state=open`);
  expect(response?.request().redirectedFrom()?.url()).toBe(`${luna.url}/host/links?state=open`);
  expect(new URL(page.url()).searchParams.get("to")).toBe("/host/links?state=open");
  await context.close();
});

test("each other thing that the page may have to say stands on its own, by day and on a phone at night", async () => {
  const [page, context] = await open("/sign-in", { viewport: { width: 390, height: 780 } });
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    for (const part of ["closed", "access", "unlisted", "open", "let-in", "away"]) {
      const heading = await page.evaluate((name) => {
        for (const one of document.querySelectorAll<HTMLElement>("[data-part]")) one.hidden = one.dataset.part !== name;
        return document.querySelector(`[data-part="${name}"] h1`)?.textContent;
      }, part);
      expect(heading, part).toBeTruthy();
      await shot(page, `sign-in-${part}-${colorScheme}`);
      expect(await barriersOf(page), `${part} ${colorScheme}`).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, part).toBeLessThanOrEqual(0);
    }
  }
  await context.close();
});
