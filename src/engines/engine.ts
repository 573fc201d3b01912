/**
 * An engine brings the voice that answers: a Realtime provider, or the scripted Realtime server inside.
 * Both take GA client events and give GA server events; the call never asks which one it has.
 */
import type { AudioDelta } from "../realtime/audio-delta.ts";
import type { ClientEvent, ServerEvent } from "../realtime/events.ts";

export interface Engine {
  readonly kind: "provider" | "scripted";
  /** One client event, in order. Never throws: an engine that cannot take it reports `gone`. */
  send(event: ClientEvent): void;
  /** One client event as text, checked by whoever forwards it; only from `onReady` on. Engines that a client may lead have it. */
  forward?(text: string): void;
  /**
   * One frame of the caller's voice, PCM16 little-endian mono 24 kHz; only from `onReady` on. Called 25 times a second: no
   * parsing, no storage, no await.
   */
  hear(frame: Uint8Array): void;
  /** Closes for good; `gone` is not reported after it. */
  close(): void;
}

/** Gives the conversation so far as client events, oldest first. Called once, when the engine can take it in. */
export type Retell = () => Promise<ClientEvent[]>;

/** Why an engine is gone, in words for the log (`code`) and for the caller (`message`: what happened, one sentence). */
export interface Gone {
  code: string;
  message: string;
  /** Trying again with the same settings could help. */
  retriable: boolean;
}

/** Storage did not give the conversation: an engine that knows nothing of it must not answer. */
export const NOT_RETOLD: Gone = {
  code: "not_retold",
  message: "What was said so far could not be read for a moment.",
  retriable: true,
};

export interface EngineListener {
  /** Configured: `session.updated` holds what was asked, and the engine knows the conversation. From here on it hears. */
  onReady(): void;
  /** Every server event except audio deltas. */
  onEvent(event: ServerEvent): void;
  onAudio(delta: AudioDelta): void;
  /**
   * Every server event as the text it came as, audio too, before it is read; for legs that speak the protocol themselves.
   * Unset: nothing is kept.
   */
  onRaw?(text: string): void;
  /** Every client event as it leaves, the engine's own too; the caller's voice is not among them. Unset: nobody looks. */
  onSent?(event: ClientEvent): void;
  /** The line to the session was lost for a moment and is there again; the session itself went on. Only sidebands have that. */
  onBack?(): void;
  onGone(gone: Gone): void;
}
