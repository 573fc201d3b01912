/**
 * The spoken side of a scripted server: the input audio buffer, turn detection, and the words of a turn, which come later
 * than the turn itself. Ears are plugged in from outside: a voice activity detector and a recogniser, or nothing.
 */
import type { InputAudioConfig, Item, UserMessage } from "../../realtime/events.ts";
import { fromBase64 } from "./base64.ts";
import type { Conversation } from "./conversation.ts";
import type { Ears } from "./input-audio.ts";
import type { BareEvent } from "./response.ts";
import type { Refusal } from "./session-merge.ts";

const PCM_BYTES_PER_MS = 48;
/** A provider refuses to commit less than this. */
const LEAST_COMMIT_MS = 100;

/** What hearing needs of the server it belongs to. */
export interface Surroundings {
  emit(event: BareEvent): void;
  refuse(refusal: Refusal, event_id: string | undefined): void;
  /** Runs work in turn with everything else the server does. */
  enter(work: () => void): void;
  id(prefix: string): string;
  conversation: Conversation;
  input(): InputAudioConfig | undefined;
  /** A turn with its words. */
  heard(item: Item): void;
  /** The caller speaks into an answer that may be interrupted. */
  interrupt(): void;
  /** A detected turn is over and is to be answered. */
  turnEnded(): void;
}

export class Hearing {
  #ears: Ears | undefined;
  #around: Surroundings;
  /** Id that the item of the turn being spoken will have. */
  #announced: string | null = null;
  #bytes = 0;
  /** Turns whose words are not known yet. */
  #listening = new Set<Promise<void>>();

  constructor(ears: Ears | undefined, around: Surroundings) {
    this.#ears = ears;
    this.#around = around;
    ears?.open({
      started: (ms) => around.enter(() => this.#speechStarted(ms)),
      stopped: (ms) => around.enter(() => this.#speechStopped(ms)),
    });
  }

  /** Settles when every turn so far has its words; undefined when all have. */
  understood(): Promise<unknown> | undefined {
    return this.#listening.size > 0 ? Promise.all(this.#listening) : undefined;
  }

  append(audio: string, event_id: string | undefined): void {
    const pcm = fromBase64(audio);
    if (!pcm) {
      const message = "Invalid 'audio'. Expected base64-encoded audio bytes.";
      return this.#around.refuse({ code: "invalid_value", message, param: "audio" }, event_id);
    }
    this.#bytes += pcm.byteLength;
    this.#ears?.append(pcm);
  }

  clear(): void {
    this.#bytes = 0;
    this.#announced = null;
    this.#ears?.clear();
    this.#around.emit({ type: "input_audio_buffer.cleared" });
  }

  commitByClient(event_id: string | undefined): void {
    const held = this.#bytes / PCM_BYTES_PER_MS;
    if (held < LEAST_COMMIT_MS) {
      const message = `Error committing input audio buffer: buffer too small. Expected at least ${LEAST_COMMIT_MS}ms of audio, but buffer only has ${held.toFixed(2)}ms of audio.`;
      return this.#around.refuse({ code: "input_audio_buffer_commit_empty", message, param: null }, event_id);
    }
    this.#commit();
  }

  #speechStarted(audio_start_ms: number): void {
    const detection = this.#around.input()?.turn_detection;
    if (!detection) return;
    const item_id = this.#around.id("item");
    this.#announced = item_id;
    this.#around.emit({
      type: "input_audio_buffer.speech_started",
      item_id,
      audio_start_ms: Math.round(audio_start_ms),
    });
    if (detection.interrupt_response !== false) this.#around.interrupt();
  }

  #speechStopped(audio_end_ms: number): void {
    const detection = this.#around.input()?.turn_detection;
    const item_id = this.#announced;
    if (!detection || !item_id) return;
    this.#around.emit({ type: "input_audio_buffer.speech_stopped", item_id, audio_end_ms: Math.round(audio_end_ms) });
    this.#commit();
    if (detection.create_response !== false) this.#around.turnEnded();
  }

  #commit(): void {
    const id = this.#announced ?? this.#around.id("item");
    const ms = this.#bytes / PCM_BYTES_PER_MS;
    this.#bytes = 0;
    this.#announced = null;
    const words = this.#ears?.commit() ?? Promise.reject(new Error("This server has no ears."));
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
    this.#around.conversation.addAudio(id, ms);
    this.#around.emit({ type: "conversation.item.added", previous_item_id, item });
    this.#around.emit({ type: "conversation.item.done", previous_item_id, item });
    const understood = words.then(
      (text) => this.#around.enter(() => this.#understood(item, ms, text.trim())),
      () => this.#around.enter(() => this.#misheard(item)),
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

  #misheard(item: UserMessage): void {
    this.#around.heard({ ...item, content: [{ type: "input_audio", transcript: "" }] });
    if (!this.#around.input()?.transcription) return;
    this.#around.emit({
      type: "conversation.item.input_audio_transcription.failed",
      item_id: item.id,
      content_index: 0,
      error: {
        type: "transcription_error",
        code: "audio_unintelligible",
        message: "The audio could not be transcribed.",
      },
    });
  }
}
