import { describe, expect, test } from "vitest";
import { call, deeds, Line, message, page, sent, server, told } from "./events.ts";

/** A response that calls these functions, complete or not yet over. */
function calling(line: Line, ids: string[], over = true) {
  const commands = line.engine(
    server.created("r1"),
    ...ids.map((id, index) => server.outputDone("r1", call(id), index)),
  );
  return over ? [...commands, ...line.engine(server.done("r1"))] : commands;
}

const outputs = (commands: ReturnType<Line["engine"]>) =>
  sent(commands, "conversation.item.create").flatMap((event) =>
    event.type === "conversation.item.create" && event.item.type === "function_call_output" ? [event.item.call_id] : [],
  );

describe("a tool turn", () => {
  test("runs a complete call, gives its output back and asks for one answer", () => {
    const line = new Line();
    const [run] = deeds(calling(line, ["c1"]), "run");
    expect(run).toMatchObject({ call: { call_id: "c1", name: "check_balance", arguments: "{}", response_id: "r1" } });
    const after = sent(line.tool("c1"));
    expect(after.map((event) => event.type)).toEqual(["conversation.item.create", "response.create"]);
    expect(outputs(line.all)).toEqual(["c1"]);
  });

  test("remembers no more of a call's arguments than fits, and no tool takes what is left", () => {
    const line = new Line();
    const huge = JSON.stringify({ account: "x".repeat(200_000) });
    const commands = line.engine(server.created("r1"), server.outputDone("r1", call("c1", "check_balance", huge)));
    expect(JSON.stringify(line.state).length).toBeLessThan(20_000);
    const ran = commands.flatMap((command) => (command.do === "run" ? [command.call.arguments] : []));
    expect(ran[0]?.length).toBeGreaterThan(4_096);
    expect(() => JSON.parse(ran[0] ?? "")).toThrow();
  });

  test("does not run a call that is not complete", () => {
    const line = new Line();
    const half = { ...call("c1"), status: "incomplete" as const };
    const commands = line.engine(server.created("r1"), server.outputDone("r1", half as ReturnType<typeof call>));
    expect(deeds(commands, "run")).toEqual([]);
  });

  test("runs a call whose end was lost on the way when its response is over, and asks for one answer", () => {
    const line = new Line();
    const over = line.engine(server.created("r1"), server.done("r1", "completed", undefined, [call("c1")]));
    expect(deeds(over, "run")).toMatchObject([{ call: { call_id: "c1", response_id: "r1" } }]);
    expect(sent(line.tool("c1")).map((event) => event.type)).toEqual(["conversation.item.create", "response.create"]);
    const cut = line.engine(server.created("r2"), server.done("r2", "cancelled", undefined, [call("c2")]));
    expect(deeds(cut, "run")).toEqual([]);
  });

  test("runs a call once in the whole call, whoever repeats it", () => {
    const line = new Line();
    calling(line, ["c1", "c1"]);
    line.tool("c1");
    line.engine(server.created("r2"), server.outputDone("r2", call("c1")), server.done("r2"));
    expect(deeds(line.all, "run")).toHaveLength(1);
    expect(outputs(line.all)).toEqual(["c1"]);
    expect(sent(line.tool("c1"))).toEqual([]);
  });

  test("does not run a new call under an id that was used before: it is given what is known, and answered", () => {
    const line = new Line();
    calling(line, ["c1"]);
    line.tool("c1");
    line.engine(server.created("r2"), server.done("r2"));
    const again = { ...call("c1"), id: "item_again" };
    const given = line.engine(server.created("r3"), server.outputDone("r3", again), server.outputDone("r3", again));
    expect(outputs(given)).toEqual(["c1"]);
    expect(sent(line.engine(server.done("r3")), "response.create")).toHaveLength(1);
    expect(deeds(line.all, "run")).toHaveLength(1);
  });

  test("waits for the tool where the new call comes before it is back", () => {
    const line = new Line();
    calling(line, ["c1"]);
    const again = { ...call("c1"), id: "item_again" };
    line.engine(server.created("r2"), server.outputDone("r2", again), server.done("r2"));
    const after = line.tool("c1");
    expect(outputs(after)).toEqual(["c1"]);
    expect(sent(after, "response.create")).toHaveLength(1);
    expect(deeds(line.all, "run")).toHaveLength(1);
  });

  test("sends outputs as they come and asks only after the last", () => {
    const line = new Line();
    calling(line, ["c1", "c2"]);
    expect(sent(line.tool("c2")).map((event) => event.type)).toEqual(["conversation.item.create"]);
    expect(sent(line.tool("c1")).map((event) => event.type)).toEqual(["conversation.item.create", "response.create"]);
  });

  test("does not ask before the response is over", () => {
    const line = new Line();
    calling(line, ["c1"], false);
    expect(sent(line.tool("c1"), "response.create")).toEqual([]);
    expect(sent(line.engine(server.done("r1")), "response.create")).toHaveLength(1);
  });

  test("answers the calls of a response that was cut off, and leaves the next word to the caller", () => {
    const line = new Line();
    calling(line, ["c1"], false);
    line.engine(server.speechStarted("u1"), server.done("r1", "cancelled"));
    expect(sent(line.tool("c1")).map((event) => event.type)).toEqual(["conversation.item.create"]);
    line.engine(server.speechStopped("u1"), server.committed("u1"), server.created("r2"), server.done("r2"));
    expect(sent(line.wait(20_000), "response.create")).toEqual([]);
  });

  test("asks nothing after a cut, even if the output was there before", () => {
    const line = new Line();
    calling(line, ["c1"], false);
    line.tool("c1");
    line.engine(server.speechStarted("u1"), server.done("r1", "cancelled"), server.speechStopped("u1"));
    line.engine(server.committed("u1"), server.created("r2"), server.done("r2"));
    expect(sent(line.wait(20_000), "response.create")).toEqual([]);
  });

  test("asks nothing after Esc, even if the output was there before", () => {
    const line = new Line({ text: true });
    calling(line, ["c1"], false);
    line.tool("c1");
    line.page({ type: "response.cancel" });
    line.engine(server.done("r1", "cancelled"));
    expect(sent(line.wait(20_000), "response.create")).toEqual([]);
  });

  test("does not speak into the caller's sentence with a late output", () => {
    const line = new Line();
    calling(line, ["c1"]);
    line.engine(server.speechStarted("u1"));
    const [output] = sent(line.tool("c1"));
    expect(output?.type).toBe("conversation.item.create");
    const id = output?.type === "conversation.item.create" ? (output.item.id ?? "") : "";
    line.engine(server.itemAdded({ id, type: "function_call_output", call_id: "c1", output: "" }));
    line.engine(server.speechStopped("u1"), server.committed("u1"), server.created("r2"), server.done("r2"));
    expect(sent(line.wait(20_000), "response.create")).toEqual([]);
  });

  test("gives one answer to the output and to what the caller typed meanwhile", () => {
    const line = new Line({ text: true });
    calling(line, ["c1"]);
    expect(sent(line.page(page.typed("Hurry")), "response.create")).toEqual([]);
    expect(sent(line.tool("c1"), "response.create")).toHaveLength(1);
    line.engine(server.created("r2"), server.done("r2"));
    expect(sent(line.wait(20_000), "response.create")).toEqual([]);
  });

  test("tells the engine when a tool never comes back", () => {
    const line = new Line();
    calling(line, ["c1"]);
    const after = sent(line.wait(30_000));
    expect(after.map((event) => event.type)).toEqual(["conversation.item.create", "response.create"]);
    expect(JSON.stringify(after[0])).toContain("unavailable");
    expect(sent(line.tool("c1"))).toEqual([]);
  });

  test("keeps the engine's arguments from the page", () => {
    const line = new Line();
    const args = '{"number":"4000123412341234"}';
    const item = call("c1", "block_card", args);
    line.engine(
      server.created("r1"),
      server.outputAdded("r1", item),
      server.itemAdded(item),
      server.outputDone("r1", item),
    );
    line.engine(server.done("r1", "completed", undefined, [item]));
    expect(JSON.stringify(line.all.filter((command) => command.do === "tell"))).not.toContain("4000123412341234");
  });
});

