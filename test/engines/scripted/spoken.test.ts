import { describe, expect, it } from "vitest";
import type { Brain, Step } from "../../../src/engines/scripted/brain.ts";
import type { Ears, EarsListener } from "../../../src/engines/scripted/input-audio.ts";
import { ScriptedServer } from "../../../src/engines/scripted/server.ts";
import type { Item, ServerEvent } from "../../../src/realtime/events.ts";

const settle = () => new Promise<void>((done) => setImmediate(done));
/** 100 ms of PCM16 at 24 kHz. */
const TENTH = new Uint8Array(4_800);
const append = { type: "input_audio_buffer.append", audio: Buffer.from(TENTH).toString("base64") };

/** Ears that hear what the test says and when. */
class TestEars implements Ears {
  listener: EarsListener | undefined;
  words: Promise<string> = Promise.resolve("hello there");
  bytes = 0;
  cleared = 0;
  open(listener: EarsListener): void {
    this.listener = listener;
  }
  append(pcm: Uint8Array): void {
    this.bytes += pcm.byteLength;
  }
  clear(): void {
    this.cleared += 1;
  }
  commit(): Promise<string> {
    return this.words;
  }
}

/** @param stalls The voice never comes to its end. */
function spoken(step: Step, ears = new TestEars(), stalls = false) {
  const events: ServerEvent[] = [];
  const heard: Item[] = [];
  let ids = 0;
  const brain: Brain = { hear: (item) => heard.push(item), answer: () => step };
  const server = new ScriptedServer({
    emit: (event) => events.push(event),
    brain,
    id: (prefix) => `${prefix}_${++ids}`,
    now: () => 0,
    model: "m",
    ears,
    voice: async function* () {
      for (let i = 0; i < 3; i++) yield TENTH;
      if (stalls) await new Promise(() => undefined);
    },
  });
  const types = () => events.map((event) => event.type);
  return { server, events, types, heard, ears };
}

const transcribing = {
  type: "session.update",
  session: { type: "realtime", audio: { input: { transcription: { model: "gpt-transcribe" } } } },
};

describe("a spoken turn", () => {
  it("comes in the documented order, with its words after it", async () => {
    const { server, types, ears, heard, events } = spoken({ say: ["Hello."], calls: [] });
    server.receive(transcribing);
    for (let i = 0; i < 5; i++) server.receive(append);
    ears.listener?.started(100);
    ears.listener?.stopped(450);
    await settle();
    await settle();
    expect(types().slice(2)).toEqual([
      "input_audio_buffer.speech_started",
      "input_audio_buffer.speech_stopped",
      "input_audio_buffer.committed",
      "conversation.item.added",
      "conversation.item.done",
      "response.created",
      "conversation.item.input_audio_transcription.delta",
      "conversation.item.input_audio_transcription.delta",
      "conversation.item.input_audio_transcription.completed",
      "response.output_item.added",
      "conversation.item.added",
      "response.content_part.added",
      "response.output_audio_transcript.delta",
      "response.output_audio.delta",
      "response.output_audio.delta",
      "response.output_audio.delta",
      "response.output_audio.done",
      "response.output_audio_transcript.done",
      "response.content_part.done",
      "conversation.item.done",
      "response.output_item.done",
      "response.done",
      "rate_limits.updated",
    ]);
    expect(heard[0]).toMatchObject({ role: "user", content: [{ type: "input_audio", transcript: "hello there" }] });
    const ids = events.flatMap((e) => (e.type.startsWith("input_audio_buffer.") && "item_id" in e ? [e.item_id] : []));
    expect(new Set(ids).size).toBe(1);
  });

  it("interrupts the answer that is running", async () => {
    const { server, types, events, ears } = spoken({ say: ["Hello."], calls: [] }, new TestEars(), true);
    server.receive({ type: "response.create" });
    for (let i = 0; i < 5; i++) await settle();
    ears.listener?.started(0);
    expect(types().at(-2)).toBe("response.done");
    expect(events.at(-2)).toMatchObject({
      response: { status: "cancelled", status_details: { reason: "turn_detected" } },
    });
    const length = events.length;
    await settle();
    expect(events).toHaveLength(length);
  });

  it("does not interrupt when told not to, and is answered afterwards", async () => {
    const { server, events, ears } = spoken({ say: ["Hello."], calls: [] });
    server.receive({
      type: "session.update",
      session: {
        type: "realtime",
        audio: { input: { turn_detection: { type: "server_vad", interrupt_response: false } } },
      },
    });
    server.receive({ type: "response.create" });
    ears.listener?.started(0);
    ears.listener?.stopped(400);
    for (let i = 0; i < 10; i++) await settle();
    const done = events.flatMap((e) => (e.type === "response.done" ? [e.response.status] : []));
    expect(done).toEqual(["completed", "completed"]);
  });

  it("that cannot be recognised fails to be transcribed, and is answered all the same", async () => {
    const ears = new TestEars();
    ears.words = Promise.reject(new Error("noise"));
    const { server, types, heard } = spoken({ say: ["Pardon?"], calls: [] }, ears);
    server.receive(transcribing);
    ears.listener?.started(0);
    ears.listener?.stopped(400);
    for (let i = 0; i < 5; i++) await settle();
    expect(types()).toContain("conversation.item.input_audio_transcription.failed");
    expect(types()).toContain("response.done");
    expect(heard[0]).toMatchObject({ content: [{ transcript: "" }] });
  });

  it("is committed by the client in push to talk, and then answered only when asked", async () => {
    const { server, types } = spoken({ say: ["Hello."], calls: [] });
    server.receive({
      type: "session.update",
      session: { type: "realtime", audio: { input: { turn_detection: null } } },
    });
    server.receive(append);
    server.receive({ type: "input_audio_buffer.commit" });
    await settle();
    expect(types()).toContain("input_audio_buffer.committed");
    expect(types()).not.toContain("response.created");
  });

  it("is forgotten by a clear", () => {
    const { server, types, ears } = spoken({ say: [], calls: [] });
    server.receive(append);
    server.receive({ type: "input_audio_buffer.clear" });
    server.receive({ type: "input_audio_buffer.commit" });
    expect(types().slice(-2)).toEqual(["input_audio_buffer.cleared", "error"]);
    expect([ears.bytes, ears.cleared]).toEqual([4_800, 1]);
  });
});

