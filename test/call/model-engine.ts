/**
 * A Realtime server as the rules of a call see it: a queue of client events going in, a queue of server events coming out,
 * one response at a time, and strict about what real servers are strict about. Every fault it finds is kept in `faults`.
 */
import type { AudioDelta } from "../../src/realtime/audio-delta.ts";
import type { ClientEvent, Item, ServerEvent } from "../../src/realtime/events.ts";
import { call, delta, message, server } from "./events.ts";

/** What one response is going to be: messages and calls, in `output_index` order; two messages overlap in time. */
export type Plan = ("message" | "call")[];
export type Out = { event: ServerEvent } | { audio: AudioDelta; ms: number };

interface Running {
  id: string;
  /** What is still to come, one at a time. */
  rest: (() => Out)[];
  items: Item[];
}

const WORDS = ["One", " moment,", " please.", " Your", " card", " is", " blocked."];
const DELTA_MS = 230.5;

export class ModelEngine {
  readonly text: boolean;
  readonly detects: boolean;
  incoming: ClientEvent[] = [];
  outgoing: Out[] = [];
  running: Running | null = null;
  /** Ms of audio made of each item. */
  readonly audio = new Map<string, number>();
  readonly order: string[] = [];
  /** Created by a client: without audio. */
  readonly restored = new Set<string>();
  readonly outputs: string[] = [];
  readonly calls: string[] = [];
  readonly faults: string[] = [];
  readonly #plans: Plan[];
  #count = 0;
  #prefix: string;
  speaking: string | null = null;

  /** @param detects the server has voice activity detection and answers speech by itself. */
  constructor(plans: Plan[], options: { text: boolean; detects: boolean; prefix?: string }) {
    this.#plans = [...plans];
    this.text = options.text;
    this.detects = options.detects;
    this.#prefix = options.prefix ?? "a";
  }

  get busy(): boolean {
    return this.incoming.length > 0 || this.running !== null;
  }

  /** Takes the next client event in, or makes the next piece of the running response. */
  work(): void {
    const next = this.incoming.shift();
    if (next !== undefined) this.#take(next);
    else this.#produce();
  }

