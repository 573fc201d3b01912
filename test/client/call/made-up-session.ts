/** A session of the page with everything around it made up: the line, the voice, the socket, and the time. */
import type { PlaybackReport } from "../../../src/client/audio/line.ts";
import type { SessionLine, SessionVoice } from "../../../src/client/call/session.ts";
import { CallSession } from "../../../src/client/call/session.ts";
import type { SocketListener } from "../../../src/client/call/socket.ts";
import type { CallEvent } from "../../../src/client/state/call-state.ts";
import type { EngineStatus, PageEvent, PageMessageInput } from "../../../src/legs/wire.ts";

/** A line that plays in a time of its own: `hear` lets so many ms of an item reach the ear. */
class FakeLine implements SessionLine {
  onFrame: SessionLine["onFrame"] = () => undefined;
  onPlayback: SessionLine["onPlayback"] = () => undefined;
  onTrouble: SessionLine["onTrouble"] = () => undefined;
  outputLatencyMs = 20;
  plays = true;
  frameMs = 0;
  closed = false;
  readonly queue = new Map<string, { ms: number; heard: number; finished: boolean }>();

  play(id: string, _index: number, pcm: Int16Array): void {
    const item = this.queue.get(id) ?? { ms: 0, heard: 0, finished: false };
    item.ms += pcm.length / 24;
    this.queue.set(id, item);
  }
  finish(id: string): void {
    const item = this.queue.get(id) ?? { ms: 0, heard: 0, finished: false };
    item.finished = true;
    this.queue.set(id, item);
  }
  hear(id: string, ms: number): void {
    const item = this.queue.get(id);
    if (item === undefined) throw new Error(`nothing of ${id} was played`);
    if (item.heard === 0) this.#report(id, "started", 0);
    item.heard = Math.min(item.ms, item.heard + ms);
    const done = item.finished && item.heard === item.ms;
    this.#report(id, done ? "done" : "progress", item.heard);
    if (done) this.queue.delete(id);
  }
  flush(): Promise<unknown> {
    const flushed = [...this.queue];
    this.queue.clear();
    return Promise.resolve().then(() => {
      for (const [id, item] of flushed) this.#report(id, "flushed", item.heard);
    });
  }
  setFrameMs(ms: 20 | 40): void {
    this.frameMs = ms;
  }
  muteMicrophone(): void {}
  muteSpeaker(): void {}
  levels() {
    return { mic: 0.5, luna: 0.2 };
  }
  async close(): Promise<void> {
    this.closed = true;
  }
  #report(item_id: string, state: PlaybackReport["state"], heard_ms: number): void {
    this.onPlayback({ item_id, content_index: 0, state, heard_ms });
  }
}

/** A voice whose speech is 10 ms a character. */
class FakeVoice implements SessionVoice {
  onSpeech: SessionVoice["onSpeech"] = () => undefined;
  onWords: SessionVoice["onWords"] = () => undefined;
  onUnclear: SessionVoice["onUnclear"] = () => undefined;
  onAudio: SessionVoice["onAudio"] = () => undefined;
  onAudioDone: SessionVoice["onAudioDone"] = () => undefined;
  onTrouble: SessionVoice["onTrouble"] = () => undefined;
  ready = true;
  get canSpeak() {
    return this.ready;
  }
  heard: number[] = [];
  name = "";
  stops = 0;
  listens = 0;
  loading = Promise.withResolvers<void>();

  load(): Promise<void> {
    return this.loading.promise;
  }
  hear(frame: ArrayBuffer): void {
    this.heard.push(frame.byteLength);
  }
  say(id: string, index: number, delta: string): void {
    this.onAudio(id, index, new Int16Array(delta.length * 240));
  }
  sayDone(id: string): void {
    this.onAudioDone(id, 0);
  }
  stop(): void {
    this.stops++;
  }
  speaking(): void {}
  deafen(): void {}
  listen(): void {
    this.listens++;
  }
  setVoice(name: string): void {
    this.name = name;
  }
  setSpeed(): void {}
  heardChars(_id: string, ms: number): number {
    return Math.floor(ms / 10);
  }
}

/** New with each `start`. */
export let line: FakeLine;
export let voice: FakeVoice;
export let sent: PageMessageInput[];
export let shown: CallEvent[];
export let call: SocketListener;
export let session: CallSession;
/** What a test may set (the time, the visitor's key), and what it counts. */
export const page = { frames: 0, now: 0, key: "", over: 0, aiFailed: 0 };

export function start(how: { typingOnly?: boolean; voiceReady?: boolean } = {}): void {
  line = new FakeLine();
  voice = new FakeVoice();
  voice.ready = how.voiceReady ?? true;
  sent = [];
  shown = [];
  Object.assign(page, { frames: 0, now: 0, key: "", over: 0, aiFailed: 0 });
  let id = 0;
  session = new CallSession(
    {
      line,
      voice,
      connect: (listener) => {
        call = listener;
        return { tell: (message) => sent.push(message), hear: () => page.frames++, close: () => undefined };
      },
      show: (event) => shown.push(event),
      onVoiceLoading: () => undefined,
      onTrouble: () => undefined,
      onAiFailed: () => page.aiFailed++,
      onToolDone: () => undefined,
      key: () => page.key,
      onOver: () => page.over++,
      now: () => page.now,
      id: () => `me_${++id}`,
    },
    how.typingOnly ?? false,
  );
  session.connect();
}

export const engine = (change: Partial<EngineStatus> = {}): EngineStatus => ({
  type: "luna.engine",
  mode: "scripted",
  voice: "page",
  speaker: "luna",
  model: "luna-scripted",
  ready: true,
  ...change,
});
export const comes = (...events: PageEvent[]) => {
  for (const event of events) call.onEvent(event);
};
export const at = { event_id: "e", response_id: "r", output_index: 0, content_index: 0 };
export const text = (item_id: string, delta: string): PageEvent => ({
  type: "response.output_text.delta",
  ...at,
  item_id,
  delta,
});
export const textDone = (item_id: string, words: string): PageEvent => ({
  type: "response.output_text.done",
  ...at,
  item_id,
  text: words,
});
export const spoken = (item_id: string, delta: string): PageEvent => ({
  type: "response.output_audio_transcript.delta",
  ...at,
  item_id,
  delta,
});
export const playback = (state: PlaybackReport["state"]) =>
  sent.filter((message) => message.type === "luna.playback" && message.state === state);
export const types = () => sent.map((message) => message.type);
