import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LocalVoice, type VoiceProgress } from "../../../src/client/voice/local-voice.ts";
import type { FromVoice, ToVoice } from "../../../src/client/voice/voice-messages.ts";

/** Stands in for the worker: keeps what it was told, and says what the test wants. */
class FakeWorker {
  static all: FakeWorker[] = [];
  onmessage: ((event: { data: FromVoice }) => void) | null = null;
  onerror: ((event: { message: string }) => void) | null = null;
  readonly told: ToVoice[] = [];
  readonly name: string;
  ended = false;
  constructor(_url: string, options: { name: string }) {
    this.name = options.name;
    FakeWorker.all.push(this);
  }
  postMessage(message: ToVoice): void {
    this.told.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  say(message: FromVoice): void {
    this.onmessage?.({ data: message });
  }
}

const file = { url: "/voice/x.1.bin", bytes: 10 };
const MANIFEST = {
  files: { decoder: file, encoder: file, vad: file, flite: file, runtime: file, glue: file },
  total: 60,
};
const worker = (role: "ears" | "mouth") => FakeWorker.all.findLast((w) => w.name === `luna-${role}`) as FakeWorker;
const tick = () => new Promise((resolve) => setTimeout(resolve, 0));
const sentence = (start: number, end: number, spoken: string) => ({ start, end, spoken, ms: 1_180, speech_ms: 1_000 });

let now = 0;

beforeEach(() => {
  now = 10_000;
  FakeWorker.all = [];
  vi.stubGlobal("Worker", FakeWorker);
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(JSON.stringify(MANIFEST))));
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

async function loaded() {
  const voice = new LocalVoice();
  const loading = voice.load();
  await tick();
  worker("mouth").say({ type: "prepare" });
  await tick();
  worker("mouth").say({ type: "ready" });
  worker("ears").say({ type: "ready" });
  await loading;
  return voice;
}

describe("loading the voice", () => {
  it("brings the mouth first, then the ears, and shows one progress for both", async () => {
    const voice = new LocalVoice();
    const seen: string[] = [];
    const note = ({ what, loaded, total }: VoiceProgress) =>
      seen.push(`${what} ${loaded}/${total}${voice.canSpeak ? ", speaks" : ""}`);
    const loading = voice.load(note);
    await tick();
    expect(FakeWorker.all.map((w) => w.name)).toEqual(["luna-mouth"]);
    worker("mouth").say({ type: "progress", loaded: 10 });
    worker("mouth").say({ type: "prepare" });
    await tick();
    expect(FakeWorker.all.map((w) => w.name)).toEqual(["luna-mouth", "luna-ears"]);
    worker("mouth").say({ type: "ready" });
    expect([voice.canSpeak, voice.ready]).toEqual([true, false]);
    await tick();
    worker("ears").say({ type: "progress", loaded: 30 });
    worker("ears").say({ type: "ready" });
    await loading;
    expect(voice.ready).toBe(true);
    expect(seen).toEqual([
      "download 0/60",
      "download 10/60",
      "prepare 10/60",
      // That she speaks is told when it is so, not with the next bytes of the ears.
      "download 10/60, speaks",
      "download 40/60, speaks",
      "ready 60/60, speaks",
    ]);
  });

  it("happens once, however often it is asked for", async () => {
    const voice = await loaded();
    await voice.load();
    expect(FakeWorker.all).toHaveLength(2);
  });

  it("that fails says why in one sentence, ends its workers, and can be tried again", async () => {
    const voice = new LocalVoice();
    const loading = voice.load();
    await tick();
    worker("mouth").say({
      type: "failed",
      message: "A part of the voice is missing on the server (404 for /voice/x).",
    });
    await expect(loading).rejects.toThrow(
      "Luna's voice could not be loaded. A part of the voice is missing on the server",
    );
    expect(FakeWorker.all.every((w) => w.ended)).toBe(true);
    void voice.load();
    await tick();
    expect(FakeWorker.all).toHaveLength(2);
  });

  it("says so when the server has no voice", async () => {
    vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 404 })));
    await expect(new LocalVoice().load()).rejects.toThrow("The server has no voice files (404).");
  });

  it("keeps what is said meanwhile, unless it is stopped", async () => {
    const voice = new LocalVoice();
    void voice.load();
    await tick();
    voice.setVoice("rms");
    voice.say("old", 0, "Not this.");
    voice.stop();
    voice.say("a", 0, "Good morning.");
    voice.sayDone("a");
    worker("mouth").say({ type: "ready" });
    const told = worker("mouth").told.filter((m) => m.type !== "stop");
    expect(told.map((m) => m.type)).toEqual(["load", "voice", "say", "say_done"]);
    expect(told.at(-1)).toMatchObject({ item_id: "a" });
  });
});

