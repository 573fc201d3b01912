/** Replays what real servers and clients said. One test a file, every line of it. */
import { describe, expect, it } from "vitest";
import { readAudioDelta } from "../../src/realtime/audio-delta.ts";
import type { ServerEvent, SessionConfig } from "../../src/realtime/events.ts";
import { checkClientEvent } from "../../src/realtime/parse.ts";
import { readServerEvent, readServerEvents, SERVER_EVENT_TYPES } from "../../src/realtime/read.ts";
import { sameSession } from "../../src/realtime/session.ts";
import { captureFiles, capturesMissing, eventFacts, factsMissing, type Line, linesOf } from "./captures.ts";

const BETA_NAME = /^response\.(text|audio|audio_transcript)\.|^transcription_session\./;
/** Sent by xAI beside the GA events. */
const FOREIGN = ["ping", "conversation.item.input_audio_transcription.updated"];
/** xAI ends a part without saying which; nothing can stand for it. */
const isUnreadable = (event: Line["event"]) =>
  FOREIGN.includes(event.type) || (event.type === "response.content_part.done" && !("part" in event));

describe.skipIf(capturesMissing)("every event a real server sent", () => {
  it.each(captureFiles())("is read without loss: %s", (file) => {
    for (const { number, dir, event } of linesOf(file)) {
      if (dir === "c") continue;
      const at = `${file}:${number}`;
      const read = readServerEvent(JSON.stringify(event));
      if (isUnreadable(event)) {
        expect(read, at).toEqual({ type: "unknown", name: event.type, raw: event });
        continue;
      }
      expect(SERVER_EVENT_TYPES, at).toContain(read?.type);
      if (!BETA_NAME.test(event.type)) expect(read?.type, at).toBe(event.type);
      for (const key of [
        "event_id",
        "item_id",
        "response_id",
        "delta",
        "transcript",
        "text",
        "previous_item_id",
        "arguments",
      ]) {
        if (key in event) expect(read, at).toHaveProperty(key, event[key]);
      }
    }
  });

  it.each(captureFiles("ga-openai", "ga-azure", "ga-gateway"))("is left as it is where it is GA: %s", (file) => {
    for (const { number, dir, event } of linesOf(file)) {
      // A deviation known on the wire: beta content names in a finished GA item.
      if (
        dir === "c" ||
        /"type":"(text|audio)","(text|transcript)"/.test(JSON.stringify(event.item ?? event.response ?? ""))
      )
        continue;
      expect(readServerEvent(JSON.stringify(event)), `${file}:${number}`).toEqual(event);
    }
  });

  it.each(captureFiles())("gives its audio by cutting what parsing gives: %s", (file) => {
    for (const { number, dir, event } of linesOf(file)) {
      if (dir === "c") continue;
      const isAudio = /^response\.(output_)?audio\.delta$/.test(event.type);
      const cut = readAudioDelta(JSON.stringify(event));
      expect(cut?.base64, `${file}:${number}`).toBe(isAudio ? event.delta : undefined);
      expect(cut?.item_id).toBe(isAudio ? event.item_id : undefined);
    }
  });
});

describe.skipIf(capturesMissing)("every event a real client sent", () => {
  it.each(captureFiles("ga-openai", "ga-azure", "ga-gateway"))("passes our strict schemas: %s", (file) => {
    for (const { number, dir, event } of linesOf(file)) {
      if (dir === "s") continue;
      expect(checkClientEvent(event), `${file}:${number}`).toEqual({ ok: true, event });
    }
  });

  it("passes as an example of the specification, but for the one beta event", () => {
    const lines = linesOf("spec-single-event-examples.jsonl").filter(({ dir }) => dir === "c");
    const refused = lines.filter(({ event }) => !checkClientEvent(event).ok);
    expect(lines.length).toBeGreaterThan(8);
    expect(refused.map(({ event }) => event.type)).toEqual(["transcription_session.update"]);
  });

  it.each(captureFiles("ga-like-xai"))("is refused where another vendor's session is not GA: %s", (file) => {
    const updates = linesOf(file).filter(({ event }) => event.type === "session.update");
    expect(updates.length).toBeGreaterThan(0);
    for (const { event } of updates) {
      expect(checkClientEvent(event)).toMatchObject({ ok: false, error: { param: "session.type" } });
    }
  });
});

