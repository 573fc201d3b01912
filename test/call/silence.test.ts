import { describe, expect, test } from "vitest";
import { Line, page, sent, server } from "./events.ts";

const asked = (commands: ReturnType<Line["wait"]>) =>
  sent(commands, "response.create").filter(
    (event) => event.type === "response.create" && event.response?.metadata?.luna === "silence",
  ).length;

/** Luna has said something and it was heard. */
function quiet(line = new Line({ text: true, silence_ms: 10_000 }), n = 1): Line {
  line.engine(
    server.created(`r${n}`),
    server.text(`r${n}`, `m${n}`, "Hello."),
    server.textDone(`r${n}`, `m${n}`, "Hello."),
  );
  line.engine(server.done(`r${n}`));
  line.page(page.playback(`m${n}`, "done", 400, 6));
  return line;
}

describe("when nobody says anything", () => {
  test("Luna asks after the set time, and not before", () => {
    const line = quiet();
    expect(asked(line.wait(9_990))).toBe(0);
    expect(asked(line.wait(20))).toBe(1);
  });

  test("she asks twice in a row at most", () => {
    const line = quiet();
    let count = 0;
    for (let n = 2; n < 8; n += 1) {
      count += asked(line.wait(11_000));
      quiet(line, n);
    }
    expect(count).toBe(2);
  });

  test("anything the caller does starts the count again", () => {
    const line = quiet();
    line.wait(11_000);
    quiet(line, 2);
    line.wait(11_000);
    quiet(line, 3);
    line.page(page.speech("started"), page.speech("stopped"));
    expect(asked(line.wait(14_000))).toBe(1);
  });

  test("the time begins when her last word was heard", () => {
    const line = new Line({ text: true, silence_ms: 5_000 });
    line.engine(server.created("r1"), server.text("r1", "m1", "Hello."), server.textDone("r1", "m1", "Hello."));
    line.engine(server.done("r1"));
    for (let ms = 1_000; ms <= 9_000; ms += 1_000) {
      expect(asked(line.wait(1_000))).toBe(0);
      line.page(page.playback("m1", "progress", ms, 3));
    }
    line.page(page.playback("m1", "done", 9_100, 6));
    expect(asked(line.wait(4_900))).toBe(0);
    expect(asked(line.wait(200))).toBe(1);
  });

  test("an object that was put away meanwhile counts on, and asks as soon as its engine is there again", () => {
    const line = quiet();
    line.wait(6_000);
    line.take({ from: "engine_gone", again: false });
    expect(asked(line.wait(10_000))).toBe(0);
    expect(asked(line.ready({ text: true, silence_ms: 10_000 }))).toBe(1);
  });

  test("a muted microphone is no silence", () => {
    const line = quiet();
    line.page({ type: "luna.mute", microphone: true });
    expect(asked(line.wait(60_000))).toBe(0);
  });

  test("engines that hear do this themselves", () => {
    expect(asked(quiet(new Line({ silence_ms: 10_000 })).wait(60_000))).toBe(0);
  });
});
