import { describe, expect, test } from "vitest";
import { audioArrived, owesAnswer, seeds } from "../../src/call/machine.ts";
import { turnsInOrder } from "../../src/call/transcript.ts";
import type { Item } from "../../src/realtime/events.ts";
import { call, deeds, delta, Line, message, page, run, sent, server, told } from "./events.ts";

/** What a new engine is told, in short. */
function retold(line: Line): string[] {
  return seeds(line.state).map((event) => {
    if (event.type !== "conversation.item.create") return event.type;
    const { item } = event;
    if (item.type === "function_call") return `call ${item.name}`;
    if (item.type === "function_call_output") return `output ${item.output}`;
    if (item.type !== "message") return item.type;
    const [part] = item.content;
    return `${item.role} ${part !== undefined && "text" in part ? part.text : ""}`;
  });
}

function says(line: Line, n: string, text: string, heard = text.length): void {
  line.engine(server.created(`r${n}`), server.text(`r${n}`, `m${n}`, text), server.textDone(`r${n}`, `m${n}`, text));
  line.engine(server.done(`r${n}`));
  line.page(page.playback(`m${n}`, heard < text.length ? "flushed" : "done", heard * 50, heard));
}

describe("what a new engine is told", () => {
  test("is the conversation in order, tools with their outputs where they stood", () => {
    const line = new Line({ text: true });
    line.page(page.typed("My balance?", "w1"));
    line.engine(
      server.created("r1"),
      server.outputAdded("r1", call("c1")),
      server.outputDone("r1", call("c1")),
      server.done("r1"),
    );
    line.tool("c1", { output: '{"ok":true}' });
    says(line, "2", "Two thousand.");
    line.take({ from: "engine_gone" });
    expect(retold(line)).toEqual([
      "user My balance?",
      "call check_balance",
      'output {"ok":true}',
      "assistant Two thousand.",
    ]);
  });

  test("has only what was heard of an interrupted turn, as output_text", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", "Your card is blocked now."));
    audioArrived(line.state, delta("r1", "m1"), 2_000, line.now);
    line.engine(
      server.audioDone("r1", "m1"),
      server.transcriptDone("r1", "m1", "Your card is blocked now."),
      server.done("r1"),
    );
    line.page(page.playback("m1", "started", 0));
    line.engine(server.speechStarted("u1"));
    line.page(page.playback("m1", "flushed", 900));
    line.take({ from: "engine_gone" });
    const [seed] = seeds(line.state);
    expect(seed).toMatchObject({
      item: { id: "m1", role: "assistant", content: [{ type: "output_text", text: "Your card is" }] },
    });
  });

  test("leaves out what nobody heard and what nobody understood", () => {
    const line = new Line();
    line.engine(
      server.committed("u1"),
      server.notHeard("u1"),
      server.created("r1"),
      server.transcript("r1", "m1", "Hello"),
    );
    line.take({ from: "engine_gone" });
    expect(retold(line)).toEqual([]);
  });

  test("has the last ten turns whole, the rest in one line, and every tool", () => {
    const line = new Line({ text: true });
    line.page(page.typed("Block my card", "w0"));
    line.engine(server.created("r0"), server.outputDone("r0", call("c1", "block_card")), server.done("r0"));
    line.tool("c1");
    for (let n = 1; n <= 7; n += 1) {
      says(line, `a${n}`, `Answer ${n}.`);
      line.page(page.typed(`Question ${n}`, `w${n}`));
    }
    line.take({ from: "engine_gone" });
    const items = retold(line);
    expect(items.filter((item) => /^(user|assistant)/.test(item))).toHaveLength(10);
    expect(items[0]).toContain("system Earlier in this call: Caller: Block my card");
    expect(items).toContain("call block_card");
    expect(items.at(-1)).toBe("user Question 7");
  });

  test("is no news: turns keep their number and their order, wherever the new engine puts what it is told", () => {
    const line = new Line({ text: true });
    for (let n = 1; n <= 8; n++) {
      // Some pages give ids that are too long for a server.
      line.page(page.typed(`Question ${n}?`, n % 2 === 0 ? `w${n}` : `w${n}_${"x".repeat(40)}`));
      says(line, String(n), `Answer ${n}.`, n === 5 ? 0 : undefined);
    }
    const before = turnsInOrder(line.state).map((turn) => turn.item_id);
    line.take({ from: "engine_gone" });
    let previous: string | null = null;
    for (const seed of seeds(line.state)) {
      if (seed.type !== "conversation.item.create" || !seed.item.id) throw new Error("a seed without an id");
      const item = { ...seed.item, id: seed.item.id } as Item;
      line.engine({ type: "conversation.item.added", event_id: "e", previous_item_id: previous, item });
      previous = seed.item.id;
    }
    expect(turnsInOrder(line.state).map((turn) => turn.item_id)).toEqual(before);
    line.engine({ type: "conversation.item.added", event_id: "e", previous_item_id: previous, item: message("m9") });
    line.engine(server.created("r9"), server.text("r9", "m9", "Go on."));
    expect(turnsInOrder(line.state).map((turn) => turn.item_id)).toEqual([...before, "m9"]);
  });

  test("uses ids that every provider takes", () => {
    const line = new Line({ text: true });
    line.page(page.typed("Hello", "w1"));
    says(line, "-0c5e71d4-8a7c-4a1e-9f0e-cafe00c0ffee", "Hello.");
    line.take({ from: "engine_gone" });
    for (const event of seeds(line.state)) {
      expect(event.type === "conversation.item.create" && event.item.id).toMatch(/^[a-zA-Z0-9_-]{1,32}$/);
      expect(event.event_id).toMatch(/^luna_evt_\d+$/);
    }
  });
});

