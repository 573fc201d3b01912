import { beforeEach, describe, expect, it, vi } from "vitest";
import { PageMessage } from "../../../src/legs/wire.ts";
import {
  at,
  call,
  comes,
  engine,
  line,
  page,
  playback,
  sent,
  session,
  shown,
  spoken,
  start,
  text,
  textDone,
  types,
  voice,
} from "./made-up-session.ts";

beforeEach(() => start());

describe("a voice with a microphone of its own", () => {
  it("listens as soon as the page is to speak", () => {
    comes(engine());
    expect(voice.listens).toBe(1);
  });

  it.each([
    ["muted", () => session.muteMicrophone(true)],
    ["on hold", () => session.hold(true)],
  ])("stays closed in a call that is %s when its engine comes: after a reload, say", (_, before) => {
    before();
    comes(engine());
    expect(voice.listens).toBe(0);
  });

  it("is never opened in a call in writing", () => {
    start({ typingOnly: true });
    comes(engine());
    for (const on of [true, false]) session.hold(on);
    expect(voice.listens).toBe(0);
  });
});

describe("a page in which nothing can sound", () => {
  it("shows the words, and tells that they have been read", () => {
    line.plays = false;
    comes(engine(), text("a", "Hello Maya."), textDone("a", "Hello Maya."));
    expect(playback("done")).toMatchObject([{ item_id: "a", heard_chars: 11 }]);
  });
});

describe("a scripted call, spoken by the page", () => {
  beforeEach(() => comes(engine()));

  it("speaks Luna's text and reports what was heard of it, to the character", () => {
    comes(text("a", "Hello Maya."), textDone("a", "Hello Maya."));
    line.hear("a", 50);
    line.hear("a", 500);
    expect(playback("started")).toHaveLength(1);
    expect(playback("progress")).toMatchObject([{ item_id: "a", heard_ms: 50, heard_chars: 5 }]);
    expect(playback("done")).toMatchObject([{ item_id: "a", heard_ms: 110, heard_chars: 11 }]);
  });

  it("hears the caller itself: no microphone frame leaves the page", () => {
    line.onFrame(new ArrayBuffer(960));
    expect(voice.heard).toEqual([960]);
    expect(page.frames).toBe(0);
    expect(line.frameMs).toBe(20);
  });

  it("sends recognised words as speech, shown at once under the same id", () => {
    voice.onWords(" yes please ", { ms: 300, ended_at: 0 });
    expect(sent.at(-1)).toMatchObject({ luna_how: "speech", item: { id: "me_1", content: [{ text: "yes please" }] } });
    expect(shown.at(-1)).toMatchObject({ type: "local.said", item_id: "me_1", text: "yes please" });
  });

  it("falls silent before it tells the call that the caller speaks, and then tells where it stopped", async () => {
    comes(text("a", "Hello Maya."), textDone("a", "Hello Maya."));
    line.hear("a", 62);
    voice.onSpeech("started", 0);
    expect(line.queue.size).toBe(0);
    expect(voice.stops).toBe(1);
    await Promise.resolve();
    await Promise.resolve();
    expect(types().slice(-2)).toEqual(["luna.speech", "luna.playback"]);
    expect(sent.at(-1)).toMatchObject({ state: "flushed", item_id: "a", heard_ms: 62, heard_chars: 6 });
    expect(shown).toContainEqual({ type: "local.heard", item_id: "a", chars: 6, cut: true });
  });

  it.each(["nothing", "echo"] as const)(
    "lets Luna take up her question again when it was %s after all",
    async (why) => {
      comes(text("a", "Hello Maya."), textDone("a", "Hello Maya."));
      line.hear("a", 50);
      voice.onSpeech("started", 0);
      voice.onSpeech("stopped", 0);
      voice.onUnclear(why);
      expect(sent.at(-1)).toEqual({ type: "response.create" });
      await Promise.resolve();
      await Promise.resolve();
      voice.onSpeech("started", 0);
      voice.onUnclear(why);
      expect(sent.filter((message) => message.type === "response.create")).toHaveLength(1);
    },
  );

  it("plays nothing more of an utterance that was cut", async () => {
    comes(text("a", "Hello Maya. "));
    line.hear("a", 20);
    comes({ type: "luna.flush" });
    await Promise.resolve();
    await Promise.resolve();
    comes(text("a", "How are you?"), textDone("a", "Hello Maya. How are you?"));
    voice.onAudio("a", 0, new Int16Array(2_400));
    expect(line.queue.size).toBe(0);
  });

  it("measures a turn from the caller's last sound to the first sound at the ear", () => {
    voice.onWords("block my card", { ms: 200, ended_at: 100 });
    comes(text("a", "Right away."));
    page.now = 600;
    line.hear("a", 10);
    expect(sent).toContainEqual({ type: "luna.latency", item_id: "a", ms: 520 });
    comes(text("b", "Anything else?"));
    line.hear("b", 10);
    expect(types().filter((type) => type === "luna.latency")).toHaveLength(1);
  });

  it("does not count the words of an answer that is still to be heard", () => {
    session.say("block my card");
    comes(text("a", "Right away."));
    expect(shown.filter((event) => event.type === "local.latency")).toEqual([]);
  });

  it("changes the voice with the speaker", () => {
    expect(voice.name).toBe("slt");
    comes(engine({ speaker: "specialist" }));
    expect(voice.name).toBe("rms");
  });
});

