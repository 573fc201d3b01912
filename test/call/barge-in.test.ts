import { describe, expect, test } from "vitest";
import { audioArrived } from "../../src/call/machine.ts";
import { delta, Line, message, page, sent, server, told } from "./events.ts";

const TEXT = "Your checking account holds two thousand dollars.";

/** Luna says a sentence of 4 s; all of its audio has come, and the response is over unless `running`. */
function speaking(options: { running?: boolean; heard?: number } = {}): Line {
  const line = new Line();
  line.engine(server.created("r1"), server.outputAdded("r1", message("m1")), server.itemAdded(message("m1")));
  line.engine(server.transcript("r1", "m1", TEXT));
  for (let i = 0; i < 8; i += 1) audioArrived(line.state, delta("r1", "m1"), 500, line.now);
  if (!options.running) {
    line.engine(server.audioDone("r1", "m1"), server.transcriptDone("r1", "m1", TEXT), server.done("r1"));
  }
  line.page(page.playback("m1", "started", 0), page.playback("m1", "progress", options.heard ?? 1_000));
  return line;
}

describe("the caller speaks while Luna does", () => {
  test("and the page is told to stop before anything else", () => {
    const [first] = speaking().engine(server.speechStarted("u1"));
    expect(first).toEqual({ do: "tell", event: { type: "luna.flush" } });
  });

  test("and the item is cut to what was heard when the page says how much that was", () => {
    const line = speaking();
    expect(sent(line.engine(server.speechStarted("u1")))).toEqual([]);
    const after = line.page(page.playback("m1", "flushed", 2_000));
    expect(sent(after)).toMatchObject([
      { type: "conversation.item.truncate", item_id: "m1", content_index: 0, audio_end_ms: 2_000 },
    ]);
    expect(told(after, "luna.turn")).toMatchObject([
      { state: "interrupted", text: TEXT, heard: "Your checking account holds" },
    ]);
  });

  test("and a response under way is left to the server to cancel", () => {
    const line = speaking({ running: true });
    expect(sent(line.engine(server.speechStarted("u1")), "response.cancel")).toEqual([]);
  });

  test("and no audio of the cut response plays any more", () => {
    const line = speaking({ running: true });
    line.engine(server.speechStarted("u1"));
    expect(audioArrived(line.state, delta("r1", "m1"), 500, line.now)).toEqual([]);
    expect(audioArrived(line.state, delta("r1", "m2", 1), 500, line.now)).toEqual([]);
    expect(audioArrived(line.state, delta("r2", "m3"), 500, line.now)).toHaveLength(1);
  });

  test("and the cut is never longer than the audio that came", () => {
    const line = speaking();
    line.engine(server.speechStarted("u1"));
    line.page(page.playback("m1", "flushed", 99_999));
    expect(sent(line.all, "conversation.item.truncate")).toEqual([]);
    expect(line.turn("m1")).toMatchObject({ state: "final", heard: TEXT });
  });

  test("and the cut is an integer even where the audio came in uneven pieces", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", TEXT));
    for (let i = 0; i < 3; i += 1) audioArrived(line.state, delta("r1", "m1"), 33.37, line.now);
    line.engine(server.audioDone("r1", "m1"), server.done("r1"), server.speechStarted("u1"));
    line.page(page.playback("m1", "flushed", 50));
    expect(sent(line.all, "conversation.item.truncate")).toMatchObject([{ audio_end_ms: 50 }]);
  });

  test("and audio that comes after the cut counts as made, never as heard", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", TEXT));
    for (let i = 0; i < 3; i += 1) audioArrived(line.state, delta("r1", "m1"), 33.37, line.now);
    line.engine(server.speechStarted("u1"));
    audioArrived(line.state, delta("r1", "m1"), 33.37, line.now);
    line.page(page.playback("m1", "flushed", 150));
    expect(sent(line.all, "conversation.item.truncate")).toMatchObject([{ audio_end_ms: 100 }]);
  });

  test("and nothing is kept of audio that was held back", () => {
    const line = speaking({ running: true });
    audioArrived(line.state, delta("r1", "m2", 1), 500, line.now);
    expect(line.state.playback.held).toHaveLength(1);
    line.engine(server.speechStarted("u1"));
    expect(line.state.playback).toMatchObject({ held: [], held_ms: [] });
  });

  test("and what had been played before the sounding item stays heard, even if its report was lost", () => {
    const line = speaking({ running: true });
    line.engine(server.audioDone("r1", "m1"), server.transcriptDone("r1", "m1", TEXT));
    line.engine(server.transcript("r1", "m2", "Anything else?", 1));
    audioArrived(line.state, delta("r1", "m2", 1), 900, line.now);
    line.engine(server.speechStarted("u1"));
    line.page(page.playback("m2", "flushed", 300));
    expect(line.turn("m1")).toMatchObject({ state: "final", heard: TEXT });
    expect(line.turn("m2")?.state).toBe("interrupted");
  });

  test("before any sound of the words that are known already: nothing of them was heard", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", TEXT), server.speechStarted("u1"));
    expect(told(line.all, "luna.flush")).toEqual([]);
    line.engine(server.done("r1", "cancelled"));
    expect(line.turn("m1")).toMatchObject({ state: "interrupted", heard: "" });
  });

  test("and an answer that was only asked for is put off until they have finished", () => {
    const line = new Line({ greeting: true });
    line.engine(server.speechStarted("u1"));
    expect(sent(line.engine(server.created("r1")))).toMatchObject([{ type: "response.cancel", response_id: "r1" }]);
    line.engine(server.done("r1", "cancelled"), server.speechStopped("u1"));
    expect(sent(line.wait(5_000), "response.create")).toHaveLength(1);
  });

  test("but after the sentence was wholly heard nothing is cut", () => {
    const line = speaking();
    line.page(page.playback("m1", "done", 4_000));
    const commands = line.engine(server.speechStarted("u1"));
    expect(told(commands, "luna.flush")).toEqual([]);
    expect(sent(line.wait(5_000), "conversation.item.truncate")).toEqual([]);
    expect(line.turn("m1")?.state).toBe("final");
  });

  test("but where nothing plays nothing is cut", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"), server.created("r1"));
    const again = line.engine(server.speechStarted("u2"), server.done("r1", "cancelled"));
    expect(told(again, "luna.flush")).toEqual([]);
    expect(sent(line.wait(10_000), "conversation.item.truncate")).toEqual([]);
  });

  test("before the first sound: the item is taken out once its response is over", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", TEXT));
    audioArrived(line.state, delta("r1", "m1"), 500, line.now);
    line.engine(server.speechStarted("u1"));
    expect(sent(line.page(page.playback("m1", "flushed", 0)))).toEqual([]);
    expect(sent(line.engine(server.done("r1", "cancelled")))).toMatchObject([
      { type: "conversation.item.delete", item_id: "m1" },
    ]);
    expect(line.turn("m1")).toMatchObject({ state: "interrupted", heard: "" });
  });

  test("before the first sound: what comes instead stands behind it, though the server puts it behind the question", () => {
    const line = new Line();
    line.engine(server.itemAdded(message("u1", "user", "Move forty dollars."), null));
    line.engine(server.created("r1"), server.itemAdded(message("m1"), "u1"), server.transcript("r1", "m1", TEXT));
    audioArrived(line.state, delta("r1", "m1"), 500, line.now);
    line.take({ from: "leg_gone" });
    line.engine(server.done("r1", "cancelled"));
    expect(sent(line.all, "conversation.item.delete")).toHaveLength(1);
    line.take({ from: "leg_back" });
    line.engine(server.created("r2"), server.itemAdded(message("m2"), "u1"), server.transcript("r2", "m2", TEXT));
    expect(line.turn("m1")).toMatchObject({ order: 2, state: "interrupted", heard: "" });
    expect(line.turn("m2")).toMatchObject({ order: 3 });
  });

  test("and what stood behind the sounding item was not heard at all", () => {
    const line = speaking({ running: true });
    line.engine(server.audioDone("r1", "m1"), server.transcript("r1", "m2", "Anything else?", 1));
    audioArrived(line.state, delta("r1", "m2", 1), 900, line.now);
    line.engine(server.speechStarted("u1"), server.done("r1", "cancelled"));
    const after = sent(line.page(page.playback("m1", "flushed", 3_000)));
    expect(after.map((event) => event.type)).toEqual(["conversation.item.truncate", "conversation.item.delete"]);
    expect(line.turn("m2")).toMatchObject({ state: "interrupted", heard: "" });
  });

  test("and without a word from the page the last report counts", () => {
    const line = speaking({ heard: 1_500 });
    line.engine(server.speechStarted("u1"));
    expect(sent(line.wait(800))).toMatchObject([{ type: "conversation.item.truncate", audio_end_ms: 1_500 }]);
    line.page(page.playback("m1", "flushed", 2_000));
    expect(line.turn("m1")?.heard).toBe("Your checking account holds");
    expect(sent(line.all, "conversation.item.truncate")).toHaveLength(1);
  });

  test("and an item of an engine that is gone is not cut", () => {
    const line = speaking();
    line.take({ from: "engine_gone" });
    line.ready({});
    line.engine(server.speechStarted("u1"));
    line.page(page.playback("m1", "flushed", 2_000));
    expect(sent(line.all, "conversation.item.truncate")).toEqual([]);
    expect(line.turn("m1")).toMatchObject({ state: "interrupted", heard: "Your checking account holds" });
  });
});

