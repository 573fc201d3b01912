import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseClientEvent } from "../../src/realtime/parse.ts";

function refusal(event: unknown) {
  const parsed = parseClientEvent(JSON.stringify(event));
  if (parsed.ok) throw new Error(`accepted: ${JSON.stringify(event)}`);
  return parsed.error;
}

const update = (session: unknown) => ({ type: "session.update", session });
const create = (item: unknown) => ({ type: "conversation.item.create", item });
const user = (part: unknown) => create({ type: "message", role: "user", content: [part] });

describe("a client event that is right", () => {
  it.each([
    ["an empty update", update({ type: "realtime" })],
    ["a cleared turn detection", update({ type: "realtime", audio: { input: { turn_detection: null } } })],
    ["a transcription session", update({ type: "transcription", audio: { input: { transcription: null } } })],
    ["a voice of one's own", update({ type: "realtime", audio: { output: { voice: { id: "voice_1" } } } })],
    ["no limit on tokens", update({ type: "realtime", max_output_tokens: "inf" })],
    ["a place at the front", { ...user({ type: "input_text", text: "hi" }), previous_item_id: "root" }],
    ["spoken words that are restored", user({ type: "input_audio", audio: "AAAA", transcript: "hi" })],
    ["a response out of band", { type: "response.create", response: { conversation: "none", input: [] } }],
    [
      "a response about an earlier item",
      { type: "response.create", response: { input: [{ type: "item_reference", id: "item_1" }] } },
    ],
    ["an event id", { type: "response.cancel", event_id: "mine_1", response_id: "resp_1" }],
  ])("passes as it came: %s", (_, event) => {
    expect(parseClientEvent(JSON.stringify(event))).toEqual({ ok: true, event });
  });
});

describe("a frame that is no event", () => {
  it("is refused when it is binary", () => {
    expect(parseClientEvent(new ArrayBuffer(4))).toMatchObject({
      ok: false,
      error: { code: "invalid_event" },
    });
  });

  it.each(["", "{", "nope", '{"type":"response.create"'])("is refused when it is not JSON: %j", (frame) => {
    expect(parseClientEvent(frame)).toMatchObject({
      ok: false,
      error: { type: "invalid_request_error", code: "invalid_json", event_id: null },
    });
  });

  it.each(["null", "[]", "7", '"response.create"'])("is refused when it is no object: %s", (frame) => {
    expect(parseClientEvent(frame)).toMatchObject({ ok: false, error: { code: "invalid_event" } });
  });

  it("is refused when it is nested deeper than anybody can hand it on, and says how deep it may be", () => {
    const nested = (levels: number) =>
      `{"type":"session.update","event_id":"mine","session":{"type":"realtime","tools":[{"type":"function","name":"a","parameters":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}]}}`;
    // The event, its session, the list of tools and the tool are four levels.
    expect(parseClientEvent(nested(60)).ok).toBe(true);
    for (const levels of [61, 8_000, 20_000, 100_000]) {
      expect(parseClientEvent(nested(levels))).toEqual({
        ok: false,
        error: {
          type: "invalid_request_error",
          code: "invalid_value",
          message: "An event may be nested 64 levels deep.",
          param: null,
          event_id: "mine",
        },
      });
    }
  });

  it("never throws, whatever it holds", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const parsed = parseClientEvent(text);
        expect(parsed.ok || parsed.error.message.length > 0).toBe(true);
      }),
    );
  });
});

