/** The caller talks over Luna: she is heard to stop at once, and the transcript ends where the ear did. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callIdOf, recordOf } from "../support/bank.ts";
import { callersTurn, standingOf } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { typeByKeys } from "../support/keys.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, openLuna } from "../support/page.ts";
import { soon } from "../support/soon.ts";
import type { TestVoice } from "../support/speech.ts";
import { ears, sayable, wordsIn } from "../support/spoken.ts";

/** From the detected start of speech to silence at the page's output, ms. */
const STOPS_WITHIN_MS = 60;
/** From the first sound of the voice to its detection, ms. */
const DETECTED_WITHIN_MS = 150;
/** Louder than this is Luna, quieter is the tail of a fade. */
const AUDIBLE = 0.008;

let server: Luna;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

interface Interruption {
  detectionMs: number;
  stopMs: number;
}

/** Makes Luna talk at length, talks over her, and measures on the page's own clock. */
async function interrupt(luna: LunaPage, voice: TestVoice, words: string): Promise<Interruption> {
  const { wav, onsetMs } = await sayable(words, { voice });
  const turns = (await standingOf(luna)).turns.length;
  await typeByKeys(luna, "What can you do?");
  await luna.until("Luna's long answer", async () => {
    const now = await standingOf(luna);
    return now.line === "speaking" && now.turns.length >= turns + 2;
  });
  const loudSince = await luna.now();
  await luna.until("Luna in full voice", async () => {
    const loud = (await luna.sound()).filter((note) => note.t > loudSince && note.rms > 0.03);
    return loud.length > 60;
  });
  const speechBefore = (await luna.up()).filter(({ message }) => message.type === "luna.speech").length;
  const began = (await luna.say(wav)) + onsetMs;
  const detected = await luna.until("the caller detected", async () => {
    return (await luna.up()).filter(({ message }) => message.type === "luna.speech")[speechBefore];
  });
  await luna.page.waitForTimeout(150);
  const loud = (await luna.sound()).filter((note) => note.t > began && note.t < began + 1_500 && note.rms > AUDIBLE);
  const last = loud.findLast((note) => note.t < detected.t + 700);
  return { detectionMs: detected.t - began, stopMs: Math.max(0, (last?.t ?? began) + 10 - detected.t) };
}

/** Without a word: the key alone silences her, and what is typed next is answered. */
async function escStopsHerToo(luna: LunaPage): Promise<void> {
  const turns = (await standingOf(luna)).turns;
  await typeByKeys(luna, "What can you do?");
  await luna.until("Luna speaking", async () => {
    const now = await standingOf(luna);
    return now.line === "speaking" && now.turns.length >= turns.length + 2;
  });
  await luna.page.waitForTimeout(700);
  const pressed = await luna.now();
  await luna.page.keyboard.press("Escape");
  await luna.page.waitForTimeout(500);
  expect((await luna.sound()).filter((note) => note.t > pressed + 150 && note.rms > AUDIBLE)).toEqual([]);
  const cuts = turns.filter((turn) => turn.state === "interrupted").length;
  await luna.until("the cut turn", async () => {
    return (await standingOf(luna)).turns.filter((turn) => turn.state === "interrupted").length > cuts;
  });
  await typeByKeys(luna, "What is my savings balance?");
  expect(await callersTurn(luna, 1, 40_000)).toMatch(/\w/);
}

describe("talking over Luna, with no key", () => {
  test("silences her within 60 ms of a start of speech that was noticed within 150 ms, and cuts the transcript there", async (context) => {
    const luna = await openLuna(browser, server.url, { calm: true });
    luna.belongsTo(context);
    await luna.page.getByRole("button", { name: "Call Luna" }).click();
    await callersTurn(luna, 0, 90_000);
    await ears(luna, 90_000);
    const measured: Interruption[] = [];
    for (const [voice, words] of [
      ["rms", "No no, what is my checking balance?"],
      ["awb", "Wait, what is my savings balance?"],
      ["kal", "Okay stop. What is my checking balance?"],
    ] as const) {
      const from = await luna.now();
      const known = new Set((await standingOf(luna)).turns.map((turn) => turn.item_id));
      measured.push(await interrupt(luna, voice, words));
      const cut = await luna.until("the cut turn", async () =>
        (await standingOf(luna)).turns.find((turn) => !known.has(turn.item_id) && turn.state === "interrupted"),
      );
      expect(cut.who).toBe("luna");
      expect(cut.text.startsWith(cut.heard)).toBe(true);
      expect(cut.heard.length).toBeGreaterThan(0);
      expect(cut.heard.length).toBeLessThan(cut.text.length);
      expect(cut.text.slice(cut.heard.length)).toMatch(/^(\s|$)/);
      const recording = await luna.recording(from);
      const words_heard = cut.heard.split(/\s+/).length;
      const words_sounded = (await wordsIn(recording)).split(/\s+/).filter((word) => word !== "").length;
      expect(
        Math.abs(words_sounded - words_heard),
        `${words_sounded} sounded, ${words_heard} kept`,
      ).toBeLessThanOrEqual(4);
      // Identity is asked for, or the balance told: either way the call goes on.
      await callersTurn(luna, 1, 40_000);
    }
    await escStopsHerToo(luna);
    console.log(
      `barge-in, ms: ${measured.map((one) => `detected ${one.detectionMs.toFixed(0)}, silent ${one.stopMs.toFixed(0)}`).join("; ")}`,
    );
    for (const one of measured) {
      expect(one.detectionMs).toBeLessThanOrEqual(DETECTED_WITHIN_MS);
      expect(one.stopMs).toBeLessThanOrEqual(STOPS_WITHIN_MS);
    }
    await soon(async () => expect(await luna.page.getByRole("log").innerText()).toMatch(/interrupted/));
    await luna.page.keyboard.press("Control+e");
    const record = await recordOf(luna, await callIdOf(luna));
    expect(record.turns.filter((turn) => turn.state === "interrupted")).toHaveLength(4);
    expect(luna.faults).toEqual([]);
  });
});
