/**
 * A spoken AI call that costs nothing while nobody speaks: it rests, and the first syllable brings it back. And the sound of
 * such a call as it is kept: both voices where they were heard, played in the page, and deleted with it.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WAV_HEADER_BYTES } from "../../src/audio/wav.ts";
import { BrainByTools } from "../../src/engines/scripted/brains.ts";
import type { Voice } from "../../src/engines/scripted/response.ts";
import { speakable } from "../../src/words/speakable.ts";
import { callIdOf, recordOf } from "../support/bank.ts";
import { callersTurn, standingOf } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { LoudEars } from "../support/ears.ts";
import { typeByKeys } from "../support/keys.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, openLuna } from "../support/page.ts";
import { speak } from "../support/speech.ts";
import { type SpeakerOptions, sayable, understand } from "../support/spoken.ts";
import { startUpstream, type Upstream, type UpstreamSession } from "../support/upstream.ts";

const SLEEP_AFTER_SECONDS = 3;
const CALLER: SpeakerOptions = { voice: "rms" };
const PATIENCE_MS = 45_000;
/** 100 ms of 24 kHz PCM16. */
const CHUNK = 4_800;

let provider: Upstream;
let server: Luna;
let browser: Browser;

const voice: Voice = async function* (text) {
  const pcm = await speak(speakable(text), "slt", 24_000);
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
};

/** The sound of each turn of the caller's as it came to the provider, 24 kHz. */
const turnsHeard: Int16Array[] = [];

beforeAll(async () => {
  provider = await startUpstream({
    brain: () => new BrainByTools(),
    ears: () =>
      new LoudEars((pcm, rate) => {
        turnsHeard.push(pcm);
        return understand(pcm, rate);
      }),
    voice,
    seed: 9,
    burstMs: 40,
  });
  const vars = { SLEEP_AFTER_SECONDS: String(SLEEP_AFTER_SECONDS) };
  [server, browser] = await Promise.all([startLuna({ upstream: provider.url, vars }), launchChromium()]);
  await understand(await speak("warm up", "rms"), 24_000);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await provider?.stop();
});

async function calling(): Promise<LunaPage> {
  const luna = await openLuna(browser, server.url, { calm: true, storage: { "luna.key": provider.key } });
  await luna.page
    .getByRole("complementary", { name: "Reasons to call" })
    .getByRole("button", { name: /transfer|move money/i })
    .click();
  await callersTurn(luna, 0, PATIENCE_MS);
  expect(await standingOf(luna)).toMatchObject({ mode: "ai" });
  return luna;
}

const callersWords = async (luna: LunaPage): Promise<string[]> =>
  (await standingOf(luna)).turns.filter((turn) => turn.who === "caller").map((turn) => turn.text);

/** Says it once, and gives when the voice began, by the page's clock. */
async function speaks(luna: LunaPage, words: string): Promise<number> {
  const { wav, onsetMs } = await sayable(words, CALLER);
  return (await luna.say(wav)) + onsetMs;
}

/** The call rests: the page says so and what to do, sends no sound, and the provider's line is closed. */
async function rests(luna: LunaPage, session: UpstreamSession | undefined): Promise<void> {
  await luna.page.getByText("Resting").waitFor({ timeout: 15_000 });
  await luna.page.getByText("Speak or type and Luna is there").waitFor();
  await luna.until("the provider's line closed", async () => (session?.closed ?? -1) !== -1, 3_000);
  const frames = (await luna.framesUp()).length;
  await luna.page.waitForTimeout(1_500);
  expect((await luna.framesUp()).length - frames).toBeLessThanOrEqual(1);
}

const RATE = 24_000;

/** 10 ms each. */
function loudness(side: Int16Array): number[] {
  const step = RATE / 100;
  return Array.from({ length: Math.floor(side.length / step) }, (_, i) => {
    let sum = 0;
    for (const sample of side.subarray(i * step, (i + 1) * step)) sum += (sample / 32_768) ** 2;
    return Math.sqrt(sum / step);
  });
}

const VOICE = 0.02;

/** From the first sound of a voice to its last, ms. */
function voiced(levels: number[]): number {
  return levels.findLastIndex((level) => level > VOICE) * 10 - onset(levels);
}

/** When a voice is first heard at or after `from`, ms; NaN when never. */
function onset(levels: number[], from = 0): number {
  const at = levels.findIndex((level, i) => i * 10 >= from && level > VOICE);
  return at < 0 ? Number.NaN : at * 10;
}