describe.skipIf(capturesMissing)("the session a real server put in force", () => {
  it.each(captureFiles("ga-openai", "ga-azure", "ga-gateway", "ga-like-xai"))(
    "is the one that was asked for: %s",
    (file) => {
      let asked: SessionConfig | undefined;
      for (const { dir, event } of linesOf(file)) {
        if (dir === "c" && event.type === "session.update") asked = event.session as SessionConfig;
        const read = dir === "s" ? readServerEvent(JSON.stringify(event)) : undefined;
        if (read?.type !== "session.updated" || !asked) continue;
        expect(sameSession(inGa(asked), read.session)).toEqual({ ok: true });
        expect(sameSession({ ...inGa(asked), instructions: "Other words." }, read.session)).toMatchObject({
          differences: [{ path: "instructions" }],
        });
      }
    },
  );

  /** xAI takes turn detection flat and has an extension of its own; what is left is what it was asked in GA terms. */
  function inGa(asked: SessionConfig): SessionConfig {
    const { turn_detection: _, resumption: __, ...rest } = asked as SessionConfig & Record<string, unknown>;
    return rest as SessionConfig;
  }
});

describe.skipIf(capturesMissing)("beta traffic", () => {
  it.each(captureFiles("beta-"))("reads as GA: %s", (file) => {
    const events = linesOf(file)
      .filter(({ dir }) => dir === "s")
      .flatMap(({ event }) => readServerEvents(JSON.stringify(event)));
    const text = JSON.stringify(events);
    expect(text).not.toMatch(/"type":"(response\.(text|audio|audio_transcript)\.|conversation\.item\.created)/);
    expect(text).not.toMatch(
      /"(modalities|input_audio_format|output_audio_format|max_response_output_tokens|temperature)":/,
    );
    for (const event of events) {
      if (event.type === "session.created" || event.type === "session.updated") {
        expect(event.session).toMatchObject({
          type: "realtime",
          audio: {
            input: { format: { type: "audio/pcm", rate: 24000 } },
            output: { voice: expect.any(String) },
          },
        });
      }
      if (event.type === "response.output_item.done" && event.item.type === "message") {
        for (const part of event.item.content) expect(part.type).toMatch(/^output_/);
      }
    }
    expect(events.some((event) => event.type === "response.done")).toBe(true);
  });

  it("tells of every item that it was added, and of a final one that it is done", () => {
    const events = linesOf("beta-azure-voicelive-tool-call.jsonl")
      .filter(({ dir }) => dir === "s")
      .flatMap(({ event }) => readServerEvents(JSON.stringify(event)));
    const ofItems = (type: string) =>
      events.flatMap((event) => (event.type === type && "item" in event ? [event.item.type] : []));
    expect(ofItems("conversation.item.added")).toEqual(["message", "function_call", "function_call_output", "message"]);
    expect(ofItems("conversation.item.done")).toEqual(["message", "function_call_output"]);
  });
});

describe.skipIf(factsMissing)("an event that arrives with its ids only", () => {
  const IDS = ["event_id", "item_id", "response_id", "call_id", "id", "type", "name", "event"];
  const NESTED: Record<string, unknown> = {
    item: { id: "item_1", type: "message", role: "assistant" },
    response: { id: "resp_1" },
    session: {},
    error: "Something went wrong.",
    part: { type: "audio" },
    conversation: {},
    rate_limits: [],
  };

  it.each(eventFacts().server.map(({ type, required }) => [type, required] as const))(
    "has every field its type promises: %s",
    (type, required) => {
      const bare: Record<string, unknown> = { type };
      for (const field of required) {
        if (IDS.includes(field) && field !== "type") bare[field] = "x";
        if (field in NESTED) bare[field] = structuredClone(NESTED[field]);
      }
      delete bare.event_id;
      const read = readServerEvent(JSON.stringify(bare)) as ServerEvent;
      expect(read.type).toBe(type);
      // Optional in ours: a transcription may come without usage.
      for (const field of required.filter((name) => name !== "usage")) expect(read).toHaveProperty(field);
    },
  );

  it("covers the 46 and the 11", () => {
    expect(new Set(eventFacts().server.map(({ type }) => type))).toEqual(new Set(SERVER_EVENT_TYPES));
    for (const { type } of eventFacts().client) {
      const parsed = checkClientEvent({ type });
      expect(parsed.ok || parsed.error.param !== "type").toBe(true);
    }
  });
});
