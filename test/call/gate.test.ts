import { describe, expect, test } from "vitest";
import { call, deeds, Line, message, page, sent, server, told } from "./events.ts";

const gateOf = (line: Line) => line.state.gate.at;

describe("the gate", () => {
  test("lets the greeting through when the engine is ready", () => {
    const line = new Line({ greeting: true });
    expect(sent(line.all, "response.create")).toHaveLength(1);
    expect(gateOf(line)).toBe("requested");
    line.engine(server.created("r1"));
    expect(gateOf(line)).toBe("active");
    line.engine(server.done("r1"));
    expect(gateOf(line)).toBe("free");
  });

  test("gives every client event an id of its own", () => {
    const line = new Line({ greeting: true });
    line.page(page.typed("Hello"));
    const ids = sent(line.all).map((event) => event.event_id);
    expect(ids.every((id) => typeof id === "string" && id !== "")).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("holds a second wish until the first response is done, and keeps only one", () => {
    const line = new Line({ text: true });
    line.page(page.typed("One"));
    line.engine(server.created("r1"));
    expect(sent(line.page(page.typed("Two"), page.typed("Three")), "response.create")).toEqual([]);
    expect(gateOf(line)).toBe("cancelling");
    expect(sent(line.engine(server.done("r1", "cancelled")), "response.create")).toHaveLength(1);
    expect(sent(line.engine(server.created("r2"), server.done("r2")), "response.create")).toEqual([]);
  });

  test("is not freed by the end of another response", () => {
    const line = new Line({ greeting: true });
    line.engine(server.created("r1"), server.done("r0"));
    expect(gateOf(line)).toBe("active");
  });

  test("is taken by a response that the server began by itself", () => {
    const line = new Line();
    line.engine(server.created("own"));
    expect(sent(line.page({ type: "response.create", event_id: "mine" }))).toEqual([]);
    expect(gateOf(line)).toBe("active");
  });

  test("refuses the page's second response.create with an error that names it", () => {
    const line = new Line();
    line.page({ type: "response.create" });
    const [error] = told(line.page({ type: "response.create", event_id: "mine" }), "error");
    expect(error).toMatchObject({ error: { code: "conversation_already_has_active_response", event_id: "mine" } });
    line.engine(server.created("r1"));
    expect(gateOf(line)).toBe("active");
  });

  test("waits for the server's response when it refuses ours, then asks again", () => {
    const line = new Line();
    const [create] = sent(line.page(page.typed("Hello", "w1")), "response.create");
    line.engine(server.created("own"), server.error("conversation_already_has_active_response", create?.event_id));
    expect(gateOf(line)).toBe("active");
    expect(sent(line.engine(server.done("own")), "response.create")).toHaveLength(1);
  });

  test("asks no second time when the server's response had seen the words", () => {
    const line = new Line();
    const [create] = sent(line.page(page.typed("Hello", "w1")), "response.create");
    line.engine(server.itemAdded(message("w1", "user", "Hello")), server.created("own"));
    line.engine(server.error("conversation_already_has_active_response", create?.event_id));
    expect(sent(line.engine(server.done("own")), "response.create")).toEqual([]);
  });

  test("takes a refusal without a name for ours while ours is on its way", () => {
    const line = new Line();
    line.page(page.typed("Hello", "w1"));
    line.engine(server.error("conversation_already_has_active_response", null));
    expect(gateOf(line)).toBe("active");
    expect(sent(line.engine(server.done("whose")), "response.create")).toHaveLength(1);
  });

  test("asks once more after 4 s without an answer, then tells the caller", () => {
    const line = new Line({ greeting: true });
    expect(sent(line.wait(3_999), "response.create")).toEqual([]);
    expect(sent(line.wait(1), "response.create")).toHaveLength(1);
    const late = line.wait(4_000);
    expect(sent(late, "response.create")).toEqual([]);
    expect(told(late, "luna.notice")).toMatchObject([{ code: "no_answer" }]);
    expect(gateOf(line)).toBe("free");
  });

  test("cancels the response it asked for as soon as it has a name", () => {
    const line = new Line({ greeting: true });
    expect(sent(line.page({ type: "response.cancel" }))).toEqual([]);
    expect(sent(line.engine(server.created("r1")))).toMatchObject([{ type: "response.cancel", response_id: "r1" }]);
    line.engine(server.done("r1", "cancelled"));
    expect(gateOf(line)).toBe("free");
  });

  test("does not cancel the answer to a spoken turn in place of the one it asked for", () => {
    const line = new Line({ greeting: true });
    line.page({ type: "response.cancel" });
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    expect(sent(line.engine(server.created("own")))).toEqual([]);
    expect(gateOf(line)).toBe("active");
  });

  test("greets once, though it is told twice that the engine is ready", () => {
    const line = new Line({ greeting: true });
    line.engine(server.created("r1"));
    expect(sent(line.ready())).toEqual([]);
    expect(sent(line.engine(server.done("r1")))).toEqual([]);
  });

  test("says that an answer was cut off at its longest length", () => {
    const line = new Line({ greeting: true });
    const details = { type: "incomplete" as const, reason: "max_output_tokens" as const };
    const after = line.engine(server.created("r1"), server.done("r1", "incomplete", details));
    expect(told(after, "luna.notice")).toMatchObject([{ code: "max_output_tokens", tone: "info" }]);
  });

  test("takes response_cancel_not_active for what it is", () => {
    const line = new Line({ greeting: true });
    line.engine(server.created("r1"));
    const [cancel] = sent(line.page({ type: "response.cancel" }));
    const after = line.engine(server.error("response_cancel_not_active", cancel?.event_id));
    expect(told(after, "error")).toEqual([]);
    expect(gateOf(line)).toBe("free");
  });

  test("tries a response that failed for a passing reason once more, a moment later", () => {
    const line = new Line({ greeting: true });
    const failed = { type: "failed" as const, error: { code: "rate_limit_exceeded" } };
    line.engine(server.created("r1"), server.done("r1", "failed", failed));
    expect(gateOf(line)).toBe("free");
    expect(sent(line.wait(1_500), "response.create")).toHaveLength(1);
    const again = line.engine(server.created("r2"), server.done("r2", "failed", failed));
    expect(told(again, "luna.notice")).toMatchObject([{ code: "rate_limit_exceeded" }]);
    expect(sent(line.wait(10_000), "response.create")).toEqual([]);
  });

  test("says what is wrong at once when trying again cannot help", () => {
    const line = new Line({ greeting: true });
    const details = { type: "failed" as const, error: { code: "insufficient_quota" } };
    const after = line.engine(server.created("r1"), server.done("r1", "failed", details));
    expect(told(after, "luna.notice")).toMatchObject([{ code: "insufficient_quota" }]);
    expect(sent(line.wait(10_000))).toEqual([]);
  });

  test("tries once more, a moment later, when the request itself was refused for a passing reason, and then owes the answer", () => {
    const line = new Line({ text: true });
    const [first] = sent(line.page(page.typed("Hello", "w1")), "response.create");
    const refused = line.engine(server.error("server_error", first?.event_id));
    expect([...told(refused, "error"), ...told(refused, "luna.notice")]).toEqual([]);
    expect(sent(line.wait(1_400), "response.create")).toEqual([]);
    const [second] = sent(line.wait(100), "response.create");
    expect(second).toBeDefined();
    const again = line.engine(server.error("rate_limit_exceeded", second?.event_id));
    expect(told(again, "luna.notice")).toMatchObject([{ code: "rate_limit_exceeded" }]);
    expect(sent(line.wait(10_000), "response.create")).toEqual([]);
    line.take({ from: "engine_gone", again: true });
    expect(sent(line.ready(), "response.create")).toHaveLength(1);
  });

  test("does not ask again for what nobody wants any more", () => {
    const line = new Line({ greeting: true });
    const [create] = sent(line.all, "response.create");
    line.page({ type: "response.cancel" });
    line.engine(server.error("server_error", create?.event_id));
    expect(gateOf(line)).toBe("free");
    expect(sent(line.wait(10_000))).toEqual([]);
  });

  test("gives up a response that has stopped half way", () => {
    const line = new Line({ greeting: true });
    line.engine(server.created("r1"), server.transcript("r1", "m1", "Your bal"));
    expect(sent(line.wait(30_000), "response.cancel")).toHaveLength(1);
    line.wait(4_000);
    expect(gateOf(line)).toBe("free");
    line.engine(server.done("r1", "cancelled"));
    expect(line.turn("m1")).toMatchObject({ state: "interrupted", heard: "" });
  });

  test("asks for an answer itself when the server leaves a spoken turn without one", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    expect(sent(line.wait(3_900))).toEqual([]);
    expect(sent(line.wait(200), "response.create")).toHaveLength(1);
  });

  test("queues what is wanted before the engine is ready", () => {
    const line = new Line({ ready: false, greeting: true });
    expect(sent(line.page(page.typed("Hello", "w1")))).toEqual([]);
    const events = sent(line.ready());
    expect(events.map((event) => event.type)).toEqual(["conversation.item.create", "response.create"]);
  });

  test("wakes itself for its watch", () => {
    const line = new Line({ greeting: true });
    expect(deeds(line.all, "wake")).toEqual([{ do: "wake", at: line.now + 4_000 }]);
  });

  test("asks to be woken again when a wake was missed, or lost with the object that held the timer", () => {
    const late = new Line({ greeting: true });
    const missed = late.take({ from: "page", message: { type: "luna.mute", microphone: false } }, 5_000);
    expect(deeds(missed, "wake")).toEqual([{ do: "wake", at: late.now + 4_000 }]);
    const rebuilt = new Line({ text: true });
    rebuilt.page(page.typed("Hello", "w1"));
    const before = rebuilt.state.wake_at;
    rebuilt.take({ from: "engine_gone" });
    expect(before).not.toBeNull();
    expect(deeds(rebuilt.ready({}), "wake")).toHaveLength(1);
  });
});

describe("while the page is gone", () => {
  /** Luna looks something up, and the page reloads. */
  function leftAtWork(options = {}): Line {
    const line = new Line(options);
    line.page(page.typed("What is my balance?", "w1"));
    line.engine(server.created("r1"), server.outputDone("r1", call("c1")), server.done("r1"));
    line.take({ from: "leg_gone" });
    return line;
  }

  test("what a tool has found waits, and is said when the page is back", () => {
    const line = leftAtWork();
    expect(sent(line.tool("c1"), "response.create")).toEqual([]);
    expect(sent(line.wait(20_000), "response.create")).toEqual([]);
    expect(sent(line.take({ from: "leg_back" }), "response.create")).toHaveLength(1);
    line.engine(server.created("r2"), server.transcript("r2", "m2", "You have two dollars."));
    expect(line.turn("m2")).toMatchObject({ state: "live", heard: "" });
  });

  test("what waited behind a response that is cancelled is said, too", () => {
    const line = new Line();
    line.page(page.typed("One", "w1"));
    line.engine(server.created("r1"));
    line.page(page.typed("Two", "w2"));
    line.take({ from: "leg_gone" });
    expect(sent(line.engine(server.done("r1", "cancelled")), "response.create")).toEqual([]);
    expect(sent(line.take({ from: "leg_back" }), "response.create")).toHaveLength(1);
  });

  test("a response that the server begins is stopped, counts as unheard, and is asked for again", () => {
    const line = new Line();
    line.engine(server.speechStarted("u1"), server.speechStopped("u1"), server.committed("u1"));
    line.take({ from: "leg_gone" });
    expect(sent(line.engine(server.created("r1")))).toMatchObject([{ type: "response.cancel", response_id: "r1" }]);
    line.engine(server.transcript("r1", "m1", "You have"), server.done("r1", "cancelled"));
    expect(line.turn("m1")?.heard ?? "").toBe("");
    expect(sent(line.take({ from: "leg_back" }), "response.create")).toHaveLength(1);
  });

  test("a call that fell asleep over it is woken by the page that comes back", () => {
    const line = new Line({ rest_ms: 30_000 });
    line.engine(server.created("r1"));
    line.take({ from: "leg_gone" });
    line.engine(server.done("r1", "cancelled"));
    expect(deeds(line.wait(31_000), "park")).toHaveLength(1);
    expect(deeds(line.take({ from: "leg_back" }), "unpark")).toHaveLength(1);
    expect(sent(line.ready({ rest_ms: 30_000 }), "response.create")).toHaveLength(1);
  });

  test("words by another way are answered", () => {
    const line = leftAtWork();
    line.tool("c1");
    expect(sent(line.page(page.typed("And in savings?", "w2")), "response.create")).toHaveLength(1);
  });

  test("nobody is asked whether they are still there, not even when they are back", () => {
    const line = new Line({ text: true, silence_ms: 8_000 });
    line.engine(server.created("r1"), server.textDone("r1", "m1", "Hello."), server.done("r1"));
    line.page(page.playback("m1", "done", 900, 6));
    line.take({ from: "leg_gone" });
    line.wait(40_000);
    expect(sent(line.take({ from: "leg_back" }), "response.create")).toEqual([]);
    expect(sent(line.wait(8_000), "response.create")).toHaveLength(1);
  });
});
