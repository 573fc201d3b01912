/** What the gate makes of a server that does not tell of a beginning, or does not let go. */
import { describe, expect, test } from "vitest";
import { audioArrived } from "../../src/call/machine.ts";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { delta, Line, message, page, sent, server } from "./events.ts";

const gateOf = (line: Line) => line.state.gate.at;

describe("a response whose beginning is not told", () => {
  test("has begun when something comes of it: it is asked for once, and its end is its end", () => {
    const line = new Line({ greeting: true });
    line.engine(server.outputAdded("r1", message("m1")), server.transcript("r1", "m1", "Good morning, "));
    expect(gateOf(line)).toBe("active");
    expect(sent(line.wait(20_000), "response.create")).toEqual([]);
    line.engine(server.transcript("r1", "m1", "Maya."), server.audioDone("r1", "m1"), server.done("r1"));
    expect(gateOf(line)).toBe("free");
    expect(sent(line.all, "response.create")).toHaveLength(1);
  });

  test("is the answer to what the caller has said: no second one is asked for", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    line.engine(server.transcript("r1", "m1", "You have two dollars."), server.audioDone("r1", "m1"));
    expect(line.state.ear).toMatchObject({ committed: false, awaiting: false });
    line.engine(server.done("r1"));
    expect(sent(line.wait(20_000))).toEqual([]);
  });

  test("is stopped like any other when the caller did not want it any more", () => {
    const line = new Line({ greeting: true });
    line.page({ type: "response.cancel" });
    expect(sent(line.engine(server.transcript("r1", "m1", "Good")))).toMatchObject([
      { type: "response.cancel", response_id: "r1" },
    ]);
  });

  test("has come and gone when only its end is told: it is not asked for again", () => {
    const line = new Line({ greeting: true });
    line.engine(server.done("r1"));
    expect(gateOf(line)).toBe("free");
    expect(sent(line.wait(20_000))).toEqual([]);
  });

  test("is not seen in what still comes of one that is over, or was given up", () => {
    const line = new Line({ text: true });
    line.page(page.typed("One", "w1"));
    line.engine(server.created("r1"), server.text("r1", "m1", "Your"));
    line.page(page.typed("Two", "w2"));
    line.wait(4_000);
    expect(gateOf(line)).toBe("requested");
    line.engine(server.text("r1", "m1", " balance"));
    expect(gateOf(line)).toBe("requested");
    line.engine(server.created("r2"), server.done("r2"));
    line.page(page.typed("Three", "w3"));
    line.engine(server.outputDone("r2", message("m2")));
    expect(gateOf(line)).toBe("requested");
  });

  test("is not what a buffer still plays of another one: that names nothing", () => {
    const line = new Line();
    line.page(page.typed("Hello", "w1"));
    line.engine(server.error("conversation_already_has_active_response", null));
    line.engine({ type: "output_audio_buffer.stopped", event_id: "e", response_id: "older" } as ServerEvent);
    expect(line.state.gate).toMatchObject({ at: "active", response_id: null });
  });

  test("has a name as soon as something comes of it, where it is known from a refusal, and is waited for by that", () => {
    const line = new Line();
    line.page(page.typed("Hello", "w1"));
    line.engine(server.error("conversation_already_has_active_response", null));
    for (let s = 0; s < 20; s += 5) {
      line.engine(server.transcript("own", "m1", "And "));
      expect(sent(line.wait(5_000), "response.create")).toEqual([]);
    }
    expect(sent(line.engine(server.done("another")), "response.create")).toEqual([]);
    expect(sent(line.engine(server.done("own")), "response.create")).toHaveLength(1);
  });
});

describe("a response whose beginning is told twice", () => {
  test("is stopped once, and what was put off for the caller is still asked for when they have finished", () => {
    const line = new Line({ greeting: true });
    line.engine(server.speechStarted("u1"), server.created("r1"));
    expect(sent(line.engine(server.created("r1")))).toEqual([]);
    line.engine(server.done("r1", "cancelled"), server.speechStopped("u1"));
    expect(sent(line.wait(5_000), "response.create")).toHaveLength(1);
  });
});

describe("a sentence whose end is not told", () => {
  test("was over when the engine answers it", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.created("r1"));
    expect(line.state.ear).toMatchObject({ speaking: false });
  });

  test("goes on where it is another one that the engine answers", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    line.engine(server.speechStarted("u2"), server.created("r1"));
    expect(line.state.ear).toMatchObject({ speaking: true });
  });

  test("was over while nobody told of anything: a sideband that is back waits for no end of it", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"));
    line.take({ from: "engine_back" });
    expect(line.state.ear).toMatchObject({ speaking: false });
  });

  test("lasts five minutes at most: then Luna may speak, and the call may sleep", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"));
    line.wait(299_000);
    expect(line.state.ear).toMatchObject({ speaking: true });
    line.wait(2_000);
    expect(line.state.ear).toMatchObject({ speaking: false, awaiting: false });
  });
});

describe("sound without end", () => {
  /** A piece each second for so long. */
  function babbles(line: Line, response_id: string, ms: number) {
    const before = line.all.length;
    for (const until = line.now + ms; line.now < until; ) {
      audioArrived(line.state, delta(response_id, `item_${response_id}`), 100, line.now);
      line.wait(1_000);
    }
    return line.all.slice(before);
  }

  test("of one response does not keep another one alive", () => {
    const line = new Line({ greeting: true });
    line.engine(server.created("r1"), server.transcript("r1", "m1", "Good"));
    expect(sent(babbles(line, "ghost", 31_000), "response.cancel")).toMatchObject([{ response_id: "r1" }]);
  });

  test("that the caller has spoken over does not keep its response alive: it is told to stop, and their words are asked about", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", "Good"));
    babbles(line, "r1", 5_000);
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    const after = babbles(line, "r1", 40_000);
    expect(sent(after, "response.cancel")).toMatchObject([{ response_id: "r1" }]);
    expect(sent(after, "response.create")).not.toEqual([]);
  });

  test("that the caller has spoken over ends within seconds, whatever the engine does: they are not left without an answer", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", "Good"));
    babbles(line, "r1", 5_000);
    line.engine(server.speechStarted("u1"));
    expect(sent(babbles(line, "r1", 3_000), "response.cancel")).toMatchObject([{ response_id: "r1" }]);
    line.engine(server.speechStopped("u1"), server.committed("u1"));
    expect(sent(babbles(line, "r1", 6_000), "response.create")).toHaveLength(1);
  });

  test("that does not stop when it is told to is no response that anything waits for", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", "Good"));
    line.page(page.typed("Stop.", "w1"));
    babbles(line, "r1", 5_000);
    line.engine(server.error("conversation_already_has_active_response", null));
    expect(line.state.gate).toMatchObject({ at: "active", response_id: null });
    expect(sent(babbles(line, "r1", 11_000), "response.create")).not.toEqual([]);
  });

  test("is listened to as long as nobody minds and it is her answer", () => {
    const line = new Line({ greeting: true });
    line.engine(server.created("r1"));
    expect(sent(babbles(line, "r1", 60_000))).toEqual([]);
  });
});