describe("a call of the provider", () => {
  beforeEach(() => comes(engine({ mode: "ai", voice: "call" })));

  it("sends the microphone up and plays what comes down, each frame with its item", () => {
    line.onFrame(new ArrayBuffer(1_920));
    comes({ type: "luna.audio", n: 1, item_id: "a", content_index: 0 }, spoken("a", "Hello."));
    call.onAudio(1, new Int16Array(2_400));
    comes({ type: "response.output_audio.done", ...at, item_id: "a" });
    line.hear("a", 1_000);
    expect(page.frames).toBe(1);
    expect(line.frameMs).toBe(40);
    expect(playback("done")).toMatchObject([{ item_id: "a", heard_ms: 100 }]);
    expect(playback("done")[0]).not.toHaveProperty("heard_chars");
  });

  it("counts the provider's own silence after the caller's last sound as waiting", () => {
    page.now = 100;
    line.onFrame(new ArrayBuffer(1_920));
    page.now = 600;
    comes({ type: "input_audio_buffer.speech_stopped", event_id: "e", item_id: "me", audio_end_ms: 100 });
    comes({ type: "luna.audio", n: 1, item_id: "a", content_index: 0 }, spoken("a", "Hello."));
    call.onAudio(1, new Int16Array(2_400));
    page.now = 900;
    line.hear("a", 10);
    expect(sent).toContainEqual({ type: "luna.latency", item_id: "a", ms: 820 });
  });

  it("shows the heard part of the words in step with the sound", () => {
    comes({ type: "luna.audio", n: 1, item_id: "a", content_index: 0 }, spoken("a", "0123456789"));
    call.onAudio(1, new Int16Array(2_400));
    line.hear("a", 50);
    expect(shown.at(-1)).toEqual({ type: "local.heard", item_id: "a", chars: 5 });
  });

  it("throws away frames of a number that nobody announced", () => {
    call.onAudio(9, new Int16Array(2_400));
    expect(line.queue.size).toBe(0);
  });

  it("goes on in the page's own voice when the scripted engine takes over", () => {
    comes(engine());
    expect(page.aiFailed).toBe(1);
    comes(text("b", "I am still here."), textDone("b", "I am still here."));
    line.hear("b", 5_000);
    expect(playback("done")).toMatchObject([{ item_id: "b", heard_chars: 16 }]);
  });

  it("does not blame the AI when a specialist takes over", () => {
    comes(engine({ speaker: "specialist" }));
    expect(page.aiFailed).toBe(0);
  });
});

