/**
 * By voice alone and with no key: callers whose voices are not Luna's, one of them in a noisy room, get a card blocked and
 * money moved; and what Luna said, recorded from the page and recognised again, is what the call says she said.
 */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { speakable } from "../../src/words/speakable.ts";
import { account, bankOf, callIdOf, card, recordOf } from "../support/bank.ts";
import { callersTurn, converse, type Rule, type Standing } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, openLuna } from "../support/page.ts";
import { hasVoice, wordErrors } from "../support/speech.ts";
import { type SpeakerOptions, speaking, wordsIn } from "../support/spoken.ts";

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
}

/** Luna is `slt`; none of these is. */
const AMERICAN: Speaker = { name: "an American man", voice: "rms" };
const SCOT: Speaker = { name: "a Scottish man", voice: "awb" };
const MACHINE: Speaker = { name: "a machine-like man", voice: "kal" };
const IN_NOISE: Speaker = { name: "a man in a noisy room", voice: "rms", noise: 0.01 };

const BLOCKERS = [AMERICAN, SCOT, MACHINE];
const MOVERS = [SCOT, MACHINE, IN_NOISE];
/** The rest of what was tried; not part of every run, because a call takes as long as it takes to say. */
if (process.env.LUNA_MORE_VOICES === "1") {
  const noisier: Speaker = { name: "a Scottish man in a noisier room", voice: "awb", noise: 0.02 };
  BLOCKERS.push(IN_NOISE, noisier);
  MOVERS.push(AMERICAN, noisier);
  if (hasVoice("espeak:en-us+f3")) {
    const foreign: Speaker = { name: "a foreign synthesiser", voice: "espeak:en-us+f3" };
    BLOCKERS.push(foreign);
    MOVERS.push(foreign);
  }
}

const VERIFY: Rule = [/last four|verify (that )?it'?s you/i, "The digits are four, eight, two, nine."];
const GOODBYE: Rule = [/anything else|else I can/i, "No, that is all."];
const YES: Rule = [/\?\s*$/, "Yes, please."];

/** Loading the models and the first sentence, on two busy cores. */
const FIRST_WORDS_MS = 90_000;
const PATIENCE_MS = 45_000;

/** One call is opened at a time: loading the models takes both cores for a while. */
let opening: Promise<unknown> = Promise.resolve();

function callByVoice(title: RegExp): Promise<LunaPage> {
  const call = opening.then(() => open(title));
  opening = call.catch(() => undefined);
  return call;
}

/** Clicks the card and waits until Luna has greeted aloud. */
async function open(title: RegExp): Promise<LunaPage> {
  const luna = await openLuna(browser, server.url, { calm: true });
  await luna.page.getByRole("complementary", { name: "Reasons to call" }).getByRole("button", { name: title }).click();
  await callersTurn(luna, 0, FIRST_WORDS_MS);
  expect(
    (await luna.sound()).some((note) => note.rms > 0.02),
    "the greeting sounded",
  ).toBe(true);
  return luna;
}

interface Heard {
  name: string;
  /** What the transcript says the ear got of Luna. */
  texts: string[];
  /** What the page sounded. */
  recording: { rate: number; pcm: Int16Array };
  telling: RegExp[];
}

/** Kept until all calls are over: recognising takes a core, and callers would have to wait for an answer. */
const heard: Heard[] = [];

async function keep(name: string, luna: LunaPage, now: Standing, telling: RegExp[]): Promise<void> {
  const texts = now.turns.filter((turn) => turn.who === "luna").map((turn) => turn.heard);
  heard.push({ name, texts, recording: await luna.recording(), telling });
}

describe.concurrent("by voice alone", () => {
  test.each(BLOCKERS)("$name gets the lost card blocked", async (speaker) => {
    const luna = await callByVoice(/block/i);
    const before = await bankOf(luna);
    expect(card(before, "4829").status).toBe("active");
    const now = await converse(luna, speaking(luna, speaker), {
      opening: "Hello. Please block my card ending in four, eight, two, nine.",
      rules: [
        [/which card|card.*last four|last four.*card/i, "The digits are four, eight, two, nine."],
        VERIFY,
        [/lost.*stolen|what happened/i, "I lost it."],
        [/replacement/i, "No, that is all."],
        GOODBYE,
        YES,
      ],
      patienceMs: PATIENCE_MS,
    });
    expect(now.ended, await luna.story()).toMatchObject({ outcome: "contained" });
    expect(card(await bankOf(luna), "4829").status).toBe("blocked");
    expect(now.turns.filter((turn) => turn.who === "caller").every((turn) => turn.how === "speech")).toBe(true);
    await keep(`${speaker.name}, block-card`, luna, now, [/block/i]);
    expect(await recordOf(luna, await callIdOf(luna))).toMatchObject({
      mode: "scripted",
      verified: true,
      outcome: "contained",
    });
    expect(luna.faults).toEqual([]);
    await luna.close();
  });

  test.each(MOVERS)("$name gets forty dollars moved, once", async (speaker) => {
    const luna = await callByVoice(/transfer|move money/i);
    const before = await bankOf(luna);
    const now = await converse(luna, speaking(luna, speaker), {
      opening: "Please move forty dollars from checking to savings.",
      rules: [
        VERIFY,
        GOODBYE,
        [/how much/i, "Forty dollars."],
        [/which account|from which|move it from/i, "From checking to savings."],
        [/\$(?!40\b)|\$40,/i, "No, forty dollars."],
        YES,
      ],
      patienceMs: PATIENCE_MS,
    });
    expect(now.ended, await luna.story()).toMatchObject({ outcome: "contained" });
    const after = await bankOf(luna);
    expect(account(after, "savings").balance_cents - account(before, "savings").balance_cents).toBe(4_000);
    expect(account(before, "checking").balance_cents - account(after, "checking").balance_cents).toBe(4_000);
    expect(now.tools.filter((tool) => tool.name === "transfer_funds" && tool.state === "done")).toHaveLength(1);
    await keep(`${speaker.name}, transfer-funds`, luna, now, [/forty|40/i, /savings/i]);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});

describe("what Luna said", () => {
  /** One call of each kind: the first and the last. */
  test.each([0, -1])(
    "recorded from the page and recognised again, is what the transcript says (call %i)",
    async (which) => {
      expect(heard).toHaveLength(BLOCKERS.length + MOVERS.length);
      const call = heard
        .toSorted(
          (a, b) =>
            a.name
              .split(", ")
              .at(-1)
              ?.localeCompare(b.name.split(", ").at(-1) ?? "") ?? 0,
        )
        .at(which);
      const words = call ? await wordsIn(call.recording) : "";
      const written = call?.texts.map((text) => speakable(text)).join(" ") ?? "";
      // One word in three may be misheard, the telling ones not.
      expect(wordErrors(written, words), `${written}\n${words}`).toBeLessThan(0.34);
      for (const telling of call?.telling ?? []) expect(words).toMatch(telling);
    },
  );
});
