/** A leg brings one person into the call. It translates between the GA events inside and its own wire, and knows no engine. */
import type { AudioDelta } from "../realtime/audio-delta.ts";
import type { PageEvent } from "./wire.ts";

export interface Leg {
  /** Never throws: a leg that is gone swallows what comes too late. */
  tell(event: PageEvent): void;
  /** One piece of Luna's voice, already in playing order. Gives it as PCM16, not to be written to; nothing where it is no sound. */
  play(delta: AudioDelta): Uint8Array | undefined;
  close(code: number, reason: string): void;
}
