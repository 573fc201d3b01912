/** OpenAI's agents SDK with its own Twilio transport, as in its example for Twilio. Tracing is switched off by the environment. */
import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents/realtime";
import { TwilioRealtimeTransportLayer } from "@openai/agents-extensions";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { TOOL } from "../tool.ts";
import { serve, upstreamUrl } from "./serve.ts";

const verify = tool({
  name: TOOL.name,
  description: "Verify the caller by the last four digits of a card or account.",
  parameters: z.object({ last_4_digits: z.string() }),
  execute: () => new Promise<string>((resolve) => setTimeout(() => resolve('{"ok":true}'), TOOL.ms)),
});

const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
server.on("connection", async (socket: WebSocket, request) => {
  const model = new URL(request.url ?? "/", "http://127.0.0.1").searchParams.get("model") ?? "";
  const agent = new RealtimeAgent({ name: "Luna", instructions: "You answer the phone of a bank.", tools: [verify] });
  const transport = new TwilioRealtimeTransportLayer({ twilioWebSocket: socket });
  const session = new RealtimeSession(agent, { transport, model });
  session.on("error", () => {});
  await session.connect({ apiKey: "sk-bench-no-such-key", url: `${upstreamUrl}?model=${model}` });
  transport.sendEvent({ type: "response.create" });
});
void serve(server);
