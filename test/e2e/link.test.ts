/**
 * A link that anyone can call: the host makes it, a guest calls by it with no key and no account, somebody watches, and a postcard
 * is left. Closed links each have their page, and the guest's page is light and keeps nobody out. `link-voice` holds what needs the processor for itself.
 */
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { barriers } from "../support/axe.ts";
import { bankOf, card } from "../support/bank.ts";
import { callersTurn, converse, standingOf } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { typeByKeys } from "../support/keys.ts";
import { linkWith } from "../support/link.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, type OpenOptions, openLuna, openTab } from "../support/page.ts";
import { soon } from "../support/soon.ts";
import { CONTAINED } from "./callers.ts";

vi.setConfig({ maxConcurrency: 3 });

let server: Luna;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const PHONE = { viewport: { width: 390, height: 844 } };
/** A page that is not there is still a page; the browser notes its status. */
const CLOSED = { expected: [/status of 4(04|10)/] };

const open = (path: string, options: OpenOptions = {}): Promise<LunaPage> =>
  openLuna(browser, server.url + path, { calm: true, unheard: true, ...options });

/** In writing: as quick as it gets. */
async function writeTo(guest: LunaPage): Promise<void> {
  await guest.page.getByRole("button", { name: "Write instead of speaking" }).click();
  await callersTurn(guest, 0, 40_000);
}

async function hangUp(guest: LunaPage): Promise<void> {
  await guest.page.getByRole("button", { name: "End call" }).click();
  await guest.page.getByRole("region", { name: "After the call" }).waitFor();
}

const heading = (luna: LunaPage, words: RegExp, where = "") =>
  soon(async () => expect(await luna.page.getByRole("heading", { level: 1 }).innerText(), where).toMatch(words));
/** These words stand there. */
const reads = (luna: LunaPage, part: string, words: RegExp, where = "") =>
  soon(async () => expect(await luna.page.locator(part).last().innerText(), where).toMatch(words));
const [BLOCKER] = CONTAINED;

