import { describe, expect, test } from "vitest";
import type { Command } from "../../src/call/machine.ts";
import { audioArrived, maySwap, seeds } from "../../src/call/machine.ts";
import { firstSession } from "../../src/engines/scripted/session-merge.ts";
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

  test("waits for the words of the caller: the engine that heard them has to write them down", () => {
    const line = quiet();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"), server.created("r2"));
    expect(did(line.page({ type: "luna.hold", on: true }), "park")).toBe(0);
    expect(did(line.engine(server.done("r2", "cancelled")), "park")).toBe(0);
    expect(did(line.engine(server.heard("u1", "What is my balance?")), "park")).toBe(1);
    expect(JSON.stringify(seeds(line.state))).toContain("What is my balance?");
  });

  test("waits for them five seconds at most", () => {
    const line = quiet();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"), server.created("r2"));
    line.page({ type: "luna.hold", on: true });
    line.engine(server.done("r2", "cancelled"));
    expect(did(line.wait(4_900), "park")).toBe(0);
    expect(did(line.wait(200), "park")).toBe(1);
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

describe("a caller who puts the call on hold", () => {
  const on = { type: "luna.hold", on: true } as const;
  const off = { type: "luna.hold", on: false } as const;
  const asked = (commands: Command[]) => sent(commands, "response.create").length;

  test("in the middle of a sentence is heard to its end, and the answer comes when it is off hold", () => {
    const line = quiet();
    line.engine(server.speechStarted("u1"));
    expect(did(line.page(on), "hush")).toBe(1);
    line.engine(server.speechStopped("u1"), server.committed("u1"));
    expect(sent(line.engine(server.created("r2")), "response.cancel")).toHaveLength(1);
    line.engine(server.done("r2", "cancelled"));
    const commands = line.engine(server.heard("u1", "My balance?"));
    expect(line.turn("u1")).toMatchObject({ text: "My balance?", state: "final" });
    expect(did(commands, "park")).toBe(1);
    expect(did(line.page(off), "unpark")).toBe(1);
    expect(asked(line.ready({ rest_ms: HALF_A_MINUTE }))).toBe(1);
  });

  test("while Luna speaks hears the rest of it afterwards; nothing is said into the hold", () => {
    const line = quiet({ rest_ms: null });
    line.engine(server.created("r2"), server.transcript("r2", "m2", "Your balance is two thousand dollars."));
    audioArrived(line.state, delta("r2", "m2"), 900, line.now);
    line.page(page.playback("m2", "started", 0));
    line.page(on);
    line.engine(server.done("r2", "cancelled"));
    line.page(page.playback("m2", "flushed", 300));
    expect(asked(line.wait(MINUTE))).toBe(0);
    expect(asked(line.page(off))).toBe(1);
  });

  test("whatever is done for them meanwhile is told afterwards, once", () => {
    const line = quiet({ rest_ms: null });
    line.engine(server.created("r2"), server.outputDone("r2", call("c1")), server.done("r2"));
    line.page(on);
    const commands = [...line.tool("c1"), ...line.wait(MINUTE)];
    expect(asked(commands)).toBe(0);
    expect(asked([...line.page(off), ...line.wait(1_000)])).toBe(1);
  });
});

describe("a caller who switches the microphone off right after the last word", () => {
  const off = { type: "luna.mute", microphone: true } as const;

  test("is heard to the end: the engine is given the silence that the microphone does not send any more", () => {
    const line = quiet();
    line.engine(server.speechStarted("u1"));
    expect(did(line.page(off), "hush")).toBe(1);
    line.engine(server.speechStopped("u1"), server.committed("u1"), server.heard("u1", "My balance?"));
    line.engine(server.created("r2"));
    expect(line.turn("u1")).toMatchObject({ text: "My balance?", state: "final" });
    expect(line.state.ear).toMatchObject({ speaking: false, awaiting: false });
  });

  test("is so, too, when the engine notices the words only then", () => {
    const line = quiet();
    expect(did(line.page(off), "hush")).toBe(0);
    expect(did(line.engine(server.speechStarted("u1")), "hush")).toBe(1);
  });

  test("is not talked over meanwhile, and not waited for without end", () => {
    const line = quiet();
    line.engine(server.speechStarted("u1"));
    line.page(off, { type: "response.create" });
    expect(line.state.ear).toMatchObject({ speaking: false, awaiting: true });
    line.wait(4_000);
    expect(line.state.ear.awaiting).toBe(false);
  });

  test("needs none where the browser sends silence by itself, or listens by itself", () => {
    const far = new Line({ media: "peer" });
    far.engine(server.speechStarted("u1"));
    const text = new Line({ text: true });
    text.page(page.speech("started"));
    for (const line of [far, text]) {
      expect(did(line.page(off), "hush")).toBe(0);
      expect(line.state.ear.speaking).toBe(false);
    }
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

  test("is given the time for an answer after each question, also when the clock has jumped past all of them", () => {
    const line = quiet();
    line.now += 60 * MINUTE;
    line.take({ from: "clock" });
    line.ready({ rest_ms: HALF_A_MINUTE });
    spoken(line, 2);
    line.wait(HALF_A_MINUTE - 2_000);
    expect(line.state.ended).toBe(null);
    expect(line.state.rest.asked).toBe(1);
  });

  test("is not ended at once where an older Luna wrote down the questions, but not their time", () => {
    const line = quiet();
    line.wait(4 * MINUTE);
    Object.assign(line.state.rest, { asked: 2, asked_at: 0, caller_at: line.now - 5 * MINUTE - HALF_A_MINUTE });
    line.take({ from: "clock" });
    expect(line.state.ended).toBe(null);
    line.wait(HALF_A_MINUTE + 1_000);
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

describe("a caller whose end of speech the engine does not tell", () => {
  test("has finished when the words are handed in: tools are answered, the call may sleep and ask who is there", () => {
    const line = quiet();
    line.engine(server.speechStarted("u1"), server.committed("u1"));
    expect(line.state.ear).toMatchObject({ speaking: false, awaiting: true });
    line.engine(server.heard("u1", "What is my balance?"));
    line.engine(server.created("r2"), server.outputDone("r2", call("c1")), server.done("r2"));
    expect(sent(line.tool("c1"), "response.create")).toHaveLength(1);
    spoken(line, 3);
    expect(did(line.wait(HALF_A_MINUTE), "park")).toBe(1);
    expect(did(line.wait(5 * MINUTE), "unpark")).toBe(1);
  });

  test("has said something into the goodbye, and the call does not end over it", () => {
    const line = quiet();
    line.engine(server.created("r2"), server.outputDone("r2", call("c1", "end_call")), server.done("r2"));
    line.tool("c1", { name: "end_call", then: "end" });
    line.engine(server.speechStarted("u1"), server.committed("u1"), server.heard("u1", "Wait."));
    expect(line.state.farewell).toBe(null);
    line.engine(server.created("r3"));
    expect(line.state.ear).toMatchObject({ speaking: false, awaiting: false });
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

  test("waits for the words of the caller, and so does the swap", () => {
    const line = spoken(new Line({ rotate_at: 1_000_000 + 2 * MINUTE }));
    line.wait(2 * MINUTE - 1_000);
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    spoken(line, 2);
    expect(did(line.wait(4_000), "rotate")).toBe(0);
    expect(maySwap(line.state, line.state.transcript.order.length, {})).toBe(false);
    line.engine(server.heard("u1", "What is my balance?"));
    expect(maySwap(line.state, line.state.transcript.order.length, {})).toBe(true);
    expect(did(line.wait(1_000), "rotate")).toBe(1);
  });

  test("is tried again when the second engine does not come", () => {
    const line = spoken(new Line({ rotate_at: 1_000_000 + 2 * MINUTE }));
    line.wait(2 * MINUTE + 1_000);
    line.take({ from: "engine_swapped", setup: null });
    expect(did(line.wait(HALF_A_MINUTE), "rotate")).toBe(1);
  });

  test("is given up after a second engine was closed with the first: by hold, or because the line broke", () => {
    const setup = { rotate_at: 1_000_000 + 2 * MINUTE, rest_ms: HALF_A_MINUTE };
    const later = { ...setup, rotate_at: 1_000_000 + 62 * MINUTE };
    const dialling = () => {
      const line = spoken(new Line({ ...setup, rest_ms: null }));
      expect(did(line.wait(2 * MINUTE + 1_000), "rotate")).toBe(1);
      return line;
    };
    const broken = dialling();
    broken.take({ from: "engine_gone", again: true });
    const held = dialling();
    held.state.setup.rest_ms = HALF_A_MINUTE;
    expect(did(held.page({ type: "luna.hold", on: true }), "park")).toBe(1);
    held.page({ type: "luna.hold", on: false });
    for (const line of [broken, held]) {
      line.ready({ ...later, rest_ms: null });
      line.page({ type: "luna.wake" });
      line.now = later.rotate_at;
      expect(did(line.take({ from: "clock" }), "rotate")).toBe(1);
    }
  });

  test("is not given up for a second engine that does not know of a change of the session since it was dialled", () => {
    const line = spoken(new Line({ rotate_at: 1_000_000 + 2 * MINUTE }));
    line.wait(2 * MINUTE + 1_000);
    const { tuned } = line.state.tuning;
    const told = line.state.transcript.order.length;
    expect(maySwap(line.state, told, tuned)).toBe(true);
    line.page({ type: "luna.session", update: { speed: 1.25 } });
    expect(maySwap(line.state, told, tuned)).toBe(false);
    const session = { ...firstSession("sess_1", "model", 0), audio: { output: { speed: 1.25 } } };
    line.engine({ type: "session.updated", event_id: "event_echo", session });
    expect(line.state.tuning).toMatchObject({ asked: null, tuned: { speed: 1.25 } });
    expect(maySwap(line.state, told, tuned)).toBe(false);
    expect(maySwap(line.state, told, { speed: 1.25 })).toBe(true);
  });
});
