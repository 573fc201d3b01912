/** Signing in as a person does it: on the page, with a keyboard, in a real browser; and what is offered to whom afterwards. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anyFaults } from "../support/axe.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { openTab } from "../support/page.ts";
import { soon } from "../support/soon.ts";
import { foundTeam, type Team, WORKER } from "../support/team.ts";
import { putPastCalls, RECORDED } from "./past-calls.ts";

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

test("a wrong password is told in place, the right one leads to where one wanted to go", async () => {
  const problems: string[] = [];
  const [page, context] = await open("/sign-in?to=/api/metrics");
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.waitForFunction(() => document.activeElement?.id === "password");
  await shot(page, "sign-in");
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  const said = page.getByRole("alert").filter({ hasText: "That is not the password. You have 4 more tries." });
  await said.waitFor();
  await soon(async () => expect(await page.getByLabel("Password").getAttribute("aria-invalid")).toBe("true"));
  await shot(page, "sign-in-wrong");
  expect(await shifted(page)).toBeLessThan(0.01);
  expect(await anyFaults(page)).toEqual([]);
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${luna.url}/api/metrics`);
  await soon(async () => expect(await page.textContent("body")).toContain('"days":7'));
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
  expect(await anyFaults(page)).toEqual([]);
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect((await context.cookies()).filter(({ name }) => name === "luna_session")).toEqual([]);
  const response = await page.goto(`${luna.url}/host/links?state=open`);
  expect(response?.request().redirectedFrom()?.url()).toBe(`${luna.url}/host/links?state=open`);
  expect(new URL(page.url()).searchParams.get("to")).toBe("/host/links?state=open");
  await context.close();
});

test("a stranger who wants a page of the host's is sent to sign in, and comes back to it", async () => {
  const [page, context] = await open("/host/history?outcome=failed");
  await page.waitForURL(/\/sign-in\?to=/);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${luna.url}/host/history?outcome=failed`);
  await page.getByText("No call fits.").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(/\/sign-in/);
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
      expect(await anyFaults(page), `${part} ${colorScheme}`).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(wide, part).toBeLessThanOrEqual(0);
    }
  }
  await context.close();
});

describe("behind Cloudflare Access", () => {
  const OPERATOR = "ola@aurora.example";
  const HOST = "hanna@aurora.example";
  let guarded: Luna;
  let team: Team;
  beforeAll(async () => {
    team = await foundTeam("aurora");
    guarded = await startLuna({ worker: WORKER, vars: { ...team.vars, HOSTS: HOST, OPERATORS: "@aurora.example" } });
    await putPastCalls(guarded.stateDir, Date.now() - 600_000);
  });
  afterAll(() => guarded?.stop());

  test("an operator looks at everything, and is offered nothing that would change it", async () => {
    const wish = { label: "Autumn fair", host_name: "Nora", scenario: "block-card" };
    const made = await fetch(`${guarded.url}/api/links`, {
      method: "POST",
      headers: { "content-type": "application/json", "cf-access-jwt-assertion": await team.assertion(HOST) },
      body: JSON.stringify(wish),
    });
    expect(made.status).toBe(201);
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US" });
    await context.addCookies([{ name: "CF_Authorization", value: await team.assertion(OPERATOR), url: guarded.url }]);
    const luna = await openTab(context, `${guarded.url}/host`);
    const { page } = luna;
    const changing: string[] = [];
    page.on(
      "request",
      (request) => request.method() !== "GET" && changing.push(`${request.method()} ${request.url()}`),
    );
    const shown: [path: string, ready: string | RegExp][] = [
      ["/host", /The last 14 days/],
      ["/host/links", "Autumn fair"],
      ["/host/history", /^More calls$/],
      [`/host/calls/${RECORDED}`, /Click a word to hear it/],
      ["/host/audit", "The audit trail is for hosts."],
    ];
    for (const [path, ready] of shown) {
      await page.goto(`${guarded.url}${path}`);
      await page.getByText(ready).first().waitFor();
      await page.getByText("Operator: you may look").waitFor();
      const offers = page.getByRole("button").or(page.getByRole("link"));
      const words = await offers.evaluateAll((all) =>
        all.map((one) => one.getAttribute("aria-label") ?? one.textContent),
      );
      expect(
        words.filter((word) => /\b(make|edit|revoke|delete|save|audit)\b/i.test(word ?? "")),
        path,
      ).toEqual([]);
      expect(await page.locator("main form").count(), path).toBe(0);
      await shot(page, `operator${path.replaceAll("/", "-")}`);
    }
    await page.goto(`${guarded.url}/host/links`);
    await page.getByText("Operators may look at links.", { exact: false }).waitFor();
    await page.getByRole("button", { name: "Openings" }).click();
    await page.getByText("Nobody has tried to open it yet.").waitFor();
    await page.getByText("QR code", { exact: true }).click();
    await page.getByRole("img", { name: /QR code of the link/ }).waitFor();
    expect(await anyFaults(page)).toEqual([]);
    expect(changing).toEqual([]);
    expect(luna.faults).toEqual([]);
    // The same page offers it to a host: what is missing above is missing for the operator alone.
    await context.addCookies([{ name: "CF_Authorization", value: await team.assertion(HOST), url: guarded.url }]);
    await page.reload();
    await page.getByRole("button", { name: "Edit Autumn fair" }).waitFor();
    await page.getByRole("button", { name: "Revoke Autumn fair" }).waitFor();
    await context.close();
  });
});
