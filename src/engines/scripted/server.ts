/**
 * A GA Realtime server without sockets: client events in by `receive`, server events out by `emit`, in the documented order.
 *
 * Without a voice and a pace everything a response says is emitted before `receive` returns. What a client sends from within
 * `emit` is taken up between two pieces of the response, so that a cancel cuts it there; nothing recurses.
 */
import type {
  ClientEvent,
  Item,
  ItemCreate,
  ItemTruncate,
  NewItem,
  OutputModality,
  ResponseCreate,
  ResponseOverrides,
  ServerEvent,
  Session,
  SessionUpdate,
} from "../../realtime/events.ts";
import { parseClientEvent } from "../../realtime/parse.ts";
import type { Brain, Step } from "./brain.ts";
import { Conversation } from "./conversation.ts";
import { Hearing } from "./hearing.ts";
import type { Ears } from "./input-audio.ts";
import { type BareEvent, Response, type Voice } from "./response.ts";
import { firstSession, functionNames, mergeSession, modalityOf, type Refusal } from "./session-merge.ts";
import { inputTokens, rateLimits, type Spoken, usageOf } from "./usage.ts";

export interface ServerParts {
  emit(event: ServerEvent): void;
  brain: Brain;
  /** A new id: `item_...`, `resp_...`, `event_...`, `call_...`, `sess_...`, `conv_...`. */
  id(prefix: string): string;
  /** Unix ms. */
  now(): number;
  model: string;
  /** Speaks in audio sessions; without it they get transcripts and no sound. */
  voice?: Voice;
  /** Understands the caller's audio; without it a spoken turn fails to be transcribed. */
  ears?: Ears;
  /** Awaited between two pieces of a response: real time, seeded delays, a stall. */
  pace?: () => Promise<void> | undefined;
}

interface Running {
  response: Response;
  work: Generator<Promise<unknown> | undefined, void, unknown>;
}

