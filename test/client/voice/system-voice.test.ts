import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  hasSystemVoice,
  installSystemHearing,
  SystemVoice,
  systemHearing,
} from "../../../src/client/voice/system-voice.ts";

class FakeUtterance {
  readonly text: string;
  lang = "";
  rate = 0;
  voice: unknown = null;
  onend: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(text: string) {
    this.text = text;
  }
}

let spoken: FakeUtterance[] = [];
let ears: FakeRecognition[] = [];

class FakeRecognition {
  static state = "available";
  static asked = 0;
  static available = () => {
    FakeRecognition.asked++;
    return Promise.resolve(FakeRecognition.state);
  };
  static install = () => Promise.resolve(true);
  running = false;
  processLocally = false;
  lang = "";
  onresult: ((event: unknown) => void) | null = null;
  onspeechstart: (() => void) | null = null;
  onspeechend: (() => void) | null = null;
  onerror: ((event: { error: string }) => void) | null = null;
  onend: (() => void) | null = null;
  constructor() {
    ears.push(this);
  }
  start(): void {
    this.running = true;
  }
  abort(): void {
    if (!this.running) return;
    this.running = false;
    this.onend?.();
  }
  hear(text: string): void {
    this.onspeechstart?.();
    this.onspeechend?.();
    this.onresult?.({ resultIndex: 0, results: [[{ transcript: text }]] });
    this.abort();
  }
}

const listening = () => ears.filter((one) => one.running).length;

beforeEach(() => {
  vi.useFakeTimers();
  spoken = [];
  ears = [];
  FakeRecognition.state = "available";
  FakeRecognition.asked = 0;
  vi.stubGlobal("SpeechSynthesisUtterance", FakeUtterance);
  vi.stubGlobal("SpeechRecognition", FakeRecognition);
  vi.stubGlobal("speechSynthesis", {
    getVoices: () => [
      { lang: "de-DE", localService: true },
      { lang: "en-US", localService: false },
      { lang: "en-GB", localService: true },
    ],
    cancel: vi.fn(),
    speak: (utterance: FakeUtterance) => spoken.push(utterance),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("what the browser can do", () => {
  it("is found out without touching it, until the person chooses it", () => {
    expect(hasSystemVoice()).toEqual({ speaks: true, hears: true });
    expect(FakeRecognition.asked).toBe(0);
    expect(ears).toEqual([]);
    vi.unstubAllGlobals();
    expect(hasSystemVoice()).toEqual({ speaks: false, hears: false });
  });

  it.each([
    ["available", "on_device"],
    ["downloadable", "needs_download"],
    ["downloading", "needs_download"],
    ["unavailable", "server"],
  ])("%s means %s", async (state, meaning) => {
    FakeRecognition.state = state;
    expect(await systemHearing("en-US")).toBe(meaning);
  });

  it("is the server's ear where the browser cannot say, and none where there is none", async () => {
    vi.stubGlobal("SpeechRecognition", undefined);
    vi.stubGlobal("webkitSpeechRecognition", class {});
    expect(await systemHearing("en-US")).toBe("server");
    expect(await installSystemHearing("en-US")).toBe(false);
    vi.stubGlobal("webkitSpeechRecognition", undefined);
    expect(await systemHearing("en-US")).toBe("none");
  });
});

describe("the browser's own voice", () => {
  it("speaks sentence by sentence and knows which were said", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: true });
    const told: string[] = [];
    voice.onSpoken = (id, state, chars) => told.push(`${id} ${state} ${chars}`);
    voice.say("a", "Good morning. ", 14);
    voice.say("a", "How can I help?", 29, true);
    expect(spoken.map((u) => u.text)).toEqual(["Good morning."]);
    spoken[0]?.onend?.();
    expect(voice.heardChars("a")).toBe(14);
    spoken[1]?.onend?.();
    expect(told).toEqual(["a started 0", "a done 29"]);
    expect(voice.heardChars("nobody")).toBe(0);
  });

  it("speaks at the pace the person chose, from the next sentence on", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: true });
    voice.say("a", "Good morning. ", 14);
    voice.setSpeed(1.25);
    voice.say("a", "How can I help?", 29, true);
    spoken[0]?.onend?.();
    expect(spoken.map((u) => u.rate)).toEqual([1, 1.25]);
  });

  it("is one of the computer's own where there is one, in the right language", () => {
    new SystemVoice({ lang: "en-US", onDevice: true }).say("a", "Hello.", 6, true);
    expect(spoken[0]?.voice).toMatchObject({ lang: "en-GB", localService: true });
  });

  it("gets no more than 200 characters at a time, and counts the sentence when all of it is said", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: true });
    const long = `${"word ".repeat(60)}end.`;
    voice.say("a", long, long.length, true);
    spoken[0]?.onend?.();
    expect(voice.heardChars("a")).toBeLessThan(long.length);
    spoken[1]?.onend?.();
    expect(voice.heardChars("a")).toBe(long.length);
    expect(spoken.every((u) => u.text.length <= 200)).toBe(true);
    expect(spoken.map((u) => u.text).join(" ")).toBe(long);
  });

  it("goes on when the browser never says that it has ended", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: true });
    voice.say("a", "One.", 4);
    voice.say("a", "Two.", 8, true);
    vi.advanceTimersByTime(10_000);
    expect(spoken.map((u) => u.text)).toEqual(["One.", "Two."]);
  });

  it("falls silent at once, and a late end of the cut sentence changes nothing", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: true });
    const told: string[] = [];
    voice.onSpoken = (id, state) => told.push(`${id} ${state}`);
    voice.say("a", "One.", 4);
    voice.say("a", "Two.", 8, true);
    voice.stop();
    spoken[0]?.onend?.();
    expect(spoken).toHaveLength(1);
    expect(told).toEqual(["a started"]);
  });
});