  #id(kind: string): string {
    this.#count += 1;
    return `${this.#prefix}_${kind}_${this.#count}`;
  }

  #emit(event: ServerEvent): void {
    this.outgoing.push({ event });
  }

  #add(item: Item): void {
    const previous = this.order.at(-1) ?? null;
    this.order.push(item.id);
    this.#emit(server.itemAdded(item, previous));
  }

  #take(event: ClientEvent): void {
    switch (event.type) {
      case "response.create":
        if (this.running) this.#emit(server.error("conversation_already_has_active_response", event.event_id));
        else this.#respond();
        break;
      case "response.cancel":
        if (this.running && (event.response_id ?? this.running.id) === this.running.id)
          this.#cancel("client_cancelled");
        else this.#emit(server.error("response_cancel_not_active", event.event_id));
        break;
      case "conversation.item.create":
        this.#create(event.item as Item);
        break;
      case "conversation.item.truncate":
        this.#truncate(event.item_id, event.audio_end_ms);
        break;
      case "conversation.item.delete":
        if (!this.order.includes(event.item_id)) this.faults.push(`delete of unknown ${event.item_id}`);
        if (this.running?.items.some((item) => item.id === event.item_id)) this.faults.push("delete of a running item");
        break;
      default:
        this.faults.push(`unexpected ${event.type}`);
    }
  }

  #create(item: Item): void {
    if (this.order.includes(item.id)) this.faults.push(`item ${item.id} created twice`);
    if (item.type === "function_call_output") {
      if (!this.calls.includes(item.call_id)) this.faults.push(`output for unknown call ${item.call_id}`);
      if (this.outputs.includes(item.call_id)) this.faults.push(`second output for ${item.call_id}`);
      this.outputs.push(item.call_id);
    }
    if (item.type === "function_call") this.calls.push(item.call_id);
    this.restored.add(item.id);
    this.#add(item);
  }

  #truncate(item_id: string, end: number): void {
    const ms = this.audio.get(item_id);
    if (ms === undefined || this.restored.has(item_id)) this.faults.push(`truncate of ${item_id}, which has no audio`);
    else if (end > ms) this.faults.push(`truncate of ${item_id} at ${end} of ${ms}`);
    if (!Number.isInteger(end)) this.faults.push(`truncate at ${end}`);
  }

  #respond(): void {
    const plan = this.#plans.shift() ?? ["message"];
    const id = this.#id("resp");
    this.running = { id, rest: [], items: [] };
    this.#emit(server.created(id));
    const tracks = plan.map((kind, index) => (kind === "call" ? this.#call(id, index) : this.#message(id, index)));
    // Items begin in order; then their pieces alternate, so that they overlap.
    const rest: (() => Out)[] = tracks.flatMap((track) => track.splice(0, 1));
    while (tracks.some((track) => track.length > 0)) rest.push(...tracks.flatMap((track) => track.splice(0, 1)));
    this.running.rest = rest;
  }

  #message(response_id: string, index: number): (() => Out)[] {
    const item = message(this.#id("item"));
    const begin = (): Out => {
      this.running?.items.push(item);
      const added = server.itemAdded(item, this.order.at(-1) ?? null);
      this.order.push(item.id);
      this.outgoing.push({ event: server.outputAdded(response_id, item, index) });
      return { event: added };
    };
    const words = WORDS.slice(0, 3 + (index % 4));
    const pieces = words.flatMap((word) => this.#piece(response_id, item.id, word, index));
    const whole = words.join("");
    const end: (() => Out)[] = this.text
      ? [() => ({ event: server.textDone(response_id, item.id, whole, index) })]
      : [
          () => ({ event: server.audioDone(response_id, item.id, index) }),
          () => ({ event: server.transcriptDone(response_id, item.id, whole, index) }),
        ];
    return [
      begin,
      ...pieces,
      ...end,
      () => ({ event: server.outputDone(response_id, { ...item, status: "completed" } as Item, index) }),
    ];
  }

  #piece(response_id: string, item_id: string, word: string, index: number): (() => Out)[] {
    if (this.text) return [() => ({ event: server.text(response_id, item_id, word, index) })];
    return [
      () => ({ event: server.transcript(response_id, item_id, word, index) }),
      () => {
        this.audio.set(item_id, (this.audio.get(item_id) ?? 0) + DELTA_MS);
        return { audio: delta(response_id, item_id, index), ms: DELTA_MS };
      },
    ];
  }

  #call(response_id: string, index: number): (() => Out)[] {
    const item = call(this.#id("call"));
    return [
      () => {
        this.order.push(item.id);
        return { event: server.outputAdded(response_id, item, index) };
      },
      () => {
        if (item.type === "function_call") this.calls.push(item.call_id);
        return { event: server.outputDone(response_id, item, index) };
      },
      // Some servers say it twice.
      () => ({ event: server.outputDone(response_id, item, index) }),
    ];
  }

  #produce(): void {
    const { running } = this;
    if (running === null) return;
    const next = running.rest.shift();
    if (next !== undefined) {
      this.outgoing.push(next());
      return;
    }
    this.running = null;
    this.#emit(server.done(running.id, "completed"));
  }

  #cancel(reason: "turn_detected" | "client_cancelled"): void {
    const { running } = this;
    if (running === null) return;
    this.running = null;
    for (const item of running.items)
      this.#emit(server.outputDone(running.id, { ...item, status: "incomplete" } as Item));
    this.#emit(server.done(running.id, "cancelled", { type: "cancelled", reason }));
  }

  /** The caller speaks, as the server hears it. */
  callerStarts(): void {
    if (!this.detects || this.speaking !== null) return;
    this.speaking = this.#id("user");
    this.#emit(server.speechStarted(this.speaking));
    this.#cancel("turn_detected");
  }

  callerStops(): void {
    const id = this.speaking;
    if (id === null) return;
    this.speaking = null;
    this.#emit(server.speechStopped(id));
    this.#emit(server.committed(id, this.order.at(-1) ?? null));
    this.#add(message(id, "user"));
    this.outgoing.push({ event: server.heard(id, "What is my balance?") });
    if (this.running === null) this.#respond();
  }
}
