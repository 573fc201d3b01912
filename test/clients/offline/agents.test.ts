/** `@openai/agents-realtime`, unmodified, against a Luna without any key: tools, interruption, history. */
import { RealtimeAgent, type RealtimeItem, RealtimeSession, tool } from "@openai/agents-realtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { type Luna, startLuna } from "../../support/luna.ts";

let luna: Luna;
beforeAll(async () => {
  luna = await startLuna();
});
afterAll(() => luna?.stop());

async function until<T>(what: string, look: () => T | undefined, seen: () => unknown): Promise<T> {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`not seen: ${what}\n${JSON.stringify(seen()).slice(0, 4_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const getWeather = (asked: string[]) =>
  tool({
    name: "get_weather",
    description: "Tells the weather in a city.",
    parameters: z.object({ city: z.string() }),
    execute: async ({ city }) => {
      asked.push(city);
      return `It is 21 degrees in ${city}.`;
    },
  });

/** A session over a real socket, and everything it went through. */
async function connected(agent: RealtimeAgent, model: string, modality: "text" | "audio" = "text") {
  const session = new RealtimeSession(agent, {
    transport: "websocket",
    model,
    tracingDisabled: true,
    config: { outputModalities: [modality] },
  });
  const errors: unknown[] = [];
  const events: { type: string; [field: string]: unknown }[] = [];
  session.on("error", (error) => errors.push(error.error));
  session.on("transport_event", (event) => events.push(event as (typeof events)[number]));
  await session.connect({ apiKey: "any-key", url: `${luna.url.replace("http", "ws")}/v1/realtime?model=${model}` });
  const wait = <T>(what: string, look: () => T | undefined) =>
    until(what, look, () => ({ history: session.history, errors, types: events.map(({ type }) => type) }));
  return { session, errors, events, wait };
}

function wordsOf(items: RealtimeItem[], role: string): string[] {
  return items.flatMap((item) => {
    if (item.type !== "message" || item.role !== role) return [];
    return item.content.map((part) => ("text" in part ? part.text : (part.transcript ?? "")) ?? "");
  });
}

describe("the Agents SDK", () => {
  it("runs a tool of its own and goes on for several turns, with the whole of it in its history", async () => {
    const asked: string[] = [];
    const agent = new RealtimeAgent({ name: "Guide", instructions: "Be brief.", tools: [getWeather(asked)] });
    const { session, errors, wait } = await connected(agent, "gpt-realtime-2.1");
    session.sendMessage("Say exactly: the lamp is green");
    await wait("the first answer", () =>
      wordsOf(session.history, "assistant").find((text) => /lamp is green/i.test(text)),
    );
    session.sendMessage("What is the weather in Lisbon?");
    await wait("the tool", () => asked[0]);
    await wait("its answer", () => wordsOf(session.history, "assistant").find((text) => text.includes("21")));
    session.sendMessage("Say exactly: good night");
    await wait("the last answer", () => wordsOf(session.history, "assistant").find((text) => /good night/i.test(text)));
    expect(asked).toHaveLength(1);
    expect(wordsOf(session.history, "user")).toEqual([
      "Say exactly: the lamp is green",
      "What is the weather in Lisbon?",
      "Say exactly: good night",
    ]);
    const call = session.history.find((item) => item.type === "function_call");
    expect(call).toMatchObject({ name: "get_weather", status: "completed" });
    expect(errors).toEqual([]);
    session.close();
  });

  it("interrupts an answer in sound, and the words that were not heard are gone", async () => {
    const agent = new RealtimeAgent({ name: "Teller", instructions: "Be long." });
    const { session, errors, events, wait } = await connected(agent, "gpt-realtime-2.1", "audio");
    session.sendMessage("Say exactly: one two three four five six seven eight nine ten");
    await wait("the answer", () => events.find(({ type }) => type === "response.done"));
    expect(events.some(({ type }) => type === "response.output_audio.delta")).toBe(true);
    session.interrupt();
    const cut = await wait("the cut", () => events.find(({ type }) => type === "conversation.item.truncated"));
    // Not much of it can have been played yet.
    expect(cut.audio_end_ms).toBeLessThan(2_000);
    session.sendMessage("Say exactly: back again");
    await wait("another answer", () => wordsOf(session.history, "assistant").find((text) => /back again/i.test(text)));
    expect(errors).toEqual([]);
    session.close();
  });

  it("rewrites its history on the server", async () => {
    const agent = new RealtimeAgent({ name: "Guide", instructions: "Be brief." });
    const { session, errors, events, wait } = await connected(agent, "luna-scripted");
    session.sendMessage("Say exactly: first");
    await wait("the answer", () => wordsOf(session.history, "assistant")[0]);
    session.updateHistory([]);
    await wait("both items to go", () => events.filter(({ type }) => type === "conversation.item.deleted")[1]);
    expect(session.history).toEqual([]);
    expect(errors).toEqual([]);
    session.close();
  });

  it("talks to a Luna agent whose tools run on the server: it hears the answers and never looks for a tool", async () => {
    const agent = new RealtimeAgent({ name: "Mine", instructions: "You are a pirate." });
    const { session, errors, wait } = await connected(agent, "block-card");
    session.sendMessage("Somebody stole my card ending in 4829, please block it.");
    await wait("the question", () =>
      wordsOf(session.history, "assistant").find((text) => /shall i go ahead/i.test(text)),
    );
    session.sendMessage("yes do it");
    await wait("the deed", () => wordsOf(session.history, "assistant").find((text) => /is blocked now/i.test(text)));
    expect(session.history.filter((item) => item.type === "function_call")).toEqual([]);
    expect(errors).toEqual([]);
    session.close();
  });
});
