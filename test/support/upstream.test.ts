/** The test upstream behaves like a provider: what the e2e tests prove is only as good as this. */
import { afterEach, describe, expect, test } from "vitest";
import WebSocket from "ws";
import type { Brain } from "../../src/engines/scripted/brain.ts";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { LoudEars } from "./ears.ts";
import { HostileBrain, raw } from "./hostile.ts";
import { startUpstream, type Upstream, type UpstreamOptions } from "./upstream.ts";

const greeter: () => Brain = () => ({ hear() {}, answer: () => ({ say: ["Hello there."], calls: [] }) });

let upstream: Upstream | undefined;
afterEach(async () => {
  await upstream?.stop();
  upstream = undefined;
});

interface Client {
  socket: WebSocket;
  events: ServerEvent[];
  send(event: unknown): void;
  seen(type: string, count?: number): Promise<ServerEvent>;
  closed: Promise<{ code: number; reason: string }>;
}

async function connect(
  options: Partial<UpstreamOptions> = {},
  headers?: Record<string, string>,
  query = "?model=test-model",
): Promise<Client> {
  upstream ??= await startUpstream({ brain: greeter, ...options });
  const socket = new WebSocket(`${upstream.url.replace("http", "ws")}/realtime${query}`, {
    headers: headers ?? { authorization: `Bearer ${upstream.key}` },
  });
  const events: ServerEvent[] = [];
  socket.on("message", (data) => events.push(JSON.parse(data.toString()) as ServerEvent));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on("close", (code, reason) => resolve({ code, reason: reason.toString() }));
    socket.on("error", (error) => resolve({ code: -1, reason: error.message }));
  });
  const seen = async (type: string, count = 1): Promise<ServerEvent> => {
    for (let tries = 0; tries < 300; tries++) {
      const found = events.filter((event) => event.type === type)[count - 1];
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`${type} never came; there were ${events.map((event) => event.type).join(", ")}`);
  };
  await Promise.race([closed, new Promise((resolve) => socket.once("open", resolve))]);
  return { socket, events, send: (event) => socket.send(JSON.stringify(event)), seen, closed };
}

describe("the door", () => {
  test("opens a session for the good key, in any of the three headers", async () => {
    for (const name of ["authorization", "x-luna-key", "api-key"]) {
      upstream ??= await startUpstream({ brain: greeter });
      const value = name === "api-key" ? upstream.key : `Bearer ${upstream.key}`;
      const client = await connect({}, { [name]: value });
      await client.seen("session.created");
      client.socket.close();
    }
  });

  test("takes a bad key through the upgrade, then names it and closes with 3000", async () => {
    const client = await connect({}, { authorization: "Bearer sk-wrong-key" });
    expect(await client.closed).toEqual({ code: 3000, reason: "invalid_request_error.invalid_api_key" });
    expect(client.events).toMatchObject([{ type: "error", error: { code: "invalid_api_key" } }]);
  });

  test("closes with 4000 on the beta header and on a missing model", async () => {
    const beta = await connect({}, { authorization: "Bearer sk-test-upstream-key-0001", "openai-beta": "realtime=v1" });
    expect((await beta.closed).code).toBe(4000);
    const bare = await connect({}, undefined, "");
    expect((await bare.closed).reason).toBe("invalid_request_error.missing_model");
  });

  test("can refuse the upgrade itself", async () => {
    const client = await connect({ refuseWith: 503 });
    expect((await client.closed).reason).toContain("503");
  });
});

describe("the session", () => {
  test("answers in words and sound, and records what the client sent", async () => {
    const client = await connect({ voice: () => [new Uint8Array(4_800), new Uint8Array(4_800)] });
    client.send({
      type: "session.update",
      session: { type: "realtime", instructions: "Be kind.", output_modalities: ["audio"] },
    });
    await client.seen("session.updated");
    client.send({ type: "response.create" });
    await client.seen("response.done");
    expect(client.events.filter((event) => event.type === "response.output_audio.delta").length).toBeGreaterThan(0);
    expect(upstream?.sessions[0]?.received.map((event) => event.type)).toEqual(["session.update", "response.create"]);
  });

  test("hears a loud turn between silences and answers it with its words", async () => {
    const ears = () => new LoudEars(async (pcm) => (pcm.length > 40_000 ? "hello bank" : "too short"));
    const client = await connect({ ears });
    const frame = (loud: boolean) => {
      const pcm = new Int16Array(960).map((_, n) => (loud ? 9_000 * Math.sin(n / 8) : 0));
      client.send({ type: "input_audio_buffer.append", audio: Buffer.from(pcm.buffer).toString("base64") });
    };
    const input = { transcription: { model: "test-ears" } };
    client.send({ type: "session.update", session: { type: "realtime", audio: { input } } });
    await client.seen("session.updated");
    for (let n = 0; n < 25; n++) frame(false);
    for (let n = 0; n < 30; n++) frame(true);
    for (let n = 0; n < 25; n++) frame(false);
    await client.seen("input_audio_buffer.speech_stopped");
    expect(await client.seen("conversation.item.input_audio_transcription.completed")).toMatchObject({
      transcript: "hello bank",
    });
    await client.seen("response.done");
    expect(upstream?.sessions[0]?.audioFrames).toBe(80);
  });

  test("a stalled one says nothing until it goes on; a killed one is gone without a goodbye", async () => {
    const client = await connect();
    await client.seen("session.created");
    const session = upstream?.sessions[0];
    session?.stall();
    client.send({ type: "response.create" });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(client.events.map((event) => event.type)).toEqual(["session.created"]);
    session?.resume();
    await client.seen("response.done");
    session?.kill();
    expect((await client.closed).code).toBe(1006);
  });

  test("a hostile model's broken arguments arrive as they are", async () => {
    const brain = new HostileBrain([{ calls: [raw("transfer_funds", '{"amount": 1,')] }]);
    const client = await connect({ brain: () => brain });
    client.send({ type: "response.create" });
    expect(await client.seen("response.function_call_arguments.done")).toMatchObject({ arguments: '{"amount": 1,' });
    expect(await client.seen("response.output_item.done")).toMatchObject({ item: { arguments: '{"amount": 1,' } });
    const done = await client.seen("response.done");
    expect(done).toMatchObject({ response: { output: [{ name: "transfer_funds", arguments: '{"amount": 1,' }] } });
  });

  test("without credit every response fails in the documented way", async () => {
    const client = await connect({ noCredit: true });
    client.send({ type: "response.create" });
    expect(await client.seen("response.done")).toMatchObject({
      response: { status: "failed", status_details: { error: { code: "insufficient_quota" } } },
    });
  });
});
