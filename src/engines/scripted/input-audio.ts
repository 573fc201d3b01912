/** What a scripted server may be given to hear with. */
import type { TurnDetection } from "../../realtime/events.ts";

/** Listens to the caller's audio: PCM16 little-endian mono 24 kHz, whatever format it came in. */
export interface Ears {
  /** Called once before any audio. Ears that do not detect turns never call the listener. */
  open(listener: EarsListener): void;
  /** The turn detection in force, first and after each change; null is push to talk. Ears with their own mind have no such method. */
  tune?(detection: TurnDetection | null): void;
  append(pcm: Uint8Array): void;
  /** Forgets what was appended since the last commit. */
  clear(): void;
  /** Ends a turn: the words of the audio since the last commit. Rejects when it could not be recognised. */
  commit(): Promise<string>;
}

/** Both counted in ms from the first audio ever appended. */
export interface EarsListener {
  started(audio_start_ms: number): void;
  stopped(audio_end_ms: number): void;
}

/** Why the words of a turn are not known, as the client is told. Any other rejection is said in general words. */
export class NotUnderstood extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
