/** One response of a scripted server: its events in the documented order, in pieces between which it can be stopped. */
import { base64 } from "../../audio/base64.ts";
import { BYTES_PER_MS } from "../../audio/pcm.ts";
import type {
  AssistantMessage,
  AudioFormat,
  FunctionCall,
  Item,
  OutputModality,
  ResponseObject,
  ServerEvent,
  StatusDetails,
  Usage,
} from "../../realtime/events.ts";
import type { Step } from "./brain.ts";
import type { Conversation } from "./conversation.ts";
import { Encoder } from "./formats.ts";
import { OUTPUT_MS_PER_TOKEN, type Spoken, textTokens } from "./usage.ts";

/** A server event before it gets its `event_id`. */
export type Bare<T> = T extends { event_id: string } ? Omit<T, "event_id"> : never;
export type BareEvent = Bare<ServerEvent>;

/** Speaks a text: pieces of PCM16 little-endian mono 24 kHz, as fast as they come. */
export type Voice = (text: string) => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Long enough that a tool call takes more than one delta, like a model's. */
const ARGUMENT_PIECE = 12;
/** Of one sentence, or of the arguments of one call; what is longer comes in longer pieces. */
const MOST_PIECES = 400;

export interface ResponseSetup {
  modality: OutputModality;
  metadata: Record<string, string> | null;
  max_output_tokens: number | "inf";
  voiceName: string | undefined;
  /** What the audio is sent in. */
  format: AudioFormat;
  /** Null for a response outside the conversation. */
  conversation: Conversation | null;
  /** Settles when everything said before has been understood; undefined when it has been. */
  ready(): Promise<unknown> | undefined;
  think(): Step;
  /** A finished output item, for the brain. */
  learned(item: Item): void;
  usage(spoken: Spoken): Usage;
}

interface Tools {
  emit(event: BareEvent): void;
  id(prefix: string): string;
  voice: Voice | undefined;
}

interface OpenMessage {
  item: AssistantMessage;
  output_index: number;
  text: string;
}

/** Undefined: a place to stop. A promise: go on with its value. */
export type Piece = Promise<unknown> | undefined;

export class Response {
  readonly id: string;
  /** `response.done` has been sent. */
  closed = false;
  #tools: Tools;
  #setup: ResponseSetup;
  #encoder: Encoder;
  #output: Item[] = [];
  #message: OpenMessage | null = null;
  #call: { item: FunctionCall; output_index: number } | null = null;
  #sound: AsyncIterator<Uint8Array> | Iterator<Uint8Array> | null = null;
  #spoken: Spoken = { text_tokens: 0, audio_ms: 0 };

  constructor(tools: Tools, setup: ResponseSetup) {
    this.#tools = tools;
    this.#setup = setup;
    this.#encoder = new Encoder(setup.format);
    this.id = tools.id("resp");
  }

  /** Sound made so far, ms: what a listener has to wait for after the last event. */
  get audio_ms(): number {
    return this.#spoken.audio_ms;
  }

  /** Says and calls everything, stopping at every yield. */
  *work(): Generator<Piece, void, unknown> {
    this.#tools.emit({ type: "response.created", response: this.#object("in_progress", null, null) });
    yield this.#setup.ready();
    const step = this.#setup.think();
    const sentences = step.say.map((sentence) => sentence.trim()).filter((sentence) => sentence !== "");
    if (sentences.length > 0) yield* this.#say(sentences);
    for (const call of step.calls) {
      if (this.closed) return;
      yield* this.#callTool(call.name, JSON.stringify(call.arguments));
    }
    if (!this.closed) this.#done("completed", null);
  }

  /** Stops here: closes what is open, as incomplete. */
  cancel(reason: "client_cancelled" | "turn_detected"): void {
    this.#stop("cancelled", { type: "cancelled", reason });
  }

  fail(code: string, message: string): void {
    this.#stop("failed", { type: "failed", error: { type: "server_error", code, message } });
  }