describe("a call in which nobody speaks", () => {
  test("rests while its page is loaded anew, and hears the caller all the same", async () => {
    const luna = await calling();
    await speaks(luna, "Please move forty dollars from checking to savings.");
    expect(await callersTurn(luna, 1, PATIENCE_MS)).toMatch(/last four/i);
    await rests(luna, provider.sessions.at(-1));
    const sessions = provider.sessions.length;
    await luna.reload();
    await luna.page.getByText("Speak or type and Luna is there").waitFor({ timeout: 15_000 });
    // The microphone opens by itself.
    await luna.page.waitForTimeout(1_500);
    await speaks(luna, "The digits are four, eight, two, nine.");
    await luna.until("a second session", async () => provider.sessions[sessions], 10_000);
    expect(await callersTurn(luna, 2, PATIENCE_MS)).not.toBe("");
    expect(await callersWords(luna)).toHaveLength(2);
    await luna.close();
  });

  test("rests, hears the first syllable, and answers it in the same conversation", async () => {
    const luna = await calling();
    await speaks(luna, "Please move forty dollars from checking to savings.");
    expect(await callersTurn(luna, 1, PATIENCE_MS)).toMatch(/last four/i);
    const sessions = provider.sessions.length;
    await rests(luna, provider.sessions.at(-1));
    expect(provider.sessions.length, await luna.story()).toBe(sessions);

    const words = "The digits are four, eight, two, nine.";
    const began = await speaks(luna, words);
    const second = await luna.until("a second session", async () => provider.sessions[sessions], 5_000);
    let answer = await callersTurn(luna, 2, PATIENCE_MS);
    const [, ...woken] = await callersWords(luna);
    // As one turn, from the first syllable to the last: nothing was cut off it, and nothing came twice.
    expect(woken, await luna.story()).toEqual([expect.stringMatching(/\bdigits are\b.*\b(9|nine|\d*29)\W*$/i)]);
    const arrived = voiced(loudness(turnsHeard.at(-1) ?? new Int16Array(0)));
    expect(Math.abs(arrived - voiced(loudness(await speak(words, CALLER.voice, RATE))))).toBeLessThanOrEqual(60);
    // Digits misheard are asked for again, as in any call.
    for (let turn = 3; !/40/.test(answer) && turn < 6; turn++) {
      await speaks(luna, words);
      answer = await callersTurn(luna, turn, PATIENCE_MS);
    }
    expect(answer, await luna.story()).toMatch(/40/);
    // The half second before the first syllable went with it.
    const wake = (await luna.up()).find(({ message }) => message.type === "luna.wake");
    expect(wake?.t).toBeGreaterThan(began);
    expect((wake?.t ?? Number.NaN) - began).toBeLessThan(600);
    expect(second.audioBytes / 48).toBeGreaterThan(500);
    const retold = second.of("conversation.item.create").filter(({ item }) => item.type === "message");
    expect(JSON.stringify(retold)).toMatch(/forty|40/i);

    // Typed words wake it too, and the yes that was asked for before the sleep counts after it.
    const asleepAgain = provider.sessions.length;
    await rests(luna, provider.sessions.at(-1));
    const turns = (await callersWords(luna)).length;
    await typeByKeys(luna, "Yes.");
    expect(await callersTurn(luna, turns + 1, PATIENCE_MS)).toMatch(/moved/i);
    expect(provider.sessions).toHaveLength(asleepAgain + 1);
    const moved = (await standingOf(luna)).tools.filter(
      (tool) => tool.name === "transfer_funds" && tool.state === "done",
    );
    expect(moved).toHaveLength(1);
    expect((await luna.events("luna.notice")).filter((notice) => notice.tone !== "info")).toEqual([]);
    await luna.page.keyboard.press("Control+e");
    expect(await recordOf(luna, await callIdOf(luna))).toMatchObject({ mode: "ai", fell_back: false, verified: true });
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});

/** Loudness of both sides of a 24 kHz stereo WAV: the caller's left, Luna's right. */
function sides(wav: Uint8Array): { left: number[]; right: number[] } {
  const view = new DataView(wav.buffer, wav.byteOffset, wav.byteLength);
  expect({
    channels: view.getUint16(22, true),
    rate: view.getUint32(24, true),
    bits: view.getUint16(34, true),
  }).toEqual({ channels: 2, rate: RATE, bits: 16 });
  expect(view.getUint32(40, true)).toBe(wav.byteLength - WAV_HEADER_BYTES);
  const frames = (wav.byteLength - WAV_HEADER_BYTES) >> 2;
  const left = new Int16Array(frames);
  const right = new Int16Array(frames);
  for (let i = 0; i < frames; i++) {
    left[i] = view.getInt16(WAV_HEADER_BYTES + 4 * i, true);
    right[i] = view.getInt16(WAV_HEADER_BYTES + 4 * i + 2, true);
  }
  return { left: loudness(left), right: loudness(right) };
}

/** Two clocks of one computer with buffers between: the microphone's on the way up, the loudspeaker's on the way down. */
const IN_STEP_MS = 150;

describe("a recorded call", () => {
  test("keeps both voices where they were heard, plays in the page, and is deleted with all that is kept", async () => {
    const luna = await calling();
    await luna.page.getByText("This call is recorded").waitFor();
    const callId = await callIdOf(luna);
    const firstWords = await speaks(luna, "Please move forty dollars from checking to savings.");
    await callersTurn(luna, 1, PATIENCE_MS);
    // Through a sleep, in which nothing is sent at all.
    await luna.page.getByText("Resting").waitFor({ timeout: 15_000 });
    const secondWords = await speaks(luna, "The digits are four, eight, two, nine.");
    await callersTurn(luna, 2, PATIENCE_MS);
    const heard = await luna.sound();
    await luna.page.getByRole("button", { name: "End call" }).click();
    expect(await recordOf(luna, callId)).toMatchObject({ mode: "ai", reason: "caller_ended" });

    const address = `${server.url}/api/calls/${callId}/recording`;
    const whole = await luna.until("the recording", async () => {
      const response = await luna.context.request.get(address);
      return response.status() === 200 && response;
    });
    expect(whole.headers()["content-type"]).toBe("audio/wav");
    const body = new Uint8Array(await whole.body());
    const part = await luna.context.request.get(address, { headers: { range: "bytes=44-1043" } });
    expect(part.status()).toBe(206);
    expect(part.headers()["content-range"]).toBe(`bytes 44-1043/${body.length}`);
    expect(Buffer.from(await part.body()).equals(Buffer.from(body.subarray(44, 1_044)))).toBe(true);
    const foreign = await browser.newContext();
    expect((await foreign.request.get(address)).status()).toBe(404);
    await foreign.close();

    const { left, right } = sides(body);
    // Luna's greeting is the first sound on both clocks.
    const greeting = onset(right);
    const zero = (heard.find((note) => note.rms > VOICE)?.t ?? Number.NaN) - greeting;
    const kept = [onset(left), onset(left, secondWords - zero - 1_000)];
    for (const [at, words] of [firstWords, secondWords].entries()) {
      expect(Math.abs((kept[at] ?? Number.NaN) - (words - zero)), `words ${at}`).toBeLessThan(IN_STEP_MS);
    }
    // Each side holds its own voice only.
    const loudIn = (side: number[], from: number, to: number) =>
      side.slice(Math.floor(from / 10), Math.floor(to / 10)).filter((level) => level > VOICE).length * 10;
    expect(loudIn(left, 0, (kept[0] ?? 0) - 50)).toBe(0);
    for (const from of kept) {
      expect(loudIn(left, from, from + 1_500)).toBeGreaterThan(600);
      expect(loudIn(right, from, from + 1_500)).toBe(0);
    }
    const lunaKept = loudIn(right, 0, right.length * 10);
    const lunaHeard = heard.filter((note) => note.rms > VOICE).length * 10;
    expect(lunaKept / lunaHeard).toBeGreaterThan(0.85);
    expect(lunaKept / lunaHeard).toBeLessThan(1.15);

    const player = luna.page.locator("audio[controls]");
    await player.evaluate(async (audio: HTMLAudioElement) => audio.play());
    await luna.until(
      "the player moves",
      async () => (await player.evaluate((audio: HTMLAudioElement) => audio.currentTime)) > 0.7,
      10_000,
    );
    const seconds = await player.evaluate((audio: HTMLAudioElement) => audio.duration);
    expect(seconds).toBeCloseTo(left.length / 100, 0);
    await player.evaluate((audio: HTMLAudioElement, to: number) => {
      audio.currentTime = to;
    }, seconds - 3);
    await luna.until(
      "the player moves on from there",
      async () => (await player.evaluate((audio: HTMLAudioElement) => audio.currentTime)) > seconds - 2.5,
      10_000,
    );

    await luna.page.getByRole("button", { name: "Delete this call" }).click();
    await luna.page.getByRole("button", { name: "Yes, delete" }).click();
    await luna.page.getByText(/the call is deleted/i).waitFor();
    expect((await luna.context.request.get(address)).status()).toBe(404);
    expect((await luna.context.request.get(`${server.url}/api/calls/${callId}`)).status()).toBe(404);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });

  test("is not kept when the caller says so before the first word", async () => {
    const luna = await openLuna(browser, server.url, {
      calm: true,
      storage: { "luna.key": provider.key, "luna.settings": JSON.stringify({ record: false }) },
    });
    await luna.page.getByRole("button", { name: /call luna/i }).click();
    await callersTurn(luna, 0, PATIENCE_MS);
    await luna.page.getByText("Not recorded").waitFor();
    const callId = await callIdOf(luna);
    await luna.page.getByRole("button", { name: "End call" }).click();
    await recordOf(luna, callId);
    expect((await luna.context.request.get(`${server.url}/api/calls/${callId}/recording`)).status()).toBe(404);
    await luna.page.getByRole("button", { name: "Delete this call" }).waitFor();
    expect(await luna.page.locator("audio[controls]").count()).toBe(0);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});
