/** The scripted server as a client leads it: answers come piece by piece, and everybody else has a turn in between. */
import { describe, expect, it } from "vitest";
import { NOT_RETOLD } from "../../src/engines/engine.ts";
import { OfflineEngine } from "../../src/engines/offline.ts";
import type { Step } from "../../src/engines/scripted/brain.ts";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { create, hello, Parrot, text } from "./scripted/serving.ts";

/** An engine in text, asked for an answer once it is there; what it says, and the turn of the loop it says it in. */
function answering(step: Step, heard: (event: ServerEvent, engine: OfflineEngine) => void = () => undefined) {
  const events: ServerEvent[] = [];
  return new Promise<ServerEvent[]>((resolve) => {
    const engine = new OfflineEngine({
      brain: new Parrot(step),
      model: "luna-scripted",
      listener: {
        onReady: () => undefined,
        onAudio: () => undefined,
        onGone: () => undefined,
        onEvent: (event) => {
          events.push(event);
          heard(event, engine);
          if (event.type === "response.done") resolve(events);
        },
      },
    });
    for (const event of [text, hello, create]) engine.forward(JSON.stringify(event));
  });
}

const deltas = (events: ServerEvent[]) =>
  events.flatMap((event) => (event.type === "response.output_text.delta" ? [event.delta] : []));

it("is gone when what went before cannot be told to it, and may be tried again", async () => {
  const gone = await new Promise((resolve) => {
    new OfflineEngine({
      brain: new Parrot({ say: [], calls: [] }),
      model: "luna-scripted",
      config: { type: "realtime" },
      retell: () => Promise.reject(new Error("disk I/O error")),
      listener: {
        onReady: () => resolve("ready"),
        onAudio: () => undefined,
        onEvent: () => undefined,
        onGone: resolve,
      },
    });
  });
  expect(gone).toEqual(NOT_RETOLD);
});

describe("a long answer", () => {
  const long: Step = { say: ["and so on ".repeat(100).trim()], calls: [] };

  it("is cut by a cancel that comes the way of the sockets", async () => {
    let sent = false;
    const events = await answering(long, (event, engine) => {
      if (sent || event.type !== "response.output_text.delta") return;
      sent = true;
      setTimeout(() => engine.forward(JSON.stringify({ type: "response.cancel" })), 0);
    });
    const done = events.find(({ type }) => type === "response.done");
    expect(done).toMatchObject({ response: { status: "cancelled" } });
    expect(deltas(events).length).toBeLessThan(60);
  });

  it("lets others have their turn while it is said", async () => {
    let turns = 0;
    const others = setInterval(() => (turns += 1), 0);
    const events = await answering(long);
    clearInterval(others);
    expect(deltas(events).join("")).toBe(long.say[0]);
    expect(turns).toBeGreaterThan(5);
  });

  it("of very many words comes in pieces of several, and so do the arguments of a call", async () => {
    const say = ["a ".repeat(5_000).trim()];
    const events = await answering({ say, calls: [{ name: "note", arguments: { text: "b".repeat(50_000) } }] });
    expect(deltas(events).join("")).toBe(say[0]);
    expect(deltas(events).length).toBeLessThanOrEqual(400);
    const args = events.flatMap((event) =>
      event.type === "response.function_call_arguments.delta" ? [event.delta] : [],
    );
    expect(args.length).toBeLessThanOrEqual(400);
    expect(JSON.parse(args.join(""))).toEqual({ text: "b".repeat(50_000) });
  });
});
