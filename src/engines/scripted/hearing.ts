/**
 * The spoken side of a scripted server: the input audio buffer, turn detection, and the words of a turn, which come later
 * than the turn itself. Ears are plugged in from outside: a voice activity detector and a recogniser, or nothing.
 */
import type { InputAudioConfig, Item, UserMessage } from "../../realtime/events.ts";
import type { Sound } from "./brain.ts";
import type { Conversation } from "./conversation.ts";
import { bytesPerMs, Decoder } from "./formats.ts";
import { type Ears, NotUnderstood } from "./input-audio.ts";
import { InputBuffer } from "./input-buffer.ts";
import type { BareEvent } from "./response.ts";
import type { Later } from "./server.ts";
import type { Refusal } from "./session-merge.ts";

/** A provider refuses to commit less than this. */
const LEAST_COMMIT_MS = 100;

/** What hearing needs of the server it belongs to. */
export interface Surroundings {
  emit(event: BareEvent): void;
  refuse(refusal: Refusal, event_id: string | undefined): void;
  /** Runs work in turn with everything else the server does. */
  enter(work: () => void): void;
  id(prefix: string): string;
  later: Later;
  conversation: Conversation;
  input(): InputAudioConfig | undefined;
  /** A turn with its words; `sound` where they could not be told. */
  heard(item: Item, sound?: Sound): void;
  /** The caller speaks into an answer that may be interrupted. */
  interrupt(): void;
  /** A turn is over and is to be answered; `silent`: it was a silence that took too long. */
  turnEnded(silent: boolean): void;
}

export class Hearing {
  #ears: Ears | undefined;
  #around: Surroundings;
  #buffer = new InputBuffer();
  #decoder = new Decoder(undefined);
  #format: string | undefined = "audio/pcm";
  /** The turn being spoken: the id its item will have, and where its sound begins. */
  #announced: { id: string; start_ms: number } | null = null;
  /** Turns whose words are not known yet. */
  #listening = new Set<Promise<void>>();
  /** Takes back the clock that asks whether anybody is still there. */
  #stopIdle: (() => void) | null = null;

  constructor(ears: Ears | undefined, around: Surroundings) {
    this.#ears = ears;
    this.#around = around;
    ears?.open({
      started: (ms) => around.enter(() => this.#speechStarted(ms)),
      stopped: (ms) => around.enter(() => this.#speechStopped(ms)),
    });
    this.tune();
  }

  /** The session's input settings may have changed. */
  tune(): void {
    const input = this.#around.input();
    this.#ears?.tune?.(input?.turn_detection ?? null);
    this.#idle();
    if (input?.format?.type === this.#format) return;
    this.#format = input?.format?.type;
    this.#decoder = new Decoder(input?.format);
  }

  close(): void {
    this.#idle();
  }

  /** Settles when every turn so far has its words; undefined when all have. */
  understood(): Promise<unknown> | undefined {
    return this.#listening.size > 0 ? Promise.all(this.#listening) : undefined;
  }

  /** Sound in the session's input format. */
  append(bytes: Uint8Array): void {
    const { format } = this.#around.input() ?? {};
    const pcm = this.#decoder.decode(bytes);
    this.#buffer.append(format?.type === "audio/pcm" ? pcm : bytes, bytesPerMs(format));
    this.#ears?.append(pcm);
  }

  clear(): void {
    this.#buffer.clear();
    this.#announced = null;
    this.#ears?.clear();
    this.#around.emit({ type: "input_audio_buffer.cleared" });
  }

  commitByClient(event_id: string | undefined): void {
    const held = this.#buffer.waiting_ms;
    if (held < LEAST_COMMIT_MS) {
      const message = `Error committing input audio buffer: buffer too small. Expected at least ${LEAST_COMMIT_MS}ms of audio, but buffer only has ${held.toFixed(2)}ms of audio.`;
      return this.#around.refuse({ code: "input_audio_buffer_commit_empty", message, param: null }, event_id);
    }
    const inTurn = this.#announced !== null;
    this.#commit(this.#announced?.id ?? this.#around.id("item"), this.#buffer.take());
    // What is left of a turn that was cut short begins a turn of its own.
    if (inTurn) this.#ears?.clear();
  }

  /** A response has begun: nobody is asked whether they are still there. */
  answering(): void {
    this.#idle();
  }

  /** A response is over; its sound plays for `audio_ms`. From then on the session's idle timeout runs. */
  answered(audio_ms: number): void {
    this.#idle();
    const detection = this.#around.input()?.turn_detection;
    if (detection?.type !== "server_vad" || !detection.idle_timeout_ms || this.#announced) return;
    const from_ms = this.#buffer.now_ms + audio_ms;
    this.#stopIdle = this.#around.later(audio_ms + detection.idle_timeout_ms, () =>
      this.#around.enter(() => this.#timedOut(from_ms)),
    );
  }

  #idle(): void {
    this.#stopIdle?.();
    this.#stopIdle = null;
  }

  /** Nobody has spoken: the silence becomes an item, and is answered. */
  #timedOut(from_ms: number): void {
    if (!this.#stopIdle) return;
    this.#stopIdle = null;
    const item_id = this.#around.id("item");
    const end_ms = this.#buffer.now_ms;
    const start_ms = Math.min(from_ms, end_ms);
    this.#around.emit({
      type: "input_audio_buffer.timeout_triggered",
      item_id,
      audio_start_ms: Math.round(start_ms),
      audio_end_ms: Math.round(end_ms),
    });
    this.#commit(item_id, this.#buffer.take(start_ms, end_ms), Promise.resolve(""));
    this.#around.turnEnded(true);
  }

