import { describe, expect, test } from "vitest";
import { audioArrived } from "../../src/call/machine.ts";
import { deeds, delta, Line, message, page, server } from "./events.ts";

describe("playing in order", () => {
  function twoMessages(): Line {
    const line = new Line();
    line.engine(
      server.created("r1"),
      server.outputAdded("r1", message("m1"), 0),
      server.outputAdded("r1", message("m2"), 1),
    );
    return line;
  }

  test("audio goes straight through where nothing comes before it", () => {
    const line = twoMessages();
    const piece = delta("r1", "m1");
    expect(audioArrived(line.state, piece, 100, line.now)).toEqual([piece]);
  });

  test("a later message waits until the earlier one is complete", () => {
    const line = twoMessages();
    const pieces = [delta("r1", "m2", 1), delta("r1", "m2", 1)];
    for (const piece of pieces) expect(audioArrived(line.state, piece, 100, line.now)).toEqual([]);
    expect(audioArrived(line.state, delta("r1", "m1"), 100, line.now)).toHaveLength(1);
    const after = deeds(line.engine(server.audioDone("r1", "m1")), "play");
    expect(after).toEqual(pieces.map((piece) => ({ do: "play", delta: piece })));
    expect(audioArrived(line.state, delta("r1", "m2", 1), 100, line.now)).toHaveLength(1);
  });

  test("three messages that overlap play one after the other", () => {
    const line = twoMessages();
    line.engine(server.outputAdded("r1", message("m3"), 2));
    audioArrived(line.state, delta("r1", "m3", 2), 100, line.now);
    audioArrived(line.state, delta("r1", "m2", 1), 100, line.now);
    const first = deeds(line.engine(server.audioDone("r1", "m1", 0)), "play");
    expect(first).toMatchObject([{ delta: { item_id: "m2" } }]);
    expect(deeds(line.engine(server.audioDone("r1", "m2", 1)), "play")).toMatchObject([{ delta: { item_id: "m3" } }]);
  });

  test("a function call before a message holds nothing back", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.outputAdded("r1", message("m2"), 1));
    expect(audioArrived(line.state, delta("r1", "m2", 1), 100, line.now)).toHaveLength(1);
  });

  test("the audio of the next response does not wait for the one before", () => {
    const line = twoMessages();
    line.engine(server.done("r1"), server.created("r2"));
    expect(audioArrived(line.state, delta("r2", "m9"), 100, line.now)).toHaveLength(1);
  });
});

describe("what the page reports", () => {
  test("an item it ran out of before the engine was done goes on sounding", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", "Hello"));
    audioArrived(line.state, delta("r1", "m1"), 100, line.now);
    line.page(page.playback("m1", "started", 0), page.playback("m1", "done", 100));
    expect(line.turn("m1")?.state).toBe("live");
    line.engine(server.audioDone("r1", "m1"));
    expect(line.turn("m1")?.state).toBe("final");
  });

  test("reports on items the call does not know are passed over", () => {
    const line = new Line();
    expect(line.page(page.playback("nobody", "done", 100), page.playback("nobody", "flushed", 100))).toEqual([]);
  });

  test("words that wait for the page's voice are not taken for heard, nor for spoken", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.textDone("r1", "m1", "Hello"), server.done("r1"));
    for (let waited = 0; waited < 20_000; waited += 4_000) {
      line.wait(4_000);
      line.page(page.playback("m1", "progress", 0));
    }
    expect(line.turn("m1")).toMatchObject({ state: "live", heard: "" });
    expect(line.state.line).not.toBe("speaking");
    line.page(page.playback("m1", "started", 0), page.playback("m1", "done", 400));
    expect(line.turn("m1")).toMatchObject({ state: "final", heard: "Hello" });
  });

  test("a page that never reports does not hold the call up for ever", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", "Hello"));
    audioArrived(line.state, delta("r1", "m1"), 100, line.now);
    line.engine(server.audioDone("r1", "m1"), server.transcriptDone("r1", "m1", "Hello"), server.done("r1"));
    line.wait(9_900);
    expect(line.turn("m1")?.state).toBe("live");
    line.wait(200);
    expect(line.turn("m1")).toMatchObject({ state: "final", heard: "Hello" });
    expect(line.state.line).toBe("listening");
  });

  test("keeps a bounded memory of what was played", () => {
    const line = new Line({ text: true });
    for (let i = 0; i < 500; i += 1) {
      line.engine(
        server.created(`r${i}`),
        server.text(`r${i}`, `m${i}`, "Yes."),
        server.textDone(`r${i}`, `m${i}`, "Yes."),
      );
      line.engine(server.done(`r${i}`));
      line.page(page.playback(`m${i}`, "done", 300, 4));
    }
    expect(line.state.playback.sounds.length).toBeLessThan(50);
    expect(line.state.playback.cut.length).toBeLessThan(50);
  });
});
