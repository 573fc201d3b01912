/** The narrowest phones: whatever is to be pressed in the head of a page is on the screen, and as large as a fingertip. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LinkShown } from "../../src/legs/links.ts";
import { callersTurn } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { callByKeys } from "../support/keys.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { openLuna } from "../support/page.ts";
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

const WIDTHS = [320, 360, 390, 430, 480];
/** The head of a page, and of a call that fills the screen. */
const HEADS = "header, .phone-who";
const FINGER = 40;

/** What is to be pressed inside `where`, and what is wrong with it: cut off at a side, covered, or too small for a finger. */
async function pressed(page: Page, where: string): Promise<{ names: string[]; faults: string[] }> {
  return page.evaluate(
    ([within, least]) => {
      const names: string[] = [];
      const faults: string[] = [];
      for (const part of document.querySelectorAll(`:is(${within}) :is(button, a)`)) {
        if (!part.checkVisibility({ visibilityProperty: true })) continue;
        const name = (part.getAttribute("aria-label") ?? part.textContent ?? "").trim();
        const { left, right, top, bottom, width, height } = part.getBoundingClientRect();
        const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        names.push(name);
        if (left < 0 || right > innerWidth) faults.push(`${name} lies from ${left} to ${right}`);
        else if (!part.contains(over)) faults.push(`${name} lies under ${over?.className}`);
        if (width < least || height < least) faults.push(`${name} is ${width} × ${height}`);
      }
      return { names, faults };
    },
    [where, FINGER] as const,
  );
}

/** At every width; gives back what was there to be pressed at the narrowest. */
async function withinReach(page: Page, where = HEADS): Promise<string[]> {
  for (const width of WIDTHS.toReversed()) {
    await page.setViewportSize({ width, height: 700 });
    await soon(async () => {
      const { names, faults } = await pressed(page, where);
      expect(names.length, `${page.url()} ${where} at ${width} px`).toBeGreaterThan(0);
      expect(faults, `${page.url()} ${where} at ${width} px`).toEqual([]);
    });
    await nothingCutOff(page);
  }
  return (await pressed(page, where)).names;
}

async function nothingCutOff(page: Page): Promise<void> {
  await soon(async () => expect(await cutOff(page), page.url()).toEqual([]));
}

/** What is to be pressed anywhere on the page and ends beyond its side, where nothing slides to show it. */
async function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const slides = (part: Element): boolean =>
      part !== document.documentElement &&
      part.parentElement !== null &&
      ((part.scrollWidth > part.clientWidth && /auto|scroll/.test(getComputedStyle(part).overflowX)) ||
        slides(part.parentElement));
    return [...document.querySelectorAll("button, a, input, select, textarea")]
      .filter((part) => part.checkVisibility({ visibilityProperty: true }) && !slides(part))
      .filter((part) => part.getBoundingClientRect().right > innerWidth + 0.5)
      .map((part) => part.getAttribute("aria-label") ?? part.textContent ?? part.tagName);
  });
}

type Jump = PerformanceEntry & { sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[] };

/** Notes from now on what jumps, as the browser sees it; a key pressed before is no excuse. Gives what reads the notes. */
async function watchJumps(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    await frame();
    const jumps: string[] = [];
    Object.assign(globalThis, { jumps });
    const place = ({ x, y }: DOMRect) => `${Math.round(x)}, ${Math.round(y)}`;
    new PerformanceObserver((list) => {
      for (const { sources } of list.getEntries() as Jump[]) {
        for (const { node, previousRect, currentRect } of sources) {
          const name = node instanceof Element ? node.className : (node?.nodeName ?? "something");
          jumps.push(`${name} from ${place(previousRect)} to ${place(currentRect)}`);
        }
      }
    }).observe({ type: "layout-shift" });
  });
  return () => page.evaluate(() => (globalThis as unknown as { jumps: string[] }).jumps);
}

/** What of the call's end a notice of three lines would cover. */
async function coveredByNotice(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const notices = document.querySelector(".notices") as HTMLElement;
    const notice = notices.appendChild(document.createElement("div"));
    notice.style.height = "90px";
    const { top, bottom } = notice.getBoundingClientRect();
    notice.remove();
    return ["header", ".line", ".ended-outcome"].filter((what) => {
      const box = (document.querySelector(what) as HTMLElement).getBoundingClientRect();
      return top < box.bottom && box.top < bottom;
    });
  });
}

describe.each([{ dark: false }, { dark: true }])("$dark for dark", ({ dark }) => {
  test("Luna's own page before, in and after a call, with the lab, and with Settings and the theme to be pressed", async () => {
    const luna = await openLuna(browser, server.url, { calm: true, unheard: true, dark });
    await luna.page.getByRole("link", { name: "For hosts" }).waitFor();
    const all = ["Luna, home", "My bank", "Presenter notes", "Lab", "For hosts", "Dark mode", "Settings"];
    expect(await withinReach(luna.page)).toEqual(all);
    await luna.page.getByRole("button", { name: "Settings" }).click();
    await luna.page.getByRole("dialog").waitFor();
    await withinReach(luna.page, ".modal-head");
    await luna.page.keyboard.press("Escape");
    await callByKeys(luna, /Write to Luna/);
    await callersTurn(luna, 0, 40_000);
    expect(await withinReach(luna.page)).toContain("Lab");
    await luna.page.getByRole("button", { name: "Lab" }).locator("visible=true").click();
    await luna.page.getByRole("tab", { name: "Events" }).waitFor();
    await withinReach(luna.page, ".side-head, .lab-tabs");
    await luna.page.getByRole("button", { name: "Close Lab" }).click();
    const jumps = await watchJumps(luna.page);
    await luna.page.keyboard.press("Control+e");
    await luna.page.getByRole("region", { name: "After the call" }).waitFor();
    await luna.page.getByRole("button", { name: "Call again" }).waitFor();
    expect(await jumps()).toEqual([]);
    expect(await coveredByNotice(luna.page)).toEqual([]);
    expect(await withinReach(luna.page)).toEqual(all);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});

test("the pages of hosts and guests", async () => {
  const made = await fetch(`${server.url}/api/links`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ label: "Narrow", host_name: "Ada Example", scenario: "dispute", mode: "scripted" }),
  });
  const link = (await made.json()) as LinkShown;
  const luna = await openLuna(browser, server.url, { calm: true, unheard: true });
  for (const path of ["/host", "/host/links", "/host/history", "/host/audit"]) {
    await luna.page.goto(server.url + path, { waitUntil: "load" });
    await withinReach(luna.page);
  }
  await luna.page.goto(server.url + link.url, { waitUntil: "load" });
  await luna.page.getByRole("button", { name: "Write instead of speaking" }).waitFor();
  for (const width of WIDTHS) {
    await luna.page.setViewportSize({ width, height: 700 });
    await nothingCutOff(luna.page);
  }
  await luna.close();
});