describe("the end of a call", () => {
  /** Luna says goodbye beside her call of `end_call`. */
  function goodbye(line: Line) {
    line.engine(
      server.created("r1"),
      server.outputAdded("r1", message("bye")),
      server.text("r1", "bye", "Goodbye, Maya."),
      server.textDone("r1", "bye", "Goodbye, Maya."),
      server.outputDone("r1", call("c1", "end_call"), 1),
      server.done("r1"),
    );
    return line.tool("c1", { name: "end_call", then: "end" });
  }

  test("comes when the goodbye has been heard, without another response", () => {
    const line = new Line({ text: true });
    expect(sent(goodbye(line), "response.create")).toEqual([]);
    expect(deeds(line.page(page.playback("bye", "started", 100)), "end")).toEqual([]);
    expect(deeds(line.page(page.playback("bye", "done", 900, 14)), "end")).toEqual([
      { do: "end", reason: "luna_ended" },
    ]);
  });

  test("comes after one more response when nothing was said beside the call", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.outputDone("r1", call("c1", "end_call")), server.done("r1"));
    expect(sent(line.tool("c1", { then: "end" }), "response.create")).toHaveLength(1);
    line.engine(server.created("r2"), server.text("r2", "bye", "Bye."), server.textDone("r2", "bye", "Bye."));
    expect(deeds(line.engine(server.done("r2")), "end")).toEqual([]);
    expect(deeds(line.page(page.playback("bye", "done", 400, 4)), "end")).toHaveLength(1);
  });

  test("comes after 12 s without any news of the goodbye", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.outputDone("r1", call("c1", "end_call")), server.done("r1"));
    line.tool("c1", { then: "end" });
    line.engine(server.created("r2"));
    expect(deeds(line.wait(11_900), "end")).toEqual([]);
    expect(deeds(line.wait(200), "end")).toHaveLength(1);
  });

  test("waits as long as the goodbye is being heard", () => {
    const line = new Line({ text: true });
    goodbye(line);
    for (let ms = 0; ms < 30_000; ms += 3_000) {
      line.page(page.playback("bye", "progress", ms));
      expect(deeds(line.wait(3_000), "end")).toEqual([]);
    }
  });

  test("does not come when the caller has something more to say", () => {
    const line = new Line({ text: true });
    goodbye(line);
    line.page(page.playback("bye", "started", 100), page.speech("started"), page.playback("bye", "flushed", 200, 8));
    line.page(page.speech("stopped"));
    expect(sent(line.page(page.spoken("Wait, one more thing")), "response.create")).toHaveLength(1);
    expect(deeds(line.wait(30_000), "end")).toEqual([]);
  });

  test("comes after all when the interruption was only a noise", () => {
    const line = new Line({ text: true });
    goodbye(line);
    line.page(page.playback("bye", "started", 100), page.speech("started"), page.playback("bye", "flushed", 200, 8));
    line.page(page.speech("stopped"));
    expect(deeds(line.wait(5_000), "end")).toHaveLength(1);
  });

  test("hands over to the specialist once the announcement was heard or cut off", () => {
    const line = new Line({ text: true });
    line.engine(
      server.created("r1"),
      server.text("r1", "say", "One moment, I am getting a colleague."),
      server.textDone("r1", "say", "One moment, I am getting a colleague."),
      server.outputDone("r1", call("c1", "transfer_to_specialist"), 1),
      server.done("r1"),
    );
    line.tool("c1", { then: "transfer" });
    const after = line.page(page.playback("say", "flushed", 300, 11));
    expect(deeds(after, "hand_over")).toHaveLength(1);
    expect(told(after, "luna.line")).toMatchObject([{ state: "on-hold" }]);
    const ready = line.ready({ speaker: "specialist" });
    expect(sent(ready, "response.create")).toHaveLength(1);
    line.engine(server.created("s1"), server.text("s1", "hello", "Hello Maya."));
    expect(line.turn("hello")?.who).toBe("specialist");
  });
});