  #speechStarted(audio_start_ms: number): void {
    const detection = this.#around.input()?.turn_detection;
    if (!detection) return;
    this.#idle();
    const item_id = this.#around.id("item");
    this.#announced = { id: item_id, start_ms: audio_start_ms };
    this.#around.emit({
      type: "input_audio_buffer.speech_started",
      item_id,
      audio_start_ms: Math.round(audio_start_ms),
    });
    if (detection.interrupt_response !== false) this.#around.interrupt();
  }

  #speechStopped(audio_end_ms: number): void {
    const detection = this.#around.input()?.turn_detection;
    const turn = this.#announced;
    if (!detection || !turn) return;
    this.#around.emit({
      type: "input_audio_buffer.speech_stopped",
      item_id: turn.id,
      audio_end_ms: Math.round(audio_end_ms),
    });
    this.#commit(turn.id, this.#buffer.take(turn.start_ms, audio_end_ms));
    if (detection.create_response !== false) this.#around.turnEnded(false);
  }

  #commit(id: string, sound: { bytes: Uint8Array; ms: number }, known?: Promise<string>): void {
    this.#announced = null;
    const words = known ?? this.#ears?.commit() ?? Promise.reject(new Error("This server has no ears."));
    const item: UserMessage = {
      id,
      type: "message",
      status: "completed",
      role: "user",
      content: [{ type: "input_audio", transcript: null }],
    };
    const previous_item_id = this.#around.conversation.lastId();
    this.#around.emit({ type: "input_audio_buffer.committed", previous_item_id, item_id: id });
    this.#around.conversation.add(item);
    this.#around.conversation.addAudio(id, sound.ms, sound.bytes);
    this.#around.emit({ type: "conversation.item.added", previous_item_id, item });
    this.#around.emit({ type: "conversation.item.done", previous_item_id, item });
    const understood = words.then(
      (text) => this.#around.enter(() => this.#understood(item, sound.ms, text.trim())),
      (why: unknown) => this.#around.enter(() => this.#misheard(item, sound.ms, why)),
    );
    this.#listening.add(understood);
    void understood.finally(() => this.#listening.delete(understood));
  }

  #understood(item: UserMessage, ms: number, transcript: string): void {
    const heard: UserMessage = { ...item, content: [{ type: "input_audio", transcript }] };
    this.#around.conversation.replace(heard);
    this.#around.heard(heard);
    if (!this.#around.input()?.transcription) return;
    for (const delta of transcript.match(/\s*\S+/g) ?? []) {
      this.#around.emit({
        type: "conversation.item.input_audio_transcription.delta",
        item_id: item.id,
        content_index: 0,
        delta,
      });
    }
    this.#around.emit({
      type: "conversation.item.input_audio_transcription.completed",
      item_id: item.id,
      content_index: 0,
      transcript,
      usage: { type: "duration", seconds: Math.ceil(ms / 1_000) },
    });
  }

  #misheard(item: UserMessage, ms: number, why: unknown): void {
    const told = why instanceof NotUnderstood ? why : undefined;
    const heard: UserMessage = { ...item, content: [{ type: "input_audio", transcript: "" }] };
    this.#around.heard(heard, told && { ms });
    if (!this.#around.input()?.transcription) return;
    this.#around.emit({
      type: "conversation.item.input_audio_transcription.failed",
      item_id: item.id,
      content_index: 0,
      error: {
        type: told ? "server_error" : "transcription_error",
        code: told?.code ?? "audio_unintelligible",
        message: told?.message ?? "The audio could not be transcribed.",
        param: null,
      },
    });
  }
}
