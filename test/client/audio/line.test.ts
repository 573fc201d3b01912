import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AudioLine, type PlaybackReport } from "../../../src/client/audio/line.ts";
import type { FromCapture, FromPlayback, ToCapture, ToPlayback } from "../../../src/client/audio/worklet-messages.ts";

/** What the browser was asked to do, in order. */
let asked: string[] = [];
let nodes: FakeWorkletNode[] = [];
let contexts: FakeContext[] = [];
let tracks: FakeTrack[] = [];
let microphone: () => Promise<unknown>;
let elementPlays: () => Promise<void>;

class FakeNode {
  connect = vi.fn();
  disconnect = vi.fn();
}
class FakeContext {
  state = "suspended";
  currentTime = 0;
  outputLatency = 0.04;
  baseLatency = 0.01;
  onstatechange: (() => void) | null = null;
  destination = new FakeNode();
  audioWorklet = { addModule: (url: string) => Promise.resolve(asked.push(`module ${url}`)) };
  gain = { cancelScheduledValues: vi.fn(), setTargetAtTime: vi.fn() };
  readonly options: unknown;
  constructor(options: unknown) {
    asked.push("context");
    this.options = options;
    contexts.push(this);
  }
  resume(): Promise<void> {
    asked.push("resume");
    this.state = "running";
    return Promise.resolve();
  }
  suspend(): Promise<void> {
    this.state = "suspended";
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.state = "closed";
    return Promise.resolve();
  }
  createGain(): unknown {
    return Object.assign(new FakeNode(), { gain: this.gain });
  }
  createMediaStreamDestination(): unknown {
    return Object.assign(new FakeNode(), { stream: "out" });
  }
  createMediaStreamSource(): unknown {
    return new FakeNode();
  }
}
class FakeWorkletNode extends FakeNode {
  readonly name: string;
  readonly told: (ToPlayback | ToCapture)[] = [];
  readonly port = {
    onmessage: null as ((event: { data: FromPlayback | FromCapture }) => void) | null,
    postMessage: (message: ToPlayback | ToCapture) => {
      this.told.push(message);
      this.answer(message);
    },
  };
  /** Set by a test to play the worklet. */
  answer: (message: ToPlayback | ToCapture) => void = () => {};
  onprocessorerror: (() => void) | null = null;
  constructor(_context: unknown, name: string) {
    super();
    this.name = name;
    nodes.push(this);
  }
  say(data: FromPlayback | FromCapture): void {
    this.port.onmessage?.({ data });
  }
}
class FakeTrack {
  enabled = true;
  stopped = false;
  onended: (() => void) | null = null;
  getCapabilities = () => ({});
  stop(): void {
    this.stopped = true;
  }
}

const playback = () => nodes.findLast((n) => n.name === "luna-playback") as FakeWorkletNode;
const capture = () => nodes.findLast((n) => n.name === "luna-capture") as FakeWorkletNode;
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));
const stream = () => {
  const track = new FakeTrack();
  tracks.push(track);
  return { getAudioTracks: () => [track], getTracks: () => [track] };
};

