/** The host's pages in a real browser: a link made and revoked, a call watched, calls looked for, heard and deleted. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { barriers } from "../support/axe.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, type OpenOptions, openLuna } from "../support/page.ts";
import { soon } from "../support/soon.ts";
import { HOSTILE, putPastCalls, RECORDED, SCRIPT, SERVED } from "./past-calls.ts";

/** Where pictures go, for people to look at; none are taken where it is not set. */
const SHOTS = process.env.LUNA_SHOTS;
const PHONE = { width: 390, height: 844 };

let server: Luna;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
  await putPastCalls(server.stateDir, Date.now() - 600_000);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

async function open(path: string, options: OpenOptions = {}): Promise<LunaPage> {
  const luna = await openLuna(browser, `${server.url}${path}`, { calm: true, ...options });
  await luna.page.evaluate(() => {
    const seen = { shift: 0 };
    Object.assign(window, { __seen: seen });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) seen.shift += entry.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  return luna;
}

/** What takes its time beside other work comes in twenty seconds. */
const poll = <T>(look: () => T | Promise<T>, interval = 100) => expect.poll(look, { timeout: 20_000, interval });

const shiftOf = (page: Page) => page.evaluate(() => (window as unknown as { __seen: { shift: number } }).__seen.shift);

async function picture({ page }: LunaPage, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  await mkdir(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

/** Nothing wider than the screen. */
const overhang = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** `draws`: what it draws with, which comes in a file of its own. */
const PAGES: [name: string, path: string, ready: RegExp, draws: ("plot" | "waveform")[]][] = [
  ["today", "/host", /The last 14 days/, ["plot"]],
  ["links", "/host/links", /No link is open|Link to call/, []],
  ["history", "/host/history", /^More calls$/, []],
  ["call", `/host/calls/${RECORDED}`, /Click a word to hear it/, ["waveform"]],
  ["audit", "/host/audit", /The chain is whole/, []],
];
/** In motion. Colours and sizes are those of the same style sheets everywhere: two shapes show all of them, four are for pictures. */
const SHAPES: [name: string, options: OpenOptions][] = [
  ["desktop-light", { calm: false }],
  ["phone-dark", { calm: false, viewport: PHONE, dark: true }],
  ...(SHOTS === undefined
    ? []
    : ([
        ["desktop-dark", { dark: true }],
        ["phone-light", { viewport: PHONE }],
      ] as [string, OpenOptions][])),
];

/** Of what draws plots and waveforms: what the page has fetched. */
const drawnWith = ({ requests }: LunaPage) =>
  (["plot", "waveform"] as const).filter((one) => requests.some((url) => url.includes(`/${one}-`)));

describe.each(PAGES)("the page %s", (name, path, ready, draws) => {
  test.each(SHAPES)("has no barrier, stays, fits, and fetches what it needs: %s", async (shape, options) => {
    const luna = await open(path, options);
    const { page } = luna;
    await page.getByText(ready).first().waitFor();
    await soon(async () => expect(drawnWith(luna)).toEqual(draws));
    if (draws.includes("plot")) await poll(() => page.locator(".plot canvas").count()).toBe(4);
    if (draws.includes("waveform")) await poll(() => page.locator(".player-wave div").count()).toBeGreaterThan(0);
    // Everything is there; what would still move, or be fetched for nothing, does so now.
    await page.waitForTimeout(400);
    await picture(luna, `${name}-${shape}`);
    expect(await shiftOf(page)).toBeLessThan(0.05);
    expect(await overhang(page)).toBeLessThanOrEqual(0);
    expect(drawnWith(luna)).toEqual(draws);
    expect(luna.requests.filter((url) => !/^(blob|data):/.test(url) && !url.startsWith(server.url))).toEqual([]);
    expect(luna.faults).toEqual([]);
    // Last: axe copies the style of a shadow tree into the page, which the page's policy refuses and prints.
    expect(await barriers(luna)).toEqual([]);
    await luna.close();
  });
});

test("a link is made with three words, opens a call, is shown as a code, and is revoked", async () => {
  const luna = await open("/host/links");
  const { page } = luna;
  await page.getByRole("button", { name: "Make the link" }).click();
  await page.getByRole("alert").getByText("Give the link a name").waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute("name") === "label");
  await page.getByLabel("Name", { exact: true }).fill(SCRIPT.slice(0, 60));
  await page.getByLabel("Who invites").fill("Nora of Aurora Bank");
  await page.getByText("Voice, sound and watching").click();
  await page.getByText(/^Limits:/).click();
  await page.getByLabel("PIN").fill("12");
  await page.getByRole("button", { name: "Make the link" }).click();
  await page.getByRole("alert").getByText("4 to 8 digits").waitFor();
  await page.getByLabel("PIN").fill("");
  await picture(luna, "links-form");
  await page.getByRole("button", { name: "Make the link" }).click();
  const url = await page.getByLabel("Link to call", { exact: true }).inputValue();
  expect(url).toMatch(new RegExp(`^${server.url}/c/[\\w-]{20,}$`));
  expect(await page.title()).toBe("Luna for hosts");
  const token = url.split("/").at(-1) ?? "";
  const door = async () =>
    (await (await fetch(`${server.url}/api/guest/${token}`)).json()) as { state: string; host_name: string };
  expect(await door()).toMatchObject({ state: "open", host_name: "Nora of Aurora Bank" });

  await page.getByText("QR code", { exact: true }).click();
  const code = page.getByRole("img", { name: /QR code of the link/ });
  await code.waitFor();
  await poll(() => code.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  expect(await barriers(luna)).toEqual([]);
  await picture(luna, "links-made");

  await page.getByRole("button", { name: /^Revoke/ }).click();
  await page.getByRole("button", { name: /^Really revoke/ }).click();
  await page.getByText("The link is revoked.").waitFor();
  await poll(async () => (await door()).state).toBe("revoked");
  expect(luna.faults).toEqual([]);
  await luna.close();
});

test("a call is told by who answered it, and what was only not found is no refusal", async () => {
  const luna = await open(`/host/calls/${SERVED}`);
  const { page } = luna;
  await page.getByText("There is no such dish on the menu.").waitFor();
  await soon(async () => {
    expect(await page.locator(".turn-luna .turn-name").allTextContents()).toEqual(["Felix", "Felix"]);
    expect(await page.locator(".tool-state").allTextContents()).toEqual(["Not found"]);
  });
  expect(await page.getByRole("complementary").innerText()).not.toContain("Luna");
  await picture(luna, "call-persona");
  await luna.close();
});

test("a call that is on is seen on the first page, watched as it goes, and found in the history afterwards", async () => {
  const opened = await fetch(`${server.url}/ai/say`, say("I lost my card ending in four eight two nine"));
  const cookie = opened.headers.get("set-cookie")?.split(";")[0] ?? "";
  expect(opened.status).toBe(200);
  const luna = await open("/host", { expected: [] });
  const { page } = luna;
  await page.getByRole("button", { name: "Watch" }).first().click({ timeout: 30_000 });
  const log = page.getByRole("log", { name: "Transcript" });
  await log.getByText(/lost my card/).waitFor();
  const next = await fetch(`${server.url}/ai/say`, say("Yes, please block it.", cookie));
  expect(next.status).toBe(200);
  await log.getByText("Yes, please block it.").waitFor();
  await picture(luna, "today-watching");
  expect(await barriers(luna)).toEqual([]);
  await fetch(`${server.url}/ai/end`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: "{}",
  });
  await page.getByText("The call has ended").waitFor();
  await page.getByRole("button", { name: "Show the whole call" }).click();
  await page.waitForURL(/\/host\/calls\//);
  await page.getByText(/the sound never leaves it/).waitFor();
  await page.getByText("Yes, please block it.").waitFor();
  expect(luna.faults).toEqual([]);
  await luna.close();
});

function say(text: string, cookie = ""): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json", cookie }, body: JSON.stringify({ text }) };
}

test("calls are found by words, narrowed, paged, and the question is in the address", async () => {
  const luna = await open("/host/history");
  const { page } = luna;
  const rows = page.getByRole("region", { name: "Calls" }).getByRole("row");
  await poll(() => rows.count()).toBe(51);
  await page.getByRole("button", { name: "More calls" }).click();
  await poll(() => rows.count()).toBeGreaterThan(60);
  await page.getByLabel("What was said or done").fill("stolen 4829");
  await poll(() => rows.count()).toBe(2);
  await soon(async () => {
    expect(await page.locator("mark").allTextContents()).toEqual(["4829", "stolen"]);
    expect(new URL(page.url()).search).toBe("?q=stolen+4829");
  });
  await picture(luna, "history-found");
  expect(await barriers(luna)).toEqual([]);
  await page.getByLabel("Outcome").selectOption("escalated");
  await page.getByText("No call fits.").waitFor();
  await page.reload();
  await page.getByText("No call fits.").waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await poll(() => rows.count()).toBe(51);
  await page.getByLabel("Sort").selectOption("dearest");
  await poll(() => rows.nth(1).innerText()).toContain("$0.080");
  expect(luna.faults).toEqual([]);
  await luna.close();
});

/** Where the sound began each time, s of the tape, and the words that were marked meanwhile. */
interface Played {
  from: number[];
  words: string[];
}

test("a click on a word plays from there, and the words go on with the sound", async () => {
  const luna = await open(`/host/calls/${RECORDED}`);
  const { page } = luna;
  const word = page.getByRole("button", { name: "4829,", exact: true });
  await word.waitFor();
  await page.locator("audio").waitFor({ state: "attached" });
  // Written down in the page: the sound goes on while somebody outside is about to look.
  await page.evaluate(() => {
    const told: Played = { from: [], words: [] };
    Object.assign(window, { played: told });
    const audio = document.querySelector("audio");
    audio?.addEventListener("seeked", () => told.from.push(audio.currentTime));
    const note = () => {
      for (const one of document.querySelectorAll(".word[aria-current]")) told.words.push(one.textContent ?? "");
    };
    new MutationObserver(note).observe(document.body, { subtree: true, attributeFilter: ["aria-current"] });
  });
  const played = () => page.evaluate(() => (window as unknown as { played: Played }).played);
  await word.click();
  const at = () => page.locator("audio").evaluate((audio: HTMLAudioElement) => audio.currentTime);
  // The caller speaks from 8 to 12 s of the tape, and this word is in the middle.
  await poll(async () => (await played()).from.length).toBeGreaterThan(0);
  expect((await played()).from[0]).toBeGreaterThan(8.5);
  expect((await played()).from[0]).toBeLessThan(12);
  await poll(async () => (await played()).words).toContain("stolen.");
  await page.getByRole("button", { name: "Pause" }).click();
  // By keyboard: a turn is one stop, arrows go from word to word.
  await page.getByRole("button", { name: "Good", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await poll(at).toBeLessThan(8);
  const drawn = () =>
    page.locator(".player-wave").evaluate((box) => {
      const canvases = [...(box.firstElementChild?.shadowRoot?.querySelectorAll("canvas") ?? [])];
      return canvases.some((canvas) => {
        const { width, height } = canvas;
        return (
          canvas
            .getContext("2d")
            ?.getImageData(0, 0, width, height)
            .data.some((value) => value > 0) === true
        );
      });
    });
  await poll(drawn).toBe(true);
  expect(luna.faults).toEqual([]);
  await luna.close();
});

test("what a guest or a model wrote is text, wherever it is shown", async () => {
  const luna = await open(`/host/calls/${HOSTILE}`, { viewport: PHONE });
  const { page } = luna;
  await page.locator("summary.tool-row").first().click();
  await poll(() => page.getByText(SCRIPT, { exact: false }).count()).toBeGreaterThan(4);
  await poll(() => overhang(page)).toBeLessThanOrEqual(0);
  await page.goto(`${server.url}/host/history?q=owned`);
  await page.locator("mark").first().waitFor();
  expect(await page.locator("img, iframe, main script").count()).toBe(0);
  expect(await page.title()).toBe("Luna for hosts");
  expect(luna.faults).toEqual([]);
  await luna.close();
});

test("a call is deleted only when one is sure, and is gone everywhere", async () => {
  const luna = await open(`/host/calls/${RECORDED}`, { expected: [/404/] });
  const { page } = luna;
  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();
  await press("Delete");
  await press("Keep");
  await press("Delete");
  expect(await barriers(luna)).toEqual([]);
  await page.getByRole("button", { name: "Yes, delete" }).click();
  await page.getByText("The words, the sound and the figures of this call are gone.").waitFor();
  for (const path of ["", "/recording", "/waveform"]) {
    expect((await fetch(`${server.url}/api/history/${RECORDED}${path}`)).status).toBe(404);
  }
  await page.goto(`${server.url}/host/history?q=stolen`);
  await page.getByText("No call fits.").waitFor();
  await page.goto(`${server.url}/host/audit`);
  await page.getByRole("cell", { name: "Deleted a call" }).waitFor();
  await page.goto(`${server.url}/host/calls/${SERVED}`);
  await press("Delete the caller");
  await page.getByRole("alertdialog", { name: /every call that was made with this caller's browser/ }).waitFor();
  await press("Yes, delete");
  await page.getByText("figures of this caller's 62 calls are gone.").waitFor();
  expect((await fetch(`${server.url}/api/history/${HOSTILE}`)).status).toBe(404);
  await luna.close();
});

const post = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify(body),
});

test("a link is changed, and who tried to open it is read, by keyboard alone", async () => {
  const wish = { label: "Winter fair", host_name: "Nora", scenario: "block-card", pin: "4829" };
  const { id, url } = (await (await fetch(`${server.url}/api/links`, post(wish))).json()) as Record<string, string>;
  const guest = `${server.url}/api/guest${url?.slice(2)}`;
  const luna = await open("/host/links", { expected: [/503/] });
  const { page } = luna;
  const press = async (name: string | RegExp) => {
    await page.getByRole("listitem", { name: /fair/ }).getByRole("button", { name }).focus();
    await page.keyboard.press("Enter");
  };
  const focused = () =>
    page.evaluate(() => document.activeElement?.getAttribute("name") ?? document.activeElement?.textContent);

  await press("Openings");
  await page.getByText("Nobody has tried to open it yet.").waitFor();
  await press("Openings");
  for (const pin of ["1111", "4829"]) await fetch(`${guest}/calls`, post({ pin }));
  const log = async () =>
    (await (await fetch(`${server.url}/api/links/${id}/openings`)).json()) as { openings: unknown[] };
  await poll(async () => (await log()).openings.length).toBe(2);
  await press("Openings");
  const rows = page.getByRole("region", { name: /^Openings of Winter fair, newest/ }).getByRole("row");
  await poll(() => rows.count()).toBe(3);
  await poll(() => rows.nth(2).innerText()).toMatch(/Wrong PIN\s+[0-9a-f]{8}$/);
  const letIn = rows.nth(1).getByRole("link", { name: "Let in" });
  await poll(() => letIn.getAttribute("href")).toMatch(/^\/host\/calls\/\w{26}$/);
  expect(await barriers(luna)).toEqual([]);
  await picture(luna, "links-openings");

  await press(/^Edit/);
  await poll(focused).toBe("label");
  await page.keyboard.press("Escape");
  await poll(focused).toBe("Edit");
  await page.keyboard.press("Enter");
  await poll(focused).toBe("label");
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("A link needs a name").waitFor();
  await poll(focused).toBe("label");
  await page.keyboard.type("Spring fair");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Ask about the card.");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Until");
  expect(await barriers(luna)).toEqual([]);
  await picture(luna, "links-edit");
  const away = {
    type: "about:blank",
    title: "Away",
    status: 503,
    detail: "Luna is away for a moment.",
    code: "unavailable",
  };
  await page.route(`**/api/links/${id}`, (route) => route.fulfill({ status: 503, json: away }), { times: 1 });
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("Luna is away for a moment.").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("The link is changed.").waitFor();
  await poll(focused).toBe("Edit");
  await page.getByRole("heading", { name: "Spring fair" }).waitFor();
  await page.getByRole("listitem", { name: "Spring fair" }).getByText("when revoked").waitFor();
  expect(await (await fetch(guest)).json()).toMatchObject({ state: "open", note: "Ask about the card." });
  await press("Delete the calls of Spring fair");
  await poll(focused).toBe("Keep");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.getByText(/\d calls? deleted\./).waitFor();
  await poll(focused).toBe("Delete its calls");
  expect(luna.faults).toEqual([]);
  await luna.close();
});
