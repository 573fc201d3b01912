/** A scripted server on a bench: what it emits is kept, and its brain says what the test tells it to. */
import type { Brain, Step } from "../../../src/engines/scripted/brain.ts";
import { ScriptedServer, type ServerParts } from "../../../src/engines/scripted/server.ts";
import type { Item, ServerEvent } from "../../../src/realtime/events.ts";

export const NOW = Date.parse("2026-11-21T15:00:00Z");

/** A brain that says what the test tells it to. */
export class Parrot implements Brain {
  heard: Item[] = [];
  steps: Step[];
  constructor(...steps: Step[]) {
    this.steps = steps;
  }
  hear(item: Item): void {
    this.heard.push(item);
  }
  answer(): Step {
    return this.steps.shift() ?? { say: ["Yes."], calls: [] };
  }
}

export function serve(brain: Brain, more: Partial<ServerParts> = {}) {
  const events: ServerEvent[] = [];
  let ids = 0;
  const server = new ScriptedServer({
    emit: (event) => events.push(event),
    brain,
    id: (prefix) => `${prefix}_${++ids}`,
    now: () => NOW,
    model: "luna-scripted",
    ...more,
  });
  const types = () => events.map((event) => event.type);
  const errors = () => events.flatMap((event) => (event.type === "error" ? [event.error] : []));
  const done = () => events.flatMap((event) => (event.type === "response.done" ? [event.response] : []));
  return { server, events, types, errors, done };
}

export const text = { type: "session.update", session: { type: "realtime", output_modalities: ["text"] } };
export const hello = {
  type: "conversation.item.create",
  item: { id: "item_hello", type: "message", role: "user", content: [{ type: "input_text", text: "Hello" }] },
};
export const create = { type: "response.create" };
