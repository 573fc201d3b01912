import { describe, expect, it } from "vitest";
import { parseClientEvent } from "../../../src/realtime/parse.ts";
import { create, hello, NOW, Parrot, serve, text } from "./serving.ts";

describe("a session", () => {
  it("is created at once, with the configuration in force", () => {
    const { events } = serve(new Parrot());
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      type: "session.created",
      session: {
        type: "realtime",
        model: "luna-scripted",
        output_modalities: ["audio"],
        expires_at: NOW / 1_000 + 3_600,
      },
    });
  });

  it("takes updates partially and echoes the whole of it", () => {
    const { server, events } = serve(new Parrot());
    server.receive({ type: "session.update", session: { type: "realtime", instructions: "Be kind." } });
    server.receive({
      type: "session.update",
      session: { type: "realtime", audio: { input: { turn_detection: { type: "semantic_vad", eagerness: "low" } } } },
    });
    expect(events.at(-1)).toMatchObject({
      type: "session.updated",
      session: {
        instructions: "Be kind.",
        audio: {
          input: {
            format: { type: "audio/pcm", rate: 24_000 },
            turn_detection: { type: "semantic_vad", eagerness: "low", create_response: true, interrupt_response: true },
          },
          output: { voice: "marin" },
        },
      },
    });
    expect(events.at(-1)).not.toHaveProperty("session.audio.input.turn_detection.threshold");
  });

  it.each([
    ["a model", { model: "another" }, "cannot_update_model", "session.model"],
    [
      "a function nobody offers",
      { tool_choice: { type: "function", name: "fly" } },
      "invalid_value",
      "session.tool_choice",
    ],
    [
      "a rate of its own",
      { audio: { input: { format: { type: "audio/pcm", rate: 16_000 } } } },
      "invalid_value",
      "session.audio.input.format.rate",
    ],
    [
      "a threshold of two",
      { audio: { input: { turn_detection: { type: "server_vad", threshold: 2 } } } },
      "invalid_value",
      "session.audio.input.turn_detection.threshold",
    ],
    ["both modalities", { output_modalities: ["text", "audio"] }, "invalid_value", "session.output_modalities"],
    ["a field of the beta", { temperature: 0.7 }, "unknown_parameter", "session.temperature"],
    [
      "a tool with extra keys",
      { tools: [{ type: "function", name: "a", strict: true }] },
      "unknown_parameter",
      "session.tools[0].strict",
    ],
    [
      "two tools of one name",
      { tools: ["a", "b", "a"].map((name) => ({ type: "function", name })) },
      "invalid_value",
      "session.tools",
    ],
    [
      "a voice that nobody has",
      { audio: { output: { voice: "zorro" } } },
      "invalid_value",
      "session.audio.output.voice",
    ],
  ])("refuses an update as a whole that asks for %s, and names the field", (_, wish, code, param) => {
    const { server, events, errors } = serve(new Parrot());
    const session = { type: "realtime", instructions: "Be a pirate.", ...wish };
    server.receive({ type: "session.update", event_id: "mine", session });
    expect(errors()[0]).toMatchObject({ code, param, event_id: "mine" });
    expect(events.some((event) => event.type === "session.updated")).toBe(false);
    server.receive({ type: "session.update", session: { type: "realtime" } });
    expect(events.at(-1)).toMatchObject({ type: "session.updated", session: { instructions: "" } });
  });

  it("does not become a transcription", () => {
    const { server, errors } = serve(new Parrot());
    server.receive({ type: "session.update", event_id: "mine", session: { type: "transcription" } });
    expect(errors()[0]).toMatchObject({
      code: "invalid_parameter",
      message: "Passing a transcription session update event to a realtime session is not allowed.",
      event_id: "mine",
    });
  });

  it("echoes what a provider fills in: a strength, a language nobody set, the rate of PCM", () => {
    const { server, events } = serve(new Parrot());
    const input = (audio: object) => ({
      type: "session.update",
      session: { type: "realtime", audio: { input: audio } },
    });
    server.receive(input({ noise_reduction: { type: "near_field" }, transcription: { model: "gpt-transcribe" } }));
    server.receive(input({ format: { type: "audio/pcmu" }, noise_reduction: { type: "far_field", strength: 0.4 } }));
    server.receive(input({ format: { type: "audio/pcm" }, noise_reduction: { type: "near_field" } }));
    const echoed = events.flatMap((e) => (e.type === "session.updated" ? [e.session.audio?.input] : []));
    expect(echoed.map((one) => one?.noise_reduction)).toEqual([
      { type: "near_field", strength: 1 },
      { type: "far_field", strength: 0.4 },
      { type: "near_field", strength: 0.4 },
    ]);
    expect(echoed[0]?.transcription).toEqual({ model: "gpt-transcribe", language: null, prompt: null });
    expect(echoed.map((one) => one?.format)).toEqual([
      { type: "audio/pcm", rate: 24_000 },
      { type: "audio/pcmu" },
      { type: "audio/pcm", rate: 24_000 },
    ]);
  });

  it("keeps the model of a transcription whose language changes, and takes a voice of one's own", () => {
    const { server, events, errors } = serve(new Parrot());
    const update = (audio: object) => server.receive({ type: "session.update", session: { type: "realtime", audio } });
    update({ input: { transcription: { model: "gpt-transcribe" } } });
    update({ input: { transcription: { language: "de" } }, output: { voice: { id: "voice_mine" } } });
    expect(errors()).toEqual([]);
    expect(events.at(-1)).toMatchObject({
      session: {
        audio: {
          input: { transcription: { model: "gpt-transcribe", language: "de", prompt: null } },
          output: { voice: { id: "voice_mine" } },
        },
      },
    });
  });

  it("turns tracing on once", () => {
    const { server, errors } = serve(new Parrot());
    const trace = (tracing: unknown) => ({ type: "session.update", session: { type: "realtime", tracing } });
    server.receive(trace("auto"));
    server.receive(trace("auto"));
    expect(errors()).toEqual([]);
    server.receive(trace({ workflow_name: "another" }));
    expect(errors()[0]).toMatchObject({ param: "session.tracing" });
  });

  it("says that it asks no other server for tools", () => {
    const { server, types } = serve(new Parrot());
    const tools = [{ type: "mcp", server_label: "shop", server_url: "https://shop.example/mcp" }];
    server.receive({ type: "session.update", session: { type: "realtime", tools } });
    server.receive({ type: "session.update", session: { type: "realtime", tools } });
    expect(types().slice(1)).toEqual([
      "session.updated",
      "mcp_list_tools.in_progress",
      "mcp_list_tools.failed",
      "session.updated",
    ]);
  });

  it("takes no binary frame for an event, and goes on", () => {
    const { server, errors, types } = serve(new Parrot());
    server.receive(new Uint8Array(4));
    server.receive(new ArrayBuffer(4));
    expect(errors().map((error) => error.code)).toEqual(["invalid_event", "invalid_event"]);
    server.receive(text);
    expect(types().at(-1)).toBe("session.updated");
  });
});

