/**
 * A call in a panel on somebody else's site: the site is at 127.0.0.1, Luna at localhost, which to a browser are two sites.
 * The site's own policy allows what the reference says, and nothing more.
 */
import type { Browser, BrowserContext, Frame, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LinkShown, NewLinkInput } from "../../src/legs/links.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type Site, startSite } from "../support/site.ts";
import { soon } from "../support/soon.ts";
import { sayable } from "../support/spoken.ts";
import { layTaps } from "../support/taps.ts";

let server: Luna;
let browser: Browser;
let site: Site;
let stranger: Site;
/** Luna as the sites know it. */
let luna = "";
let link: LinkShown;

const HOSTILE = `"><img src=x onerror="window.broken=1"><script>window.broken=1</script>`;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
  luna = server.url.replace("127.0.0.1", "localhost");
  const policy = () => ({
    "content-security-policy": `default-src 'none'; script-src ${luna}; frame-src ${luna}; style-src 'none'; base-uri 'none'`,
    "permissions-policy": `microphone=(self "${luna}")`,
  });
  site = await startSite(pages, policy);
  stranger = await startSite(pages, policy);
  link = await makeLink({ origins: [site.origin] });
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([server?.stop(), site?.stop(), stranger?.stop()]);
});

function pages(): Record<string, string> {
  const page = (script: string, body = "") =>
    `<!doctype html><html lang="en"><title>A shop</title><body><h1>A shop</h1><button>Before</button>${body}${script}</body></html>`;
  const own = (attributes: string) => `<script src="${luna}/embed.js" ${attributes} async></script>`;
  const escaped = HOSTILE.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return {
    "/": page(own(`data-link="${link.url}" data-label="Talk to us"`)),
    "/hostile": page(own(`data-link="${luna}${link.url}" data-label="${escaped}" data-title="${escaped}"`)),
    "/headless": page(own(""), `<luna-call link="${link.url.slice(3)}" headless></luna-call>`),
    "/foreign": page(own(`data-link="https://evil.example/c/q6Yc1mZp0A_-RkT3vX8w2g"`)),
  };
}

async function makeLink(more: Partial<NewLinkInput> = {}): Promise<LinkShown> {
  const asked = { label: "Shop", host_name: "The shop", scenario: "block-card", mode: "scripted", ...more };
  const response = await fetch(`${luna}/api/links`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(asked),
  });
  expect(response.status).toBe(201);
  return (await response.json()) as LinkShown;
}

interface Visit {
  page: Page;
  context: BrowserContext;
  /** Of Luna: path and status. */
  asked: string[];
  faults: string[];
}

async function visit(url: string, viewport = { width: 1280, height: 800 }, calm = true): Promise<Visit> {
  const context = await browser.newContext({
    viewport,
    reducedMotion: calm ? "reduce" : "no-preference",
    permissions: ["microphone"],
  });
  const page = await context.newPage();
  await page.addInitScript(layTaps, { realMicrophone: false });
  const asked: string[] = [];
  const faults: string[] = [];
  page.on("response", (response) => {
    const { origin, pathname } = new URL(response.url());
    if (origin === luna) asked.push(`${pathname} ${response.status()}`);
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("favicon")) faults.push(message.text());
  });
  await page.goto(url, { waitUntil: "load" });
  return { page, context, asked, faults };
}

const panelOf = (page: Page) => page.getByRole("dialog", { name: "Talk to us" });

async function frameOf(page: Page): Promise<Frame> {
  await page.frameLocator("iframe").getByRole("button", { name: "Call Luna" }).waitFor({ timeout: 30_000 });
  const frame = page.frames().find((one) => one.url().startsWith(`${luna}/c/`));
  if (!frame) throw new Error("no frame of Luna's");
  return frame;
}

