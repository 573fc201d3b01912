import { describe, expect, test } from "vitest";
import { call, deeds, Line, page, sent, server } from "./events.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

function newLine(options = {}): Line {
  const line = new Line({ ...options, ready: false });
  line.now = 1_000 * HOUR;
  line.ready(options);
  return line;
}

/** Luna has said something, it was heard, and the clock is set back. */
function setBack(options = {}): Line {
  const line = newLine(options);
  line.engine(server.created("r1"), server.textDone("r1", "m1", "Good morning."), server.done("r1"));
  line.page(page.playback("m1", "done", 900, 13));
  line.wait(5_000);
  line.now -= 3 * HOUR;
  return line;
}

describe("a clock that is set back by hours", () => {
  test("in a quiet moment lets the call sleep, ask who is there and end as ever, counted from then on", () => {
    const line = setBack({ rest_ms: 30_000 });
    line.take({ from: "clock" });
    expect(deeds(line.wait(29_000), "park")).toEqual([]);
    expect(deeds(line.wait(2_000), "park")).toHaveLength(1);
    expect(deeds(line.wait(5 * MINUTE), "unpark")).toHaveLength(1);
    line.ready({ rest_ms: null });
    line.engine(server.created("r2"), server.done("r2"));
    line.wait(31_000);
    line.engine(server.created("r3"), server.done("r3"));
    line.wait(31_000);
    expect(line.state.ended).toBe("silent");
  });

  test("while an answer is asked for, or has stopped half way, does not blind whoever watches over it", () => {
    const asked = setBack();
    asked.now += 3 * HOUR;
    asked.page(page.typed("Hello", "w1"));
    asked.now -= 3 * HOUR;
    asked.take({ from: "clock" });
    expect(sent(asked.wait(4_000), "response.create")).toHaveLength(1);
    const stalled = newLine({ greeting: true });
    stalled.engine(server.created("r1"), server.transcript("r1", "m1", "Good"));
    stalled.now -= HOUR;
    stalled.take({ from: "clock" });
    expect(sent(stalled.wait(30_000), "response.cancel")).toHaveLength(1);
  });

  test("while a tool runs, or the caller's words are written down, waits no longer than ever", () => {
    const line = newLine();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    line.engine(server.created("r1"), server.outputDone("r1", call("c1")), server.done("r1"));
    line.now -= HOUR;
    line.take({ from: "clock" });
    expect(line.turn("u1")).toMatchObject({ state: "unclear" });
    expect(sent(line.wait(31_000)).map(({ type }) => type)).toEqual(["conversation.item.create", "response.create"]);
  });
});