describe.concurrent("by a link", () => {
  test("a guest gets a card blocked, somebody watches it live, and the postcard tells it, until it is deleted", async (context) => {
    const link = await linkWith(server, { note: "Try to interrupt her!", watch: true, minutes: 5 });
    const watcher = await open(link.watch_url ?? "");
    watcher.belongsTo(context);
    await heading(watcher, /^Nobody is calling right now$/);
    const guest = await open(link.url, PHONE);
    guest.belongsTo(context);
    for (const told of [
      /Robin Example sent you this link/,
      /Try to interrupt her!/,
      /Block a card/,
      /For the first call this browser fetches ears and a voice, about 66 MB, and keeps them/,
      /up to 5 minutes/,
      /can be watched/,
    ]) {
      await reads(guest, "body", told);
    }
    await writeTo(guest);
    await reads(guest, "[role=timer]", /^(5:00|4:[0-5]\d) left$/);
    await watcher.page.getByRole("log", { name: "Transcript" }).waitFor();
    const rules = BLOCKER?.rules(async () => "") ?? [];
    const now = await converse(guest, (words) => typeByKeys(guest, words), { opening: "I lost my card", rules });
    expect(now.ended, await guest.story()).toMatchObject({ outcome: "contained" });
    expect(card(await bankOf(guest), "4829").status).toBe("blocked");
    // Who watches has read every word, and seen what was done, while it happened.
    const mine = await guest.transcript();
    const spoken = (lines: string[]) => lines.map((line) => line.replace(/^(You|Caller): /, ""));
    await soon(async () => expect(spoken(await watcher.transcript())).toEqual(spoken(mine)));
    await reads(watcher, '[data-figure="tools"] dd', /^[2-9]$/);
    // Nothing was heard in this call, so there is the server's view, and it says so.
    await reads(watcher, '[data-figure="median"]', /Median, server\s+\d+ ms/);
    await reads(watcher, ".turn-luna .chip-latency", /^server \d+ ms$/);
    expect(watcher.requests.filter((url) => url.includes("/voice/"))).toEqual([]);
    expect(await watcher.up()).toEqual([]);
    // The postcard.
    await guest.page.getByRole("link", { name: "Open the postcard" }).click();
    await guest.page.waitForURL(/\/p\/[\w-]{22}$/);
    await guest.page.getByRole("heading", { name: "What was said" }).waitFor();
    for (const part of [/Luna took care of it/, /I lost my card/, /Robin Example made the invitation/, /Kept until/]) {
      await reads(guest, "body", part);
    }
    await guest.page.locator(".g-done .tool-done").nth(1).waitFor();
    const saved = guest.page.waitForEvent("download");
    await guest.page.getByRole("button", { name: "Save as text" }).click();
    expect((await saved).suggestedFilename()).toMatch(/^luna-[0-9A-Z]{26}\.txt$/);
    const address = guest.page.url();
    await guest.page.getByRole("button", { name: "Delete this call" }).click();
    await guest.page.getByRole("button", { name: "Keep it" }).click();
    expect((await fetch(address)).status).toBe(200);
    await guest.page.getByRole("button", { name: "Delete this call" }).click();
    await guest.page.getByRole("button", { name: "Yes, delete" }).click();
    await guest.page.getByRole("heading", { name: "The call is deleted" }).waitFor();
    expect((await fetch(address)).status).toBe(404);
    expect(guest.faults).toEqual([]);
    expect(watcher.faults).toEqual([]);
  });

  test("the PIN is asked for before anything else, and a wrong one costs neither a prompt nor a call", async (context) => {
    const link = await linkWith(server, { pin: "4711", max_calls: 1 });
    const guest = await open(link.url, { ...PHONE, expected: [/status of 403/] });
    guest.belongsTo(context);
    const say = guest.page.getByRole("button", { name: "Write instead of speaking" });
    const field = guest.page.getByLabel("PIN");
    await say.click();
    await guest.page.getByRole("alert").getByText("Enter the PIN").waitFor();
    await field.fill("99-99x");
    await soon(async () => expect(await field.inputValue()).toBe("9999"));
    await guest.page.getByRole("button", { name: "Call Luna" }).click();
    await guest.page.getByRole("alert").getByText("not right").waitFor();
    await soon(async () => expect(await field.getAttribute("aria-invalid")).toBe("true"));
    // The wrong one is marked, a picture after the words about it: what is typed takes its place.
    await guest.page.waitForFunction(() => {
      const at = document.activeElement;
      return at instanceof HTMLInputElement && at.id === "pin" && at.selectionStart === 0 && at.selectionEnd === 4;
    });
    await guest.page.keyboard.type("4711");
    await soon(async () => expect(await field.inputValue()).toBe("4711"));
    await writeTo(guest);
    await hangUp(guest);
    expect(guest.faults).toEqual([]);
  });

  test("a reload goes straight back into the call, and the postcard is still there at its end", async (context) => {
    const { url } = await linkWith(server, { max_calls: 1 });
    // Who comes back finds the link used up, by this very call.
    const guest = await open(url, CLOSED);
    guest.belongsTo(context);
    await writeTo(guest);
    await typeByKeys(guest, "I lost my card");
    await callersTurn(guest, 1, 40_000);
    const before = await guest.transcript();
    await guest.reload();
    await soon(async () => expect(await guest.transcript()).toEqual(before));
    await guest.page.getByRole("timer").waitFor();
    await hangUp(guest);
    await guest.page.getByRole("link", { name: "Open the postcard" }).waitFor();
    // The link is used up now: back at the door it says so, and the postcard is not lost.
    await guest.page.getByRole("button", { name: "Back to the invitation" }).click();
    await guest.page.getByRole("heading", { name: "This invitation is used up" }).waitFor();
    await guest.page.getByRole("link", { name: "Open the postcard" }).waitFor();
    expect(guest.faults).toEqual([]);
  });

  test("a tab that was closed in mid-call is no way lost: the link leads back in, and the newest tab has the call", async (context) => {
    const { url } = await linkWith(server, { max_calls: 1 });
    const first = await open(url, CLOSED);
    first.belongsTo(context);
    await writeTo(first);
    await typeByKeys(first, "I lost my card");
    await callersTurn(first, 1, 40_000);
    const said = await first.transcript();
    const tab = () => openTab(first.context, server.url + url, { calm: true, unheard: true, ...CLOSED });
    const second = await tab();
    await heading(second, /^Go back to your call with Luna$/);
    expect(await second.page.getByRole("button").first().innerText()).toMatch(/Go back to your call/);
    expect(await barriers(second)).toEqual([]);
    await second.page.getByRole("button", { name: "Write instead of speaking" }).click();
    await soon(async () => expect(await second.transcript()).toEqual(said));
    await first.page.getByText("The call goes on in another tab.").waitFor();
    await second.page.close();
    const third = await tab();
    await third.page.getByRole("button", { name: "Write instead of speaking" }).click();
    await soon(async () => expect(await third.transcript()).toEqual(said));
    await hangUp(third);
    await third.page.getByRole("link", { name: "Open the postcard" }).waitFor();
    await third.page.getByRole("button", { name: "Back to the invitation" }).click();
    await heading(third, /^This invitation is used up$/);
    for (const { faults } of [first, second, third]) expect(faults).toEqual([]);
  });

  test("a host who closes it ends the call politely, and the watching page says that it is over", async (context) => {
    const link = await linkWith(server, { watch: true });
    const [guest, watcher] = [await open(link.url), await open(link.watch_url ?? "")];
    guest.belongsTo(context);
    watcher.belongsTo(context);
    await writeTo(guest);
    await watcher.page.getByRole("log", { name: "Transcript" }).waitFor();
    await fetch(`${server.url}/api/links/${link.id}`, { method: "DELETE" });
    await guest.page.getByRole("region", { name: "After the call" }).waitFor();
    await soon(async () => expect((await guest.transcript()).at(-1)).toBe("Luna: I have to go, bye."));
    await guest.page.getByText("This link was closed during the call").waitFor();
    await watcher.page.getByRole("status").getByText("That call is over").waitFor();
    await reads(watcher, ".g-phone", /There will be no more calls here/);
    await guest.page.getByRole("button", { name: "Back to the invitation" }).click();
    await guest.page.getByRole("heading", { name: "This invitation was withdrawn" }).waitFor();
    expect(guest.faults).toEqual([]);
  });

  test("in German the page is German, and says that Luna is not", async (context) => {
    const { url } = await linkWith(server, { language: "de" });
    const guest = await open(url);
    guest.belongsTo(context);
    await heading(guest, /^Rufen Sie Luna an\.$/);
    expect(await guest.page.locator("html").getAttribute("lang")).toBe("de");
    await reads(guest, ".g-facts", /nur Englisch/);
    await guest.page.getByRole("button", { name: "Lieber schreiben als sprechen" }).click();
    await guest.page.getByRole("textbox", { name: "Nachricht an Luna" }).fill("I lost my card");
    await guest.page.keyboard.press("Enter");
    await callersTurn(guest, 1, 40_000);
    await guest.page.getByRole("button", { name: "Auflegen" }).click();
    await guest.page.getByRole("heading", { name: "Danke für Ihren Anruf" }).waitFor();
    expect(guest.faults).toEqual([]);
  });
});

