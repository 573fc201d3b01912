import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { agentWith, asAgent } from "../../src/call/agent-session.ts";
import type { ClientEvent, FunctionTool, SessionConfig } from "../../src/realtime/events.ts";

const tool = (name: string): FunctionTool => ({ type: "function", name, description: `Does ${name}.` });
const agent = { instructions: "You are Luna.", tools: [tool("block_card"), tool("end_call")] };
const updated = (session: Omit<SessionConfig, "type">) => {
  const event = asAgent(agent, { type: "session.update", event_id: "e1", session: { type: "realtime", ...session } });
  if (event.type !== "session.update" || event.session.type !== "realtime") throw new Error("not an update");
  return event.session;
};

describe("a client's update of an agent's session", () => {
  it("leaves out instructions, model and stored prompt, and passes how it listens and sounds", () => {
    const how = { output_modalities: ["text" as const], audio: { output: { speed: 1.2 } }, max_output_tokens: 200 };
    expect(updated({ ...how, instructions: "Sing.", model: "other", prompt: { id: "p" } })).toEqual({
      type: "realtime",
      ...how,
    });
  });

  it("keeps the agent's tools as they are and takes the client's functions beside them", () => {
    const mcp = { type: "mcp" as const, server_label: "elsewhere", server_url: "https://example.com" };
    const mine = { ...tool("block_card"), description: "Mine now." };
    expect(updated({ tools: [mine, tool("play_sound"), mcp] }).tools).toEqual([...agent.tools, tool("play_sound")]);
    expect(updated({ tools: [] }).tools).toEqual(agent.tools);
    expect(updated({}).tools).toBeUndefined();
  });

  it("whatever tools are given, the agent's are there once each and first", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("block_card", "end_call", "a", "b", "c")), (names) => {
        const tools = updated({ tools: names.map(tool) }).tools ?? [];
        expect(tools.slice(0, 2)).toEqual(agent.tools);
        expect(
          tools.filter((one) => one.type === "function" && agent.tools.some(({ name }) => name === one.name)),
        ).toHaveLength(2);
      }),
    );
  });
});

describe("a secret for an agent", () => {
  it("says how it sounds, and leaves what it is told and can do alone", () => {
    const voice = (name: string) => ({ output: { voice: name, speed: 1 } });
    const session: SessionConfig = {
      type: "realtime",
      ...agent,
      audio: { input: { turn_detection: null }, ...voice("marin") },
    };
    const wanted: SessionConfig = {
      type: "realtime",
      instructions: "Sing.",
      tools: [tool("a")],
      audio: { output: { voice: "cedar" } },
    };
    expect(agentWith(session, agent, wanted)).toEqual({
      ...session,
      tools: [...agent.tools, tool("a")],
      audio: { input: { turn_detection: null }, ...voice("cedar") },
    });
  });
});

describe("a client's response of an agent's session", () => {
  it("has no instructions of its own, and the agent's tools where it names any", () => {
    const event: ClientEvent = {
      type: "response.create",
      response: { instructions: "Sing.", prompt: { id: "p" }, tools: [tool("a")], metadata: { k: "v" } },
    };
    expect(asAgent(agent, event)).toEqual({
      type: "response.create",
      response: { tools: [...agent.tools, tool("a")], metadata: { k: "v" } },
    });
  });

  it("is the very same event where nothing has to change", () => {
    const events: ClientEvent[] = [
      { type: "response.create" },
      { type: "response.cancel" },
      { type: "conversation.item.delete", item_id: "item_1" },
    ];
    for (const event of events) expect(asAgent(agent, event)).toBe(event);
  });
});
