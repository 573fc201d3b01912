import { describe, expect, test } from "vitest";
import { closeTurns, turnsInOrder } from "../../src/call/machine.ts";
import { deeds, Line, message, page, sent, server, told } from "./events.ts";

describe("what the caller said", () => {
  test("stands in its place before the words are there", () => {
    const line = new Line();
    line.engine(server.committed("u1"), server.created("r1"), server.outputAdded("r1", message("m1")));
    line.engine(server.itemAdded(message("m1"), "u1"), server.transcript("r1", "m1", "Hello."));
    line.engine(server.heard("u1", " Hi there. "));
    expect(turnsInOrder(line.state).map((turn) => [turn.order, turn.who, turn.text])).toEqual([
      [1, "caller", "Hi there."],
      [2, "luna", "Hello."],
    ]);
  });

  test("is told when it begins and when it is known, not with every piece", () => {
    const line = new Line();
    const turns = told(
      line.engine(server.committed("u1"), server.heardDelta("u1", "Hi"), server.heardDelta("u1", " you")),
      "luna.turn",
    );
    expect(turns).toMatchObject([{ item_id: "u1", state: "live", text: "" }]);
    expect(told(line.engine(server.heard("u1", "Hi you.")), "luna.turn")).toMatchObject([
      { state: "final", text: "Hi you." },
    ]);
  });

  test("may be transcribed before it is committed", () => {
    const line = new Line();
    line.engine(server.heardDelta("u1", "Hi"), server.committed("u1"), server.heard("u1", "Hi."));
    expect(turnsInOrder(line.state)).toMatchObject([{ item_id: "u1", text: "Hi.", state: "final" }]);
  });

  test("is unclear after 5 s without a transcript, and clear again when it comes late", () => {
    const line = new Line();
    line.engine(server.committed("u1"));
    line.wait(4_900);
    expect(line.turn("u1")?.state).toBe("live");
    expect(told(line.wait(200), "luna.turn")).toMatchObject([{ state: "unclear", text: "" }]);
    const late = line.engine(server.heard("u1", "Block my card."));
    expect(deeds(late, "record")).toMatchObject([{ turn: { item_id: "u1", state: "final", text: "Block my card." } }]);
  });

  test("is unclear at once when the transcription failed or was empty", () => {
    const line = new Line();
    line.engine(server.committed("u1"), server.notHeard("u1"), server.committed("u2", "u1"), server.heard("u2", "  "));
    expect(turnsInOrder(line.state).map((turn) => turn.state)).toEqual(["unclear", "unclear"]);
  });

  test("keeps its late transcript even when the call is over", () => {
    const line = new Line();
    line.engine(server.committed("u1"));
    line.page({ type: "luna.end" });
    expect(line.turn("u1")?.state).toBe("unclear");
    expect(deeds(line.engine(server.heard("u1", "Bye.")), "record")).toMatchObject([{ turn: { text: "Bye." } }]);
    expect(sent(line.engine(server.committed("u2")))).toEqual([]);
  });

  test("typed words are final at once and go to the engine", () => {
    const line = new Line({ text: true });
    const commands = line.page(page.typed("Block my card", "w1"));
    expect(told(commands, "luna.turn")).toMatchObject([
      { item_id: "w1", how: "typed", state: "final", text: "Block my card" },
    ]);
    expect(sent(commands).map((event) => event.type)).toEqual(["conversation.item.create", "response.create"]);
  });

  test("an id that was used before is refused without harm", () => {
    const line = new Line({ text: true });
    line.page(page.typed("One", "w1"));
    const again = line.page(page.typed("Two", "w1"));
    expect(told(again, "error")).toHaveLength(1);
    expect(sent(again)).toEqual([]);
    expect(line.turn("w1")?.text).toBe("One");
  });

  test.each(["__proto__", "constructor", "toString"])("takes %s for an ordinary id", (id) => {
    const line = new Line({ text: true });
    line.page(page.typed("Hello", id));
    expect(turnsInOrder(line.state)).toMatchObject([{ item_id: id, text: "Hello" }]);
  });
});

describe("what Luna said", () => {
  test("begins live with her first word and is final when it was heard", () => {
    const line = new Line({ text: true });
    const begun = line.engine(
      server.created("r1"),
      server.text("r1", "m1", "Hello"),
      server.text("r1", "m1", " Maya."),
    );
    expect(told(begun, "luna.turn")).toMatchObject([{ item_id: "m1", who: "luna", state: "live", text: "Hello" }]);
    expect(told(line.engine(server.textDone("r1", "m1", "Hello Maya.")), "luna.turn")).toMatchObject([
      { state: "live", text: "Hello Maya." },
    ]);
    const heard = line.page(page.playback("m1", "done", 800, 11));
    expect(deeds(heard, "record")).toMatchObject([{ turn: { state: "final", heard: "Hello Maya." } }]);
  });

  test("keeps several messages of one response apart", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.text("r1", "m1", "One "), server.text("r1", "m2", "Your", 1));
    line.engine(server.text("r1", "m1", "moment."), server.text("r1", "m2", " balance", 1));
    expect(turnsInOrder(line.state).map((turn) => turn.text)).toEqual(["One moment.", "Your balance"]);
  });

  test("carries its latency into the record", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.text("r1", "m1", "Hi."), server.textDone("r1", "m1", "Hi."));
    line.page({ type: "luna.latency", item_id: "m1", ms: 640 });
    expect(deeds(line.page(page.playback("m1", "done", 300, 3)), "record")).toMatchObject([
      { turn: { latency_ms: 640 } },
    ]);
  });

  test("follows the page's progress, so that a policy knows what was heard so far", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.text("r1", "m1", "Shall I move it?"));
    line.page(page.playback("m1", "progress", 500, 10));
    expect(line.turn("m1")).toMatchObject({ state: "live", heard: "Shall I" });
  });
});

describe("the order of turns", () => {
  test("is told again for turns that move", () => {
    const line = new Line();
    line.page(page.typed("Typed", "w1"));
    line.engine(server.committed("u1"));
    const moved = told(line.engine(server.itemAdded(message("w1", "user", "Typed"), "u1")), "luna.turn");
    expect(moved).toMatchObject([
      { item_id: "u1", order: 1 },
      { item_id: "w1", order: 2 },
    ]);
  });
});

describe("the end of the record", () => {
  test("settles every open turn once", () => {
    const line = new Line({ text: true });
    line.engine(server.committed("u1"), server.created("r1"), server.text("r1", "m1", "Let me look that up"));
    line.page(page.playback("m1", "progress", 300, 6));
    const commands = closeTurns(line.state, line.now);
    expect(deeds(commands, "record")).toMatchObject([
      { turn: { item_id: "u1", state: "unclear" } },
      { turn: { item_id: "m1", state: "interrupted", heard: "Let me" } },
    ]);
    expect(closeTurns(line.state, line.now)).toEqual([]);
  });
});