describe.concurrent("a link that opens nothing", () => {
  test("each kind has a page of its own that says what to do next", async () => {
    const revoked = await linkWith(server);
    await fetch(`${server.url}/api/links/${revoked.id}`, { method: "DELETE" });
    const seen: [string, number, RegExp, RegExp][] = [
      [revoked.url, 410, /withdrawn/, /ask Robin Example for a new one/],
      [`${revoked.url.slice(0, -1)}_`, 404, /Nobody answers/, /copy it whole/],
      ["/c/short", 404, /Nobody answers/, /Open the link again/],
      ["/w/AAAAAAAAAAAAAAAAAAAAAA", 404, /Nobody answers/, /Open the link again/],
      ["/p/AAAAAAAAAAAAAAAAAAAAAA", 404, /not here/, /deleted/],
      ["/c/%3Cscript%3Ealert(1)%3C%2Fscript%3E", 404, /Nobody answers/, /./],
    ];
    for (const [path, status, says, next] of seen) {
      expect((await fetch(server.url + path)).status, path).toBe(status);
      const page = await open(path, CLOSED);
      await heading(page, says, path);
      await reads(page, ".g-lead", next, path);
      expect(await barriers(page), path).toEqual([]);
      expect(page.faults, path).toEqual([]);
      await page.close();
    }
  });

  test("markup in names and notes is text, on the page and in the preview", async (context) => {
    const host_name = "<img src=x onerror=alert(1)>";
    const { url } = await linkWith(server, { host_name, note: "</script><script>alert(2)</script>", label: "\"'><b>" });
    const guest = await open(url);
    guest.belongsTo(context);
    await soon(async () => {
      expect(await guest.page.locator("blockquote").innerText()).toBe("</script><script>alert(2)</script>");
      expect(await guest.page.locator(".g-lead").innerText()).toContain(host_name);
    });
    expect(await guest.page.locator("img, b").count()).toBe(0);
    expect(await guest.page.locator('meta[property="og:title"]').getAttribute("content")).toContain(host_name);
    expect(guest.faults).toEqual([]);
  });
});

