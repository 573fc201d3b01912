/**
 * A GA Realtime server without sockets: client events in by `receive`, server events out by `emit`, in the documented order.
 *
 * Without a voice and a pace everything a response says is emitted before `receive` returns. What a client sends from within
 * `emit` is taken up between two pieces of the response, so that a cancel cuts it there; nothing recurses.
 */
import { fromBase64 } from "../../audio/base64.ts";
import type {
  ClientEvent,
  Item,
  ItemCreate,
  ItemTruncate,
  NewItem,
  ServerEvent,
  Session,
  SessionUpdate,
} from "../../realtime/events.ts";
import { checkClientEvent, parseClientEvent } from "../../realtime/parse.ts";
import type { Brain } from "./brain.ts";
import { Conversation } from "./conversation.ts";
import { bytesPerMs } from "./formats.ts";
import { Hearing } from "./hearing.ts";
import type { Ears } from "./input-audio.ts";
import { joined, notBase64, notSound } from "./input-buffer.ts";
import { refuseMcp } from "./mcp.ts";
import type { BareEvent, Voice } from "./response.ts";
import { Responses } from "./responses.ts";
import { firstSession, mergeSession, type Refusal, unknownVoice } from "./session-merge.ts";
import { WithoutWords } from "./without-words.ts";

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
  /** Does something after `ms`, unless the function it answers with is called before. The clock of the machine unless told. */
  later?: Later;
}

export type Later = (ms: number, work: () => void) => () => void;

