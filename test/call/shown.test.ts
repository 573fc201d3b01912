import { describe, expect, it } from "vitest";
import { Shown } from "../../src/call/shown.ts";

const call = (name: string, id = "item_call") => ({
  id,
  type: "function_call",
  call_id: "call_1",
  name,
  arguments: "{}",
  status: "completed",
});
const words = {
  id: "item_words",
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text: "Done." }],
};
const shownOf = () => new Shown(new Set(["block_card"]));
const pass = (shown: Shown, event: object) => shown.pass(JSON.stringify(event));

describe("what a client sees of an agent whose tools run here", () => {
  it("is everything, letter by letter, where no tools run here", () => {
    const text = '{ "type":"response.output_item.done", "item":{"type":"function_call","name":"block_card"} }';
    expect(new Shown(new Set()).pass(text)).toBe(text);
  });

  it("is not the call, its arguments, or its output", () => {
    const shown = shownOf();
    expect(pass(shown, { type: "response.output_item.added", item: call("block_card") })).toBeNull();
    expect(
      pass(shown, { type: "conversation.item.added", previous_item_id: "item_0", item: call("block_card") }),
    ).toBeNull();
    expect(
      pass(shown, { type: "response.function_call_arguments.delta", item_id: "item_call", delta: "{" }),
    ).toBeNull();
    expect(
      pass(shown, { type: "response.function_call_arguments.done", item_id: "item_call", arguments: "{}" }),
    ).toBeNull();
    expect(pass(shown, { type: "response.output_item.done", item: call("block_card") })).toBeNull();
    const output = { id: "luna_out_3", type: "function_call_output", call_id: "call_1", output: "{}" };
    expect(pass(shown, { type: "conversation.item.added", previous_item_id: "item_call", item: output })).toBeNull();
    expect(pass(shown, { type: "conversation.item.done", previous_item_id: "item_call", item: output })).toBeNull();
  });

  it("is the client's own calls and outputs as they are", () => {
    const shown = shownOf();
    const texts = [
      { type: "response.output_item.done", item: call("play_sound") },
      { type: "response.function_call_arguments.done", item_id: "item_call", name: "play_sound", arguments: "{}" },
      {
        type: "conversation.item.done",
        item: { id: "item_out", type: "function_call_output", call_id: "call_1", output: "ok" },
      },
    ].map((event) => JSON.stringify(event, null, 1));
    for (const text of texts) expect(shown.pass(text)).toBe(text);
  });

  it("is a response without the hidden call", () => {
    const shown = shownOf();
    const done = { type: "response.done", response: { id: "resp_1", output: [words, call("block_card")] } };
    expect(JSON.parse(pass(shown, done) ?? "")).toEqual({ ...done, response: { id: "resp_1", output: [words] } });
  });

  it("has no hole in the order: what stands behind a hidden item stands behind the one before", () => {
    const shown = shownOf();
    pass(shown, { type: "response.output_item.added", item: call("block_card") });
    pass(shown, { type: "conversation.item.added", previous_item_id: "item_user", item: call("block_card") });
    const output = { id: "luna_out_1", type: "function_call_output", call_id: "call_1", output: "{}" };
    pass(shown, { type: "conversation.item.added", previous_item_id: "item_call", item: output });
    const added = { type: "conversation.item.added", previous_item_id: "luna_out_1", item: words };
    expect(JSON.parse(pass(shown, added) ?? "")).toEqual({ ...added, previous_item_id: "item_user" });
  });

  it("says nothing about a place it does not know, rather than: the first", () => {
    const shown = shownOf();
    pass(shown, { type: "response.output_item.added", item: call("block_card") });
    const added = { type: "conversation.item.added", previous_item_id: "item_call", item: words };
    expect(JSON.parse(pass(shown, added) ?? "")).toEqual({ type: "conversation.item.added", item: words });
  });

  it("is not what the engine says to Luna's own events", () => {
    const shown = shownOf();
    expect(pass(shown, { type: "error", error: { code: "x", event_id: "luna_evt_4" } })).toBeNull();
    const mine = JSON.stringify({ type: "error", error: { code: "x", event_id: "mine" } });
    expect(shown.pass(mine)).toBe(mine);
  });

  it("is words that only speak of functions", () => {
    const shown = shownOf();
    const said = JSON.stringify({
      type: "response.output_text.delta",
      item_id: "item_words",
      delta: 'a "function_call" and luna_',
    });
    expect(shown.pass(said)).toBe(said);
  });
});
