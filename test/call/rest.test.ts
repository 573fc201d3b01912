import { describe, expect, test } from "vitest";
import type { Command } from "../../src/call/machine.ts";
import { audioArrived } from "../../src/call/machine.ts";
import { call, deeds, delta, Line, page, sent, server, told } from "./events.ts";

const HALF_A_MINUTE = 30_000;
const MINUTE = 60_000;
const did = (commands: Command[], what: Command["do"]) => deeds(commands, what).length;

/** Luna has said something and it was heard to its end. */
function spoken(line: Line, n = 1): Line {
  const [r, m] = [`r${n}`, `m${n}`];
  line.engine(server.created(r), server.transcript(r, m, "Good morning."));
  audioArrived(line.state, delta(r, m), 900, line.now);
  line.engine(server.audioDone(r, m), server.done(r));
  line.page(page.playback(m, "started", 0), page.playback(m, "done", 900));
  return line;
}

const quiet = (options = {}) => spoken(new Line({ rest_ms: HALF_A_MINUTE, ...options }));

describe("a call in which nobody speaks", () => {
  test("closes its engine after half a minute, and says that it sleeps", () => {
    const line = quiet();
    expect(did(line.wait(29_000), "park")).toBe(0);
    const commands = line.wait(2_000);
    expect(did(commands, "park")).toBe(1);
    expect(told(commands, "luna.line")).toEqual([{ type: "luna.line", state: "asleep" }]);
    expect(did(line.wait(3 * MINUTE), "park")).toBe(0);
  });

  test("wakes at a sound, a word or a wish, once, and the words are told to the new engine", () => {
    for (const message of [
      { type: "luna.wake" } as const,
      page.typed("My balance?"),
      { type: "response.create" } as const,
    ]) {
      const line = quiet();
      line.wait(MINUTE);
      expect(did(line.page(message), "unpark")).toBe(1);
      expect(did(line.page({ type: "luna.wake" }), "unpark")).toBe(0);
      const commands = line.ready({ rest_ms: HALF_A_MINUTE });
      expect(line.state.line).not.toBe("asleep");
      const words = sent(commands, "conversation.item.create");
      expect(words).toHaveLength(message.type === "conversation.item.create" ? 1 : 0);
    }
  });

  test("does not sleep while somebody speaks, thinks, or a tool runs", () => {
    const speaking = quiet();
    speaking.engine(server.speechStarted("u1"));
    expect(did(speaking.wait(2 * MINUTE), "park")).toBe(0);
    const working = quiet();
    working.engine(server.created("r2"), server.outputDone("r2", call("c1")), server.done("r2"));
    expect(did(working.wait(HALF_A_MINUTE - 10_000), "park")).toBe(0);
  });

  test("sleeps after ten seconds with the microphone off, and at once on hold; on hold no sound wakes it", () => {
    const muted = quiet();
    muted.page({ type: "luna.mute", microphone: true });
    expect(did(muted.wait(11_000), "park")).toBe(1);
    const held = quiet();
    expect(did(held.page({ type: "luna.hold", on: true }), "park")).toBe(1);
    expect(held.state.line).toBe("on-hold");
    expect(did(held.page({ type: "luna.wake" }), "unpark")).toBe(0);
    expect(did(held.page({ type: "luna.hold", on: false }), "unpark")).toBe(1);
  });

  test("who types on hold has taken the call off hold", () => {
    const line = quiet();
    line.page({ type: "luna.hold", on: true });
    expect(did(line.page(page.typed("Are you there?")), "unpark")).toBe(1);
  });

  test("leaves the scripted engine alone: it sleeps with the object", () => {
    const line = new Line({ text: true, rest_ms: null });
    expect(did(line.wait(4 * MINUTE), "park")).toBe(0);
  });
});

describe("a call that nobody is in any more", () => {
  test("is asked about twice after five minutes and then ends, also when it sleeps", () => {
    const line = quiet();
    line.wait(4 * MINUTE);
    const woken = line.wait(MINUTE + 1_000);
    expect(did(woken, "unpark")).toBe(1);
    const asks = sent(line.ready({ rest_ms: HALF_A_MINUTE }), "response.create");
    expect(asks[0]).toMatchObject({ response: { metadata: { luna: "silence" } } });
    spoken(line, 2);
    const again = [...line.wait(HALF_A_MINUTE), ...line.ready({ rest_ms: HALF_A_MINUTE })];
    expect(sent(again, "response.create")).toHaveLength(1);
    spoken(line, 3);
    line.wait(MINUTE);
    expect(line.state.ended).toBe("silent");
  });

  test("goes on when the caller gives a sign, as if nothing had been", () => {
    const line = quiet();
    line.wait(5 * MINUTE + 1_000);
    line.ready({ rest_ms: HALF_A_MINUTE });
    spoken(line, 2);
    line.page(page.typed("Yes, I'm here."));
    line.engine(server.created("r3"));
    spoken(line, 3);
    line.wait(4 * MINUTE);
    expect(line.state.ended).toBe(null);
  });
});

describe("the provider's hour", () => {
  test("is given up in a pause, for a second engine, without a word to the page or to anybody", () => {
    const line = spoken(new Line({ rotate_at: 1_000_000 + 2 * MINUTE }));
    const due = line.wait(2 * MINUTE + 1_000);
    expect(did(due, "rotate")).toBe(1);
    expect(did(line.wait(1_000), "rotate")).toBe(0);
    const swap = line.take({ from: "engine_swapped", setup: line.setup({ rotate_at: 1_000_000 + 62 * MINUTE }) });
    expect(swap.filter((command) => command.do !== "wake")).toEqual([]);
    expect(line.state.line).toBe("listening");
    expect(line.state.engine.number).toBe(1);
  });

  test("waits while somebody speaks, but not for ever", () => {
    const line = spoken(new Line({ rotate_at: 1_000_000 + 2 * MINUTE }));
    line.engine(server.speechStarted("u1"));
    expect(did(line.wait(4 * MINUTE), "rotate")).toBe(0);
    expect(did(line.wait(61_000), "rotate")).toBe(1);
  });

  test("is tried again when the second engine does not come", () => {
    const line = spoken(new Line({ rotate_at: 1_000_000 + 2 * MINUTE }));
    line.wait(2 * MINUTE + 1_000);
    line.take({ from: "engine_swapped", setup: null });
    expect(did(line.wait(HALF_A_MINUTE), "rotate")).toBe(1);
  });
});
