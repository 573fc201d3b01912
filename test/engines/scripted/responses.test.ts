import { describe, expect, it } from "vitest";
import { standInBrain } from "../../../src/engines/scripted/stand-in.ts";
import { Parrot, serve, text } from "./serving.ts";

const settle = () => new Promise<void>((done) => setImmediate(done));
const said = (words: string, id?: string) => ({
  type: "conversation.item.create",
  item: { ...(id ? { id } : {}), type: "message", role: "user", content: [{ type: "input_text", text: words }] },
});
const create = (response: object = {}) => ({ type: "response.create", response });
const WEATHER = {
  type: "function",
  name: "get_weather",
  description: "Look up the weather for a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
const TIME = { type: "function", name: "get_time", parameters: { type: "object", properties: {} } };

/** A server whose brain is the stand-in, in text. */
function open(session: object = {}) {
  const line = serve(standInBrain());
  line.server.receive({
    type: "session.update",
    session: { type: "realtime", output_modalities: ["text"], ...session },
  });
  const texts = () => line.events.flatMap((e) => (e.type === "response.output_text.done" ? [e.text] : []));
  const calls = () =>
    line.events.flatMap((e) => (e.type === "response.function_call_arguments.done" ? [[e.name, e.arguments]] : []));
  return { ...line, texts, calls };
}

describe("responses outside the conversation", () => {
  it("run beside the one that writes into it, each to its own end", async () => {
    const waiting: (() => void)[] = [];
    const pace = () => new Promise<void>((go) => waiting.push(go));
    const { server, done, errors } = serve(new Parrot({ say: ["One two three."], calls: [] }), { pace });
    server.receive(text);
    server.receive(create());
    server.receive(create({ conversation: "none", metadata: { topic: "beside" } }));
    for (let i = 0; i < 60 && done().length < 2; i++) {
      waiting.shift()?.();
      await settle();
    }
    expect(errors()).toEqual([]);
    expect(done().map((response) => response.status)).toEqual(["completed", "completed"]);
    expect(
      done()
        .map((response) => response.conversation_id === null)
        .sort(),
    ).toEqual([false, true]);
  });

  it("are cancelled by their id only", async () => {
    const pace = () => new Promise<void>(() => undefined);
    const { server, done, errors, events } = serve(new Parrot(), { pace });
    server.receive(create({ conversation: "none" }));
    server.receive({ type: "response.cancel" });
    expect(errors()[0]?.code).toBe("response_cancel_not_active");
    const created = events.find((event) => event.type === "response.created");
    server.receive({ type: "response.cancel", response_id: created?.response.id });
    expect(done()[0]).toMatchObject({ status: "cancelled", output: [] });
    expect(done()[0]?.usage?.total_tokens).toBe(0);
  });

  it("are refused when there are too many of them", () => {
    const { server, errors } = serve(new Parrot(), { pace: () => new Promise<void>(() => undefined) });
    for (let i = 0; i < 9; i++) server.receive({ ...create({ conversation: "none" }), event_id: `e${i}` });
    expect(errors()).toEqual([expect.objectContaining({ code: "rate_limit_exceeded", event_id: "e8" })]);
  });

  it("started from within each other do not nest, and all end", () => {
    let started = 0;
    const line = serve(new Parrot());
    const { server, done } = line;
    const push = line.events.push.bind(line.events);
    line.events.push = (...events) => {
      if (events[0]?.type === "response.created" && started++ < 200) server.receive(create({ conversation: "none" }));
      return push(...events);
    };
    server.receive(create());
    expect(done().length).toBeGreaterThan(190);
  });

  it("read the items they are given and no others", () => {
    const { server, texts, done } = open();
    server.receive(said("My name is Ada.", "named"));
    server.receive(said("Never mind."));
    server.receive(create({ conversation: "none", input: [{ type: "item_reference", id: "named" }] }));
    server.receive(create({ conversation: "none", input: [said("Hello").item] }));
    server.receive(create({ conversation: "none", input: [] }));
    expect(texts()).toEqual(["You said: My name is Ada.", "You said: Hello.", expect.stringContaining("Hello!")]);
    const read = done().map((response) => response.usage?.input_tokens ?? 0);
    expect(read[2]).toBeLessThan(read[1] ?? 0);
  });

  it("name the item that is not there", () => {
    const { server, errors, done } = open();
    const input = [said("Hello").item, { type: "item_reference", id: "nobody" }];
    server.receive({ ...create({ conversation: "none", input }), event_id: "mine" });
    expect(errors()[0]).toMatchObject({
      code: "item_reference_not_found",
      param: "response.input[1].id",
      event_id: "mine",
    });
    expect(done()).toEqual([]);
  });
});

describe("the choice of a tool", () => {
  it("auto calls one where the words are about it", () => {
    const { server, calls, texts } = open({ tools: [WEATHER, TIME] });
    server.receive(said("What is the weather in London?"));
    server.receive(create());
    server.receive(said("Nice to meet you."));
    server.receive(create());
    expect(calls()).toEqual([["get_weather", '{"city":"London"}']]);
    expect(texts()).toEqual(["You said: Nice to meet you."]);
  });

  it("none calls none, whatever the words", () => {
    const { server, calls } = open({ tools: [WEATHER], tool_choice: "none" });
    server.receive(said("What is the weather in London?"));
    server.receive(create());
    expect(calls()).toEqual([]);
  });

  it("required calls one, whatever the words", () => {
    const { server, calls } = open({ tools: [TIME, WEATHER] });
    server.receive(said("Hello there."));
    server.receive(create({ tool_choice: "required" }));
    expect(calls()).toEqual([["get_time", "{}"]]);
  });

  it("a function calls that one, also with a brain that has something to say", () => {
    const { server, calls, done } = open({ tools: [TIME, WEATHER] });
    server.receive(said("Say hello to Oslo."));
    server.receive(create({ tool_choice: { type: "function", name: "get_weather" } }));
    expect(calls()).toEqual([["get_weather", '{"city":"Oslo"}']]);
    expect(done()[0]?.output.map((item) => item.type)).toEqual(["function_call"]);
  });

  it("a function that is not there is refused", () => {
    const { server, errors } = open({ tools: [TIME] });
    server.receive({ ...create({ tool_choice: { type: "function", name: "fly" } }), event_id: "mine" });
    expect(errors()[0]).toMatchObject({ code: "invalid_value", param: "response.tool_choice", event_id: "mine" });
  });

  it("calls one tool at a time where more are not wanted", () => {
    const both = "Call get_time and get_weather for Rome.";
    const { server, calls } = open({ tools: [WEATHER, TIME] });
    server.receive(said(both));
    server.receive(create());
    expect(calls().map(([name]) => name)).toEqual(["get_time", "get_weather"]);
    server.receive(said(both));
    server.receive(create({ parallel_tool_calls: false }));
    expect(calls().map(([name]) => name)).toEqual(["get_time", "get_weather", "get_time"]);
  });
});

describe("the limit of output tokens", () => {
  const TENTH = new Uint8Array(4_800);

  it("cuts a tool call in its arguments", () => {
    const call = { name: "look", arguments: { at: "x".repeat(400) } };
    const { server, done } = serve(new Parrot({ say: [], calls: [call] }));
    server.receive(create({ max_output_tokens: 20 }));
    expect(done()[0]).toMatchObject({
      status: "incomplete",
      status_details: { reason: "max_output_tokens" },
      output: [{ type: "function_call", status: "incomplete" }],
    });
    expect(done()[0]?.usage?.output_tokens).toBeLessThanOrEqual(20);
  });

  it("counts sound too", async () => {
    const voice = function* () {
      for (let i = 0; i < 50; i++) yield TENTH;
    };
    const { server, done } = serve(new Parrot({ say: ["Hello."], calls: [] }), { voice });
    server.receive(create({ max_output_tokens: 12 }));
    for (let i = 0; i < 30; i++) await settle();
    expect(done()[0]).toMatchObject({ status: "incomplete", output: [{ status: "incomplete" }] });
    expect(done()[0]?.usage).toMatchObject({
      output_tokens: 12,
      output_token_details: { text_tokens: 2, audio_tokens: 10 },
    });
  });
});

describe("audio in the format that was asked for", () => {
  it.each([
    ["audio/pcmu", 800],
    ["audio/pcma", 800],
    ["audio/pcm", 4_800],
  ])("%s", async (type, bytes) => {
    const voice = function* () {
      yield new Uint8Array(4_800);
      yield new Uint8Array(4_800);
      yield new Uint8Array(4_800);
    };
    const { server, events, done } = serve(new Parrot({ say: ["Hello."], calls: [] }), { voice });
    server.receive({ type: "session.update", session: { type: "realtime", audio: { output: { format: { type } } } } });
    server.receive(create());
    for (let i = 0; i < 10; i++) await settle();
    const sound = events.flatMap((e) =>
      e.type === "response.output_audio.delta" ? [Buffer.from(e.delta, "base64")] : [],
    );
    const length = Buffer.concat(sound).length;
    // The filter keeps a few milliseconds back.
    expect(length).toBeGreaterThan(3 * bytes * 0.97);
    expect(length).toBeLessThanOrEqual(3 * bytes);
    expect(done()[0]?.audio?.output?.format).toMatchObject({ type });
    const item_id = done()[0]?.output[0]?.id;
    server.receive({ type: "conversation.item.truncate", item_id, content_index: 0, audio_end_ms: 150 });
    server.receive({ type: "conversation.item.retrieve", item_id });
    const retrieved = events.at(-1);
    const item = retrieved?.type === "conversation.item.retrieved" ? retrieved.item : undefined;
    const part = item?.type === "message" ? item.content[0] : undefined;
    const kept = Buffer.from(part?.type === "output_audio" ? (part.audio ?? "") : "", "base64").length;
    expect(Math.abs(kept - length / 2)).toBeLessThanOrEqual(4);
  });

  it("the voice is fixed once it was heard, also for one response", async () => {
    const voice = function* () {
      yield new Uint8Array(4_800);
    };
    const { server, errors } = serve(new Parrot(), { voice });
    server.receive(create({ audio: { output: { voice: "cedar" } } }));
    for (let i = 0; i < 10; i++) await settle();
    server.receive({ ...create({ audio: { output: { voice: "ash" } } }), event_id: "mine" });
    expect(errors()).toEqual([
      expect.objectContaining({ code: "cannot_update_voice", param: "response.audio.output.voice", event_id: "mine" }),
    ]);
  });
});
