/** The lab: a running session tuned and held against its echo, the event log, files to keep, and calls side by side. */
import { readFile } from "node:fs/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BrainByTools } from "../../src/engines/scripted/brains.ts";
import type { SessionStatus } from "../../src/legs/wire.ts";
import { barriers } from "../support/axe.ts";
import { callersTurn } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { typeByKeys } from "../support/keys.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, type OpenOptions, openLuna } from "../support/page.ts";
import { soon } from "../support/soon.ts";
import { startUpstream, type Upstream, type UpstreamSession } from "../support/upstream.ts";

vi.setConfig({ maxConcurrency: 2 });

let provider: Upstream;
let server: Luna;
let browser: Browser;

beforeAll(async () => {
  // Half a second of sound for every sentence: what is said is of no matter here, that something is heard is.
  const voice = async function* () {
    yield new Uint8Array(24_000);
  };
  provider = await startUpstream({ brain: () => new BrainByTools(), voice, seed: 7, burstMs: 20 });
  [server, browser] = await Promise.all([
    startLuna({ upstream: provider.url, vars: { ENGINE_GENERATION: "temperature" } }),
    launchChromium(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await provider?.stop();
});

interface LabCall {
  luna: LunaPage;
  session: UpstreamSession;
}

/** One call is dialled at a time, so that each knows its own session at the provider. */
let dialling: Promise<unknown> = Promise.resolve();

/** A call to the AI with the lab open beside it, after the greeting. */
function callWithLab(options: OpenOptions = {}): Promise<LabCall> {
  const call = dialling.then(() => dial(options));
  dialling = call.catch(() => undefined);
  return call;
}

async function dial(options: OpenOptions): Promise<LabCall> {
  const luna = await openLuna(browser, server.url, {
    viewport: { width: 1700, height: 900 },
    calm: true,
    storage: { "luna.key": provider.key },
    ...options,
  });
  await luna.page.getByRole("button", { name: /^Lab/ }).click();
  await luna.page.getByRole("tab", { name: "Connection" }).waitFor();
  const before = provider.sessions.length;
  await luna.page.getByRole("button", { name: "Call Luna" }).click();
  const session = await luna.until("a session at the provider", async () => provider.sessions[before], 60_000);
  await callersTurn(luna, 0, 60_000);
  return { luna, session };
}

const tab = (luna: LunaPage, name: string) => luna.page.getByRole("tab", { name }).click();

async function tuned(luna: LunaPage, act: () => Promise<void>): Promise<SessionStatus> {
  const before = (await luna.events("luna.session")).length;
  await act();
  return luna.until("what came of the change", async () => (await luna.events("luna.session"))[before], 30_000);
}

const applyNow = (luna: LunaPage) => luna.page.getByRole("button", { name: "Apply now" }).click();

/** The text of the file that a click saves. */
async function saved(luna: LunaPage, click: () => Promise<void>): Promise<{ name: string; text: string }> {
  const coming = luna.page.waitForEvent("download");
  await click();
  const file = await coming;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), "utf8") };
}