export class ScriptedServer {
  #parts: ServerParts;
  #session: Session;
  #conversation: Conversation;
  #hearing: Hearing;
  #running: Running | null = null;
  /** A turn ended while a response was running: answer it next. */
  #owed = false;
  #inbox: (() => void)[] = [];
  #busy = false;
  /** Input tokens of the last response: what the next one finds cached. */
  #cached = 0;
  #closed = false;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#session = firstSession(parts.id("sess"), parts.model, parts.now());
    this.#conversation = new Conversation(parts.id("conv"));
    this.#hearing = new Hearing(parts.ears, {
      emit: (event) => this.#emit(event),
      refuse: (refusal, event_id) => this.#refuse(refusal, event_id),
      enter: (work) => this.#enter(work),
      id: parts.id,
      conversation: this.#conversation,
      input: () => this.#session.audio?.input,
      heard: (item) => parts.brain.hear(item),
      interrupt: () => this.#interrupt(),
      turnEnded: () => this.#turnEnded(),
    });
    this.#emit({ type: "session.created", session: structuredClone(this.#session) });
  }

  /** One client event, as text or parsed. Bad ones get an `error` event; this never throws. */
  receive(event: unknown): void {
    if (this.#closed) return;
    this.#enter(() => this.#take(event));
  }

  /** Stops whatever is running and says no more. */
  close(): void {
    this.#closed = true;
    this.#running?.response.cancel("client_cancelled");
    this.#running = null;
  }

  #take(event: unknown): void {
    const text = typeof event === "string" || event instanceof ArrayBuffer ? event : JSON.stringify(event);
    const parsed = parseClientEvent(text ?? "");
    if (!parsed.ok) {
      this.#emit({ type: "error", error: parsed.error });
      return;
    }
    this.#handle(parsed.event);
  }

  #handle(event: ClientEvent): void {
    switch (event.type) {
      case "session.update":
        return this.#updateSession(event);
      case "conversation.item.create":
        return this.#createItem(event);
      case "conversation.item.retrieve":
        return this.#retrieveItem(event.item_id, event.event_id);
      case "conversation.item.delete":
        return this.#deleteItem(event.item_id, event.event_id);
      case "conversation.item.truncate":
        return this.#truncateItem(event);
      case "response.create":
        return this.#createResponse(event);
      case "response.cancel":
        return this.#cancelResponse(event.response_id, event.event_id);
      case "input_audio_buffer.append":
        return this.#hearing.append(event.audio, event.event_id);
      case "input_audio_buffer.commit":
        return this.#hearing.commitByClient(event.event_id);
      case "input_audio_buffer.clear":
        return this.#hearing.clear();
      case "output_audio_buffer.clear":
        return this.#refuse(
          {
            code: "invalid_event",
            message: "'output_audio_buffer.clear' works over WebRTC and SIP only.",
            param: "type",
          },
          event.event_id,
        );
    }
  }

  #updateSession(event: SessionUpdate): void {
    if (event.session.type !== "realtime") {
      const message = "Passing a transcription session update to a realtime session is not allowed.";
      return this.#refuse({ code: "invalid_value", message, param: "session.type" }, event.event_id);
    }
    const merged = mergeSession(this.#session, event.session, this.#conversation.hasAssistantAudio());
    if (!merged.ok) return this.#refuse(merged.refusal, event.event_id);
    this.#session = merged.session;
    this.#emit({ type: "session.updated", session: structuredClone(merged.session) });
  }

  #createItem(event: ItemCreate): void {
    const refusal = this.#conversation.refuses(event.item, event.previous_item_id);
    if (refusal) return this.#refuse(refusal, event.event_id);
    this.#placeItem(this.#complete(event.item), event.previous_item_id);
  }

  #complete(item: NewItem): Item {
    const id = item.id ?? this.#parts.id("item");
    const call_id = item.type === "function_call" ? { call_id: item.call_id ?? this.#parts.id("call") } : {};
    return { ...item, ...call_id, id, status: "completed" } as Item;
  }

  #placeItem(item: Item, previous?: string | null): void {
    const previous_item_id = this.#conversation.add(item, previous);
    this.#emit({ type: "conversation.item.added", previous_item_id, item });
    this.#emit({ type: "conversation.item.done", previous_item_id, item });
    this.#parts.brain.hear(item);
  }

  #retrieveItem(item_id: string, event_id: string | undefined): void {
    const item = this.#conversation.find(item_id);
    if (!item) return this.#refuse(unknownItem("retrieve", item_id), event_id);
    this.#emit({ type: "conversation.item.retrieved", item });
  }

  #deleteItem(item_id: string, event_id: string | undefined): void {
    if (!this.#conversation.remove(item_id)) return this.#refuse(unknownItem("delete", item_id), event_id);
    this.#emit({ type: "conversation.item.deleted", item_id });
  }

  #truncateItem({ item_id, content_index, audio_end_ms, event_id }: ItemTruncate): void {
    const refusal = this.#conversation.truncate(item_id, content_index, audio_end_ms);
    if (refusal) return this.#refuse(refusal, event_id);
    this.#emit({ type: "conversation.item.truncated", item_id, content_index, audio_end_ms });
  }

  #createResponse(event: ResponseCreate): void {
    const running = this.#running?.response;
    if (running) {
      const message = `Conversation already has an active response in progress: ${running.id}. Wait until the response is finished before creating a new one.`;
      return this.#refuse({ code: "conversation_already_has_active_response", message, param: null }, event.event_id);
    }
    this.#respond(event.response ?? {});
  }

  #cancelResponse(response_id: string | undefined, event_id: string | undefined): void {
    const running = this.#running;
    if (!running || (response_id && response_id !== running.response.id)) {
      const message = "Cancellation failed: no active response found";
      return this.#refuse({ code: "response_cancel_not_active", message, param: null }, event_id);
    }
    running.response.cancel("client_cancelled");
    this.#finished(running);
  }

  #respond(overrides: ResponseOverrides): void {
    const aside = overrides.conversation === "none";
    const response = new Response(
      { emit: (event) => this.#emit(event), id: this.#parts.id, voice: this.#parts.voice },
      {
        modality: this.#modality(overrides),
        metadata: overrides.metadata ?? null,
        max_output_tokens: overrides.max_output_tokens ?? this.#session.max_output_tokens ?? "inf",
        voiceName: voiceName(overrides.audio?.output?.voice ?? this.#session.audio?.output?.voice),
        conversation: aside ? null : this.#conversation,
        ready: () => this.#hearing.understood(),
        think: () => this.#think(overrides, aside),
        learned: (item) => this.#parts.brain.hear(item),
        usage: (spoken) => this.#usage(spoken),
      },
    );
    const running = { response, work: response.work() };
    this.#running = running;
    this.#advance(running, undefined);
  }

  #think(overrides: ResponseOverrides, aside: boolean): Step {
    const choice = overrides.tool_choice ?? this.#session.tool_choice;
    const tools = choice === "none" ? [] : functionNames(overrides.tools ?? this.#session.tools);
    const today = new Date(this.#parts.now()).toISOString().slice(0, 10);
    const context = { tools, metadata: overrides.metadata ?? null, today };
    if (!aside) return this.#parts.brain.answer(context);
    const items = overrides.input ? this.#referred(overrides.input) : this.#conversation.items();
    return (
      this.#parts.brain.aside?.({ ...context, instructions: overrides.instructions, items }) ?? { say: [], calls: [] }
    );
  }

  #referred(input: NonNullable<ResponseOverrides["input"]>): Item[] {
    const items: Item[] = [];
    for (const entry of input) {
      const item = entry.type === "item_reference" ? this.#conversation.find(entry.id) : this.#complete(entry);
      if (item) items.push(item);
    }
    return items;
  }

  /** Runs a response until it is done or has to wait; hears the client between two pieces. */
  #advance(running: Running, sent: unknown): void {
    let value = sent;
    for (;;) {
      let piece: IteratorResult<Promise<unknown> | undefined, void>;
      try {
        piece = running.work.next(value);
      } catch (error) {
        return this.#failed(running, error);
      }
      if (piece.done || running.response.closed) return this.#finished(running);
      value = undefined;
      const wait = piece.value ?? this.#parts.pace?.();
      if (wait) {
        wait.then(
          (result) => this.#enter(() => this.#resume(running, piece.value ? result : undefined)),
          (error: unknown) => this.#enter(() => this.#failed(running, error)),
        );
        return;
      }
      while (this.#inbox.length > 0 && !running.response.closed) this.#inbox.shift()?.();
      if (running.response.closed) return this.#finished(running);
    }
  }

  #resume(running: Running, value: unknown): void {
    if (!running.response.closed) this.#advance(running, value);
  }

  #failed(running: Running, error: unknown): void {
    if (running.response.closed) return;
    const message = error instanceof Error ? error.message : "The response could not be made.";
    running.response.fail("server_error", message);
    this.#finished(running);
  }

  #finished(running: Running): void {
    if (this.#running !== running) return;
    this.#running = null;
    this.#emit({ type: "rate_limits.updated", rate_limits: rateLimits(this.#cached) });
    if (!this.#owed) return;
    this.#owed = false;
    this.#respond({});
  }

  #usage(spoken: Spoken): ReturnType<typeof usageOf> {
    const input = inputTokens(this.#session, this.#conversation.items(), (id) => this.#conversation.audioMs(id));
    const usage = usageOf(input, spoken, this.#cached);
    this.#cached = input.text + input.audio;
    return usage;
  }

  #interrupt(): void {
    const running = this.#running;
    if (!running) return;
    running.response.cancel("turn_detected");
    this.#finished(running);
  }

  #turnEnded(): void {
    if (this.#running) this.#owed = true;
    else this.#respond({});
  }

  #modality(overrides: ResponseOverrides): OutputModality {
    return modalityOf(overrides.output_modalities ?? this.#session.output_modalities);
  }

  #refuse(refusal: Refusal, event_id: string | undefined): void {
    this.#emit({ type: "error", error: { type: "invalid_request_error", ...refusal, event_id: event_id ?? null } });
  }

  #emit(event: BareEvent): void {
    if (!this.#closed) this.#parts.emit({ event_id: this.#parts.id("event"), ...event } as ServerEvent);
  }

  /** Does one thing after the other, whoever asks from within. */
  #enter(work: () => void): void {
    this.#inbox.push(work);
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#inbox.length > 0) this.#inbox.shift()?.();
    } finally {
      this.#busy = false;
    }
  }
}

function voiceName(voice: string | { id: string } | undefined): string | undefined {
  return typeof voice === "object" ? voice.id : voice;
}

function unknownItem(action: "retrieve" | "delete", id: string): Refusal {
  return {
    code: `item_${action}_invalid_item_id`,
    message: `Error ${action === "delete" ? "deleting" : "retrieving"} item: the item with id '${id}' does not exist.`,
    param: "item_id",
  };
}
