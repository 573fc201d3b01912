/** A model that means harm, or has lost its mind: it calls what the test tells it to, as early and as often as it likes. */
import type { Brain, Step } from "../../src/engines/scripted/brain.ts";
import type { FunctionCall, Item, ServerEvent } from "../../src/realtime/events.ts";

/** Stands for an arguments text that no honest serialiser would write. */
const RAW = "__raw_arguments";

export interface Attempt {
  name: string;
  arguments: Record<string, unknown>;
}

/** `{"amount": 1` and the like, sent as it is. */
export function raw(name: string, text: string): Attempt {
  return { name, arguments: { [RAW]: text } };
}

/** Puts raw texts in place of what stands for them, wherever an event carries arguments. */
export function withRawArguments(event: ServerEvent): ServerEvent {
  switch (event.type) {
    case "response.function_call_arguments.delta":
      return event.delta.includes("__raw") ? { ...event, delta: "" } : event;
    case "response.function_call_arguments.done":
      return { ...event, arguments: unwrapped(event.arguments) };
    case "response.output_item.done":
    case "conversation.item.done":
      return { ...event, item: mended(event.item) } as ServerEvent;
    case "response.done":
      return {
        ...event,
        response: { ...event.response, output: event.response.output.map(mended) },
      } as ServerEvent;
    default:
      return event;
  }
}

function mended(item: Item): Item {
  if (item.type !== "function_call") return item;
  const call: FunctionCall = { ...item, arguments: unwrapped(item.arguments) };
  return call;
}

function unwrapped(text: string): string {
  if (!text.includes(RAW)) return text;
  const value = (JSON.parse(text) as Record<string, unknown>)[RAW];
  return typeof value === "string" ? value : text;
}

/** One response. One with calls is followed by the next as soon as their outputs are in; one without waits for the caller. */
export interface Move {
  say?: string;
  calls?: Attempt[];
}

/** Works through its moves, one a response; then only talks. Keeps the outputs it was given. */
export class HostileBrain implements Brain {
  readonly outputs: string[] = [];
  readonly #moves: Move[];

  constructor(moves: Move[]) {
    this.#moves = [...moves];
  }

  /** All moves have been made. */
  get done(): boolean {
    return this.#moves.length === 0;
  }

  hear(item: Item): void {
    if (item.type === "function_call_output") this.outputs.push(item.output);
  }

  answer(): Step {
    const { say, calls = [] } = this.#moves.shift() ?? { say: "All done, your money is safe with me." };
    return { say: say === undefined ? [] : [say], calls };
  }
}
