/**
 * What the official Agents SDK puts on the wire, over a real socket, through our strict schemas: a server that refused one
 * of its frames would be of no use to its users.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { OpenAIRealtimeWebSocket, type RealtimeItem } from "@openai/agents-realtime";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { ClientEvent, ServerEvent } from "../../src/realtime/events.ts";
import { type ParsedClientEvent, parseClientEvent } from "../../src/realtime/parse.ts";

let server: WebSocketServer;
let heard: ParsedClientEvent[];
let address: string;

beforeEach(async () => {
  heard = [];
  server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  server.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => {
      heard.push(parseClientEvent(isBinary ? new ArrayBuffer(0) : data.toString()));
    });
  });
  await once(server, "listening");
  address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const socket of server.clients) socket.terminate();
  await new Promise((done) => server.close(done));
});

/** The types of what arrived, once there are so many; every one of them must have been accepted. */
async function accepted(count: number): Promise<ClientEvent["type"][]> {
  const until = Date.now() + 4_000;
  while (heard.length < count && Date.now() < until) await new Promise((wake) => setTimeout(wake, 5));
  expect(heard.filter(({ ok }) => !ok)).toEqual([]);
  return heard.flatMap((parsed) => (parsed.ok ? [parsed.event.type] : []));
}

async function tellAll(events: ServerEvent[]): Promise<void> {
  for (const socket of server.clients) for (const event of events) socket.send(JSON.stringify(event));
  await new Promise((wake) => setTimeout(wake, 30));
}

describe("the Agents SDK", () => {
  async function connected() {
    const client = new OpenAIRealtimeWebSocket({
      url: address,
      createWebSocket: async ({ url }) => new WebSocket(url) as never,
    });
    await client.connect({
      apiKey: "not-a-key",
      model: "gpt-realtime-2.1",
      initialSessionConfig: { instructions: "Be brief." },
    });
    return client;
  }

  it("configures, speaks, types, answers tools and asks for responses in words we take", async () => {
    const client = await connected();
    client.updateSessionConfig({
      instructions: "Be brief.",
      voice: "marin",
      toolChoice: "auto",
      audio: { input: { turnDetection: { type: "semantic_vad", eagerness: "low", createResponse: true } } },
      tools: [
        {
          type: "function",
          name: "block_card",
          description: "Blocks.",
          parameters: { type: "object", properties: {}, required: [], additionalProperties: false },
          strict: true,
        },
      ],
    });
    client.sendMessage("Block my card", {});
    client.sendAudio(new Uint8Array(1920).buffer, { commit: true });
    client.sendFunctionCallOutput(
      {
        type: "function_call",
        callId: "call_1",
        name: "block_card",
        arguments: "{}",
        id: "item_1",
        responseId: "resp_1",
      },
      '{"ok":true}',
      false,
    );
    const types = await accepted(6);
    expect(new Set(types)).toEqual(
      new Set([
        "session.update",
        "conversation.item.create",
        "response.create",
        "input_audio_buffer.append",
        "input_audio_buffer.commit",
      ]),
    );
    client.close();
  });

  it("interrupts and rewrites its history in words we take", async () => {
    const client = await connected();
    const place = { response_id: "resp_1", item_id: "item_1", output_index: 0, content_index: 0 };
    const delta = Buffer.alloc(48_000).toString("base64");
    await tellAll([
      { type: "response.created", event_id: "e1", response: { id: "resp_1", status: "in_progress", output: [] } },
      { type: "response.output_audio.delta", event_id: "e2", ...place, delta },
    ]);
    client.interrupt();
    const before: RealtimeItem[] = [
      {
        itemId: "item_2",
        type: "message",
        role: "user",
        status: "completed",
        content: [{ type: "input_text", text: "Hi" }],
      },
    ];
    client.resetHistory(before, [
      {
        itemId: "item_3",
        type: "message",
        role: "user",
        status: "completed",
        content: [{ type: "input_text", text: "Hello" }],
      },
    ]);
    const types = await accepted(5);
    for (const type of [
      "response.cancel",
      "conversation.item.truncate",
      "conversation.item.delete",
      "conversation.item.create",
    ]) {
      expect(types).toContain(type);
    }
    client.close();
  });
});