describe("the order of events", () => {
  it("of a typed turn is the documented one", () => {
    const { server, types } = serve(new Parrot({ say: ["Hello there."], calls: [] }));
    server.receive(text);
    server.receive(hello);
    server.receive(create);
    expect(types()).toEqual([
      "session.created",
      "session.updated",
      "conversation.item.added",
      "conversation.item.done",
      "response.created",
      "response.output_item.added",
      "conversation.item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "conversation.item.done",
      "response.output_item.done",
      "response.done",
      "rate_limits.updated",
    ]);
  });

  it("of a message and a call in one response keeps their indexes apart", () => {
    const { server, types, events, done } = serve(
      new Parrot({ say: ["One moment."], calls: [{ name: "look", arguments: { at: "the moon" } }] }),
    );
    server.receive(text);
    server.receive(create);
    const from = types().indexOf("response.created");
    expect(types().slice(from)).toEqual([
      "response.created",
      "response.output_item.added",
      "conversation.item.added",
      "response.content_part.added",
      "response.output_text.delta",
      "response.output_text.delta",
      "response.output_text.done",
      "response.content_part.done",
      "conversation.item.done",
      "response.output_item.done",
      "response.output_item.added",
      "conversation.item.added",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.delta",
      "response.function_call_arguments.done",
      "conversation.item.done",
      "response.output_item.done",
      "response.done",
      "rate_limits.updated",
    ]);
    const deltas = events.flatMap((e) => (e.type === "response.function_call_arguments.delta" ? [e.delta] : []));
    expect(deltas.join("")).toBe('{"at":"the moon"}');
    expect(done()[0]?.output.map((item) => item.type)).toEqual(["message", "function_call"]);
    const indexes = events.flatMap((e) => (e.type === "response.output_item.added" ? [e.output_index] : []));
    expect(indexes).toEqual([0, 1]);
  });

  it("announces a call empty and in progress, and finishes it whole", () => {
    const { server, events } = serve(new Parrot({ say: [], calls: [{ name: "look", arguments: { at: "you" } }] }));
    server.receive(create);
    const added = events.find((event) => event.type === "response.output_item.added");
    const finished = events.find((event) => event.type === "response.output_item.done");
    expect(added).toMatchObject({ item: { status: "in_progress", arguments: "", name: "look" } });
    expect(finished).toMatchObject({ item: { status: "completed", arguments: '{"at":"you"}' } });
  });

  it("links every item to the one before it", () => {
    const { server, events } = serve(new Parrot());
    server.receive(text);
    server.receive(hello);
    server.receive(create);
    const links = events.flatMap((e) => (e.type === "conversation.item.added" ? [e.previous_item_id] : []));
    expect(links).toEqual([null, "item_hello"]);
  });

  it("gives every event an id of its own", () => {
    const { server, events } = serve(new Parrot());
    server.receive(hello);
    server.receive(create);
    const ids = events.map((event) => event.event_id);
    expect(new Set(ids).size).toBe(events.length);
  });
});

