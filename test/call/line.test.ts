import { describe, expect, test } from "vitest";
import { call, Line, page, sent, server, told } from "./events.ts";

const words = (commands: ReturnType<Line["engine"]>) =>
  told(commands, "luna.line").map((event) => (event.type === "luna.line" ? event.state : ""));

describe("the word for the line", () => {
  test("follows a turn with a tool from the question to the answer", () => {
    const line = new Line({ text: true, ready: false });
    expect(line.state.line).toBe("connecting");
    line.ready({ text: true });
    line.page(page.speech("started"), page.speech("stopped"), page.spoken("My balance, please"));
    line.engine(server.created("r1"), server.outputDone("r1", call("c1")), server.done("r1"));
    line.tool("c1");
    line.engine(
      server.created("r2"),
      server.text("r2", "m1", "Two thousand."),
      server.textDone("r2", "m1", "Two thousand."),
    );
    line.engine(server.done("r2"));
    line.page(page.playback("m1", "started", 0, 0), page.playback("m1", "progress", 200, 3));
    line.page(page.playback("m1", "done", 900, 13));
    expect(words(line.all)).toEqual([
      "listening",
      "user-speaking",
      "thinking",
      "tool-running",
      "thinking",
      "speaking",
      "listening",
    ]);
  });

  test("is told only when it changes", () => {
    const line = new Line({ text: true });
    line.page(page.speech("started"));
    expect(words(line.page(page.speech("started")))).toEqual([]);
  });

  test("stays with the caller who speaks to the page, whatever becomes of the engine", () => {
    const line = new Line({ text: true });
    line.page(page.speech("started"));
    line.take({ from: "engine_gone" });
    expect(line.state.line).toBe("user-speaking");
    line.take({ from: "leg_gone" });
    expect(line.state.line).toBe("connecting");
  });

  test("does not wait for the end of a speech that was never reported", () => {
    const line = new Line({ text: true });
    line.page(page.speech("started"));
    line.wait(34_000);
    expect(line.state.line).toBe("user-speaking");
    line.wait(2_000);
    expect(line.state.line).toBe("listening");
  });

  test("nor for one of a caller who types meanwhile: the answer comes at once", () => {
    const line = new Line({ text: true });
    line.page(page.speech("started"));
    expect(sent(line.page(page.typed("My balance, please")), "response.create")).toHaveLength(1);
    expect(line.state.line).toBe("thinking");
  });

  test("says connecting again when the engine is gone", () => {
    const line = new Line();
    expect(words(line.take({ from: "engine_gone" }))).toEqual(["connecting"]);
    expect(words(line.ready({}))).toEqual(["listening"]);
  });
});
