/**
 * The responses of a scripted server: one at a time for the conversation, others beside it (`conversation: "none"`), each
 * going on piece by piece, with the client heard in between.
 */
import type { Item, NewItem, ResponseCreate, ResponseOverrides, Session } from "../../realtime/events.ts";
import type { Brain, Step } from "./brain.ts";
import type { Conversation } from "./conversation.ts";
import { notSound } from "./input-buffer.ts";
import { type BareEvent, Response, type Voice } from "./response.ts";
import {
  formatOf,
  functionsOf,
  modalityOf,
  type Refusal,
  unknownTool,
  unknownVoice,
  voiceName,
} from "./session-merge.ts";
import { honour, lastWords } from "./tool-choice.ts";
import { inputTokens, type Read, rateLimits, type Spoken, usageOf } from "./usage.ts";

/** Responses outside the conversation that may run at once. */
const MOST_ASIDES = 8;
const NOTHING_READ: Read = { text: 0, audio: 0, image: 0 };

/** What responses need of the server they belong to. */
export interface Surroundings {
  emit(event: BareEvent): void;
  refuse(refusal: Refusal, event_id: string | undefined): void;
  id(prefix: string): string;
  /** Unix ms. */
  now(): number;
  session(): Session;
  conversation: Conversation;
  brain: Brain;
  voice: Voice | undefined;
  pace: (() => Promise<void> | undefined) | undefined;
  /** Runs work in turn with everything else the server does. */
  enter(work: () => void): void;
  /** Does the next thing a client has sent meanwhile; false when there is none. */
  heardNext(): boolean;
  /** An item as a client sends it, made whole. */
  complete(item: NewItem): Item;
  /** Settles when every turn so far has its words. */
  understood(): Promise<unknown> | undefined;
  answering(): void;
  /** The conversation's response is over; its sound plays for `audio_ms`, at most. */
  answered(audio_ms: number): void;
}

interface Running {
  response: Response;
  work: Generator<Promise<unknown> | undefined, void, unknown>;
  aside: boolean;
}

