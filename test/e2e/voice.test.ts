/**
 * By voice alone and with no key: callers whose voices are not Luna's, one of them in a noisy room, get a card blocked and
 * money moved; and what Luna said, recorded from the page and recognised again, is what the call says she said.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, type TestContext, test, vi } from "vitest";
import { speakable } from "../../src/words/speakable.ts";
import { account, bankOf, callIdOf, card, recordOf } from "../support/bank.ts";
import { callersTurn, converse, type Standing } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, openLuna } from "../support/page.ts";
import { hasVoice, wordErrors } from "../support/speech.ts";
import { ears, type SpeakerOptions, speaking, wordsIn } from "../support/spoken.ts";
import { BLOCKS_A_CARD, MOVES_FORTY_DOLLARS } from "./callers.ts";

/** A call mostly waits for somebody to finish speaking: three at a time fit on two cores. */
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

interface Speaker extends SpeakerOptions {
  name: string;
  /** How fast Luna is to speak, as set in the settings: 1 where what she said is recognised again. */
  pace: number;
}

/** Who is in a hurry has her speak faster. */
const HURRY = 1.5;
/** Luna is `slt`; none of these is. */
const AMERICAN: Speaker = { name: "an American man", voice: "rms", pace: 1 };
const SCOT: Speaker = { name: "a Scottish man", voice: "awb", pace: 1 };
const MACHINE: Speaker = { name: "a machine-like man", voice: "kal", pace: 1 };
const IN_NOISE: Speaker = { name: "a man in a noisy room", voice: "rms", noise: 0.01, pace: HURRY };

/** All three voices, both reasons and the noise, in three calls that run beside each other: each run. */
const BLOCKERS = [SCOT];
const MOVERS = [MACHINE, IN_NOISE];
/** Each voice with each reason: a call takes as long as it takes to say. */
if (process.env.LUNA_LONG === "1" || process.env.LUNA_MORE_VOICES === "1") {
  BLOCKERS.push(AMERICAN, { ...MACHINE, pace: HURRY });
  MOVERS.push(SCOT);
}
/** The rest of what was tried. */
if (process.env.LUNA_MORE_VOICES === "1") {
  const noisier: Speaker = { name: "a Scottish man in a noisier room", voice: "awb", noise: 0.02, pace: HURRY };
  BLOCKERS.push(IN_NOISE, noisier);
  MOVERS.push(AMERICAN, noisier);
  if (hasVoice("espeak:en-us+f3")) {
    const foreign: Speaker = { name: "a foreign synthesiser", voice: "espeak:en-us+f3", pace: HURRY };
    BLOCKERS.push(foreign);
    MOVERS.push(foreign);
  }
}

/** Loading the models and the first sentence, on two busy cores. */
const FIRST_WORDS_MS = 90_000;
const PATIENCE_MS = 45_000;

/** One call is opened at a time: loading the models takes both cores for a while. */
let opening: Promise<unknown> = Promise.resolve();

function callByVoice(title: RegExp, { pace }: Speaker, test: TestContext): Promise<LunaPage> {
  const call = opening.then(() => open(title, pace, test));
  opening = call.catch(() => undefined);
  return call;
}

/**
 * Clicks the card and waits until Luna has greeted aloud and listens. On a slow machine her voice may come later than the call
 * waits for its first words, and her ears come last of all.
 */
async function open(title: RegExp, speed: number, test: TestContext): Promise<LunaPage> {
  const storage = { "luna.settings": JSON.stringify({ speed }) };
  const luna = await openLuna(browser, server.url, { calm: true, storage });
  luna.belongsTo(test);
  await luna.page.getByRole("complementary", { name: "Reasons to call" }).getByRole("button", { name: title }).click();
  await callersTurn(luna, 0, FIRST_WORDS_MS);
  await luna.until(
    "the greeting aloud",
    async () => (await luna.sound()).some((note) => note.rms > 0.02),
    FIRST_WORDS_MS,
  );
  await ears(luna, FIRST_WORDS_MS);
  return luna;
}

interface Heard {
  reason: "block-card" | "transfer-funds";
  pace: number;
  /** What the transcript says the ear got of Luna. */
  texts: string[];
  /** What the page sounded. */
  recording: { rate: number; pcm: Int16Array };
  telling: RegExp[];
}

/** Kept until all calls are over: recognising takes a core, and callers would have to wait for an answer. */
const heard: Heard[] = [];

async function keep(
  reason: Heard["reason"],
  { pace }: Speaker,
  luna: LunaPage,
  now: Standing,
  telling: RegExp[],
): Promise<void> {
  const texts = now.turns.filter((turn) => turn.who === "luna").map((turn) => turn.heard);
  heard.push({ reason, pace, texts, recording: await luna.recording(), telling });
}

describe.concurrent("by voice alone", () => {
  test.for(BLOCKERS)("$name gets the lost card blocked", async (speaker, context) => {
    const luna = await callByVoice(/block/i, speaker, context);
    const before = await bankOf(luna);
    expect(card(before, "4829").status).toBe("active");
    const now = await converse(luna, speaking(luna, speaker), {
      ...BLOCKS_A_CARD,
      patienceMs: PATIENCE_MS,
    });
    expect(now.ended, await luna.story()).toMatchObject({ outcome: "contained" });
    expect(card(await bankOf(luna), "4829").status).toBe("blocked");
    expect(now.turns.filter((turn) => turn.who === "caller").every((turn) => turn.how === "speech")).toBe(true);
    await keep("block-card", speaker, luna, now, [/block/i]);
    expect(await recordOf(luna, await callIdOf(luna))).toMatchObject({
      mode: "scripted",
      verified: true,
      outcome: "contained",
    });
    expect(luna.faults).toEqual([]);
  });

  test.for(MOVERS)("$name gets forty dollars moved, once", async (speaker, context) => {
    const luna = await callByVoice(/transfer|move money/i, speaker, context);
    const before = await bankOf(luna);
    const now = await converse(luna, speaking(luna, speaker), {
      ...MOVES_FORTY_DOLLARS,
      patienceMs: PATIENCE_MS,
    });
    expect(now.ended, await luna.story()).toMatchObject({ outcome: "contained" });
    const after = await bankOf(luna);
    expect(account(after, "savings").balance_cents - account(before, "savings").balance_cents).toBe(4_000);
    expect(account(before, "checking").balance_cents - account(after, "checking").balance_cents).toBe(4_000);
    expect(now.tools.filter((tool) => tool.name === "transfer_funds" && tool.state === "done")).toHaveLength(1);
    await keep("transfer-funds", speaker, luna, now, [/forty|40/i, /savings/i]);
    expect(luna.faults).toEqual([]);
  });
});

describe("what Luna said", () => {
  test.for(["block-card", "transfer-funds"] as const)(
    "in a %s call, recorded from the page and recognised again, is what the transcript says",
    async (reason) => {
      // Of those that are over well, the one in which she took her time.
      const [call] = heard.filter((one) => one.reason === reason).sort((a, b) => a.pace - b.pace);
      if (!call) throw new Error(`No ${reason} call came to its end.`);
      const words = await wordsIn(call.recording);
      const written = call.texts.map((text) => speakable(text)).join(" ");
      // One word in three may be misheard, the telling ones not.
      expect(wordErrors(written, words), `${written}\n${words}`).toBeLessThan(0.34);
      for (const telling of call.telling) expect(words).toMatch(telling);
    },
  );
});
