import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readServerEvent, readServerEvents } from "../../src/realtime/read.ts";

const read = (event: unknown) => readServerEvent(JSON.stringify(event));

describe("a frame of a server", () => {
  it("that is not JSON, no object or without a type is nothing", () => {
    for (const text of ["", "{", "[]", "null", "7", '{"event_id":"a"}', '{"type":7}']) {
      expect(readServerEvent(text)).toBeUndefined();
      expect(readServerEvents(text)).toEqual([]);
    }
  });

  it("never makes reading throw", () => {
    const names = [
      "session.updated",
      "error",
      "response.done",
      "conversation.item.created",
      "response.content_part.added",
    ];
    const anything = fc.record({
      type: fc.constantFrom(...names),
      item: fc.jsonValue(),
      response: fc.jsonValue(),
      session: fc.jsonValue(),
      error: fc.jsonValue(),
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          anything.map((event) => JSON.stringify(event)),
        ),
        (text) => {
          readServerEvents(text);
        },
      ),
    );
  });

  it("with a name nobody knows is kept whole", () => {
    const event = { type: "response.thinking.delta", event_id: "e", delta: "hm" };
    expect(read(event)).toEqual({ type: "unknown", name: "response.thinking.delta", raw: event });
    expect(readServerEvents(JSON.stringify(event))).toEqual([read(event)]);
  });

  it("named like a property of every object is unknown as well", () => {
    expect(read({ type: "constructor" })).toMatchObject({ type: "unknown", name: "constructor" });
  });

  it("with a known name but without the id it is about is unknown", () => {
    expect(read({ type: "response.output_text.delta", item_id: "item_1", delta: "Hi" })).toMatchObject({
      type: "unknown",
    });
    expect(read({ type: "conversation.item.added", item: { type: "message", role: "user" } })).toMatchObject({
      type: "unknown",
    });
    expect(read({ type: "input_audio_buffer.committed", item_id: "" })).toMatchObject({ type: "unknown" });
    expect(read({ type: "response.done", response: {} })).toMatchObject({ type: "unknown" });
  });

  it("keeps the fields that nobody asked for", () => {
    const event = { type: "input_audio_buffer.cleared", event_id: "e", obfuscation: "xyz" };
    expect(read(event)).toEqual(event);
  });
});

describe("what a vendor leaves out", () => {
  it("is index 0, an empty delta and an empty event id", () => {
    expect(read({ type: "response.output_text.delta", response_id: "r", item_id: "i", delta: null })).toEqual({
      type: "response.output_text.delta",
      event_id: "",
      response_id: "r",
      item_id: "i",
      output_index: 0,
      content_index: 0,
      delta: "",
    });
  });

  it("is a response that goes on or is complete, with nothing in it", () => {
    expect(read({ type: "response.created", response: { id: "r" } })).toMatchObject({
      response: { status: "in_progress", output: [], status_details: null },
    });
    expect(read({ type: "response.done", response: { id: "r", status_details: "unimplemented" } })).toMatchObject({
      response: { status: "completed", output: [], status_details: null },
    });
  });

  it("is an error that is a bare sentence, or has its parts beside the type", () => {
    expect(read({ type: "error", error: "No." })).toMatchObject({ error: { type: "server_error", message: "No." } });
    expect(read({ type: "error", message: "No.", code: "nope" })).toMatchObject({
      error: { type: "server_error", message: "No.", code: "nope" },
    });
  });
});

describe("an id that is too long to be kept", () => {
  const huge = "x".repeat(2_000_000);
  const item = { id: "i", type: "message", role: "user", content: [] };

  it.each<[string, Record<string, unknown>]>([
    ["an item", { type: "conversation.item.added", item: { ...item, id: huge } }],
    ["a part of one", { type: "response.output_audio_transcript.delta", item_id: huge, response_id: "r", delta: "Hi" }],
    ["a response", { type: "response.created", response: { id: huge } }],
    [
      "a function call",
      { type: "conversation.item.done", item: { id: "i", type: "function_call", call_id: huge, name: "n" } },
    ],
  ])("makes of %s an event that nobody knows", (_, event) => {
    expect(read(event)?.type).toBe("unknown");
  });

  it("is left out where it only says what came before, or which event this is", () => {
    const added = read({ type: "conversation.item.added", item, previous_item_id: huge, event_id: huge });
    expect(added).toEqual({ type: "conversation.item.added", item, event_id: "" });
  });
});

describe("beta names", () => {
  it("of deltas are GA names", () => {
    const rest = { event_id: "e", response_id: "r", item_id: "i", output_index: 0, content_index: 0, delta: "Hi" };
    expect(read({ type: "response.text.delta", ...rest })).toEqual({ type: "response.output_text.delta", ...rest });
    expect(read({ type: "response.audio_transcript.delta", ...rest })?.type).toBe(
      "response.output_audio_transcript.delta",
    );
  });

  it("of content become output on the assistant's side and input on the caller's", () => {
    const item = (role: string, type: string) => ({ id: "i", type: "message", role, content: [{ type, text: "Hi" }] });
    const content = (role: string, type: string) => read({ type: "conversation.item.done", item: item(role, type) });
    expect(content("assistant", "text")).toMatchObject({ item: { content: [{ type: "output_text" }] } });
    expect(content("assistant", "audio")).toMatchObject({ item: { content: [{ type: "output_audio" }] } });
    expect(content("user", "text")).toMatchObject({ item: { content: [{ type: "input_text" }] } });
  });

  it("of a flat session become a nested one", () => {
    const session = {
      modalities: ["audio", "text"],
      voice: "echo",
      speed: 1.2,
      input_audio_format: "g711_ulaw",
      output_audio_format: "pcm16",
      input_audio_transcription: { model: "whisper-1" },
      input_audio_noise_reduction: null,
      turn_detection: { type: "none" },
      temperature: 0.8,
      max_response_output_tokens: "inf",
      client_secret: { value: "ek_secret" },
    };
    expect(read({ type: "session.updated", event_id: "e", session })).toEqual({
      type: "session.updated",
      event_id: "e",
      session: {
        type: "realtime",
        output_modalities: ["audio"],
        max_output_tokens: "inf",
        audio: {
          input: {
            format: { type: "audio/pcmu" },
            transcription: { model: "whisper-1" },
            noise_reduction: null,
            turn_detection: null,
          },
          output: { format: { type: "audio/pcm", rate: 24000 }, voice: "echo", speed: 1.2 },
        },
      },
    });
  });

  it("never win over the nested value beside them", () => {
    const session = { voice: "echo", audio: { output: { voice: "marin" } } };
    expect(read({ type: "session.updated", session })).toMatchObject({
      session: { audio: { output: { voice: "marin" } } },
    });
  });

  it("of a transcription session tell its type", () => {
    const session = { input_audio_format: "pcm16" };
    expect(read({ type: "transcription_session.updated", session })).toMatchObject({
      type: "session.updated",
      session: { type: "transcription", audio: { input: { format: { type: "audio/pcm" } } } },
    });
  });

  it("of a created item become added, and done where it is final", () => {
    const types = (status?: string) =>
      readServerEvents(
        JSON.stringify({
          type: "conversation.item.created",
          item: { id: "i", type: "message", role: "user", content: [], status },
        }),
      ).map(({ type }) => type);
    expect(types("completed")).toEqual(["conversation.item.added", "conversation.item.done"]);
    expect(types()).toEqual(["conversation.item.added", "conversation.item.done"]);
    expect(types("in_progress")).toEqual(["conversation.item.added"]);
  });
});
