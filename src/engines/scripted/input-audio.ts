/** What a scripted server may be given to hear with. */

/** Listens to the caller's audio: PCM16 little-endian mono 24 kHz. */
export interface Ears {
  /** Called once before any audio. Ears that do not detect turns never call the listener. */
  open(listener: EarsListener): void;
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