export class Responses {
  #around: Surroundings;
  /** The one that writes into the conversation. */
  #main: Running | null = null;
  #asides = new Set<Running>();
  /** A turn ended while a response was running: answer it next. */
  #owed = false;
  /** Responses being advanced, one inside the other. */
  #depth = 0;
  /** What the last response read: the next one finds it cached. */
  #cached = NOTHING_READ;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  create({ response: overrides = {}, event_id }: ResponseCreate): void {
    const refusal = this.#refuses(overrides);
    if (refusal) this.#around.refuse(refusal, event_id);
    else this.#respond(overrides);
  }

  /** Without an id: the conversation's. */
  cancel(response_id: string | undefined, event_id: string | undefined): void {
    const all = [...(this.#main ? [this.#main] : []), ...this.#asides];
    const running = response_id ? all.find(({ response }) => response.id === response_id) : this.#main;
    if (!running) {
      const message = "Cancellation failed: no active response found";
      return this.#around.refuse({ code: "response_cancel_not_active", message, param: null }, event_id);
    }
    running.response.cancel("client_cancelled");
    this.#finished(running);
  }

  /** The caller speaks into an answer that may be interrupted. */
  interrupt(): void {
    const running = this.#main;
    if (!running) return;
    running.response.cancel("turn_detected");
    this.#finished(running);
  }

  /** A turn of the caller is to be answered; `silent`: there was none, and that is what is to be answered. */
  turnEnded(silent: boolean): void {
    if (this.#main) this.#owed = true;
    else this.#respond({}, silent);
  }

  close(): void {
    for (const running of [this.#main, ...this.#asides]) running?.response.cancel("client_cancelled");
    this.#main = null;
    this.#asides.clear();
  }

  #refuses(overrides: ResponseOverrides): Refusal | null {
    const { conversation, session } = this.#around;
    const aside = overrides.conversation === "none";
    const running = this.#main?.response;
    if (running && !aside) {
      const message = `Conversation already has an active response in progress: ${running.id}. Wait until the response is finished before creating a new one.`;
      return { code: "conversation_already_has_active_response", message, param: null };
    }
    if (this.#asides.size >= MOST_ASIDES) {
      const message = `More than ${MOST_ASIDES} responses outside the conversation at once. Wait until one of them is finished.`;
      return { code: "rate_limit_exceeded", message, param: null };
    }
    const voice = overrides.audio?.output?.voice;
    if (
      !aside &&
      voice &&
      voiceName(voice) !== voiceName(session().audio?.output?.voice) &&
      conversation.hasAssistantAudio()
    ) {
      const message = "Cannot update a conversation's voice if assistant audio is present.";
      return { code: "cannot_update_voice", message, param: "response.audio.output.voice" };
    }
    return (
      unknownVoice(voice, "response") ??
      unknownTool(overrides.tool_choice, overrides.tools ?? session().tools, "response") ??
      this.#strange(overrides)
    );
  }

  /** A reference to an item that is not there, or an item whose sound is none. */
  #strange({ input = [] }: ResponseOverrides): Refusal | null {
    for (const [index, entry] of input.entries()) {
      const unread = entry.type === "item_reference" ? null : notSound(entry, `response.input[${index}]`);
      if (unread) return unread;
      if (entry.type !== "item_reference" || this.#around.conversation.find(entry.id)) continue;
      const message = `Error creating response: the item with id '${entry.id}' does not exist.`;
      return { code: "item_reference_not_found", message, param: `response.input[${index}].id` };
    }
    return null;
  }

  #respond(overrides: ResponseOverrides, silent = false): void {
    const { emit, id, voice, session, conversation, brain } = this.#around;
    const now = session();
    const aside = overrides.conversation === "none";
    const items = overrides.input?.map((entry) => this.#given(entry)).filter((item) => item !== undefined);
    let read = NOTHING_READ;
    const response = new Response(
      { emit, id, voice },
      {
        modality: modalityOf(overrides.output_modalities ?? now.output_modalities),
        metadata: overrides.metadata ?? null,
        max_output_tokens: overrides.max_output_tokens ?? now.max_output_tokens ?? "inf",
        voiceName: voiceName(overrides.audio?.output?.voice ?? now.audio?.output?.voice),
        format: formatOf(overrides.audio?.output?.format ?? now.audio?.output?.format),
        conversation: aside ? null : conversation,
        ready: () => this.#around.understood(),
        think: () => {
          read = this.#read(overrides, items);
          return this.#think(overrides, items, silent);
        },
        learned: (item) => brain.hear(item),
        usage: (spoken) => this.#usage(read, spoken),
      },
    );
    const running = { response, work: response.work(), aside };
    if (aside) this.#asides.add(running);
    else {
      this.#main = running;
      this.#around.answering();
    }
    this.#advance(running, undefined);
  }

  #given(entry: NonNullable<ResponseOverrides["input"]>[number]): Item | undefined {
    return entry.type === "item_reference" ? this.#around.conversation.find(entry.id) : this.#around.complete(entry);
  }

  #think(overrides: ResponseOverrides, given: Item[] | undefined, silent: boolean): Step {
    const { brain, conversation, now } = this.#around;
    const session = this.#around.session();
    const choice = overrides.tool_choice ?? session.tool_choice ?? "auto";
    const functions = choice === "none" ? [] : functionsOf(overrides.tools ?? session.tools);
    const context = {
      tools: functions.map((tool) => tool.name),
      offered: functionsOf(session.tools).map((tool) => tool.name),
      functions,
      choice,
      instructions: overrides.instructions,
      items: given,
      metadata: silent ? { luna: "silence" } : (overrides.metadata ?? null),
      today: new Date(now()).toISOString().slice(0, 10),
    };
    const items = given ?? conversation.items();
    const step =
      overrides.conversation === "none"
        ? (brain.aside?.({ ...context, items }) ?? { say: [], calls: [] })
        : brain.answer(context);
    const parallel = overrides.parallel_tool_calls ?? session.parallel_tool_calls;
    return honour(step, context, lastWords(items), parallel !== false);
  }

  /** Runs a response until it is done or has to wait; hears the client between two pieces. */
  #advance(running: Running, sent: unknown): void {
    this.#depth += 1;
    try {
      this.#walk(running, sent);
    } finally {
      this.#depth -= 1;
    }
  }

  #walk(running: Running, sent: unknown): void {
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
      const wait = piece.value ?? this.#around.pace?.();
      if (wait) return this.#await(running, wait, piece.value !== undefined);
      // Only the outermost listens: a response that starts inside another one would otherwise nest without end.
      while (this.#depth === 1 && !running.response.closed && this.#around.heardNext());
      if (running.response.closed) return this.#finished(running);
    }
  }

  /** `passes`: what the promise gives belongs to the response. */
  #await(running: Running, wait: Promise<unknown>, passes: boolean): void {
    wait.then(
      (result) => this.#around.enter(() => this.#resume(running, passes ? result : undefined)),
      (error: unknown) => this.#around.enter(() => this.#failed(running, error)),
    );
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
    if (running !== this.#main && !this.#asides.has(running)) return;
    if (running.aside) this.#asides.delete(running);
    else this.#main = null;
    const { text, audio, image } = this.#cached;
    this.#around.emit({ type: "rate_limits.updated", rate_limits: rateLimits(text + audio + image) });
    if (running.aside) return;
    if (!this.#owed) return this.#around.answered(running.response.audio_ms);
    this.#owed = false;
    this.#respond({});
  }

  /** Tokens of what this response has before it. */
  #read(overrides: ResponseOverrides, given: Item[] | undefined): Read {
    const { conversation } = this.#around;
    const { instructions, tools } = { ...this.#around.session(), ...overrides };
    return inputTokens({ instructions, tools }, given ?? conversation.items(), (id) => conversation.audioMs(id));
  }

  /** One that was stopped before it began has read nothing. */
  #usage(read: Read, spoken: Spoken): ReturnType<typeof usageOf> {
    const usage = usageOf(read, spoken, this.#cached);
    if (read !== NOTHING_READ) this.#cached = read;
    return usage;
  }
}
