/**
 * What a client sees of an agent whose tools run here: everything but these calls and their outputs. An SDK would look for the
 * tool, not find it, and say so to the model. Nearly all events go on as the text they came as.
 */
import { isJson, type Json } from "../realtime/json.ts";

export class Shown {
  readonly #own: ReadonlySet<string>;
  /** Items that are not shown, with the item that stands before them. */
  readonly #hidden = new Map<string, string | null>();

  /** @param own names of the tools that run here. */
  constructor(own: ReadonlySet<string>) {
    this.#own = own;
  }

  /** One server event as the client gets it; null where it gets none. */
  pass(text: string): string | null {
    if (this.#own.size === 0 || !this.#concerns(text)) return text;
    const event: unknown = JSON.parse(text);
    if (!isJson(event)) return text;
    if (this.#isHidden(event)) return null;
    const done = withoutCalls(event, (item) => this.#hides(item));
    return this.#replaced(event) || done ? JSON.stringify(event) : text;
  }

  /** Looked at as text first: most events are pieces of words and sound. */
  #concerns(text: string): boolean {
    if (text.includes('"function_call') || text.includes("function_call_arguments")) return true;
    if (text.includes('"luna_')) return true;
    return this.#hidden.size > 0 && text.includes("item_id");
  }

  #isHidden(event: Json): boolean {
    if (event.type === "error") return isJson(event.error) && isOurs(event.error.event_id);
    const { item, item_id } = event;
    if (typeof item_id === "string") return this.#hidden.has(item_id);
    if (!isJson(item) || !this.#hides(item)) return false;
    const { previous_item_id: before } = event;
    const { id } = item;
    if (typeof id === "string" && (!this.#hidden.has(id) || typeof before === "string")) {
      this.#hidden.set(id, typeof before === "string" ? before : null);
    }
    return true;
  }

  /** A call of a tool that runs here, or an output that was given here. */
  #hides(item: Json): boolean {
    if (item.type === "function_call") return typeof item.name === "string" && this.#own.has(item.name);
    // What feels for the end of the conversation is a system message.
    return (item.type === "function_call_output" || item.role === "system") && isOurs(item.id);
  }

  /** An item that stands behind a hidden one stands, for the client, behind the one before that. */
  #replaced(event: Json): boolean {
    let before = event.previous_item_id;
    if (typeof before !== "string" || !this.#hidden.has(before)) return false;
    for (let steps = this.#hidden.size; steps > 0 && typeof before === "string"; steps--) {
      if (!this.#hidden.has(before)) break;
      before = this.#hidden.get(before) ?? null;
    }
    // Null would say: before everything else.
    if (typeof before === "string") event.previous_item_id = before;
    else delete event.previous_item_id;
    return true;
  }
}

function isOurs(id: unknown): boolean {
  return typeof id === "string" && id.startsWith("luna_");
}

/** Takes the hidden calls out of a finished response. True when there were any. */
function withoutCalls(event: Json, hides: (item: Json) => boolean): boolean {
  const { response } = event;
  if (!isJson(response) || !Array.isArray(response.output)) return false;
  const kept = response.output.filter((item: unknown) => !isJson(item) || !hides(item));
  if (kept.length === response.output.length) return false;
  response.output = kept;
  return true;
}
