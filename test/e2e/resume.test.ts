/**
 * The page's side of a line that is lost: a reload, a network that goes away, a second tab, the hold button. It is the same
 * call afterwards, with all its words, each of them once.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BrainByTools } from "../../src/engines/scripted/brains.ts";
import { callIdOf, recordOf } from "../support/bank.ts";
import { callersTurn, standingOf } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { callByKeys, typeByKeys } from "../support/keys.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, type OpenOptions, openLuna, openTab } from "../support/page.ts";
import { soon } from "../support/soon.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";

/** Mostly they wait, for a network that is gone; two at a time, because one measures how soon it is back. */
vi.setConfig({ maxConcurrency: 2 });

let provider: Upstream;
let server: Luna;
let browser: Browser;

/** Half a second of a hum for each sentence, so that Luna is done soon. */
const hum = () => [new Uint8Array(12_000).fill(1), new Uint8Array(12_000).fill(2)];

beforeAll(async () => {
  provider = await startUpstream({ brain: () => new BrainByTools(), voice: hum, seed: 3 });
  [server, browser] = await Promise.all([startLuna({ upstream: provider.url }), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await provider?.stop();
});
/** Who answers: the scripted Luna in the page's own voice or in writing, or the AI. */
const ENGINES = [
  { engine: "the scripted Luna", mode: "scripted" },
  { engine: "the AI", mode: "ai" },
] as const;
type Mode = (typeof ENGINES)[number]["mode"];

const storageOf = (mode: Mode): Record<string, string> => (mode === "ai" ? { "luna.key": provider.key } : {});

async function calling(mode: Mode, options: OpenOptions = {}): Promise<LunaPage> {
  const luna = await openLuna(browser, server.url, { calm: true, storage: storageOf(mode), ...options });
  await callByKeys(luna, /transfer|move money/i);
  await callersTurn(luna, 0, 30_000);
  expect((await standingOf(luna)).mode).toBe(mode);
  return luna;
}

/** Types one thing and waits for the answer. */
async function says(luna: LunaPage, words: string): Promise<string> {
  const { turns } = await standingOf(luna);
  await typeByKeys(luna, words);
  return callersTurn(luna, turns.filter((turn) => turn.who === "caller").length + 1, 30_000);
}

const lineWord = (luna: LunaPage) => luna.page.locator(".line").innerText();
const shows = (luna: LunaPage, transcript: string[]) =>
  soon(async () => expect(await luna.transcript()).toEqual(transcript));

/** The connection is there, and the page has been told everything. */
async function isBack(luna: LunaPage, resumes: number): Promise<void> {
  await luna.until("a new token", async () => (await luna.events("luna.resume")).length > resumes, 70_000);
  await luna.until("the line's word", async () => !/reconnect|connecting/i.test(await lineWord(luna)));
}

/** Hangs up, and holds what is on screen against the record. */
async function endsWhole(luna: LunaPage, callId: string, said: string[]): Promise<void> {
  await luna.page.keyboard.press("Control+e");
  await luna.until("the end", async () => (await standingOf(luna)).ended);
  const record = await recordOf(luna, callId);
  expect(record.turns.filter((turn) => turn.who === "caller").map((turn) => turn.text)).toEqual(said);
  await soon(async () => {
    const shown = (await luna.transcript()).filter((line) => !line.startsWith("tool:"));
    expect(shown).toHaveLength(record.turns.length);
    for (const [at, turn] of record.turns.entries()) {
      if (turn.state === "final") expect(shown[at]).toContain(turn.text);
    }
  });
  const texts = record.turns.filter((turn) => turn.who === "luna" && turn.state === "final").map((turn) => turn.text);
  expect(texts.filter((text, at) => text === texts[at - 1])).toEqual([]);
}

describe.concurrent.each(ENGINES)("with $engine on the line", ({ mode }) => {
  test("a reload in mid-call comes back into the same call, with every word, and goes on", async () => {
    const luna = await calling(mode);
    const callId = await callIdOf(luna);
    expect(await says(luna, "Please move forty dollars from checking to savings.")).toMatch(/last four/i);
    const before = await luna.transcript();
    const resumes = (await luna.events("luna.resume")).length;
    await luna.reload();
    await isBack(luna, resumes);
    await shows(luna, before);
    expect(await callIdOf(luna)).toBe(callId);
    expect(new Set((await luna.events("luna.call")).map((call) => call.call_id)).size).toBe(1);
    // Nothing is said twice, on screen or aloud: Luna waits where she was.
    await luna.page.waitForTimeout(1_500);
    expect(await luna.transcript()).toEqual(before);
    expect((await luna.sound()).filter((note) => note.rms > 0.003)).toEqual([]);

    expect(await says(luna, "4829")).toMatch(/40/);
    // In the middle of the confirmation, too.
    await luna.page.getByRole("button", { name: "Confirm", exact: true }).waitFor();
    await luna.reload();
    await isBack(luna, resumes + 1);
    await luna.page.getByRole("button", { name: "Confirm", exact: true }).waitFor();
    expect(await says(luna, "Yes.")).toMatch(/moved|done/i);
    const moved = (await standingOf(luna)).tools.filter(
      (tool) => tool.name === "transfer_funds" && tool.state === "done",
    );
    expect(moved).toHaveLength(1);
    await endsWhole(luna, callId, ["Please move forty dollars from checking to savings.", "4829", "Yes."]);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });

  test("ten seconds without a network: what was typed meanwhile arrives once, and nothing is doubled", async () => {
    const luna = await calling(mode, { expected: [/ERR_INTERNET_DISCONNECTED/] });
    const callId = await callIdOf(luna);
    await says(luna, "Please move forty dollars from checking to savings.");
    const before = await luna.transcript();
    const resumes = (await luna.events("luna.resume")).length;
    await luna.context.setOffline(true);
    await luna.until("the word for it", async () => /reconnecting/i.test(await lineWord(luna)));
    // A drawing that is first needed now is there without a network.
    const drawing = luna.page.locator(".line use");
    expect(await drawing.evaluate((use: SVGUseElement) => use.getBBox().width)).toBeGreaterThan(0);
    await typeByKeys(luna, "4829");
    await luna.page.waitForTimeout(10_000);
    expect(await lineWord(luna)).toMatch(/reconnecting/i);
    expect((await luna.events("luna.resume")).length).toBe(resumes);
    expect(await luna.transcript()).toEqual([...before, "You: 4829"]);

    await luna.context.setOffline(false);
    const back = await luna.now();
    await isBack(luna, resumes);
    expect((await luna.now()) - back).toBeLessThan(6_000);
    expect(await callersTurn(luna, 2, 30_000)).toMatch(/40/);
    expect(await callIdOf(luna)).toBe(callId);
    await endsWhole(luna, callId, ["Please move forty dollars from checking to savings.", "4829"]);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});

test.concurrent("a microphone that is muted while it rings is muted when Luna answers", async () => {
  const luna = await openLuna(browser, server.url, { calm: true, storage: storageOf("ai") });
  const answered = Promise.withResolvers<void>();
  await luna.page.route("**/api/calls", async (route) => {
    await answered.promise;
    await route.continue();
  });
  await luna.page
    .getByRole("button", { name: /transfer|move money/i })
    .first()
    .click();
  await luna.page.getByRole("button", { name: "Mute microphone" }).click();
  answered.resolve();
  await callersTurn(luna, 0, 30_000);
  expect(await luna.up()).toContainEqual(
    expect.objectContaining({ message: expect.objectContaining({ type: "luna.mute", microphone: true }) }),
  );
  await luna.page.waitForTimeout(500);
  expect((await luna.framesUp()).length).toBeLessThanOrEqual(1);
  await luna.close();
});

describe.concurrent("two tabs", () => {
  test("the newer one has the call, and the older one is told so and leaves it alone", async () => {
    const luna = await calling("scripted");
    const callId = await callIdOf(luna);
    await says(luna, "Please move forty dollars from checking to savings.");
    const before = await luna.transcript();
    // A duplicated tab gets a copy of this.
    const tabStorage = await luna.page.evaluate(() => ({ ...sessionStorage }));
    const newer = await openTab(luna.context, server.url, { calm: true, tabStorage });
    await newer.until("the call", async () => (await newer.events("luna.call"))[0]?.call_id === callId);
    await luna.page.getByText(/went on in another tab/i).waitFor();
    await soon(async () => expect(await lineWord(luna)).toMatch(/another tab/i));
    await shows(newer, before);

    // The older one does not take it back, not even by a reload.
    await luna.reload();
    await luna.page.getByRole("button", { name: /call luna/i }).waitFor();
    expect(await says(newer, "4829")).toMatch(/40/);
    await endsWhole(newer, callId, ["Please move forty dollars from checking to savings.", "4829"]);
    expect([...luna.faults, ...newer.faults]).toEqual([]);
    await luna.close();
  });
});

describe.concurrent("the hold button", () => {
  test("closes the AI's line, hears nobody, and opens it again in the same conversation", async () => {
    const key = `${provider.key}-of-who-holds`;
    const luna = await openLuna(browser, server.url, { calm: true, storage: { "luna.key": key } });
    await luna.page
      .getByRole("button", { name: /transfer|move money/i })
      .first()
      .click();
    await callersTurn(luna, 0, 30_000);
    const callId = await callIdOf(luna);
    await says(luna, "Please move forty dollars from checking to savings.");
    const [session] = provider.sessionsOf(key);
    await luna.until("sound of the microphone at the provider", async () => (session?.audioFrames ?? 0) > 25);

    await luna.page.getByRole("button", { name: "Put the call on hold" }).click();
    await luna.until("the word for it", async () => /on hold/i.test(await lineWord(luna)));
    const off = luna.page.getByRole("button", { name: "Take the call off hold" });
    await soon(async () => expect(await off.getAttribute("aria-pressed")).toBe("true"));
    await luna.until("the provider's line closed", async () => session?.closed !== -1);
    const frames = (await luna.framesUp()).length;
    await luna.page.waitForTimeout(2_000);
    expect((await luna.framesUp()).length - frames).toBeLessThanOrEqual(1);
    expect(provider.sessionsOf(key)).toHaveLength(1);

    await luna.page.locator("body").press("h");
    await luna.until("another session", async () => provider.sessionsOf(key)[1]);
    await luna.until("the line's word", async () => /listening/i.test(await lineWord(luna)));
    expect(await says(luna, "4829")).toMatch(/40/);
    await endsWhole(luna, callId, ["Please move forty dollars from checking to savings.", "4829"]);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });

  test("silences the scripted Luna, who goes on when she is typed to", async () => {
    const luna = await calling("scripted");
    await luna.page.getByRole("button", { name: "Put the call on hold" }).click();
    await luna.until("the word for it", async () => /on hold/i.test(await lineWord(luna)));
    expect(await says(luna, "Please move forty dollars from checking to savings.")).toMatch(/last four/i);
    await luna.page.getByRole("button", { name: "Put the call on hold" }).waitFor();
    await soon(async () => expect(await lineWord(luna)).not.toMatch(/on hold/i));
    await luna.page.keyboard.press("Control+e");
    await luna.until("the end", async () => (await standingOf(luna)).ended);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});