describe("hearing", () => {
  it("dates speech and words on the page's clock", async () => {
    const voice = await loaded();
    const speech: unknown[] = [];
    const words: unknown[] = [];
    voice.onSpeech = (state, at) => speech.push([state, at]);
    voice.onWords = (text, heard) => words.push([text, heard]);
    // 100 frames of 20 ms; the last arrives at 12,000, so the ears' 1,500 ms was at 11,500.
    for (let i = 1; i <= 100; i++) {
      now = 10_000 + i * 20;
      voice.hear(new ArrayBuffer(960));
    }
    worker("ears").say({ type: "speech", state: "started", at_ms: 500, overLuna: false });
    now = 12_400;
    worker("ears").say({ type: "speech", state: "stopped", at_ms: 1_500, overLuna: false });
    worker("ears").say({ type: "words", text: "Block my card.", ms: 120.4, ended_ms: 1_500, overLuna: false });
    expect(speech).toEqual([
      ["started", 10_500],
      ["stopped", 11_500],
    ]);
    expect(words).toEqual([["Block my card.", { ms: 120, ended_at: 11_500 }]]);
  });

  it("gives no sound to ears that are not there yet", async () => {
    const voice = new LocalVoice();
    voice.hear(new ArrayBuffer(960));
    void voice.load();
    await tick();
    worker("mouth").say({ type: "prepare" });
    await tick();
    voice.hear(new ArrayBuffer(960));
    expect(worker("ears").told.map((m) => m.type)).toEqual(["load"]);
  });

  it("tells when nothing was understood, and takes Luna's echo for no words", async () => {
    const voice = await loaded();
    const unclear: string[] = [];
    const words: string[] = [];
    voice.onUnclear = (why) => unclear.push(why);
    voice.onWords = (text) => words.push(text);
    voice.say("a", 0, "I can block your card right away.");
    worker("mouth").say({
      type: "audio",
      item_id: "a",
      content_index: 0,
      era: 0,
      pcm: new ArrayBuffer(96),
      sentence: sentence(0, 33, "I can block your card right away."),
    });
    const heard = { type: "words", ms: 1, ended_ms: 1, overLuna: true } as const;
    worker("ears").say({ ...heard, text: "" });
    worker("ears").say({ ...heard, text: "I can block your card" });
    worker("ears").say({ ...heard, text: "I can block your card", overLuna: false });
    worker("ears").say({ ...heard, text: "No, leave it." });
    expect(unclear).toEqual(["nothing", "echo"]);
    expect(words).toEqual(["I can block your card", "No, leave it."]);
    expect(worker("ears").told.filter((m) => m.type === "echo")).toHaveLength(1);
  });
});

describe("speaking", () => {
  it("hands sound over, and drops what was made before a stop", async () => {
    const voice = await loaded();
    const got: string[] = [];
    voice.onAudio = (id, index, pcm) => got.push(`${id} ${index} ${pcm.length}`);
    voice.onAudioDone = (id, index) => got.push(`${id} ${index} done`);
    const audio = { type: "audio", content_index: 0, sentence: sentence(0, 5, "Well.") } as const;
    worker("mouth").say({ ...audio, item_id: "a", pcm: new ArrayBuffer(48), era: 0 });
    voice.stop();
    worker("mouth").say({ ...audio, item_id: "a", pcm: new ArrayBuffer(48), era: 0 });
    worker("mouth").say({ type: "audio_done", item_id: "a", content_index: 0, era: 0 });
    worker("mouth").say({ ...audio, item_id: "b", pcm: new ArrayBuffer(96), era: 1 });
    worker("mouth").say({ type: "audio_done", item_id: "b", content_index: 0, era: 1 });
    expect(got).toEqual(["a 0 24", "b 0 48", "b 0 done"]);
    expect(worker("mouth").told.findLast((m) => m.type === "stop")).toEqual({ type: "stop", era: 1 });
  });

  it("knows how much of the text was heard, also after a stop, and nothing of strangers", async () => {
    const voice = await loaded();
    voice.say("a", 0, "One two. ");
    voice.say("a", 0, "Three four.");
    const audio = { type: "audio", item_id: "a", content_index: 0, pcm: new ArrayBuffer(48), era: 0 } as const;
    worker("mouth").say({ ...audio, sentence: sentence(0, 9, "One two.") });
    worker("mouth").say({ ...audio, sentence: sentence(9, 20, "Three four.") });
    voice.stop();
    expect(voice.heardChars("a", 1_100)).toBe(9);
    expect(voice.heardChars("a", 5_000)).toBe(20);
    expect(voice.heardChars("nobody", 5_000)).toBe(0);
  });

  it("keeps its pace within reason", async () => {
    const voice = await loaded();
    voice.setSpeed(9);
    voice.setVoice("rms");
    voice.setSpeed(0.1);
    expect(worker("mouth").told.filter((m) => m.type === "voice")).toEqual([
      { type: "voice", voice: "slt", speed: 1.5 },
      { type: "voice", voice: "rms", speed: 1.5 },
      { type: "voice", voice: "rms", speed: 0.5 },
    ]);
  });

  it("tells when a worker breaks down in the middle of a call", async () => {
    const voice = await loaded();
    const troubles: string[] = [];
    voice.onTrouble = (message) => troubles.push(message);
    worker("mouth").say({ type: "trouble", message: "Speech failed." });
    worker("ears").onerror?.({ message: "out of memory" });
    expect(troubles).toEqual(["Speech failed.", "out of memory"]);
  });
});