export class ScriptedServer {
  #parts: ServerParts;
  #session: Session;
  #conversation: Conversation;
  #hearing: Hearing;
  #responses: Responses;
  #brain: Brain;
  #inbox: (() => void)[] = [];
  #busy = false;
  #closed = false;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#brain = new WithoutWords(parts.brain);
    this.#session = firstSession(parts.id("sess"), parts.model, parts.now());
    this.#conversation = new Conversation(parts.id("conv"));
    this.#hearing = this.#hear(parts);
    this.#responses = this.#answer(parts);
    this.#emit({ type: "session.created", session: structuredClone(this.#session) });
  }

  /** One client event, as text or parsed. Bad ones get an `error` event; this never throws. */
  receive(event: unknown): void {
    if (this.#closed) return;
    this.#enter(() => this.#take(event));
  }

  /** Sound of the caller in the session's input format: an `input_audio_buffer.append` without its base64. */
  hear(bytes: Uint8Array): void {
    if (this.#closed) return;
    this.#enter(() => this.#hearing.append(bytes));
  }

  /** Stops whatever is running and says no more. */
  close(): void {
    this.#closed = true;
    this.#hearing.close();
    this.#responses.close();
  }

  #hear({ ears, id, later = onTheClock }: ServerParts): Hearing {
    return new Hearing(ears, {
      emit: (event) => this.#emit(event),
      refuse: (refusal, event_id) => this.#refuse(refusal, event_id),
      enter: (work) => this.#enter(work),
      id,
      later,
      conversation: this.#conversation,
      input: () => this.#session.audio?.input,
      heard: (item, sound) => this.#brain.hear(item, sound),
      interrupt: () => this.#responses.interrupt(),
      turnEnded: (silent) => this.#responses.turnEnded(silent),
    });
  }

  #answer({ id, now, voice, pace }: ServerParts): Responses {
    return new Responses({
      emit: (event) => this.#emit(event),
      refuse: (refusal, event_id) => this.#refuse(refusal, event_id),
      id,
      now,
      session: () => this.#session,
      conversation: this.#conversation,
      brain: this.#brain,
      voice,
      pace,
      enter: (work) => this.#enter(work),
      heardNext: () => this.#heardNext(),
      complete: (item) => this.#complete(item),
      understood: () => this.#hearing.understood(),
      answering: () => this.#hearing.answering(),
      answered: (audio_ms) => this.#hearing.answered(audio_ms),
    });
  }

  #take(event: unknown): void {
    const binary = event instanceof ArrayBuffer || ArrayBuffer.isView(event);
    const parsed = binary
      ? parseClientEvent(new ArrayBuffer(0))
      : typeof event === "string"
        ? parseClientEvent(event)
        : checkClientEvent(event);
    if (!parsed.ok) return this.#emit({ type: "error", error: parsed.error });
    try {
      this.#handle(parsed.event);
    } catch (thrown) {
      const message = `The event could not be handled: ${(thrown as Error).name}.`;
      const event_id = parsed.event.event_id ?? null;
      this.#emit({
        type: "error",
        error: { type: "server_error", code: "internal_error", message, param: null, event_id },
      });
    }
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
        return this.#responses.create(event);
      case "response.cancel":
        return this.#responses.cancel(event.response_id, event.event_id);
      case "input_audio_buffer.append":
        return this.#append(event.audio, event.event_id);
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
      const message = "Passing a transcription session update event to a realtime session is not allowed.";
      return this.#refuse({ code: "invalid_parameter", message, param: "session.type" }, event.event_id);
    }
    const unknown = unknownVoice(event.session.audio?.output?.voice);
    if (unknown) return this.#refuse(unknown, event.event_id);
    const before = this.#session;
    const merged = mergeSession(before, event.session, this.#conversation.hasAssistantAudio());
    if (!merged.ok) return this.#refuse(merged.refusal, event.event_id);
    // Before it is in force: what cannot be copied cannot be told either.
    const shown = structuredClone(merged.session);
    this.#session = merged.session;
    this.#hearing.tune();
    this.#emit({ type: "session.updated", session: shown });
    refuseMcp(before.tools, merged.session.tools, this.#parts.id, (bare) => this.#emit(bare));
  }

  #append(audio: string, event_id: string | undefined): void {
    const bytes = fromBase64(audio);
    if (bytes) return this.#hearing.append(bytes);
    this.#refuse(notBase64("audio"), event_id);
  }

  #createItem(event: ItemCreate): void {
    const refusal = this.#conversation.refuses(event.item, event.previous_item_id) ?? notSound(event.item, "item");
    if (refusal) return this.#refuse(refusal, event.event_id);
    this.#placeItem(this.#complete(event.item), event.previous_item_id);
  }

  #complete(item: NewItem): Item {
    const id = item.id ?? this.#parts.id("item");
    const call_id = item.type === "function_call" ? { call_id: item.call_id ?? this.#parts.id("call") } : {};
    return { ...item, ...call_id, id, status: "completed" } as Item;
  }

  #placeItem(given: Item, previous?: string | null): void {
    const { item, sound } = apart(given);
    const previous_item_id = this.#conversation.add(item, previous);
    const ms = sound.length / bytesPerMs(this.#session.audio?.input?.format);
    this.#conversation.addAudio(item.id, ms, sound);
    this.#emit({ type: "conversation.item.added", previous_item_id, item });
    this.#emit({ type: "conversation.item.done", previous_item_id, item });
    this.#brain.hear(item, sound.length > 0 ? { ms } : undefined);
  }

  #retrieveItem(item_id: string, event_id: string | undefined): void {
    const item = this.#conversation.whole(item_id);
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
      while (this.#heardNext());
    } finally {
      this.#busy = false;
    }
  }

  #heardNext(): boolean {
    const next = this.#inbox.shift();
    next?.();
    return next !== undefined;
  }
}

/** An item and the sound a client put into it: events name the item without, `conversation.item.retrieved` with it. */
function apart(item: Item): { item: Item; sound: Uint8Array } {
  if (item.type !== "message" || item.role !== "user") return { item, sound: new Uint8Array(0) };
  const sounds: Uint8Array[] = [];
  const content = item.content.map((part) => {
    if (part.type !== "input_audio") return part;
    const bytes = part.audio ? fromBase64(part.audio) : undefined;
    if (bytes) sounds.push(bytes);
    return { type: part.type, transcript: part.transcript ?? null };
  });
  return { item: { ...item, content }, sound: joined(sounds) };
}

function unknownItem(action: "retrieve" | "delete", id: string): Refusal {
  return {
    code: `item_${action}_invalid_item_id`,
    message: `Error ${action === "delete" ? "deleting" : "retrieving"} item: the item with id '${id}' does not exist.`,
    param: "item_id",
  };
}

const onTheClock: Later = (ms, work) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};