describe.concurrent("a running session", () => {
  test("is tuned: what the engine takes holds and is shown, what it refuses is dropped whole", async ({ expect }) => {
    const { luna, session } = await callWithLab();
    const { page } = luna;
    await tuned(luna, () => tab(luna, "Tune"));
    const instructions = page.getByRole("textbox", { name: "Instructions" });
    await soon(async () => expect(await instructions.inputValue()).toMatch(/Luna/));

    await instructions.fill("You are Luna. Answer in one short sentence.");
    await page.getByRole("slider", { name: "Speed" }).fill("1.2");
    await page.getByRole("slider", { name: "Silence that ends a turn" }).fill("800");
    const taken = await tuned(luna, () => applyNow(luna));
    expect(taken).toMatchObject({
      ok: true,
      differences: [],
      effective: { speed: 1.2, vad: { type: "server_vad", silence_duration_ms: 800 } },
    });
    const update = session.of("session.update").at(-1)?.session;
    expect(update).toEqual({
      type: "realtime",
      instructions: "You are Luna. Answer in one short sentence.",
      audio: {
        input: {
          turn_detection: {
            type: "server_vad",
            threshold: 0.5,
            prefix_padding_ms: 300,
            silence_duration_ms: 800,
            create_response: true,
            interrupt_response: true,
          },
        },
        output: { speed: 1.2 },
      },
    });
    const status = page.getByRole("tabpanel").getByRole("status");
    await expect.poll(() => status.innerText()).toMatch(/holds now[\s\S]*Instructions[\s\S]*Speed/);

    // The provider says it has temperature, and refuses it all the same: nothing of the update may hold.
    await instructions.fill("You are a pirate.");
    await page.getByRole("spinbutton", { name: "Temperature" }).fill("0.7");
    const refused = await tuned(luna, () => applyNow(luna));
    expect(refused).toMatchObject({
      ok: false,
      effective: { instructions: "You are Luna. Answer in one short sentence.", speed: 1.2 },
    });
    await expect.poll(() => status.innerText()).toMatch(/refused/);
    await page.getByRole("spinbutton", { name: "Temperature" }).fill("");

    // The voice is locked: refused here, and the provider hears nothing of it.
    const sent = session.of("session.update").length;
    await page.getByRole("combobox", { name: "Voice" }).selectOption("cedar");
    expect(await tuned(luna, () => applyNow(luna))).toMatchObject({
      ok: false,
      differences: ["instructions", "voice"],
    });
    expect(session.of("session.update").length).toBe(sent);

    expect(await barriers(luna)).toEqual([]);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });

  test("is tuned for the engine that comes after it, too", async ({ expect }) => {
    const { luna, session } = await callWithLab();
    const { page } = luna;
    await tuned(luna, () => tab(luna, "Tune"));
    await page.getByRole("textbox", { name: "Instructions" }).fill("Answer in rhymes.");
    expect(await tuned(luna, () => applyNow(luna))).toMatchObject({ ok: true });
    const before = provider.sessions.length;
    session.kill();
    const next = await luna.until("another session", async () =>
      provider.sessions.slice(before).find((one) => one.of("session.update").length > 0),
    );
    expect(next.of("session.update")[0]?.session).toMatchObject({ instructions: "Answer in rhymes." });
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});

describe.concurrent("the event log", () => {
  test("shows both directions, sound by its length, and never a key or a sample", async ({ expect }) => {
    const { luna, session } = await callWithLab();
    const { page } = luna;
    await tab(luna, "Events");
    await typeByKeys(luna, "What is my checking balance?");
    await callersTurn(luna, 1, 30_000);
    const log = page.getByRole("log", { name: "Events" });
    await expect.poll(() => log.innerText()).toMatch(/response\.create[\s\S]*response\.done/);
    const types = new Set((await luna.events("luna.trace")).map(({ dir, event }) => `${dir} ${event.type}`));
    for (const type of [
      "up conversation.item.create",
      "up response.create",
      "up input_audio_buffer.append",
      "down session.updated",
      "down response.output_audio.delta",
      "down response.output_audio_transcript.delta",
      "down response.done",
    ]) {
      expect([...types]).toContain(type);
    }
    const sounds = (await luna.events("luna.trace")).filter(
      ({ event }) => event.type === "response.output_audio.delta",
    );
    expect(sounds.every(({ event }) => typeof event.audio_ms === "number" && !("delta" in event))).toBe(true);
    const traced = luna.frames.filter((frame) => frame.includes("luna.trace")).join("\n");
    expect(traced).not.toContain(provider.key);
    expect(traced).not.toMatch(/"(audio|delta)":"[A-Za-z0-9+/]{200,}/);

    await page.getByRole("combobox", { name: "Direction" }).selectOption("up");
    await expect.poll(() => log.innerText()).not.toMatch(/response\.done/);
    await page.getByRole("searchbox", { name: "Search the events" }).fill("checking balance");
    await expect.poll(() => log.locator(".event-row").count()).toBe(1);
    await log.locator(".event-row").click();
    await soon(async () =>
      expect(await log.locator("pre").innerText()).toMatch(/"text": "What is my checking balance\?"/),
    );
    expect(await barriers(luna)).toEqual([]);

    const sentBefore = session.of("response.create").length;
    await page.getByRole("checkbox", { name: "Log" }).uncheck();
    const traces = async () => (await luna.events("luna.trace")).length;
    // The microphone alone makes twenty-five a second: no more of them come once the call has heard of it.
    const quiet = await luna.until("no more traces", async () => {
      const before = await traces();
      await luna.page.waitForTimeout(500);
      return (await traces()) === before && before;
    });
    await typeByKeys(luna, "And my savings?");
    await luna.until("an answer asked for", async () => session.of("response.create").length > sentBefore);
    await callersTurn(luna, 2, 30_000);
    expect(await traces()).toBe(quiet);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });

  test("and the words are saved as files, in the call and after it, and the call stands among the last ones", async ({
    expect,
  }) => {
    const { luna } = await callWithLab();
    const { page } = luna;
    await typeByKeys(luna, "What is my checking balance?");
    await callersTurn(luna, 1, 30_000);
    await tab(luna, "Export");
    const click = (name: string, at = 0) => page.getByRole("tabpanel").getByRole("button", { name }).nth(at).click();
    const text = await saved(luna, () => click("Text"));
    expect(text.name).toMatch(/^luna-freeform-[0-9A-Z]{26}-transcript\.txt$/);
    expect(text.text).toMatch(/\[\d:\d\d\] You: What is my checking balance\?/);
    const captions = await saved(luna, () => click("Captions (WebVTT)"));
    expect(captions.name).toMatch(/\.vtt$/);
    expect(captions.text).toMatch(
      /^WEBVTT\n\n[\s\S]*\d\d:\d\d:\d\d\.\d{3} --> \d\d:\d\d:\d\d\.\d{3}\n<v You>What is my/,
    );
    const events = JSON.parse((await saved(luna, () => click("JSON", 1))).text) as { events: { dir: string }[] };
    expect(new Set(events.events.map((event) => event.dir))).toEqual(new Set(["to_engine", "from_engine"]));
    await tab(luna, "Events");
    await page.getByRole("searchbox", { name: "Search the events" }).fill("session.updated");
    const some = JSON.parse((await saved(luna, () => click("Save"))).text) as { events: { event: { type: string } }[] };
    expect(new Set(some.events.map(({ event }) => event.type))).toEqual(new Set(["session.updated"]));
    await page.getByRole("searchbox", { name: "Search the events" }).fill("");
    await tab(luna, "Export");
    const all = await saved(luna, () => click("JSON", 2));
    expect(JSON.parse(all.text)).toMatchObject({ run: { method: "relay", mode: "ai" }, events: expect.any(Array) });
    expect(all.text).not.toContain(provider.key);
    expect(await barriers(luna)).toEqual([]);

    await page.keyboard.press("Control+e");
    await page.getByRole("region", { name: "After the call" }).waitFor();
    const after = await saved(luna, () => page.getByRole("button", { name: "Captions", exact: true }).click());
    expect(after.text).toMatch(/^WEBVTT/);
    await tab(luna, "Connection");
    const row = page.getByRole("table").getByRole("row").nth(1);
    await expect.poll(() => row.innerText()).toMatch(/Relay[\s\S]*AI[\s\S]*\d+ (ms|s)/);
    expect(await barriers(luna)).toEqual([]);
    await page.reload();
    await page.getByRole("button", { name: /^Lab/ }).click();
    await expect.poll(() => page.getByRole("table").getByRole("row").count()).toBe(2);
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByRole("table").waitFor({ state: "detached" });
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});

describe("a page that never opens the lab", () => {
  test("fetches nothing of it, and is told no event of the engine's", async () => {
    const luna = await openLuna(browser, server.url, { calm: true, storage: { "luna.key": provider.key } });
    await luna.page.getByRole("button", { name: "Call Luna" }).click();
    await callersTurn(luna, 0, 60_000);
    expect(luna.requests.filter((url) => /\/build\/lab/.test(url))).toEqual([]);
    expect(await luna.events("luna.trace")).toEqual([]);
    await luna.close();
  });

  test("cannot be made to log without a call, or to take a change that does not fit", async () => {
    const luna = await openLuna(browser, server.url, { calm: true, dark: true, viewport: { width: 390, height: 844 } });
    await luna.page.keyboard.press("l");
    await luna.page.getByRole("tab", { name: "Tune" }).click();
    await luna.page.getByText(/While a call is on/).waitFor();
    await luna.page.keyboard.press("ArrowRight");
    await luna.page.getByRole("log", { name: "Events" }).waitFor();
    expect(await barriers(luna)).toEqual([]);
    await luna.page.keyboard.press("ArrowLeft");
    await luna.page.keyboard.press("ArrowLeft");
    await luna.page.getByRole("radio", { name: /Relay/ }).waitFor();
    await soon(async () =>
      expect(await luna.page.getByRole("radio", { name: /WebRTC, direct/ }).isDisabled()).toBe(true),
    );
    expect(await barriers(luna)).toEqual([]);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});
