import { describe, expect, test } from "vitest";
import { audioArrived } from "../../src/call/machine.ts";
import { call, deeds, delta, Line, message, page, sent, server, told } from "./events.ts";

const WITHIN_MS = 1_600;

function goodbye(line: Line) {
  const [event] = told(line.all, "response.output_text.done");
  if (event?.type !== "response.output_text.done") throw new Error("nothing was said");
  return event;
}

describe("a link is closed in the middle of a call, and where the page speaks", () => {
  /** Luna, in text, in the middle of a sentence. */
  function talking(): Line {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.outputAdded("r1", message("m1")));
    line.engine(server.text("r1", "m1", "Your card ending in 4829 "));
    line.page(page.playback("m1", "started", 0, 0), page.playback("m1", "progress", 400, 9));
    return line;
  }

  test("what is being said stops, and Luna says in a few words why", () => {
    const line = talking();
    const closed = line.take({ from: "link_closed", why: "revoked" });
    const types = closed.flatMap((command) => (command.do === "tell" ? [command.event.type] : []));
    expect(types[0]).toBe("luna.flush");
    expect(types.indexOf("luna.flush")).toBeLessThan(types.indexOf("response.output_text.done"));
    expect(goodbye(line).text).toMatch(/bye\.$/);
    expect(sent(closed, "response.cancel")).toHaveLength(1);
    expect(told(closed, "luna.turn").at(-1)).toMatchObject({ who: "luna", text: goodbye(line).text, state: "live" });
  });

  test("and it hangs up when the words have been heard, though not before they can be read", () => {
    const line = talking();
    line.take({ from: "link_closed", why: "expired" });
    const { item_id, text } = goodbye(line);
    line.page(page.playback("m1", "flushed", 400, 9));
    line.wait(900);
    line.page(page.playback(item_id, "started", 0, 0));
    line.page(page.playback(item_id, "done", 800, text.length));
    expect(line.turn(item_id)).toMatchObject({ state: "final", heard: text });
    expect(deeds(line.wait(200), "end")).toEqual([]);
    expect(deeds(line.wait(200), "end")).toEqual([{ do: "end", reason: "link_closed" }]);
  });

  test("and it hangs up within two seconds though the page still speaks, or says nothing of it", () => {
    for (const reports of [true, false]) {
      const line = talking();
      line.take({ from: "link_closed", why: "revoked" });
      const { item_id } = goodbye(line);
      if (reports) line.page(page.playback(item_id, "started", 0, 0), page.playback(item_id, "progress", 300, 5));
      const end = line.wait(WITHIN_MS);
      expect(deeds(end, "end")).toEqual([{ do: "end", reason: "link_closed" }]);
      expect(line.turn(item_id)?.state).not.toBe("live");
    }
  });

  test("on hold nobody hears it, so it is only shown", () => {
    const line = new Line({ text: true });
    line.page({ type: "luna.hold", on: true });
    const closed = line.take({ from: "link_closed", why: "revoked" });
    expect(told(closed, "response.output_text.done")).toEqual([]);
    expect(told(closed, "luna.notice")).toMatchObject([{ code: "link_closed" }]);
    expect(deeds(line.wait(WITHIN_MS), "end")).toHaveLength(1);
  });

  test("whatever the caller says into it is not answered", () => {
    const line = talking();
    line.take({ from: "link_closed", why: "revoked" });
    line.engine(server.done("r1", "cancelled"));
    const more = line.page(page.typed("Wait, one more thing."));
    expect(sent([...more, ...line.wait(WITHIN_MS)], "response.create")).toEqual([]);
    expect(line.state.ended).toBe("link_closed");
  });
});

describe("a link is closed while an AI speaks", () => {
  function speaking(): Line {
    const line = new Line();
    line.engine(server.created("r1"), server.outputAdded("r1", message("m1")), server.itemAdded(message("m1")));
    line.engine(server.transcript("r1", "m1", "Your checking account holds"));
    for (let i = 0; i < 8; i += 1) audioArrived(line.state, delta("r1", "m1"), 500, line.now);
    line.page(page.playback("m1", "started", 0), page.playback("m1", "progress", 1_000));
    return line;
  }

  test("she is cut cleanly: silence, no more of the answer, and the reason on the page", () => {
    const line = speaking();
    const closed = line.take({ from: "link_closed", why: "revoked" });
    expect(closed[0]).toEqual({ do: "tell", event: { type: "luna.flush" } });
    expect(sent(closed, "response.cancel")).toMatchObject([{ response_id: "r1" }]);
    expect(told(closed, "luna.notice")).toMatchObject([{ code: "link_closed" }]);
    expect(told(closed, "response.output_text.done")).toEqual([]);
    expect(audioArrived(line.state, delta("r1", "m1"), 500, line.now)).toEqual([]);
    line.page(page.playback("m1", "flushed", 1_200));
    expect(line.turn("m1")).toMatchObject({ state: "interrupted" });
    expect(deeds(line.wait(1_300), "end")).toEqual([{ do: "end", reason: "link_closed" }]);
  });

  test("an answer that the provider begins by itself meanwhile is cancelled and not heard", () => {
    const line = speaking();
    line.take({ from: "link_closed", why: "revoked" });
    line.engine(server.done("r1", "cancelled"));
    const begun = line.engine(server.created("r2"));
    expect(sent(begun, "response.cancel")).toMatchObject([{ response_id: "r2" }]);
    expect(audioArrived(line.state, delta("r2", "m2"), 500, line.now)).toEqual([]);
  });

  test("a tool that comes back meanwhile is in the record, and asks for no words about it", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.outputDone("r1", call("c1")), server.done("r1"));
    line.take({ from: "link_closed", why: "revoked" });
    const back = line.tool("c1");
    expect(sent([...back, ...line.wait(WITHIN_MS)], "response.create")).toEqual([]);
    expect(line.state.ended).toBe("link_closed");
  });
});
