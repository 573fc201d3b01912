/**
 * The Agents SDK as another Worker would use it. Plain JavaScript with types of its own beside it: those of the SDK bring
 * Node's globals along, and these tests are compiled for a runtime that has none.
 */
import { RealtimeAgent, RealtimeSession, tool } from "@openai/agents/realtime";
import { CloudflareRealtimeTransportLayer } from "@openai/agents-extensions";
import { z } from "zod";

export async function agentsInWorker(url, apiKey) {
  const asked = [];
  const errors = [];
  const weather = tool({
    name: "get_weather",
    description: "Tells the weather in a city.",
    parameters: z.object({ city: z.string() }),
    execute: async ({ city }) => {
      asked.push(city);
      return `It is 21 degrees in ${city}.`;
    },
  });
  const transport = new CloudflareRealtimeTransportLayer({ url });
  const agent = new RealtimeAgent({ name: "Guide", instructions: "Be brief.", tools: [weather] });
  const session = new RealtimeSession(agent, {
    transport,
    tracingDisabled: true,
    config: { outputModalities: ["text"] },
  });
  session.on("error", (error) => errors.push(error.error));
  await session.connect({ apiKey });
  return {
    asked,
    errors,
    say: (text) => session.sendMessage(text),
    said: () =>
      session.history
        .filter((item) => item.type === "message" && item.role === "assistant")
        .flatMap((item) => item.content.map((part) => part.text ?? part.transcript ?? "")),
    close: () => session.close(),
  };
}
