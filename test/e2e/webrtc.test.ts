/** Sound by WebRTC, both methods, against a provider that is a real peer: what travels, what is kept, and what happens when it does not. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BrainByTools } from "../../src/engines/scripted/brains.ts";
import type { Voice } from "../../src/engines/scripted/response.ts";
import { speakable } from "../../src/words/speakable.ts";
import { bankOf, callIdOf, card, recordOf } from "../support/bank.ts";
import { callersTurn, converse, standingOf } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { LoudEars } from "../support/ears.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, openLuna } from "../support/page.ts";
import { speak } from "../support/speech.ts";
import { sayable, speaking, understand, wordsIn } from "../support/spoken.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";
import { type RtcCall, RtcCalls } from "../support/webrtc-provider.ts";

/** The long conversation runs beside the short ones. */
vi.setConfig({ maxConcurrency: 2 });

const rtc = new RtcCalls();
let provider: Upstream;
let server: Luna;
let browser: Browser;

/** 100 ms of 24 kHz PCM16. */
const CHUNK = 4_800;
/** Brisk, as a call takes as long as it takes to say. */
const PACE = 1.3;
const voice: Voice = async function* (text) {
  const pcm = await speak(speakable(text), "slt", 24_000, PACE);
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
};

beforeAll(async () => {
  provider = await startUpstream({
    key: "sk-main-key-of-the-house-77",
    brain: () => new BrainByTools(),
    ears: () => new LoudEars(understand),
    voice,
    burstMs: 0,
    calls: rtc,
  });
  [server, browser] = await Promise.all([
    startLuna({ upstream: provider.url, vars: { OPENAI_API_KEY: provider.key } }),
    launchChromium(),
  ]);
  await understand(await speak("warm up", "rms"), 24_000);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await provider?.stop();
});

/** From the provider's word that somebody speaks to silence at the page's speaker, on a busy machine. */
const STOPS_WITHIN_MS = 250;
const CALLER = { voice: "rms" } as const;
const PATIENCE_MS = 45_000;

interface PeerCall {
  luna: LunaPage;
  /** Everything the browser has sent, by HTTP: headers and bodies. */
  posted: string[];
}

async function openByWebRtc(method: "ephemeral" | "direct", at: Luna = server): Promise<PeerCall> {
  const luna = await openLuna(browser, at.url, {
    calm: true,
    storage: { "luna.settings": JSON.stringify({ method }) },
  });
  const posted: string[] = [];
  luna.page.on("request", async (request) => {
    // A page that is closed in this moment tells nothing more.
    const headers = await request.allHeaders().catch(() => request.headers());
    posted.push(`${request.method()} ${request.url()} ${JSON.stringify(headers)} ${request.postData()}`);
  });
  await luna.page
    .getByRole("complementary", { name: "Reasons to call" })
    .getByRole("button", { name: /block/i })
    .click();
  return { luna, posted };
}

/** One after the other, in the order of asking. */
function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}
/** One call is dialled at a time, so that each knows its own at the provider. */
const dialled = queue();
/** Of the tests that end up at the relay, one at a time: the relay's sessions do not say whose they are. */
const relayed = queue();

async function dial(method: "ephemeral" | "direct"): Promise<PeerCall & { call: RtcCall }> {
  const { opened, call } = await dialled(async () => {
    const before = rtc.calls.length;
    const opened = await openByWebRtc(method);
    return { opened, call: await opened.luna.until("a WebRTC call at the provider", async () => rtc.calls[before]) };
  });
  await callersTurn(opened.luna, 0, 60_000);
  return { ...opened, call };
}

const rms = (pcm: Int16Array) => Math.sqrt(pcm.reduce((sum, one) => sum + (one / 32_768) ** 2, 0) / pcm.length);
const loudest = (frames: Int16Array[]) => Math.max(0, ...frames.map(rms));
async function voiceOf(luna: LunaPage): Promise<"page" | "call" | "peer" | undefined> {
  return (await luna.events("luna.engine")).at(-1)?.voice;
}