  /** The limit of tokens is reached, tool calls and sound included. */
  #cut(): void {
    this.#stop("incomplete", { type: "incomplete", reason: "max_output_tokens" });
  }

  #stop(status: "cancelled" | "failed" | "incomplete", details: StatusDetails): void {
    if (this.closed) return;
    this.#hush();
    if (this.#message) this.#closeMessage("incomplete");
    if (this.#call) this.#closeCall("incomplete");
    this.#done(status, details);
  }

  *#say(sentences: string[]): Generator<Piece, void, unknown> {
    this.#openMessage();
    yield undefined;
    for (const [index, sentence] of sentences.entries()) {
      const text = index === 0 ? sentence : ` ${sentence}`;
      for (const word of inPieces(text)) {
        if (this.#outOfTokens(textTokens(word))) return this.#cut();
        this.#word(word);
        yield undefined;
      }
      if (this.#setup.modality === "audio" && this.#tools.voice) yield* this.#sing(this.#tools.voice(sentence));
      if (this.closed) return;
    }
    if (!this.closed) this.#closeMessage("completed");
    yield undefined;
  }

  *#sing(sound: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Generator<Piece, void, unknown> {
    const iterator = Symbol.asyncIterator in sound ? sound[Symbol.asyncIterator]() : sound[Symbol.iterator]();
    this.#sound = iterator;
    for (;;) {
      const next = (yield Promise.resolve(iterator.next())) as IteratorResult<Uint8Array>;
      if (next.done || this.closed) break;
      if (this.#outOfTokens(next.value.byteLength / BYTES_PER_MS / OUTPUT_MS_PER_TOKEN)) return this.#cut();
      this.#audio(next.value);
      yield undefined;
    }
    this.#sound = null;
  }

  #openMessage(): void {
    const item: AssistantMessage = {
      id: this.#tools.id("item"),
      type: "message",
      status: "in_progress",
      role: "assistant",
      content: [],
    };
    const output_index = this.#add(item);
    this.#message = { item, output_index, text: "" };
    const part = this.#audible() ? ({ type: "audio", transcript: "" } as const) : ({ type: "text", text: "" } as const);
    this.#tools.emit({ type: "response.content_part.added", ...this.#place(), part });
  }

  #word(word: string): void {
    if (!this.#message) return;
    this.#message.text += word;
    this.#spoken.text_tokens += textTokens(word);
    const type = this.#audible() ? "response.output_audio_transcript.delta" : "response.output_text.delta";
    this.#tools.emit({ type, ...this.#place(), delta: word });
  }

  #audio(pcm: Uint8Array): void {
    if (!this.#message) return;
    const ms = pcm.byteLength / BYTES_PER_MS;
    this.#spoken.audio_ms += ms;
    const bytes = this.#encoder.encode(pcm);
    this.#setup.conversation?.addAudio(this.#message.item.id, ms, bytes);
    this.#tools.emit({ type: "response.output_audio.delta", ...this.#place(), delta: base64(bytes) });
  }

  #closeMessage(status: "completed" | "incomplete"): void {
    const open = this.#message;
    if (!open) return;
    const { text } = open;
    const place = this.#place();
    if (this.#audible()) {
      this.#tools.emit({ type: "response.output_audio.done", ...place });
      this.#tools.emit({ type: "response.output_audio_transcript.done", ...place, transcript: text });
      this.#tools.emit({ type: "response.content_part.done", ...place, part: { type: "audio", transcript: text } });
    } else {
      this.#tools.emit({ type: "response.output_text.done", ...place, text });
      this.#tools.emit({ type: "response.content_part.done", ...place, part: { type: "text", text } });
    }
    const content = this.#audible()
      ? [{ type: "output_audio" as const, transcript: text }]
      : [{ type: "output_text" as const, text }];
    this.#message = null;
    this.#finish({ ...open.item, status, content }, open.output_index);
  }

  *#callTool(name: string, args: string): Generator<Piece, void, unknown> {
    const item: FunctionCall = {
      id: this.#tools.id("item"),
      type: "function_call",
      status: "in_progress",
      name,
      call_id: this.#tools.id("call"),
      arguments: "",
    };
    const output_index = this.#add(item);
    this.#call = { item, output_index };
    yield undefined;
    const at = { response_id: this.id, item_id: item.id, output_index, call_id: item.call_id };
    const length = Math.max(ARGUMENT_PIECE, Math.ceil(args.length / MOST_PIECES));
    for (let from = 0; from < args.length; from += length) {
      if (this.closed) return;
      const delta = args.slice(from, from + length);
      if (this.#outOfTokens(textTokens(delta))) return this.#cut();
      item.arguments += delta;
      this.#spoken.text_tokens += textTokens(delta);
      this.#tools.emit({ type: "response.function_call_arguments.delta", ...at, delta });
      yield undefined;
    }
    if (this.closed) return;
    this.#tools.emit({ type: "response.function_call_arguments.done", ...at, name, arguments: args });
    this.#closeCall("completed");
    yield undefined;
  }

  #closeCall(status: "completed" | "incomplete"): void {
    const open = this.#call;
    if (!open) return;
    this.#call = null;
    this.#finish({ ...open.item, status }, open.output_index);
  }

  /** Announces an output item, in the response and in the conversation; answers with its index. */
  #add(item: Item): number {
    const output_index = this.#output.push(item) - 1;
    this.#tools.emit({
      type: "response.output_item.added",
      response_id: this.id,
      output_index,
      item: structuredClone(item),
    });
    const conversation = this.#setup.conversation;
    if (conversation) {
      const previous_item_id = conversation.add(item);
      this.#tools.emit({ type: "conversation.item.added", previous_item_id, item: structuredClone(item) });
    }
    return output_index;
  }

  #finish(item: Item, output_index: number): void {
    this.#output[output_index] = item;
    const conversation = this.#setup.conversation;
    if (conversation) {
      conversation.replace(item);
      this.#tools.emit({ type: "conversation.item.done", previous_item_id: conversation.before(item.id), item });
      this.#setup.learned(item);
    }
    this.#tools.emit({ type: "response.output_item.done", response_id: this.id, output_index, item });
  }

  #done(status: "completed" | "cancelled" | "failed" | "incomplete", details: StatusDetails | null): void {
    this.closed = true;
    this.#tools.emit({
      type: "response.done",
      response: this.#object(status, details, this.#setup.usage(this.#spoken)),
    });
  }

  #object(status: ResponseObject["status"], status_details: StatusDetails | null, usage: Usage | null): ResponseObject {
    const { modality, voiceName, format, max_output_tokens, metadata, conversation } = this.#setup;
    return {
      object: "realtime.response",
      id: this.id,
      status,
      status_details,
      output: [...this.#output],
      conversation_id: conversation?.id ?? null,
      output_modalities: [modality],
      max_output_tokens,
      audio: { output: { format, voice: voiceName } },
      usage,
      metadata,
    };
  }

  #place(): { response_id: string; item_id: string; output_index: number; content_index: number } {
    const open = this.#message;
    return {
      response_id: this.id,
      item_id: open?.item.id ?? "",
      output_index: open?.output_index ?? 0,
      content_index: 0,
    };
  }

  #audible(): boolean {
    return this.#setup.modality === "audio";
  }

  #outOfTokens(more: number): boolean {
    const limit = this.#setup.max_output_tokens;
    const { text_tokens, audio_ms } = this.#spoken;
    return limit !== "inf" && text_tokens + Math.ceil(audio_ms / OUTPUT_MS_PER_TOKEN + more) > limit;
  }

  /** Lets a voice that is still making sound know that nobody listens any more. */
  #hush(): void {
    const sound = this.#sound;
    this.#sound = null;
    if (sound?.return) void Promise.resolve(sound.return()).catch(() => undefined);
  }
}

/** Word by word; of very many words several at a time. */
function inPieces(text: string): string[] {
  const words: string[] = text.match(/\s*\S+/g) ?? [];
  const together = Math.ceil(words.length / MOST_PIECES);
  if (together <= 1) return words;
  return Array.from({ length: Math.ceil(words.length / together) }, (_, at) =>
    words.slice(at * together, (at + 1) * together).join(""),
  );
}