describe("the browser's own ears", () => {
  it("hand on words, and listen again after each utterance", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: true });
    const heard: string[] = [];
    voice.onSpeech = (state) => heard.push(state);
    voice.onWords = (text) => heard.push(text);
    voice.listen();
    expect(ears[0]).toMatchObject({ lang: "en-US", processLocally: true });
    ears[0]?.hear("block my card");
    vi.advanceTimersByTime(1_000);
    expect(heard).toEqual(["started", "stopped", "block my card"]);
    expect(listening()).toBe(1);
  });

  it("are closed while Luna speaks and open again afterwards", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: true });
    voice.listen();
    voice.say("a", "Good morning.", 13, true);
    expect(listening()).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(listening()).toBe(0);
    spoken[0]?.onend?.();
    expect(listening()).toBe(1);
    voice.say("b", "Well.", 5, true);
    voice.stop();
    expect(listening()).toBe(1);
  });

  it("stay closed after an error that will not pass, and say why", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: false });
    const troubles: string[] = [];
    voice.onTrouble = (message) => troubles.push(message);
    voice.listen();
    ears[0]?.onerror?.({ error: "service-not-allowed" });
    ears[0]?.abort();
    vi.advanceTimersByTime(5_000);
    expect(troubles).toEqual(["This browser does not allow speech recognition here."]);
    expect(listening()).toBe(0);
  });

  it("tell of a sound that made no words, once; of words, and of a call that is deaf now, they tell nothing", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: false });
    let unclear = 0;
    voice.onUnclear = () => unclear++;
    voice.listen();
    ears[0]?.onspeechstart?.();
    ears[0]?.onspeechend?.();
    ears[0]?.onerror?.({ error: "no-speech" });
    ears[0]?.abort();
    expect(unclear).toBe(1);
    vi.advanceTimersByTime(1_000);
    ears.at(-1)?.hear("block my card");
    vi.advanceTimersByTime(1_000);
    ears.at(-1)?.onspeechstart?.();
    voice.deafen();
    expect(unclear).toBe(1);
  });

  it("try again after silence, but not in a tight circle", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: false });
    voice.listen();
    for (let i = 0; i < 20; i++) {
      ears.at(-1)?.onerror?.({ error: "no-speech" });
      ears.at(-1)?.abort();
      vi.advanceTimersByTime(50);
    }
    expect(ears.length).toBeLessThan(8);
    vi.advanceTimersByTime(1_000);
    expect(listening()).toBe(1);
  });

  it("are closed for good when the call ends", () => {
    const voice = new SystemVoice({ lang: "en-US", onDevice: false });
    voice.listen();
    voice.close();
    vi.advanceTimersByTime(5_000);
    expect(listening()).toBe(0);
  });
});
