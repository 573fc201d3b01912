import { describe, expect, it } from "vitest";
import { pickBrain } from "../../../src/engines/scripted/brains.ts";
import { ScriptedEngine } from "../../../src/engines/scripted/engine.ts";
import type { ServerEvent, SessionConfig } from "../../../src/realtime/events.ts";
import { scenarioById } from "../../../src/scenarios/index.ts";

const settle = () => new Promise<void>((done) => setImmediate(done));

function open() {
  const scenario = scenarioById("block-card");
  if (!scenario) throw new Error("no scenario");
  const events: ServerEvent[] = [];
  const gone: unknown[] = [];
  const ready: number[] = [];
  const config: SessionConfig = {
    type: "realtime",
    output_modalities: ["text"],
    tools: scenario.tools.map((name) => ({ type: "function", name })),
  };
  const engine: ScriptedEngine = new ScriptedEngine({
    brain: pickBrain(scenario),
    config,
    model: "luna-scripted",
    listener: {
      onReady: () => ready.push(events.length),
      onEvent: (event) => events.push(event),
      onAudio: () => undefined,
      onGone: (reason) => gone.push(reason),
    },
  });
  return { engine, events, gone, ready };
}

describe("the scripted engine", () => {
  it("says nothing before its maker is done, then is created and configured", async () => {
    const { events, ready } = open();
    expect([events, ready]).toEqual([[], []]);
    await settle();
    expect(events.map((event) => event.type)).toEqual(["session.created", "session.updated"]);
    expect(ready).toHaveLength(1);
    expect(events[1]).toMatchObject({ session: { output_modalities: ["text"], model: "luna-scripted" } });
  });

  it("never enters its listener from within a send", async () => {
    const { engine, events } = open();
    await settle();
    const before = events.length;
    engine.send({ type: "response.create" });
    expect(events).toHaveLength(before);
    await settle();
    expect(events.at(-1)?.type).toBe("rate_limits.updated");
    const text = events.flatMap((event) => (event.type === "response.output_text.done" ? [event.text] : []));
    expect(text).toEqual(["Hi Maya, this is Luna from Aurora Bank. How can I help you today?"]);
  });

  it("is quiet once it is closed, and is not gone by that", async () => {
    const { engine, events, gone } = open();
    engine.send({ type: "response.create" });
    engine.close();
    engine.send({ type: "response.create" });
    await settle();
    expect([events, gone]).toEqual([[], []]);
  });
});
