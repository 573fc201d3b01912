/** The small HTTP door from outside: the demo as somebody runs it, and the reference page in a real browser. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anyFaultsOfMany } from "../support/axe.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { soon } from "../support/soon.ts";

const DEMO = join(import.meta.dirname, "../../scripts/demo.ts");

let server: Luna;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** `npm run demo` with these arguments: what it printed, and how it ended. */
function demo(...args: string[]): Promise<{ code: number | null; printed: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [DEMO, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, printed }));
  });
}

test("the demo blocks the card, meets the waiter and the finance chief, and says so", async () => {
  const { code, printed } = await demo("--url", server.url);
  expect(printed).toMatch(/Platinum Card ending in 4829 is blocked/);
  expect(printed).toMatch(/"key":"waiter"[\s\S]*"key":"cfo"/);
  expect(printed).toMatch(/first word \d+ ms, all of it \d+ ms/);
  expect(printed).toContain("contained");
  expect(code, printed).toBe(0);
});

test("the demo tells a Luna that is not there from one that does not do as it should", async () => {
  const away = await demo("--url", "http://127.0.0.1:9");
  expect(away.code).toBe(2);
  expect(away.printed).toContain("npm start");
  expect((await demo("--port", "1")).code).toBe(2);
});

const SHAPES = [
  { shape: "desktop, light", width: 1280, height: 900, dark: false },
  { shape: "phone, dark", width: 390, height: 844, dark: true },
];

describe.each(SHAPES)("the reference page, $shape", ({ width, height, dark }) => {
  test("shows every address, keeps nobody out, and asks nobody else", async () => {
    const { page, faults, hosts } = await reference({ width, height, dark });
    const paths = Object.entries((await (await fetch(`${server.url}/api/openapi.json`)).json()).paths as object);
    const operations = paths.flatMap(([, methods]) => Object.keys(methods as object));
    await soon(async () => expect(await page.getByRole("article").count()).toBe(operations.length));
    await page.evaluate(() => {
      for (const one of document.querySelectorAll("details")) one.open = true;
    });
    expect(await anyFaultsOfMany(page)).toEqual([]);
    expect(await tooWide(page)).toEqual([]);
    expect([...hosts]).toEqual([new URL(server.url).host]);
    expect(faults).toEqual([]);
    await page.context().close();
  });
});

test("an address of the reference page leads to its operation", async () => {
  const { page } = await reference({ width: 1280, height: 900, dark: false, hash: "#postAiSay" });
  const operation = page.getByRole("article", { name: "Say something, and get the answer" });
  await soon(async () => {
    expect(await operation.textContent()).toContain("/ai/say");
    expect(await operation.textContent()).toContain('"text":"I lost my card, please block it."');
  });
  await page.waitForFunction(() => (document.getElementById("postAiSay")?.getBoundingClientRect().top ?? 9_999) < 400);
  await page.context().close();
});

/** What sticks out of the screen, boxes that scroll by themselves aside. */
function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const most = document.documentElement.clientWidth;
    return [...document.querySelectorAll("body *")]
      .filter((one) => one.getBoundingClientRect().right > most + 1 && one.closest("pre") === null)
      .map((one) => `${one.tagName} ${one.className} ${one.textContent?.slice(0, 60)}`);
  });
}

interface Wanted {
  width: number;
  height: number;
  dark: boolean;
  hash?: string;
}

async function reference({ width, height, dark, hash = "" }: Wanted) {
  const colorScheme = dark ? ("dark" as const) : ("light" as const);
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page: Page = await context.newPage();
  const faults: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  await page.goto(`${server.url}/api/docs${hash}`);
  await page.getByRole("article").first().waitFor();
  return { page, faults, hosts };
}
