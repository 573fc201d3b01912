/** What was made while the line to the session was away, found when it is there again. */
import { describe, expect, test } from "vitest";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { call, Line, message, page, sent, server, told } from "./events.ts";

/** The line is there again, and the conversation ends with this item. */
function back(line: Line, last: string | null): void {
  line.take({ from: "engine_back" });
  const [probe] = sent(line.all, "conversation.item.create").slice(-1);
  if (probe?.type !== "conversation.item.create") throw new Error("nothing was felt for");
  const item = { ...probe.item, id: probe.item.id ?? "" };
  line.engine({ type: "conversation.item.added", event_id: "e1", previous_item_id: last, item } as ServerEvent);
  line.engine({ type: "conversation.item.done", event_id: "e2", previous_item_id: last, item } as ServerEvent);
  line.engine({ type: "conversation.item.deleted", event_id: "e3", item_id: item.id });
}

const retrieved = (item: object): ServerEvent =>
  ({ type: "conversation.item.retrieved", event_id: "e4", item }) as ServerEvent;

/** A question is asked, and an answer to it has begun when the line breaks. */
function asked(): Line {
  const line = new Line();
  line.page(page.typed("Block my card", "item_q"));
  line.engine(server.created("resp_1"));
  return line;
}

describe("a line that was away", () => {
  test("a function call that nobody heard of is run, and exactly one answer is asked for", () => {
    const line = asked();
    back(line, "item_fc");
    expect(sent(line.all, "conversation.item.retrieve")).toMatchObject([{ item_id: "item_fc" }]);
    expect(sent(line.all, "conversation.item.delete")).toHaveLength(1);
    const made = { ...call("call_9", "block_card"), id: "item_fc", status: "completed" };
    const commands = line.engine(retrieved(made));
    expect(commands.filter((one) => one.do === "run")).toMatchObject([
      { call: { call_id: "call_9", name: "block_card" } },
    ]);
    expect(line.engine(retrieved(made)).filter((one) => one.do === "run")).toEqual([]);
    const before = sent(line.all, "response.create").length;
    line.tool("call_9", { name: "block_card" });
    line.wait(3_000);
    expect(sent(line.all, "response.create")).toHaveLength(before + 1);
  });

  test("an answer that was said meanwhile is on record, and not asked for again", () => {
    const line = asked();
    const before = sent(line.all, "response.create").length;
    back(line, "item_a");
    const item = {
      ...message("item_a"),
      status: "completed",
      content: [{ type: "output_audio", transcript: "Which card?" }],
    };
    line.engine(retrieved(item));
    expect(line.turn("item_a")).toMatchObject({ who: "luna", text: "Which card?", state: "final" });
    line.wait(6_000);
    expect(sent(line.all, "response.create")).toHaveLength(before);
  });

  test("where nothing was missed nothing is asked for, and the caller sees nothing of the looking", () => {
    const line = asked();
    const shown = line.all.length;
    back(line, "item_q");
    expect(sent(line.all, "conversation.item.retrieve")).toEqual([]);
    expect(told(line.all.slice(shown), "conversation.item.added")).toEqual([]);
    expect(line.turn("luna_probe_1")).toBeUndefined();
  });

  test("an item that the provider has forgotten is nobody's trouble", () => {
    const line = asked();
    back(line, "item_gone");
    const [look] = sent(line.all, "conversation.item.retrieve");
    const error = { type: "invalid_request_error", code: "item_not_found", message: "No.", param: null };
    const commands = line.engine({
      type: "error",
      event_id: "e5",
      error: { ...error, event_id: look?.event_id ?? "" },
    });
    expect(told(commands, "error")).toEqual([]);
  });
});