test("until the panel is opened a site fetches one small file, and nothing is stored", async () => {
  const { page, context, asked, faults } = await visit(site.origin);
  await page.getByRole("button", { name: "Talk to us" }).waitFor();
  expect(asked).toEqual(["/embed.js 200"]);
  const script = await fetch(`${luna}/embed.js`);
  expect((await script.arrayBuffer()).byteLength).toBeLessThan(10 * 1024);
  expect(script.headers.get("cross-origin-resource-policy")).toBe("cross-origin");
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => Object.keys(window).filter((name) => /luna/i.test(name)))).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
});

test("a guest on the site calls in the panel, in writing, and hangs up by closing it", async () => {
  const { page, context, faults } = await visit(site.origin);
  await page.getByRole("button", { name: "Talk to us" }).click();
  const frame = await frameOf(page);
  expect(await frame.evaluate(() => window.crossOriginIsolated)).toBe(false);
  const cookies = await context.cookies(luna);
  expect(cookies.map(({ name, httpOnly, secure, sameSite }) => ({ name, httpOnly, secure, sameSite }))).toEqual([
    { name: "luna_framed", httpOnly: true, secure: true, sameSite: "None" },
  ]);
  expect(JSON.stringify(cookies)).toContain('"partitionKey"');
  await frame.getByRole("button", { name: "Write instead of speaking" }).click();
  const box = frame.getByRole("textbox");
  await box.fill("My card ending in 4829 was stolen.");
  await box.press("Enter");
  await frame.getByRole("log").getByText(/4829/).nth(1).waitFor({ timeout: 30_000 });

  const close = panelOf(page).getByRole("button", { name: "Close" });
  await close.click();
  const ask = page.getByRole("alertdialog");
  await ask.waitFor();
  await soon(async () => expect(await ask.textContent()).toContain("You are on a call."));
  await ask.getByRole("button", { name: "Keep talking" }).click();
  await ask.waitFor({ state: "hidden" });
  await close.click();
  await ask.getByRole("button", { name: "Hang up" }).click();
  await panelOf(page).waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.activeElement?.tagName === "LUNA-CALL");
  await soon(async () => expect((await running()).running).toBe(0));
  expect(faults).toEqual([]);
  await context.close();
});

async function running(): Promise<LinkShown> {
  return (await (await fetch(`${luna}/api/links/${link.id}`)).json()) as LinkShown;
}

test("the panel is a dialog: focus stays inside, Escape closes it, and focus returns to the button", async () => {
  const { page, context } = await visit(site.origin);
  const button = page.getByRole("button", { name: "Talk to us" });
  await button.focus();
  await page.keyboard.press("Enter");
  await panelOf(page).waitFor();
  expect(await page.getByRole("button", { name: "Before" }).count()).toBe(1);
  await frameOf(page);
  // From the frame, too.
  await page.keyboard.press("Escape");
  await panelOf(page).waitFor({ state: "hidden" });
  await page.waitForFunction(() => document.activeElement?.tagName === "LUNA-CALL");
  await soon(async () => expect(page.frames()).toHaveLength(1));

  await page.keyboard.press("Enter");
  await panelOf(page).waitFor();
  await frameOf(page);
  for (let n = 0; n < 40; n++) {
    await page.keyboard.press("Tab");
    const inside = await page.evaluate(() => document.activeElement?.tagName);
    expect(["LUNA-CALL", "BODY"]).toContain(inside);
  }
  await page.mouse.click(40, 40);
  await panelOf(page).waitFor({ state: "hidden" });
  await context.close();
});

test("on a phone the panel is the screen", async () => {
  const { page, context } = await visit(site.origin, { width: 390, height: 780 });
  await page.getByRole("button", { name: "Talk to us" }).click();
  await frameOf(page);
  await soon(async () => expect(await panelOf(page).boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 780 }));
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await context.close();
});