describe("the caller types or presses Esc while Luna speaks", () => {
  test("typing stops the sound, cancels the response, and asks once the cut is told", () => {
    const line = speaking({ running: true });
    const typed = line.page(page.typed("Stop", "w1"));
    expect(typed[0]).toEqual({ do: "tell", event: { type: "luna.flush" } });
    expect(sent(typed).map((event) => event.type)).toEqual(["response.cancel", "conversation.item.create"]);
    line.page(page.playback("m1", "flushed", 2_000));
    expect(sent(line.engine(server.done("r1", "cancelled"))).map((event) => event.type)).toEqual(["response.create"]);
    expect(sent(line.all).map((event) => event.type)).toEqual([
      "response.cancel",
      "conversation.item.create",
      "conversation.item.truncate",
      "response.create",
    ]);
  });

  test("the answer does not wait for a cut that is not needed", () => {
    const line = speaking();
    line.page(page.typed("Thanks", "w1"));
    expect(sent(line.page(page.playback("m1", "done", 4_000)), "response.create")).toHaveLength(1);
  });

  test("Esc cancels and is followed by nothing", () => {
    const line = speaking({ running: true });
    line.page(page.playback("m1", "flushed", 2_000));
    expect(sent(line.page({ type: "response.cancel" }))).toMatchObject([
      { type: "response.cancel", response_id: "r1" },
    ]);
    line.engine(server.done("r1", "cancelled"));
    expect(sent(line.wait(20_000), "response.create")).toEqual([]);
  });
});