describe("an event that is wrong is refused with the path at fault", () => {
  it("names a missing type", () => {
    expect(refusal({ event_id: "e1" })).toMatchObject({ code: "invalid_event", event_id: "e1", param: null });
  });

  it.each([
    ["session.type", update({ instructions: "Hi" })],
    ["session", { type: "session.update" }],
    ["audio", { type: "input_audio_buffer.append" }],
    ["item.type", create({ role: "user", content: [] })],
    ["item.role", create({ type: "message", content: [] })],
    ["item.content[0].text", user({ type: "input_text" })],
    ["item.call_id", create({ type: "function_call_output", output: "{}" })],
    ["session.tools[0].name", update({ type: "realtime", tools: [{ type: "function" }] })],
    ["audio_end_ms", { type: "conversation.item.truncate", item_id: "a", content_index: 0 }],
  ])("says what is missing: %s", (param, event) => {
    expect(refusal(event)).toMatchObject({
      code: "missing_required_parameter",
      param,
      message: `Missing required parameter: '${param}'.`,
    });
  });

  it.each([
    ["session.temperature", update({ type: "realtime", temperature: 0.8 })],
    ["session.turn_detection", update({ type: "realtime", turn_detection: null })],
    ["session.tools[0].strict", update({ type: "realtime", tools: [{ type: "function", name: "a", strict: true }] })],
    ["session.audio.input.rate", update({ type: "realtime", audio: { input: { rate: 8000 } } })],
    ["response.modalities", { type: "response.create", response: { modalities: ["text"] } }],
    ["colour", { type: "input_audio_buffer.commit", colour: "red" }],
  ])("says what it does not know: %s", (param, event) => {
    expect(refusal(event)).toMatchObject({
      code: "unknown_parameter",
      param,
      message: `Unknown parameter: '${param}'.`,
    });
  });

  it.each([
    ["type", { type: "response.begin" }],
    ["session.type", update({ type: "chat" })],
    ["session.output_modalities", update({ type: "realtime", output_modalities: ["text", "audio"] })],
    ["session.audio.output.speed", update({ type: "realtime", audio: { output: { speed: 2 } } })],
    [
      "session.audio.input.format.rate",
      update({ type: "realtime", audio: { input: { format: { type: "audio/pcm", rate: 16000 } } } }),
    ],
    ["session.max_output_tokens", update({ type: "realtime", max_output_tokens: 5000 })],
    ["session.tool_choice", update({ type: "realtime", tool_choice: "always" })],
    ["audio", { type: "input_audio_buffer.append", audio: "not base64!" }],
    ["audio_end_ms", { type: "conversation.item.truncate", item_id: "a", content_index: 0, audio_end_ms: 10.5 }],
    ["item.content[0].type", create({ type: "message", role: "assistant", content: [{ type: "output_audio" }] })],
    ["item.content[0].type", create({ type: "message", role: "assistant", content: [{ type: "text", text: "a" }] })],
    ["item.id", create({ type: "function_call", id: "a b", name: "n", arguments: "{}" })],
    ["event_id", { type: "response.create", event_id: "x".repeat(513) }],
    ["response.metadata", { type: "response.create", response: { metadata: manyPairs(17) } }],
  ])("says which value will not do: %s", (param, event) => {
    const error = refusal(event);
    expect(error).toMatchObject({ type: "invalid_request_error", code: "invalid_value", param });
    expect(error.message).toMatch(/^Invalid (value|type)/);
  });

  it("offers the values that would do", () => {
    expect(refusal({ type: "response.begin" }).message).toMatch(
      /'response.begin'\. Supported values are: 'session.update'/,
    );
    expect(refusal(update({ type: "realtime", tool_choice: "always" })).message).toContain(
      "'auto', 'none', 'required'",
    );
  });

  it("says which type was expected and which came", () => {
    expect(refusal(update({ type: "realtime", instructions: 7 })).message).toBe(
      "Invalid type for 'session.instructions': expected a string, but got an integer instead.",
    );
  });

  it("never repeats more than a glance of what it was given", () => {
    const long = "x".repeat(100_000);
    expect(refusal({ type: long }).message.length).toBeLessThan(800);
    expect(refusal({ type: "input_audio_buffer.append", audio: `${long}!` }).message.length).toBeLessThan(200);
  });
});

function manyPairs(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, "v"]));
}
