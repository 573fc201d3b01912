/** The AI SDK's realtime session with its OpenAI provider, unmodified, against a Luna without any key: by a secret, as in a browser. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createOpenAI } from "@ai-sdk/openai";
import { Experimental_AbstractRealtimeSession as AbstractRealtimeSession, type UIMessage } from "ai";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Luna, startLuna } from "../../support/luna.ts";
import { type TlsDoor, tlsDoor } from "../../support/tls.ts";

const MODEL = "gpt-realtime-2.1";
const TOOLS = [
  {
    type: "function" as const,
    name: "get_weather",
    description: "Tells the weather in a city.",
    parameters: { type: "object" as const, properties: { city: { type: "string" as const } }, required: ["city"] },
  },
];
const SESSION = { instructions: "Be brief.", outputModalities: ["text" as const], tools: TOOLS };

let luna: Luna;
let door: TlsDoor;
let tokens: Server;

beforeAll(async () => {
  luna = await startLuna();
  door = await tlsDoor(luna.url);
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
  // The session opens an audio context even where nothing will sound; Node has none.
  class Silent {
    resume = async () => undefined;
    close = async () => undefined;
  }
  Object.assign(globalThis, { AudioContext: Silent });
  const openai = createOpenAI({ apiKey: "any-key", baseURL: `${door.url}/v1` });
  tokens = createServer(async (_, response) => {
    const { token, url } = await openai.experimental_realtime.getToken({ model: MODEL, sessionConfig: SESSION });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ token, url, tools: TOOLS }));
  });
  await new Promise<void>((resolve) => tokens.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  tokens?.close();
  await door?.stop();
  await luna?.stop();
});

class Session extends AbstractRealtimeSession {
  get messages(): UIMessage[] {
    return this.state.messages;
  }
  get status(): string {
    return this.state.status;
  }
  protected setState<K extends keyof typeof this.state>(key: K, value: (typeof this.state)[K]): void {
    this.state[key] = value;
  }
}

function said(session: Session, role: string): string[] {
  return session.messages
    .filter((message) => message.role === role)
    .map((message) => message.parts.map((part) => (part.type === "text" ? part.text : "")).join(""));
}

it("the AI SDK holds a conversation of several turns with a call of its own tool", async () => {
  const errors: Error[] = [];
  const events: string[] = [];
  const asked: unknown[] = [];
  const openai = createOpenAI({ apiKey: "never used here", baseURL: `${door.url}/v1` });
  const session = new Session({
    model: openai.experimental_realtime(MODEL),
    api: { token: `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/` },
    sessionConfig: SESSION,
    onEvent: (event) => events.push(event.type),
    onError: (error) => errors.push(error),
    onToolCall: ({ toolCall }) => {
      asked.push(toolCall.args);
      return { degrees: 21 };
    },
  });
  const until = async <T>(what: string, look: () => T | undefined): Promise<T> => {
    const end = Date.now() + 20_000;
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      if (Date.now() > end)
        throw new Error(
          `not seen: ${what}\n${events.join(" ")}\n${errors.join("\n")}\n${JSON.stringify(session.messages)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await session.connect();
  await until("the connection", () => (session.status === "connected" ? true : undefined));
  session.sendTextMessage("Say exactly: the lamp is green");
  await until("the first answer", () => said(session, "assistant").find((text) => /lamp is green/i.test(text)));
  session.sendTextMessage("What is the weather in Lisbon?");
  await until("the tool", () => asked[0]);
  await until("its answer", () => said(session, "assistant").find((text) => text.includes("21")));
  session.sendTextMessage("Say exactly: good night");
  await until("the last answer", () => said(session, "assistant").find((text) => /good night/i.test(text)));
  expect(errors).toEqual([]);
  session.disconnect();
});
