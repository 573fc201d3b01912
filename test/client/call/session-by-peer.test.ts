import { beforeEach, expect, test } from "vitest";
import type { PeerSound } from "../../../src/client/call/peer-sound.ts";
import { CallSession, type SessionLine, type SessionVoice } from "../../../src/client/call/session.ts";
import type { SocketListener } from "../../../src/client/call/socket.ts";
import type { CallEvent } from "../../../src/client/state/call-state.ts";
import type { EngineStatus, PageEvent, PageMessageInput } from "../../../src/legs/wire.ts";

/** A WebRTC connection that only notes what it is told. */
class FakePeer implements PeerSound {
  onFirstSound: PeerSound["onFirstSound"] = () => undefined;
  busy = false;
  level = 0.3;
  listening: boolean | undefined;
  hushed = 0;
  closed = false;
  readonly taken: string[] = [];

  event(event: PageEvent): boolean {
    this.taken.push(event.type);
    return event.type.startsWith("response.output_audio");
  }
  hush(): void {
    this.hushed++;
  }
  listen(on: boolean): void {
    this.listening = on;
  }
  close(): void {
    this.closed = true;
  }
}

const nothing = () => undefined;
let line: SessionLine;
let played: number;
let sent: PageMessageInput[];
let shown: CallEvent[];
let frames: number;
let now: number;
let call: SocketListener;
let session: CallSession;
let peer: FakePeer;

beforeEach(() => {
  played = frames = now = 0;
  sent = [];
  shown = [];
  line = {
    onFrame: nothing,
    onPlayback: nothing,
    onTrouble: nothing,
    outputLatencyMs: 0,
    plays: true,
    setFrameMs: nothing,
    muteMicrophone: nothing,
    muteSpeaker: nothing,
    levels: () => ({ mic: 0.5, luna: 0 }),
    close: async () => undefined,
    play: () => played++,
    finish: nothing,
    flush: async () => undefined,
  };
  const voice: SessionVoice = {
    ready: true,
    canSpeak: true,
    onSpeech: nothing,
    onWords: nothing,
    onUnclear: nothing,
    onAudio: nothing,
    onAudioDone: nothing,
    onTrouble: nothing,
    load: async () => undefined,
    hear: nothing,
    deafen: nothing,
    setVoice: nothing,
    setSpeed: nothing,
    say: nothing,
    sayDone: nothing,
    stop: nothing,
    speaking: nothing,
    heardChars: () => 0,
  };
  session = new CallSession(
    {
      line,
      voice,
      connect: (listener) => {
        call = listener;
        return { tell: (message) => sent.push(message), hear: () => frames++, close: nothing };
      },
      show: (event) => shown.push(event),
      onVoiceLoading: nothing,
      onTrouble: nothing,
      onAiFailed: nothing,
      onToolDone: nothing,
      key: () => "",
      onOver: nothing,
      now: () => now,
      id: () => "me",
    },
    false,
  );
  session.connect();
  peer = new FakePeer();
});

const engine = (voice: EngineStatus["voice"]): EngineStatus => ({
  type: "luna.engine",
  mode: "ai",
  voice,
  speaker: "luna",
  model: "gpt-realtime-2.1",
  ready: true,
});
const words: PageEvent = {
  type: "response.output_audio_transcript.delta",
  event_id: "e",
  response_id: "r",
  item_id: "a",
  output_index: 0,
  content_index: 0,
  delta: "Hello",
};

test("by WebRTC no frame of the microphone leaves over the socket, and Luna's words are the peer's business", () => {
  session.join(peer);
  call.onEvent(engine("peer"));
  line.onFrame(new ArrayBuffer(1_920));
  call.onEvent(words);
  expect(frames).toBe(0);
  expect(peer.taken).toEqual(["response.output_audio_transcript.delta"]);
  expect(sent).toEqual([]);
});

test("muted or on hold nobody is heard, and after both they are again", () => {
  session.join(peer);
  expect(peer.listening).toBe(true);
  session.muteMicrophone(true);
  expect(peer.listening).toBe(false);
  session.hold(true);
  session.muteMicrophone(false);
  expect(peer.listening).toBe(false);
  session.hold(false);
  expect(peer.listening).toBe(true);
});

test("a turn is timed from the caller's last sound to the first that the peer hears", () => {
  session.join(peer);
  call.onEvent(engine("peer"));
  now = 1_000;
  line.onFrame(new ArrayBuffer(1_920));
  now = 1_500;
  call.onEvent({ type: "input_audio_buffer.speech_stopped", event_id: "e", item_id: "u", audio_end_ms: 1_000 });
  peer.onFirstSound("a", 1_640);
  expect(sent).toEqual([{ type: "luna.latency", item_id: "a", ms: 640 }]);
});

test("stop talking silences the peer before the call is told", () => {
  session.join(peer);
  call.onEvent(engine("peer"));
  session.stopSpeaking();
  expect([peer.hushed, sent.length]).toEqual([0, 0]);
  peer.busy = true;
  session.stopSpeaking();
  expect([peer.hushed, sent.at(-1)]).toEqual([1, { type: "response.cancel" }]);
});

test("when the call takes the sound over, the peer is closed and the microphone goes over the socket", () => {
  session.join(peer);
  call.onEvent(engine("peer"));
  expect(session.levels().luna).toBe(0.3);
  call.onEvent(engine("call"));
  expect(peer.closed).toBe(true);
  line.onFrame(new ArrayBuffer(1_920));
  expect(frames).toBe(1);
  expect(session.levels().luna).toBe(0);
});

test("a page that was loaded anew has no such connection, and says so", () => {
  call.onEvent(engine("peer"));
  expect(sent).toEqual([{ type: "luna.peer", state: "lost" }]);
});

test("a connection that is there only when the call is over is closed", () => {
  call.onEvent({
    type: "luna.ended",
    reason: "caller_ended",
    outcome: "abandoned",
    seconds: 1,
    latency: { p50: null, p95: null, turns: 0 },
    cost_usd: null,
  });
  session.join(peer);
  expect(peer.closed).toBe(true);
});