describe("a conversation", () => {
  const message = (id: string) => ({
    id,
    type: "message",
    role: "user",
    content: [{ type: "input_text", text: id }],
  });

  it("puts items where they are asked to be", () => {
    const { server, events } = serve(new Parrot());
    server.receive({ type: "conversation.item.create", item: message("b") });
    server.receive({ type: "conversation.item.create", item: message("d") });
    server.receive({ type: "conversation.item.create", previous_item_id: "root", item: message("a") });
    server.receive({ type: "conversation.item.create", previous_item_id: "b", item: message("c") });
    const links = events.flatMap((e) =>
      e.type === "conversation.item.added" ? [[e.item.id, e.previous_item_id]] : [],
    );
    expect(links).toEqual([
      ["b", null],
      ["d", "b"],
      ["a", null],
      ["c", "b"],
    ]);
  });

  it.each([
    ["an id twice", { type: "conversation.item.create", item: message("item_hello") }, "item_create_duplicate_item_id"],
    [
      "an unknown neighbour",
      { type: "conversation.item.create", previous_item_id: "nobody", item: message("x") },
      "item_create_invalid_previous_item_id",
    ],
    [
      "an output without its call",
      { type: "conversation.item.create", item: { type: "function_call_output", call_id: "none", output: "{}" } },
      "invalid_tool_call_id",
    ],
    ["deleting an unknown item", { type: "conversation.item.delete", item_id: "none" }, "item_delete_invalid_item_id"],
    [
      "retrieving an unknown item",
      { type: "conversation.item.retrieve", item_id: "none" },
      "item_retrieve_invalid_item_id",
    ],
    [
      "truncating an unknown item",
      { type: "conversation.item.truncate", item_id: "none", content_index: 0, audio_end_ms: 1 },
      "item_truncate_invalid_item_id",
    ],
    [
      "truncating words of the caller",
      { type: "conversation.item.truncate", item_id: "item_hello", content_index: 0, audio_end_ms: 1 },
      "unsupported_content_type",
    ],
    ["stopping the speakers of a socket", { type: "output_audio_buffer.clear" }, "invalid_event"],
    ["cancelling nothing", { type: "response.cancel" }, "response_cancel_not_active"],
    [
      "an item whose sound is none",
      {
        type: "conversation.item.create",
        item: { type: "message", role: "user", content: [{ type: "input_audio", audio: "!!!not base64!!!" }] },
      },
      "invalid_value",
    ],
    [
      "an answer to a sound that is none",
      {
        type: "response.create",
        response: { input: [{ type: "message", role: "user", content: [{ type: "input_audio", audio: "???" }] }] },
      },
      "invalid_value",
    ],
    [
      "a voice nobody has",
      { type: "response.create", response: { audio: { output: { voice: "bob" } } } },
      "invalid_value",
    ],
    ["committing silence", { type: "input_audio_buffer.commit" }, "input_audio_buffer_commit_empty"],
  ])("refuses %s, tells which event it was, and goes on", (_, event, code) => {
    const { server, errors, types } = serve(new Parrot());
    server.receive(hello);
    server.receive({ ...event, event_id: "culprit" });
    expect(errors()).toEqual([expect.objectContaining({ code, event_id: "culprit", type: "invalid_request_error" })]);
    server.receive(create);
    expect(types()).toContain("response.done");
  });

  it.each([
    ["no JSON", "{", "invalid_json"],
    ["no type", "{}", "invalid_event"],
    ["an unknown type", '{"type":"dance"}', "invalid_value"],
    ["a missing field", '{"type":"conversation.item.delete"}', "missing_required_parameter"],
    ["an unknown field", '{"type":"response.create","response":{"temperature":1}}', "unknown_parameter"],
  ])("survives %s", (_, frame, code) => {
    const { server, errors, types } = serve(new Parrot());
    const parsed = parseClientEvent(frame);
    expect(parsed.ok).toBe(false);
    server.receive(frame);
    expect(errors()[0]?.code).toBe(parsed.ok ? code : parsed.error.code);
    server.receive(create);
    expect(types()).toContain("response.done");
  });

  it("keeps the session it had where it cannot take an update whole, and takes the next", () => {
    const { server, events, errors } = serve(new Parrot());
    const parameters = { type: "object", nobody: () => "can copy this" };
    const tools = [{ type: "function", name: "odd", parameters }];
    server.receive({ type: "session.update", event_id: "odd", session: { type: "realtime", tools } });
    expect(errors()).toEqual([expect.objectContaining({ type: "server_error", event_id: "odd" })]);
    server.receive(text);
    const updated = events.flatMap((event) => (event.type === "session.updated" ? [event.session] : []));
    expect(updated).toEqual([expect.objectContaining({ output_modalities: ["text"], tools: [] })]);
  });

  it("deletes and retrieves", () => {
    const { server, types } = serve(new Parrot());
    server.receive(hello);
    server.receive({ type: "conversation.item.retrieve", item_id: "item_hello" });
    server.receive({ type: "conversation.item.delete", item_id: "item_hello" });
    server.receive({ type: "conversation.item.retrieve", item_id: "item_hello" });
    expect(types().slice(-3)).toEqual(["conversation.item.retrieved", "conversation.item.deleted", "error"]);
  });

  it("lets the brain hear every item once, also its own", () => {
    const brain = new Parrot({ say: ["Hi."], calls: [{ name: "look", arguments: {} }] });
    const { server } = serve(brain);
    server.receive(hello);
    server.receive(create);
    expect(brain.heard.map((item) => item.type)).toEqual(["message", "message", "function_call"]);
  });
});