describe("the page speaks the text itself", () => {
  function reading(): Line {
    const line = new Line({ text: true });
    line.engine(
      server.created("r1"),
      server.text("r1", "m1", TEXT),
      server.textDone("r1", "m1", TEXT),
      server.done("r1"),
    );
    line.page(page.playback("m1", "started", 100, 4));
    return line;
  }

  test("and knows to the letter what was heard; nothing is cut in the engine", () => {
    const line = reading();
    line.page(page.speech("started"), page.playback("m1", "flushed", 700, 16));
    expect(line.turn("m1")).toMatchObject({ state: "interrupted", heard: "Your checking" });
    expect(sent(line.all)).toEqual([]);
  });

  test("and is told to throw away what was on its way when it stopped by itself", () => {
    const line = reading();
    expect(told(line.page(page.playback("m1", "flushed", 700, 16)), "luna.flush")).toHaveLength(1);
    expect(told(line.page({ type: "response.cancel" }), "luna.flush")).toEqual([]);
  });

  test("and a cough before the answer does not cost the caller the answer", () => {
    const line = new Line({ text: true });
    line.page(page.spoken("What is my balance?", "w1"));
    line.engine(server.created("r1"));
    expect(sent(line.page(page.speech("started")), "response.cancel")).toHaveLength(1);
    line.engine(server.done("r1", "cancelled"));
    line.page(page.speech("stopped"));
    expect(sent(line.wait(3_000), "response.create")).toHaveLength(1);
  });

  test("and words that follow a pause are answered together with those before it", () => {
    const line = new Line({ text: true });
    line.page(page.speech("started"), page.speech("stopped"), page.speech("started"));
    expect(sent(line.page(page.spoken("I want to block")), "response.create")).toEqual([]);
    line.page(page.speech("stopped"));
    expect(sent(line.page(page.spoken("my card")), "response.create")).toHaveLength(1);
  });

  test("and when the page is lost the turn ends where the ear was", () => {
    const line = reading();
    line.page(page.playback("m1", "progress", 900, 21));
    line.take({ from: "leg_gone" });
    expect(line.turn("m1")).toMatchObject({ state: "interrupted", heard: "Your checking account" });
  });
});