describe("typing", () => {
  it("works without a microphone and without a voice, and the call goes on as if all had been heard", () => {
    start({ typingOnly: true, voiceReady: false });
    comes(engine());
    expect(session.say("  block my card ")).toBe(true);
    comes(text("a", "Which one?"), textDone("a", "Which one?"));
    expect(playback("done")).toMatchObject([{ item_id: "a", heard_ms: 0, heard_chars: 10 }]);
    expect(line.queue.size).toBe(0);
  });

  it("sends nothing for blanks, and never more than the call takes", () => {
    expect(session.say("   ")).toBe(false);
    session.say("x".repeat(5_000));
    expect(sent.map((message) => PageMessage.safeParse(message).success)).toEqual([true]);
  });

  it("leaves it to the call to stop Luna, so that both agree where she stopped", async () => {
    comes(engine(), text("a", "Hello Maya."));
    line.hear("a", 30);
    session.say("stop");
    expect(playback("flushed")).toHaveLength(0);
    comes({ type: "luna.flush" });
    await Promise.resolve();
    await Promise.resolve();
    expect(playback("flushed")).toMatchObject([{ heard_chars: 3 }]);
  });
});

describe("a voice that is still loading", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    start({ voiceReady: false });
    comes(engine(), text("a", "Hello Maya."), textDone("a", "Hello Maya."));
    return () => vi.useRealTimers();
  });

  it("holds Luna's first words and speaks them when it is there", async () => {
    expect(playback("done")).toHaveLength(0);
    voice.ready = true;
    voice.loading.resolve();
    await vi.advanceTimersByTimeAsync(1);
    line.hear("a", 5_000);
    expect(playback("done")).toMatchObject([{ item_id: "a", heard_chars: 11 }]);
  });

  it("speaks as soon as it can, before the ears are ready", async () => {
    voice.ready = true;
    await vi.advanceTimersByTimeAsync(200);
    expect(line.queue.has("a")).toBe(true);
  });

  it("tells the call that the words still wait, so that it does not take them for heard", async () => {
    await vi.advanceTimersByTimeAsync(8_100);
    expect(playback("progress")).toMatchObject([
      { item_id: "a", heard_ms: 0, heard_chars: 0 },
      { item_id: "a", heard_ms: 0, heard_chars: 0 },
    ]);
    session.readInstead();
    await vi.advanceTimersByTimeAsync(12_000);
    expect(playback("progress")).toHaveLength(2);
  });

  it("lets the words be read when the person would rather not wait", () => {
    session.readInstead();
    expect(playback("done")).toMatchObject([{ item_id: "a", heard_chars: 11 }]);
  });

  it("lets them be read after twenty seconds anyway", async () => {
    await vi.advanceTimersByTimeAsync(20_001);
    expect(playback("done")).toHaveLength(1);
  });

  it("that fails says so and lets the call go on in writing", async () => {
    voice.loading.reject(new Error("The voice files could not be loaded."));
    await vi.advanceTimersByTimeAsync(1);
    expect(shown).toContainEqual(expect.objectContaining({ type: "local.notice", code: "voice_failed" }));
    expect(playback("done")).toHaveLength(1);
  });

  it("counts held words as read when the caller interrupts them", () => {
    comes({ type: "luna.flush" });
    expect(playback("flushed")).toMatchObject([{ item_id: "a", heard_ms: 0, heard_chars: 11 }]);
  });
});

describe("stopping", () => {
  it("by key silences Luna here first and then asks the engine to stop", () => {
    comes(engine(), text("a", "Hello Maya."));
    line.hear("a", 30);
    session.stopSpeaking();
    expect(line.queue.size).toBe(0);
    expect(sent.at(-1)).toEqual({ type: "response.cancel" });
  });

  it("does nothing when Luna is silent", () => {
    comes(engine());
    session.stopSpeaking();
    expect(sent).toEqual([]);
  });

  it("for good: End is told to the call, and the page closes when the call has said its last word", () => {
    session.end();
    expect(sent.at(-1)).toEqual({ type: "luna.end" });
    expect(page.over).toBe(0);
    const latency = { p50: null, p95: null, turns: 0 };
    comes({ type: "luna.ended", reason: "caller_ended", outcome: "abandoned", seconds: 3, latency, cost_usd: null });
    expect(page.over).toBe(1);
    expect(line.closed).toBe(true);
  });

  it("closes by itself when the call gives no answer to End", async () => {
    vi.useFakeTimers();
    session.end();
    await vi.advanceTimersByTimeAsync(3_001);
    vi.useRealTimers();
    expect(page.over).toBe(1);
    expect(shown.at(-1)).toMatchObject({ type: "local.failed" });
  });

  it("of the connection is told in one sentence", () => {
    call.onGone({ message: "The connection to Luna was lost. Call again to go on." });
    expect(shown.at(-1)).toMatchObject({ type: "local.failed", message: expect.stringMatching(/lost/) });
    expect(page.over).toBe(1);
    session.say("hello?");
    expect(sent).toEqual([]);
  });
});