test("a site that the link does not name cannot frame it, and its visitors are shown another way", async () => {
  const { page, context, faults } = await visit(stranger.origin);
  await page.getByRole("button", { name: "Talk to us" }).click();
  await page.getByRole("status").getByRole("link", { name: "Open in a new tab" }).waitFor({ timeout: 20_000 });
  expect(await page.frameLocator("iframe").getByRole("button").count()).toBe(0);
  await soon(async () => expect(faults.join()).toMatch(/frame-ancestors/));
  await context.close();

  const policyOf = async (path: string) => (await fetch(luna + path)).headers.get("content-security-policy") ?? "";
  expect(await policyOf(`${link.url}?embed=1`)).toContain(`frame-ancestors ${site.origin}`);
  expect(await policyOf(link.url)).toContain("frame-ancestors 'none'");
  const closed = await makeLink();
  expect(await policyOf(`${closed.url}?embed=1`)).toContain("frame-ancestors 'none'");
  expect(await policyOf("/c/AAAAAAAAAAAAAAAAAAAAAA?embed=1")).toContain("frame-ancestors 'none'");
});

test("a hostile label stays a label, and another Luna's link opens nothing", async () => {
  const { page, context } = await visit(`${site.origin}/hostile`);
  const button = page.getByRole("button", { name: HOSTILE });
  await button.click();
  await page.getByRole("dialog", { name: HOSTILE }).waitFor();
  expect(await page.evaluate(() => "broken" in window)).toBe(false);
  await page.goto(`${site.origin}/foreign`);
  await page.getByRole("button", { name: "Talk to Luna" }).click();
  // What a click opens is open by now.
  await page.waitForTimeout(300);
  expect(await page.getByRole("dialog").count()).toBe(0);
  expect(page.frames()).toHaveLength(1);
  await context.close();
});

test("headless: the site opens it itself, and is told how the call stands but not what is said", async () => {
  const { page, context } = await visit(`${site.origin}/headless`);
  await page.waitForFunction(() => customElements.get("luna-call"));
  expect(await page.locator("luna-call").getByRole("button").count()).toBe(0);
  await page.evaluate(() => {
    const told: unknown[] = [];
    Object.assign(window, { told });
    for (const name of ["luna-open", "luna-state", "luna-close"]) {
      addEventListener(name, (event) => void told.push([name, (event as CustomEvent).detail]));
    }
    addEventListener("message", ({ data }) => void told.push(["message", data]));
  });
  await page.evaluate(() => (document.querySelector("luna-call") as HTMLElement & { open(): boolean }).open());
  const frame = await frameOf(page);
  await frame.getByRole("button", { name: "Write instead of speaking" }).click();
  const box = frame.getByRole("textbox");
  await box.fill("A secret rhubarb");
  await box.press("Enter");
  await frame.getByRole("log").getByText("A secret rhubarb").waitFor();
  const toldNow = () => page.evaluate(() => JSON.stringify((window as unknown as { told: unknown[] }).told));
  await soon(async () => expect(await toldNow()).toContain('["luna-state",{"state":"on"}]'));
  const told = await toldNow();
  expect(told).not.toMatch(/rhubarb|token|01[0-9A-HJKMNP-TV-Z]{24}/);
  await context.close();
});

test("by voice: without shared memory the page in the frame still listens and speaks", {
  timeout: 240_000,
}, async () => {
  const { page, context } = await visit(site.origin);
  await page.getByRole("button", { name: "Talk to us" }).click();
  const frame = await frameOf(page);
  await frame.getByRole("button", { name: "Call Luna" }).click();
  await frame.getByText("Listening", { exact: true }).waitFor({ timeout: 120_000 });
  expect(await frame.evaluate(() => window.crossOriginIsolated)).toBe(false);
  const { wav } = await sayable("My card ending in four eight two nine was stolen.", { voice: "rms" });
  const understood = frame.getByRole("log").getByText(/stolen/i);
  for (let attempt = 0; attempt < 3 && (await understood.count()) === 0; attempt++) {
    await frame.evaluate((base64) => window.__taps.say(base64), Buffer.from(wav).toString("base64"));
    await understood
      .first()
      .waitFor({ timeout: 20_000 })
      .catch(() => undefined);
  }
  expect(await understood.count()).toBeGreaterThan(0);
  const loudest = () => frame.evaluate(() => Math.max(...window.__taps.sound().map(({ rms }) => rms)));
  await soon(async () => expect(await loudest()).toBeGreaterThan(0.01), 60_000);
  await context.close();
});