describe("after a resume", () => {
  test("Luna answers words that were left without a reply, once", () => {
    const line = new Line({ text: true });
    line.page(page.typed("My balance?", "w1"));
    line.take({ from: "engine_gone" });
    expect(owesAnswer(line.state)).toBe(true);
    seeds(line.state);
    expect(sent(line.ready({ text: true })).map((event) => event.type)).toEqual(["response.create"]);
  });

  test("words that are in the seeds are not told twice", () => {
    const line = new Line({ text: true });
    line.take({ from: "engine_gone" });
    line.page(page.typed("Are you there?", "w1"));
    expect(retold(line)).toEqual(["user Are you there?"]);
    expect(sent(line.ready({ text: true })).map((event) => event.type)).toEqual(["response.create"]);
  });

  test("she keeps quiet when it was the caller's turn", () => {
    const line = new Line({ text: true, greeting: true });
    says(line, "1", "Hello.");
    line.take({ from: "engine_gone" });
    expect(owesAnswer(line.state)).toBe(false);
    seeds(line.state);
    expect(sent(line.ready({ text: true }))).toEqual([]);
  });

  test("she takes up the sentence that broke off", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", "Your card has been blocked and"));
    audioArrived(line.state, delta("r1", "m1"), 1_500, line.now);
    line.page(page.playback("m1", "started", 0), page.playback("m1", "progress", 1_000));
    const gone = line.take({ from: "engine_gone" });
    expect(told(gone, "luna.flush")).toHaveLength(1);
    expect(deeds(gone, "record")).toMatchObject([{ turn: { item_id: "m1", state: "interrupted" } }]);
    expect(owesAnswer(line.state)).toBe(true);
  });

  test.each([
    ["a question that was complete goes on sounding and waits for its answer", "Shall I go ahead?", false],
    ["a sentence that was complete goes on sounding, but what it announced is still owed", "One moment, please.", true],
  ])("%s", (_, text, owed) => {
    const line = new Line();
    line.engine(server.created("r1"), server.transcript("r1", "m1", text));
    audioArrived(line.state, delta("r1", "m1"), 1_500, line.now);
    line.engine(server.audioDone("r1", "m1"), server.transcriptDone("r1", "m1", text));
    expect(told(line.take({ from: "engine_gone" }), "luna.flush")).toEqual([]);
    expect(owesAnswer(line.state)).toBe(owed);
    expect(retold(line)).toEqual([`assistant ${text}`]);
    line.page(page.playback("m1", "done", 1_500));
    expect(line.turn("m1")?.state).toBe("final");
  });

  test("a tool that was running is not run again; the new engine is told call and output together", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.outputDone("r1", call("c1", "transfer_funds")), server.done("r1"));
    line.take({ from: "engine_gone" });
    expect(retold(line)).toEqual([]);
    expect(sent(line.ready({ text: true }))).toEqual([]);
    const after = sent(line.tool("c1"));
    expect(after).toMatchObject([
      { item: { type: "function_call", call_id: "c1", name: "transfer_funds" } },
      { item: { type: "function_call_output", call_id: "c1" } },
      { type: "response.create" },
    ]);
    expect(deeds(line.all, "run")).toHaveLength(1);
  });

  test("an output that came between seeds and engine is told as soon as the engine is there", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.outputDone("r1", call("c1")), server.done("r1"));
    line.take({ from: "engine_gone" });
    seeds(line.state);
    line.tool("c1");
    line.page(page.typed("Hello?", "w1"));
    const events = sent(line.ready({ text: true }));
    expect(events.map((event) => (event.type === "conversation.item.create" ? event.item.type : event.type))).toEqual([
      "message",
      "function_call",
      "function_call_output",
      "response.create",
    ]);
  });

  test("an output that is in the seeds is not told twice", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.outputDone("r1", call("c1")), server.done("r1"));
    line.take({ from: "engine_gone" });
    line.tool("c1");
    expect(retold(line)).toHaveLength(2);
    expect(sent(line.ready({ text: true })).map((event) => event.type)).toEqual(["response.create"]);
  });

  test("a rebuilt call learns from the shell which tools have finished meanwhile", () => {
    const line = new Line({ text: true });
    line.engine(server.created("r1"), server.outputDone("r1", call("c1")), server.done("r1"));
    const state = JSON.parse(JSON.stringify(line.state));
    Object.assign(line.state, state);
    line.take({ from: "engine_gone" });
    const items = seeds(line.state, [{ run: run("c1"), output: '{"ok":true}' }]);
    expect(items).toHaveLength(2);
    expect(sent(line.ready({ text: true })).map((event) => event.type)).toEqual(["response.create"]);
    expect(sent(line.wait(40_000), "conversation.item.create")).toEqual([]);
  });

  test("echoes of the seeds are not shown to the page again", () => {
    const line = new Line({ text: true });
    line.page(page.typed("Hello", "w1"));
    says(line, "1", "Hello.");
    line.take({ from: "engine_gone" });
    seeds(line.state);
    line.ready({ text: true });
    const echo = line.engine(
      server.itemAdded(message("w1", "user", "Hello"), null),
      server.itemAdded(message("m1"), "w1"),
    );
    expect(deeds(echo, "tell")).toEqual([]);
  });
});
