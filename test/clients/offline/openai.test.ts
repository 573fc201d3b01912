/** The official `openai` client, both of its sockets, unmodified, against a Luna without any key. */
import OpenAI from "openai";
import { OpenAIRealtimeWebSocket } from "openai/realtime/websocket";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import type { RealtimeServerEvent } from "openai/resources/realtime/realtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Luna, startLuna } from "../../support/luna.ts";
import { plainTcp } from "../../support/plain-tcp.ts";
import { type TlsDoor, tlsDoor } from "../../support/tls.ts";

let luna: Luna;
let door: TlsDoor;

beforeAll(async () => {
  luna = await startLuna();
  door = await tlsDoor(luna.url);
  // Both sockets insist on TLS, and this certificate is signed by nobody.
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
});
afterAll(async () => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  await door?.stop();
  await luna?.stop();
});

type Socket = OpenAIRealtimeWS | OpenAIRealtimeWebSocket;

const clientOf = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${door.url}/v1` });
const variants: [string, (apiKey: string, model: string) => Socket][] = [
  [
    "ws without TLS, with nothing but a base URL",
    (apiKey, model) =>
      new OpenAIRealtimeWS({ model, options: plainTcp }, new OpenAI({ apiKey, baseURL: `${luna.url}/v1` })),
  ],
  ["ws", (apiKey, model) => new OpenAIRealtimeWS({ model }, clientOf(apiKey))],
  [
    "native WebSocket",
    (apiKey, model) => new OpenAIRealtimeWebSocket({ model, dangerouslyAllowBrowser: true }, clientOf(apiKey)),
  ],
];

/** Everything a socket has told, and a way to wait for more. */
function listening(socket: Socket) {
  const events: RealtimeServerEvent[] = [];
  const errors: Error[] = [];
  socket.on("event", (event) => events.push(event));
  socket.on("error", (error) => errors.push(error));
  const until = async <T>(what: string, look: () => T | undefined): Promise<T> => {
    const end = Date.now() + 20_000;
    for (;;) {
      const seen = look();
      if (seen !== undefined) return seen;
      if (Date.now() > end)
        throw new Error(`not seen: ${what}\n${JSON.stringify(events).slice(0, 4_000)}\n${errors.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  type Of<T> = Extract<RealtimeServerEvent, { type: T }>;
  const of = <T extends RealtimeServerEvent["type"]>(type: T) =>
    events.filter((event) => event.type === type) as Of<T>[];
  const nth = <T extends RealtimeServerEvent["type"]>(type: T, count: number) => until(type, () => of(type)[count - 1]);
  return { events, errors, of, nth, until };
}

function say(socket: Socket, text: string): void {
  const content = [{ type: "input_text" as const, text }];
  socket.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  socket.send({ type: "response.create" });
}

const WEATHER = {
  type: "function" as const,
  name: "get_weather",
  description: "Tells the weather in a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

describe.each(variants)("openai by %s", (_, open) => {
  it("holds a conversation of several turns with a call of its own tool", async () => {
    const socket = open("any-key", "gpt-realtime-2.1");
    const heard = listening(socket);
    const { session } = await heard.nth("session.created", 1);
    expect(session).toMatchObject({ type: "realtime", model: "gpt-realtime-2.1" });
    socket.send({
      type: "session.update",
      session: { type: "realtime", output_modalities: ["text"], tools: [WEATHER] },
    });
    await heard.nth("session.updated", 1);

    say(socket, "Say exactly: the lamp is green");
    expect((await heard.nth("response.output_text.done", 1)).text).toMatch(/the lamp is green/i);
    await heard.nth("response.done", 1);

    say(socket, "What is the weather in Lisbon?");
    const call = await heard.nth("response.function_call_arguments.done", 1);
    expect(call.name).toBe("get_weather");
    expect(JSON.parse(call.arguments)).toHaveProperty("city");
    await heard.nth("response.done", 2);
    const output = JSON.stringify({ sky: "clear", degrees: 21 });
    socket.send({
      type: "conversation.item.create",
      item: { type: "function_call_output", call_id: call.call_id, output },
    });
    socket.send({ type: "response.create" });
    expect((await heard.nth("response.output_text.done", 2)).text).toContain("21");

    say(socket, "What did I say first?");
    await heard.nth("response.done", 4);
    expect(heard.errors).toEqual([]);
    socket.close();
  });

  it("hears of a bad key and of a model that is not there as at the provider", async () => {
    const nobody = listening(open(`ek_${"0".repeat(26)}_${"a".repeat(43)}`, "gpt-realtime-2.1"));
    expect(await nobody.until("the error", () => nobody.errors[0])).toMatchObject({
      error: { code: "invalid_api_key" },
    });
    const nothing = listening(open("any-key", "chat-classic"));
    expect(await nothing.until("the error", () => nothing.errors[0])).toMatchObject({
      error: { code: "invalid_model" },
    });
  });
});

describe("openai over HTTP", () => {
  it("lists the models", async () => {
    const models = await clientOf("any-key").models.list();
    const ids = models.data.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(["luna", "waiter", "cfo", "luna-scripted", "block-card", "gpt-realtime-2.1"]),
    );
    expect(await clientOf("any-key").models.retrieve("luna")).toMatchObject({ object: "model", owned_by: "luna" });
    await expect(clientOf("any-key").models.retrieve("nobody")).rejects.toMatchObject({ status: 404 });
  });

  it("mints a secret that opens one session", async () => {
    const secret = await clientOf("any-key").realtime.clientSecrets.create({
      session: { type: "realtime", model: "luna-scripted", instructions: "Be brief.", output_modalities: ["text"] },
    });
    const socket = new OpenAIRealtimeWebSocket({ model: "luna-scripted" }, clientOf(secret.value));
    const heard = listening(socket);
    const { session } = await heard.nth("session.created", 1);
    expect(session).toMatchObject({ instructions: "Be brief.", output_modalities: ["text"] });
    say(socket, "Hello");
    await heard.nth("response.done", 1);
    socket.send({ type: "session.update", event_id: "wider", session: { type: "realtime", instructions: "Be long." } });
    expect(await heard.until("the refusal", () => heard.errors[0])).toMatchObject({
      error: { code: "session_is_bound", event_id: "wider" },
    });
    socket.close();
    const again = listening(new OpenAIRealtimeWebSocket({ model: "luna-scripted" }, clientOf(secret.value)));
    await again.until("the refusal", () => again.errors[0]);
    expect(again.of("session.created")).toEqual([]);
  });
});