describe("a call that sleeps, or is on hold", () => {
  const loud = () => line.onFrame(new Int16Array(960).fill(4_000).buffer);
  const quiet = () => line.onFrame(new Int16Array(960).fill(12).buffer);

  it("hears nothing from here until somebody speaks, and then the half second before it too", () => {
    comes(engine({ mode: "ai", voice: "call" }));
    for (let i = 0; i < 60; i++) quiet();
    comes({ type: "luna.line", state: "asleep" });
    page.frames = 0;
    for (let i = 0; i < 100; i++) quiet();
    expect(page.frames).toBe(0);
    for (let i = 0; i < 5; i++) loud();
    expect(sent.at(-1)).toEqual({ type: "luna.wake" });
    expect(page.frames).toBe(13 + 2);
  });

  it("is put on hold and taken off it: Luna falls silent, and nobody is heard", () => {
    comes(engine(), text("a", "Hello Maya."));
    line.hear("a", 30);
    session.hold(true);
    expect(line.queue.size).toBe(0);
    line.onFrame(new ArrayBuffer(960));
    expect(voice.heard).toEqual([]);
    session.hold(false);
    line.onFrame(new ArrayBuffer(960));
    expect(voice.heard).toEqual([960]);
    expect(sent.filter((message) => message.type === "luna.hold")).toEqual([
      { type: "luna.hold", on: true },
      { type: "luna.hold", on: false },
    ]);
  });

  it("gets the visitor's key when it asks, and nothing where there is none", () => {
    comes({ type: "luna.key_wanted" });
    expect(sent).toEqual([]);
    page.key = "sk-a-key-of-nobody";
    comes({ type: "luna.key_wanted" });
    expect(sent).toEqual([{ type: "luna.key", key: page.key }]);
  });
});

it("everything the page says fits the wire", async () => {
  comes(engine(), text("a", "Hello Maya."), textDone("a", "Hello Maya."));
  line.hear("a", 33.4);
  voice.onSpeech("started", 0);
  voice.onSpeech("stopped", 0);
  voice.onWords("yes", { ms: 1, ended_at: 0 });
  session.muteMicrophone(true);
  session.confirm("tok", true);
  session.hold(true);
  session.hold(false);
  session.record(false);
  page.key = "sk-a-key-of-nobody";
  comes({ type: "luna.key_wanted" });
  session.stopSpeaking();
  session.end();
  await Promise.resolve();
  await Promise.resolve();
  for (const message of sent) expect(PageMessage.safeParse(message).error, message.type).toBeUndefined();
  expect(new Set(types()).size).toBeGreaterThanOrEqual(6);
});

describe("a call that is only read", () => {
  it("measures from Enter to the first word on the screen, and keeps that out of the call's own figures", () => {
    start({ typingOnly: true, voiceReady: false });
    comes(engine());
    page.now = 1_000;
    session.say("block my card");
    page.now = 1_240;
    comes(text("a", "Right "), text("a", "away."), textDone("a", "Right away."), text("b", "Anything else?"));
    const shownLatency = shown.filter((event) => event.type === "local.latency");
    expect(shownLatency).toEqual([{ type: "local.latency", item_id: "a", ms: 240, to: "words" }]);
    expect(types()).not.toContain("luna.latency");
  });
});