beforeEach(() => {
  asked = [];
  nodes = [];
  contexts = [];
  tracks = [];
  microphone = () => Promise.resolve(stream());
  elementPlays = () => Promise.resolve();
  vi.stubGlobal("AudioContext", FakeContext);
  vi.stubGlobal("AudioWorkletNode", FakeWorkletNode);
  vi.stubGlobal("HTMLMediaElement", class {});
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("document", {
    visibilityState: "visible",
    createElement: () => ({
      play: () => {
        asked.push("play");
        return elementPlays();
      },
      pause: () => {},
    }),
    addEventListener: () => {},
    removeEventListener: () => {},
  });
  vi.stubGlobal("navigator", {
    mediaDevices: {
      getUserMedia: () => {
        asked.push("microphone");
        return microphone();
      },
      enumerateDevices: () => Promise.resolve([]),
      addEventListener: () => {},
      removeEventListener: () => {},
    },
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("opening the line", () => {
  it("unlocks sound inside the gesture: context, resume and play before anything is awaited", () => {
    AudioLine.unlock();
    expect(asked).toEqual(["context", "play", "resume"].sort((a, b) => asked.indexOf(a) - asked.indexOf(b)));
    expect(new Set(asked)).toEqual(new Set(["context", "resume", "play"]));
  });

  it("takes the device's own rate, and asks for the microphone without waiting for the worklets", async () => {
    const line = AudioLine.unlock();
    await line.open({ microphone: true });
    expect(contexts[0]?.options).toEqual({ latencyHint: "interactive" });
    expect(asked.indexOf("microphone")).toBeLessThan(asked.indexOf("module /build/playback-worklet.js"));
  });

  it("asks for no microphone when none is wanted", async () => {
    await AudioLine.unlock().open({ microphone: false });
    expect(asked).not.toContain("microphone");
  });

  it("plays even where the microphone is refused, and names the refusal", async () => {
    microphone = () => Promise.reject(Object.assign(new Error("no"), { name: "NotAllowedError" }));
    const line = AudioLine.unlock();
    await expect(line.open({ microphone: true })).rejects.toMatchObject({ code: "no_permission" });
    line.play("a", 0, new Int16Array(48));
    expect(playback().told).toMatchObject([{ type: "play", item_id: "a" }]);
  });

  it("keeps its one player, and the length of its frames, when the microphone is tried again", async () => {
    const line = AudioLine.unlock();
    microphone = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    await expect(line.open({ microphone: true })).rejects.toMatchObject({ code: "no_permission" });
    line.setFrameMs(20);
    microphone = () => Promise.resolve(stream());
    await line.open({ microphone: true });
    expect(nodes.filter(({ name }) => name === "luna-playback")).toHaveLength(1);
    expect(capture().told).toContainEqual({ type: "frame_ms", ms: 20 });
  });

  it("asks for nothing once it is closed: hung up while the call was being opened", async () => {
    const line = AudioLine.unlock();
    await line.close();
    await line.open({ microphone: true });
    expect(asked).not.toContain("microphone");
  });

  it("lets go of the microphone where it cannot play at all, and says that it cannot", async () => {
    const line = AudioLine.unlock();
    expect(line.plays).toBe(true);
    const { addModule } = contexts[0]?.audioWorklet ?? {};
    Object.assign(contexts[0] ?? {}, { audioWorklet: undefined });
    await expect(line.open({ microphone: true })).rejects.toMatchObject({ code: "playback_failed" });
    await settle();
    expect(tracks.map(({ stopped }) => stopped)).toEqual([true]);
    expect(line.plays).toBe(false);
    Object.assign(contexts[0] ?? {}, { audioWorklet: { addModule } });
    await line.open({ microphone: false });
    expect(line.plays).toBe(true);
  });

  it("goes straight to the context's output where the element may not play", async () => {
    elementPlays = () => Promise.reject(new Error("not allowed"));
    const line = AudioLine.unlock();
    await settle();
    expect(await line.setOutput("other")).toBe(false);
  });

  it("keeps what is played before the worklet is there", async () => {
    const line = AudioLine.unlock();
    line.play("a", 0, new Int16Array(48));
    line.finish("a", 0);
    await line.open({ microphone: false });
    expect(playback().told.map((m) => m.type)).toEqual(["play", "finish"]);
  });
});

describe("the microphone", () => {
  async function open() {
    const line = AudioLine.unlock();
    const frames: number[] = [];
    const troubles: string[] = [];
    line.onFrame = (pcm) => frames.push(pcm.byteLength);
    line.onTrouble = (code) => troubles.push(code);
    await line.open({ microphone: true, frameMs: 20 });
    return { line, frames, troubles };
  }

  it("hands on frames and levels, and none while muted", async () => {
    const { line, frames } = await open();
    expect(capture().told).toContainEqual({ type: "frame_ms", ms: 20 });
    capture().say({ type: "frame", pcm: new ArrayBuffer(960) });
    capture().say({ type: "level", rms: 0.2 });
    expect(line.levels().mic).toBe(0.2);
    line.muteMicrophone(true);
    expect(tracks[0]?.enabled).toBe(false);
    expect(capture().told).toContainEqual({ type: "mute", muted: true });
    capture().say({ type: "frame", pcm: new ArrayBuffer(960) });
    expect(frames).toEqual([960]);
    expect(line.levels().mic).toBe(0);
  });

  it("stays muted when it is changed for another", async () => {
    const { line } = await open();
    line.muteMicrophone(true);
    await line.setInput("other");
    expect(tracks.map((t) => [t.stopped, t.enabled])).toEqual([
      [true, false],
      [false, false],
    ]);
  });

  it("that is unplugged gives way to the standard one, and that is told", async () => {
    const { troubles, frames } = await open();
    const before = capture();
    tracks[0]?.onended?.();
    await settle();
    expect(troubles).toEqual(["microphone_ended"]);
    before.say({ type: "frame", pcm: new ArrayBuffer(960) });
    capture().say({ type: "frame", pcm: new ArrayBuffer(1_920) });
    expect(frames).toEqual([1_920]);
  });

  it("that is unplugged with none left is told as none", async () => {
    const { troubles } = await open();
    microphone = () => Promise.reject(Object.assign(new Error("none"), { name: "NotFoundError" }));
    tracks[0]?.onended?.();
    await settle();
    expect(troubles).toEqual(["microphone_ended", "no_microphone"]);
  });

  it("is let go of when the line closes, even while it is still being opened", async () => {
    const { line } = await open();
    await line.close();
    expect(tracks[0]?.stopped).toBe(true);
    const early = AudioLine.unlock();
    const opening = early.open({ microphone: true });
    await early.close();
    await opening;
    expect(tracks[1]?.stopped).toBe(true);
  });
});

describe("what was heard", () => {
  async function open() {
    const line = AudioLine.unlock();
    const reports: PlaybackReport[] = [];
    line.onPlayback = (report) => reports.push(report);
    await line.open({ microphone: false });
    const report = (state: PlaybackReport["state"], heard_ms: number) =>
      playback().say({ type: "report", report: { item_id: "a", content_index: 0, state, heard_ms } });
    return { line, reports, report };
  }

  it("is less than what was handed out by the way to the ear, but never less than nothing", async () => {
    const { reports, report } = await open();
    report("started", 0);
    report("progress", 200);
    report("progress", 210);
    expect(reports.map((r) => [r.state, r.heard_ms])).toEqual([
      ["started", 0],
      ["progress", 160],
      ["progress", 170],
    ]);
  });

  it("is all of it when it was played to the end", async () => {
    const { reports, report } = await open();
    report("done", 500);
    expect(reports).toEqual([{ item_id: "a", content_index: 0, state: "done", heard_ms: 500 }]);
  });

  it("is told at a flush, for each item", async () => {
    const { line } = await open();
    playback().answer = (message) => {
      if (message.type === "flush")
        playback().say({
          type: "flushed",
          id: message.id,
          heard: [
            { item_id: "a", content_index: 0, heard_ms: 340 },
            { item_id: "b", content_index: 0, heard_ms: 0 },
          ],
        });
    };
    expect(await line.flush()).toEqual([
      { item_id: "a", content_index: 0, heard_ms: 300 },
      { item_id: "b", content_index: 0, heard_ms: 0 },
    ]);
  });

  it("is what was last known when the sound stands still, and a flush does not wait for ever", async () => {
    const { line, reports, report } = await open();
    const troubles: string[] = [];
    line.onTrouble = (code) => troubles.push(code);
    report("started", 0);
    report("progress", 640);
    const started = performance.now();
    expect(await line.flush()).toEqual([{ item_id: "a", content_index: 0, heard_ms: 600 }]);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(reports.at(-1)).toMatchObject({ state: "flushed", heard_ms: 600 });
    expect(troubles).toEqual(["frozen"]);
  });

  it("goes on while the speaker is muted: only the gain goes down", async () => {
    const { line } = await open();
    line.muteSpeaker(true);
    expect(contexts[0]?.gain.setTargetAtTime).toHaveBeenLastCalledWith(0, 0, expect.any(Number));
    line.muteSpeaker(false);
    expect(contexts[0]?.gain.setTargetAtTime).toHaveBeenLastCalledWith(1, 0, expect.any(Number));
  });
});

describe("sound that stops by itself", () => {
  it("is told when the device takes it away, and comes back with a tap", async () => {
    const line = AudioLine.unlock();
    const troubles: string[] = [];
    line.onTrouble = (code) => troubles.push(code);
    await line.open({ microphone: false });
    const [context] = contexts as [FakeContext];
    context.state = "interrupted";
    context.onstatechange?.();
    expect(troubles).toEqual(["interrupted"]);
    const clock = setInterval(() => {
      context.currentTime += 0.05;
    }, 50);
    expect(await line.resume()).toBe(true);
    clearInterval(clock);
    expect(contexts).toHaveLength(1);
  });

  it("is built anew when resuming leaves it standing still", async () => {
    const line = AudioLine.unlock();
    const reports: PlaybackReport[] = [];
    line.onPlayback = (report) => reports.push(report);
    await line.open({ microphone: true });
    playback().say({ type: "report", report: { item_id: "a", content_index: 0, state: "progress", heard_ms: 240 } });
    const clock = setInterval(() => {
      if (contexts[1]) contexts[1].currentTime += 0.05;
    }, 50);
    expect(await line.resume()).toBe(true);
    clearInterval(clock);
    expect(contexts).toHaveLength(2);
    expect(contexts[0]?.state).toBe("closed");
    expect(reports.at(-1)).toEqual({ item_id: "a", content_index: 0, state: "flushed", heard_ms: 200 });
    expect(tracks.map((t) => t.stopped)).toEqual([true, false]);
  });
});
