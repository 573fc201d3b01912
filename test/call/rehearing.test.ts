import { describe, expect, test } from "vitest";
import { seeds } from "../../src/call/machine.ts";
import { Line, sent, server } from "./events.ts";

const lost = (line: Line) => line.take({ from: "engine_gone", again: true });

describe("a sentence that only the lost engine had heard", () => {
  test("is heard again by the next one, and answered once", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"));
    lost(line);
    expect(line.state.rehearing.wanted).toBe(true);
    expect(sent(line.ready(), "response.create")).toEqual([]);
    line.engine(server.speechStarted("x1"), server.speechStopped("x1"), server.committed("x1"), server.created("r1"));
    line.engine(server.heard("x1", "Block my card."));
    line.wait(10_000);
    expect(line.turn("x1")).toMatchObject({ text: "Block my card.", state: "final" });
    expect(sent(line.all, "response.create")).toEqual([]);
  });

  test("cannot be given to an engine of text: it says something all the same to a caller whose sound has woken the call", () => {
    const wakes = (text: boolean) => {
      const line = new Line();
      line.take({ from: "engine_gone", again: false });
      return sent(line.ready({ text, woken: true }), "response.create").length;
    };
    expect([wakes(true), wakes(false)]).toEqual([1, 0]);
  });

  test("keeps its turn when it had one: the words come under the new id, and stand where they were said", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    lost(line);
    line.ready();
    line.engine(server.speechStarted("x1"), server.speechStopped("x1"), server.committed("x1", null));
    line.engine(server.created("r1"), server.heardDelta("x1", "Block "), server.heard("x1", "Block my card."));
    expect(line.state.transcript.turns.map((turn) => [turn.item_id, turn.text])).toEqual([["u1", "Block my card."]]);
  });

  test("keeps it over two losses in a row", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    lost(line);
    line.ready();
    lost(line);
    line.ready();
    line.engine(server.speechStarted("y1"), server.speechStopped("y1"), server.committed("y1"), server.created("r1"));
    line.engine(server.heard("y1", "Block my card."));
    expect(line.state.transcript.turns.map((turn) => [turn.item_id, turn.text])).toEqual([["u1", "Block my card."]]);
  });

  test("keeps it when the next one is lost in the middle of it", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    lost(line);
    line.ready();
    line.engine(server.speechStarted("x1"));
    lost(line);
    line.ready();
    line.engine(server.speechStarted("y1"), server.speechStopped("y1"), server.committed("y1"), server.created("r1"));
    line.engine(server.heard("y1", "Block my card."));
    expect(line.state.transcript.turns.map((turn) => [turn.item_id, turn.text])).toEqual([["u1", "Block my card."]]);
  });

  test("is heard again when only half of its words had come, with the answer to it on its way", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"), server.created("r1"));
    line.engine(server.heardDelta("u1", "Block "));
    lost(line);
    expect(line.state.rehearing.wanted).toBe(true);
    expect(seeds(line.state)).toEqual([]);
    line.ready();
    line.engine(server.speechStarted("x1"), server.speechStopped("x1"), server.committed("x1"), server.created("r2"));
    line.engine(server.heardDelta("x1", "Block "), server.heardDelta("x1", "my card."));
    expect(line.state.transcript.turns.map((turn) => [turn.item_id, turn.text])).toEqual([["u1", "Block my card."]]);
  });

  test("whose words are known is told as text, and its answer is asked for", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    line.engine(server.heard("u1", "Block my card."));
    lost(line);
    expect(line.state.rehearing.wanted).toBe(false);
    expect(sent(line.ready(), "response.create")).toHaveLength(1);
  });

  test("in which the next engine finds no speech is answered all the same", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    lost(line);
    line.ready();
    expect(sent(line.wait(3_900), "response.create")).toEqual([]);
    expect(sent(line.wait(200), "response.create")).toHaveLength(1);
    expect(line.turn("u1")?.state).toBe("unclear");
  });

  test("cannot be given to an engine of text: the turn is unclear, and she says so", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    lost(line);
    expect(sent(line.ready({ text: true }), "response.create")).toHaveLength(1);
    expect(line.turn("u1")?.state).toBe("unclear");
  });
});
