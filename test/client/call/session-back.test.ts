import { beforeEach, describe, expect, it, vi } from "vitest";
import type { PageEvent, TurnStatus } from "../../../src/legs/wire.ts";
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
  voice,
} from "./made-up-session.ts";

beforeEach(() => start());

const turn = (item_id: string, words: string, heard: string, state: TurnStatus["state"]): TurnStatus => ({
  type: "luna.turn",
  item_id,
  order: 1,
  who: "luna",
  how: "speech",
  text: words,
  heard,
  state,
});
/** The socket was lost, and the call tells anew. */
function backWith(...replay: PageEvent[]): void {
  call.onAway();
  call.onBack();
  comes(...replay);
  call.onReplayed();
}

describe("a socket that was lost and found, in a call spoken by the page", () => {
  const said: string[] = [];
  beforeEach(() => {
    vi.useFakeTimers();
    comes(engine());
    said.length = 0;
    voice.say = (id, index, delta) => {
      said.push(delta);
      voice.onAudio(id, index, new Int16Array(delta.length * 240));
    };
    return () => vi.useRealTimers();
  });

  it("does not speak again what it has spoken, nor what is over for the call", () => {
    comes(text("a", "Hello Maya."), textDone("a", "Hello Maya."));
    line.hear("a", 5_000);
    backWith(turn("a", "Hello Maya.", "Hello Maya.", "final"), turn("b", "Anything else?", "Anything else?", "final"));
    comes(text("b", "Anything else?"), textDone("b", "Anything else?"));
    vi.advanceTimersByTime(5_000);
    expect(said).toEqual(["Hello Maya."]);
  });

  it("does not speak twice what still sounds, and lets it come to its end", () => {
    comes(text("a", "Hello Maya."));
    line.hear("a", 30);
    backWith(turn("a", "Hello Maya.", "Hel", "live"));
    vi.advanceTimersByTime(2_000);
    line.hear("a", 5_000);
    expect(said).toEqual(["Hello Maya."]);
    expect(playback("done")).toMatchObject([{ item_id: "a", heard_chars: 11 }]);
  });

  it("is silent where the call has cut it: the call goes on from there", async () => {
    comes(text("a", "Hello Maya, how are you?"), textDone("a", "Hello Maya, how are you?"));
    line.hear("a", 30);
    backWith(turn("a", "Hello Maya, how are you?", "Hel", "interrupted"));
    expect(line.queue.size).toBe(0);
    await Promise.resolve();
    expect(playback("flushed")).toMatchObject([{ item_id: "a", heard_ms: 30 }]);
  });

  it("speaks the part of an answer that it missed", () => {
    comes(text("a", "Your card "));
    backWith(turn("a", "Your card is blocked.", "", "live"));
    expect(said).toEqual(["Your card ", "is blocked."]);
  });

  it("goes on with an answer whose words are still coming", () => {
    comes(text("a", "Your "));
    backWith(turn("a", "Your card ", "", "live"));
    comes(text("a", "is blocked."), textDone("a", "Your card is blocked."));
    vi.advanceTimersByTime(2_000);
    expect(said.join("")).toBe("Your card is blocked.");
    line.hear("a", 5_000);
    expect(playback("done")).toHaveLength(1);
  });

  it("speaks an answer that came wholly while it was away", () => {
    backWith(turn("b", "Which card is it?", "", "live"));
    vi.advanceTimersByTime(2_000);
    line.hear("b", 5_000);
    expect(said).toEqual(["Which card is it?"]);
    expect(playback("done")).toMatchObject([{ item_id: "b", heard_chars: 17 }]);
  });

  it("after a reload goes on where the ear was, and counts from there", () => {
    start();
    voice.say = (id, index, delta) => {
      said.push(delta);
      voice.onAudio(id, index, new Int16Array(delta.length * 240));
    };
    backWith(turn("a", "Hello Maya, how are you?", "Hello Maya,", "live"), engine());
    expect(said).toEqual([" how are you?"]);
    line.hear("a", 40);
    expect(playback("progress")).toMatchObject([{ heard_chars: 15 }]);
  });

  it("measures no turn during which it was away: the wait was for the network", () => {
    call.onAway();
    session.say("block my card");
    page.now += 10_000;
    call.onBack();
    call.onReplayed();
    comes(text("a", "Right away."), textDone("a", "Right away."));
    line.hear("a", 10);
    const measured = () => shown.filter((event) => event.type === "local.latency");
    expect(measured()).toEqual([]);
    session.say("and the other one");
    page.now += 240;
    comes(text("b", "That one too."), textDone("b", "That one too."));
    line.hear("b", 5_000);
    expect(measured()).toMatchObject([{ item_id: "b" }]);
    expect(sent.filter((message) => message.type === "luna.latency")).toMatchObject([{ item_id: "b" }]);
  });

  it("keeps what was said meanwhile in sight, and shows where the call stands", () => {
    call.onAway();
    session.say("block my card");
    expect(shown.slice(-2)).toMatchObject([{ type: "local.away" }, { type: "local.said", text: "block my card" }]);
    call.onBack();
    call.onReplayed();
    expect(shown.slice(-2)).toEqual([{ type: "local.back" }, { type: "local.replayed" }]);
  });
});

describe("a socket that was lost and found, in a call of the provider", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    comes(engine({ mode: "ai", voice: "call" }));
    return () => vi.useRealTimers();
  });

  it("lets what it has of an utterance be heard to its end when the rest does not come", () => {
    comes({ type: "luna.audio", n: 1, item_id: "a", content_index: 0 }, spoken("a", "0123456789"));
    call.onAudio(1, new Int16Array(2_400));
    line.hear("a", 20);
    backWith(turn("a", "0123456789", "01", "live"));
    vi.advanceTimersByTime(2_000);
    line.hear("a", 5_000);
    expect(playback("done")).toMatchObject([{ item_id: "a", heard_ms: 100 }]);
  });

  it("plays on when the rest does come, under a new number", () => {
    comes({ type: "luna.audio", n: 7, item_id: "a", content_index: 0 }, spoken("a", "0123456789"));
    call.onAudio(7, new Int16Array(2_400));
    backWith(turn("a", "0123456789", "", "live"));
    comes({ type: "luna.audio", n: 1, item_id: "a", content_index: 0 });
    call.onAudio(1, new Int16Array(2_400));
    vi.advanceTimersByTime(2_000);
    comes({ type: "response.output_audio.done", ...at, item_id: "a" });
    line.hear("a", 5_000);
    expect(playback("done")).toMatchObject([{ heard_ms: 200 }]);
  });

  it("tells the call that nothing more was heard of what a reload cut off", () => {
    backWith(turn("a", "Hello Maya, how are you?", "Hello Maya,", "live"));
    vi.advanceTimersByTime(2_000);
    expect(playback("flushed")).toEqual([
      { type: "luna.playback", item_id: "a", content_index: 0, state: "flushed", heard_ms: 0 },
    ]);
    expect(shown).toContainEqual({ type: "local.heard", item_id: "a", chars: 11, cut: true });
  });
});