describe("truncating what was said", () => {
  async function said() {
    const parts = spoken({ say: ["Hello."], calls: [] });
    parts.server.receive({ type: "response.create" });
    for (let i = 0; i < 5; i++) await settle();
    const done = parts.events.flatMap((e) => (e.type === "response.done" ? [e.response] : []));
    return { ...parts, item_id: done[0]?.output[0]?.id ?? "" };
  }
  const truncate = (item_id: string, audio_end_ms: number) => ({
    type: "conversation.item.truncate",
    item_id,
    content_index: 0,
    audio_end_ms,
  });

  it("cuts the audio and forgets the transcript", async () => {
    const { server, events, item_id } = await said();
    server.receive(truncate(item_id, 120));
    expect(events.at(-1)).toMatchObject({ type: "conversation.item.truncated", item_id, audio_end_ms: 120 });
    server.receive({ type: "conversation.item.retrieve", item_id });
    const retrieved = events.at(-1);
    expect(retrieved).toMatchObject({
      type: "conversation.item.retrieved",
      item: { content: [{ type: "output_audio" }] },
    });
    expect(JSON.stringify(retrieved)).not.toContain("Hello");
    server.receive(truncate(item_id, 121));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { message: /already shorter than 121ms/ } });
  });

  it("refuses more than there is", async () => {
    const { server, events, item_id } = await said();
    server.receive(truncate(item_id, 301));
    expect(events.at(-1)).toMatchObject({
      type: "error",
      error: { message: "Audio content of 300ms is already shorter than 301ms", param: "audio_end_ms" },
    });
  });

  it("locks the voice once it was heard", async () => {
    const { server, events } = await said();
    const update = (voice: string) => ({
      type: "session.update",
      session: { type: "realtime", audio: { output: { voice } } },
    });
    server.receive(update("cedar"));
    expect(events.at(-1)).toMatchObject({ type: "error", error: { code: "cannot_update_voice" } });
    server.receive(update("marin"));
    expect(events.at(-1)?.type).toBe("session.updated");
  });

  it("counts audio tokens of what was said", async () => {
    const { events } = await said();
    const usage = events.flatMap((e) => (e.type === "response.done" ? [e.response.usage] : []))[0];
    // 300 ms at 1,200 tokens a minute.
    expect(usage?.output_token_details?.audio_tokens).toBe(6);
    expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
  });
});