describe.concurrent("a call whose sound goes by WebRTC", () => {
  test("ephemeral: spoken, heard, tools by the sideband, all of it on record, the key never in the browser", async () => {
    const { luna, call, posted } = await dial("ephemeral");
    expect(await voiceOf(luna)).toBe("peer");
    const now = await converse(luna, speaking(luna, CALLER), {
      opening: "Hello. Please block my card ending in four, eight, two, nine.",
      rules: [
        [/which card|card.*last four|last four.*card/i, "The digits are four, eight, two, nine."],
        [/last four|verify (that )?it'?s you/i, "The digits are four, eight, two, nine."],
        [/lost.*stolen|what happened/i, "I lost it."],
        [/replacement/i, "No, that is all."],
        [/anything else|else I can/i, "No, that is all."],
        [/\?\s*$/, "Yes, please."],
      ],
      patienceMs: PATIENCE_MS,
    });
    expect(now.ended, await luna.story()).toMatchObject({ outcome: "contained" });

    // Sound both ways, none of it over the page's socket.
    expect(loudest(call.heard)).toBeGreaterThan(0.05);
    expect(await wordsIn(await luna.recording())).toMatch(/block/i);
    expect(await luna.framesUp()).toEqual([]);
    expect(await luna.events("luna.audio")).toEqual([]);

    // One session, with everything of the call's own; tools came over the sideband and went back over it.
    expect((await luna.events("luna.engine")).map((engine) => engine.voice)).not.toContain("call");
    expect(call.attached).toBe(1);
    expect(call.session).toMatchObject({ type: "realtime", output_modalities: ["audio"] });
    expect(call.session.tools?.map((tool) => ("name" in tool ? tool.name : ""))).toContain("block_card");
    expect(call.of("session.update")).toHaveLength(1);
    const outputs = call.of("conversation.item.create").filter(({ item }) => item.type === "function_call_output");
    expect(outputs.length).toBeGreaterThanOrEqual(2);
    expect(call.of("conversation.item.truncate")).toEqual([]);
    // The data channel carries the same events, and the page says nothing on it.
    expect(call.channel).toBe("oai-events");
    expect(call.channelEvents).toBeGreaterThan(100);
    expect(call.fromBrowser).toEqual([]);
    expect(card(await bankOf(luna), "4829").status).toBe("blocked");

    const record = await recordOf(luna, await callIdOf(luna));
    expect(record).toMatchObject({ mode: "ai", fell_back: false, outcome: "contained" });
    expect(record.turns.map((turn) => turn.item_id)).toEqual(now.turns.map((turn) => turn.item_id));
    expect(record.turns.filter((turn) => turn.who === "luna").every((turn) => turn.state === "final")).toBe(true);
    expect(now.ended?.latency.turns).toBeGreaterThan(0);

    // Luna hung up at the provider; and who looks through everything the browser saw finds no key.
    await luna.until("the end at the provider", async () => call.ended === "hangup");
    const seen = [...posted, ...luna.frames, ...luna.bodies, ...luna.requests, ...call.fromBrowser].join("\n");
    expect(seen).toContain("application/sdp");
    expect([seen.includes(provider.key), seen.includes(call.id)]).toEqual([false, false]);
    expect(luna.faults).toEqual([]);
    await luna.close();
  });

  test("the sideband is lost and found again under the same sound", () =>
    relayed(async () => {
      const { luna, call } = await dial("ephemeral");
      for (const socket of call.sidebands) socket.terminate();
      await luna.until("another sideband", async () => call.attached === 2 && call.sidebands.size === 1);
      const box = luna.page.getByRole("textbox", { name: /^Message to / });
      await box.fill("Please block my card ending in 4829.");
      await luna.page.keyboard.press("Enter");
      await callersTurn(luna, 1, PATIENCE_MS);
      expect(await voiceOf(luna)).toBe("peer");
      expect((await standingOf(luna)).tools.length + (await standingOf(luna)).turns.length).toBeGreaterThan(2);
      expect(await luna.events("luna.notice")).toEqual([]);

      // Now the call itself ends there: the relay takes over, and nothing of the conversation is lost.
      call.end("peer");
      await luna.until("the relay", async () => (await voiceOf(luna)) === "call", 15_000);
      const session = await luna.until("a session by socket", async () => provider.sessions.at(-1));
      await luna.until("the caller's sound there", async () => session.audioFrames > 10);
      expect((await luna.events("luna.notice")).map(({ code }) => code)).toEqual(["webrtc_lost"]);
      const told = session
        .of("conversation.item.create")
        .map(({ item }) => JSON.stringify(item))
        .join("\n");
      expect(told).toContain("4829");
      await luna.page.keyboard.press("Control+e");
      await luna.close();
    }));

  test("a connection that never comes about: the same call goes on through the relay, and the page says so", () =>
    relayed(async () => {
      const sessions = provider.sessions.length;
      const { luna, call } = await dialled(async () => {
        rtc.options.unreachable = true;
        const before = rtc.calls.length;
        const opened = await openByWebRtc("ephemeral");
        const call = await opened.luna.until("a WebRTC call at the provider", async () => rtc.calls[before]);
        rtc.options.unreachable = false;
        return { ...opened, call };
      });
      await luna.until("the relay", async () => (await voiceOf(luna)) === "call", 20_000);
      await luna.page
        .getByText(/sound travels through Luna's server/)
        .first()
        .waitFor({ state: "visible" });
      await callersTurn(luna, 0, 40_000);
      expect(provider.sessions.length).toBe(sessions + 1);
      await luna.until("the WebRTC call hung up", async () => call.ended !== undefined);
      await speaking(luna, CALLER)("What can you do?");
      const answer = await callersTurn(luna, 1, PATIENCE_MS);
      expect(answer).toMatch(/card/i);
      expect(await luna.events("luna.call")).not.toEqual([]);
      await luna.page.keyboard.press("Control+e");
      await luna.close();
    }));
});

/** By itself: how soon she is silent is measured. */
describe("a caller who talks over Luna by WebRTC", () => {
  test("direct: talking over Luna stops her at the provider, and the turn is cut where the ear was", async () => {
    const { luna, call } = await dial("direct");
    await speaking(luna, CALLER)("What can you do?");
    await luna.until(
      "Luna in full voice",
      async () => {
        const now = await standingOf(luna);
        const since = (await luna.now()) - 900;
        const loud = (await luna.sound()).filter((note) => note.t > since && note.rms > 0.02);
        return now.line === "speaking" && loud.length > 40;
      },
      30_000,
    );
    const { wav, onsetMs } = await sayable("Stop. Please block my card.", CALLER);
    const from = (await luna.say(wav)) + onsetMs;
    const cut = await luna.until("the cut turn", async () =>
      (await standingOf(luna)).turns.find((turn) => turn.state === "interrupted"),
    );
    expect(cut.heard.length).toBeGreaterThan(5);
    expect(cut.text.startsWith(cut.heard) && cut.heard.length < cut.text.length).toBe(true);
    expect(call.sent.some((event) => event.type === "output_audio_buffer.cleared")).toBe(true);
    const noticed = await luna.until("the voice noticed", async () =>
      (await luna.down()).find(({ t, message }) => t > from && message.type === "input_audio_buffer.speech_started"),
    );
    await luna.page.waitForTimeout(STOPS_WITHIN_MS + 300);
    const rest = (await luna.sound()).filter((note) => note.t > noticed.t && note.rms > 0.02);
    expect(Math.max(0, ...rest.map((note) => note.t - noticed.t))).toBeLessThan(STOPS_WITHIN_MS);
    expect(call.of("conversation.item.truncate")).toEqual([]);
    await callersTurn(luna, 2, PATIENCE_MS);
    expect(call.sent.filter((event) => event.type === "error")).toEqual([]);

    // Esc: the call cancels, and throws away what the provider still holds.
    await luna.page.getByRole("textbox", { name: /^Message to / }).fill("What can you do?");
    await luna.page.keyboard.press("Enter");
    await luna.until("Luna speaking", async () => (await standingOf(luna)).line === "speaking", 30_000);
    await luna.page.keyboard.press("Escape");
    await luna.until("the clear", async () => call.of("output_audio_buffer.clear").length > 0);
    await luna.page.keyboard.press("Control+e");
    await luna.until("the end at the provider", async () => call.ended === "hangup");
    expect(luna.faults).toEqual([]);
    await luna.close();
  });
});

describe("a call that may cost one cent", () => {
  test("is hung up at the provider when it has", async () => {
    const poor = await startLuna({
      upstream: provider.url,
      vars: { OPENAI_API_KEY: provider.key, CALL_CAP_USD: "0.01" },
    });
    try {
      const before = rtc.calls.length;
      const { luna } = await openByWebRtc("ephemeral", poor);
      const call = await luna.until("a WebRTC call at the provider", async () => rtc.calls[before]);
      const box = luna.page.getByRole("textbox", { name: /^Message to / });
      for (let n = 0; n < 6 && !(await standingOf(luna)).ended; n++) {
        await callersTurn(luna, n, PATIENCE_MS);
        if ((await standingOf(luna)).ended) break;
        await box.fill("What can you do for me?");
        await luna.page.keyboard.press("Enter");
      }
      const ended = await luna.until("the end", async () => (await standingOf(luna)).ended, PATIENCE_MS);
      expect(ended.reason).toBe("spent");
      await luna.until("the end at the provider", async () => call.ended === "hangup");
      await luna.close();
    } finally {
      await poor.stop();
    }
  });
});
