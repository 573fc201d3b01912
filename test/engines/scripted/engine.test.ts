import { describe, expect, it } from "vitest";
import { NOT_RETOLD, type Retell } from "../../../src/engines/engine.ts";
import { pickBrain } from "../../../src/engines/scripted/brains.ts";
import { EnergyEars } from "../../../src/engines/scripted/energy-ears.ts";
import { ScriptedEngine } from "../../../src/engines/scripted/engine.ts";
import type { ServerEvent, SessionConfig } from "../../../src/realtime/events.ts";
import { scenarioById } from "../../../src/scenarios/index.ts";

const settle = () => new Promise<void>((done) => setImmediate(done));

function open(retell?: Retell) {
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
    ...(retell ? { retell } : {}),
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

  it("is gone when what went before cannot be told to it, and may be tried again", async () => {
    const { gone, ready } = open(() => Promise.reject(new Error("disk I/O error")));
    await settle();
    expect(gone).toEqual([NOT_RETOLD]);
    expect(ready).toEqual([]);
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

  it("gives its sound as deltas, and every event as text before it is read", async () => {
    const order: string[] = [];
    const raw: ServerEvent[] = [];
    const sound: number[] = [];
    const engine = new ScriptedEngine({
      brain: { hear: () => undefined, answer: () => ({ say: ["Hello."], calls: [] }) },
      config: { type: "realtime", output_modalities: ["audio"] },
      model: "luna-scripted",
      voice: function* () {
        yield new Uint8Array(4_800);
      },
      listener: {
        onReady: () => order.push("ready"),
        onRaw: (text) => {
          const event = JSON.parse(text) as ServerEvent;
          raw.push(event);
          order.push(`raw ${event.type}`);
        },
        onEvent: (event) => order.push(event.type),
        onAudio: ({ base64 }) => {
          sound.push(Buffer.from(base64, "base64").length);
          order.push("audio");
        },
        onGone: () => undefined,
      },
    });
    engine.send({ type: "response.create" });
    for (let i = 0; i < 10; i++) await settle();
    expect(sound).toEqual([4_800]);
    expect(raw.map((event) => event.type)).toContain("response.output_audio.delta");
    expect(order).not.toContain("response.output_audio.delta");
    const at = order.indexOf("raw response.done");
    expect(order[at + 1]).toBe("response.done");
  });

  it("hears the caller where it has ears", async () => {
    const events: string[] = [];
    const engine = new ScriptedEngine({
      brain: { hear: () => undefined, answer: () => ({ say: [], calls: [] }) },
      config: { type: "realtime", output_modalities: ["text"] },
      model: "luna-scripted",
      ears: new EnergyEars(),
      listener: {
        onReady: () => undefined,
        onEvent: (event) => events.push(event.type),
        onAudio: () => undefined,
        onGone: () => undefined,
      },
    });
    for (let i = 0; i < 10; i++) engine.hear(new Uint8Array(new Int16Array(960).fill(4_000).buffer));
    await settle();
    expect(events.at(-1)).toBe("input_audio_buffer.speech_started");
  });
});
