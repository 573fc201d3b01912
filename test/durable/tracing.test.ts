/** What passes between a call and its engine, as the page is shown it. */
import { expect, test } from "vitest";
import { Tracing } from "../../src/durable/call/tracing.ts";
import type { EngineListener } from "../../src/engines/engine.ts";
import type { Trace } from "../../src/legs/wire.ts";
import type { ServerEvent } from "../../src/realtime/events.ts";

/** A listener that notes what reaches it, and what the page is told beside it. */
function listening() {
  const told: Trace[] = [];
  const heard: string[] = [];
  const tracing = new Tracing((trace) => told.push(trace));
  const listener: EngineListener = {
    onReady: () => heard.push("ready"),
    onEvent: (event) => heard.push(event.type),
    onAudio: () => heard.push("audio"),
    onRaw: () => heard.push("raw"),
    onSent: (event) => heard.push(`sent ${event.type}`),
    onGone: (gone) => heard.push(gone.code),
  };
  return { told, heard, tracing, listener: tracing.around(listener) };
}

const updated: ServerEvent = {
  type: "session.updated",
  event_id: "event_12345678901",
  session: { type: "realtime", instructions: "Be a bank." },
};
const delta = {
  response_id: "resp_1",
  item_id: "item_1",
  output_index: 0,
  content_index: 0,
  base64: "A".repeat(6_400),
};

test("nothing is shown until the page asks, and everybody is told what they were told before", () => {
  const { told, heard, tracing, listener } = listening();
  listener.onReady();
  listener.onEvent(updated);
  listener.onAudio(delta);
  listener.onRaw?.("{}");
  listener.onSent?.({ type: "response.create" });
  tracing.hear(new Uint8Array(1_920));
  listener.onGone({ code: "dropped", message: "", retriable: true });
  expect(told).toEqual([]);
  expect(heard).toEqual(["ready", "session.updated", "audio", "raw", "sent response.create", "dropped"]);
});

test("a log that is switched on later begins with the session that holds", () => {
  const { told, tracing, listener } = listening();
  listener.onEvent(updated);
  tracing.switch(true);
  tracing.switch(true);
  expect(told).toMatchObject([
    { dir: "down", event: { type: "session.updated", session: { instructions: "Be a bank." } } },
  ]);
});

test("both directions are shown, sound by its length and without its bytes", () => {
  const { told, tracing, listener } = listening();
  tracing.switch(true);
  listener.onSent?.({ type: "response.create", event_id: "luna_evt_1" });
  listener.onAudio(delta);
  tracing.hear(new Uint8Array(1_920));
  expect(told.map(({ dir, event }) => ({ dir, ...event }))).toEqual([
    { dir: "up", type: "response.create", event_id: "luna_evt_1" },
    {
      dir: "down",
      type: "response.output_audio.delta",
      response_id: "resp_1",
      item_id: "item_1",
      output_index: 0,
      content_index: 0,
      audio_ms: 100,
    },
    { dir: "up", type: "input_audio_buffer.append", audio_ms: 40 },
  ]);
  tracing.switch(false);
  listener.onAudio(delta);
  expect(told).toHaveLength(3);
});

test("whole card and account numbers are shown by their last four; ids stay as they are", () => {
  const { told, tracing, listener } = listening();
  tracing.switch(true);
  listener.onEvent({
    type: "conversation.item.input_audio_transcription.completed",
    event_id: "event_12345678901",
    item_id: "item_98765432101",
    content_index: 0,
    transcript: "My card is 4111 1111 1111 4829.",
  });
  listener.onSent?.({
    type: "conversation.item.create",
    item: { type: "function_call_output", call_id: "call_1", output: '{"account":"000123454471"}' },
  });
  const shown = JSON.stringify(told);
  expect(shown).toContain("4829");
  expect(shown).toContain("4471");
  expect(shown).not.toMatch(/4111|0001234/);
  expect(told[0]?.event).toMatchObject({ event_id: "event_12345678901", item_id: "item_98765432101" });
});