/** Two show each size and each colour; the other two are the same style sheets crossed over. */
const SHAPES: [string, OpenOptions][] = [
  ["phone, dark", { ...PHONE, dark: true }],
  ["desktop, light", {}],
];
if (process.env.LUNA_LONG === "1") SHAPES.push(["phone, light", PHONE], ["desktop, dark", { dark: true }]);

describe.each(SHAPES)("on a %s", (_, options) => {
  test("invitation, call, watching, thanks and postcard keep nobody out", async (context) => {
    const link = await linkWith(server, { pin: "123456", watch: true, record: true, note: "Hello!" });
    const watcher = await open(link.watch_url ?? "", options);
    watcher.belongsTo(context);
    const guest = await open(link.url, options);
    guest.belongsTo(context);
    await guest.page.getByLabel("PIN").waitFor();
    await heading(watcher, /^Nobody is calling right now$/);
    const found: Record<string, string[]> = { invitation: await barriers(guest), waiting: await barriers(watcher) };
    const wide = () => guest.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    await soon(async () => expect(await wide(), "the door is as wide as the screen").toBeLessThanOrEqual(0));
    await guest.page.getByLabel("PIN").fill("123456");
    await writeTo(guest);
    await typeByKeys(guest, "I lost my card ending in 4829");
    await callersTurn(guest, 1, 40_000);
    found.call = await barriers(guest);
    await watcher.until("the words", async () => (await watcher.transcript()).length > 1);
    found.watching = await barriers(watcher);
    await hangUp(guest);
    found.thanks = await barriers(guest);
    await guest.page.getByRole("link", { name: "Open the postcard" }).click();
    await guest.page.getByRole("heading", { name: "What was said" }).waitFor();
    await guest.page.getByRole("button", { name: "Delete this call" }).click();
    found.postcard = await barriers(guest);
    expect(Object.entries(found).filter(([, faults]) => faults.length > 0)).toEqual([]);
    expect(await standingOf(guest).then(({ mode }) => mode)).toBe("scripted");
    expect(guest.faults).toEqual([]);
  });
});

describe("the guest's page", () => {
  test("is at most 45 KB of script, gzipped, before the call, loads nothing of the voice, and asks no other host", async () => {
    const { url } = await linkWith(server);
    const guest = await open(url);
    const scripts = [...new Set(guest.requests)].filter((one) => new URL(one).pathname.endsWith(".js"));
    const bodies = await Promise.all(scripts.map(async (one) => Buffer.from(await (await fetch(one)).arrayBuffer())));
    expect(bodies.length).toBeGreaterThanOrEqual(2);
    const bytes = bodies.reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
    expect(bytes).toBeLessThanOrEqual(45 * 1024);
    expect(guest.requests.filter((one) => one.includes("/voice/"))).toEqual([]);
    expect(guest.requests.filter((one) => !one.startsWith(server.url))).toEqual([]);
    await guest.close();
  });

  test("comes with the policy of all pages, and its picture for chat apps is there", async () => {
    const { url } = await linkWith(server);
    const response = await fetch(server.url + url);
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
    expect(policy).toMatch(/frame-ancestors 'none'/);
    expect(response.headers.get("referrer-policy")).toBe("no-referrer");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const html = await response.text();
    const picture = /<meta property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? "";
    expect(picture).toBe(`${server.url}/og.png`);
    const image = await fetch(picture);
    expect(image.headers.get("content-type")).toBe("image/png");
    expect((await image.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
  });
});
