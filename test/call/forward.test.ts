import { describe, expect, test } from "vitest";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { call, deeds, Line, message, server, told } from "./events.ts";

describe("the page sees of the engine", () => {
  test("text, transcripts, speech and the life of responses", () => {
    const line = new Line();
    const events = [
      server.speechStarted("u1"),
      server.speechStopped("u1"),
      server.heardDelta("u1", "Hi"),
      server.created("r1"),
      server.transcript("r1", "m1", "Hello"),
      server.audioDone("r1", "m1"),
      server.done("r1"),
    ];
    for (const event of events) expect(told(line.engine(event), event.type)).toEqual([event]);
  });

  test("nothing of the session, of limits, and no audio as text", () => {
    const line = new Line();
    const own: ServerEvent[] = [
      { type: "session.updated", event_id: "e", session: {} } as unknown as ServerEvent,
      { type: "rate_limits.updated", event_id: "e", rate_limits: [] },
      {
        type: "response.output_audio.delta",
        event_id: "e",
        response_id: "r",
        item_id: "m",
        output_index: 0,
        content_index: 0,
        delta: "AA",
      },
    ];
    for (const event of own) expect(deeds(line.engine(event), "tell").filter(isGa)).toEqual([]);
  });

  test("nothing of what still comes of an answer that was cut off", () => {
    const line = new Line();
    line.engine(server.created("r1"), server.speechStarted("u1"));
    expect(
      told(line.engine(server.transcript("r1", "m1", "never said")), "response.output_audio_transcript.delta"),
    ).toEqual([]);
    expect(line.turn("m1")).toBeUndefined();
  });

  test("messages but no functions in a finished response", () => {
    const line = new Line();
    const output = [message("m1"), call("c1")];
    const [done] = told(
      line.engine(server.created("r1"), server.done("r1", "completed", undefined, output)),
      "response.done",
    );
    expect(done).toMatchObject({ response: { output: [{ id: "m1" }] } });
  });

  test("errors in plain words, without the provider's own text", () => {
    const line = new Line();
    const [error] = told(line.engine(server.error("invalid_api_key", null, "Incorrect key sk-12345")), "error");
    expect(JSON.stringify(error)).not.toContain("sk-12345");
    expect(error).toMatchObject({ error: { code: "invalid_api_key" } });
  });

  test("no errors that mean nothing", () => {
    const line = new Line();
    for (const code of [
      "response_cancel_not_active",
      "input_audio_buffer_commit_empty",
      "item_truncate_invalid_item_id",
    ]) {
      expect(told(line.engine(server.error(code)), "error")).toEqual([]);
    }
  });
});

function isGa(command: { do: string; event?: { type: string } }): boolean {
  return !command.event?.type.startsWith("luna.");
}
