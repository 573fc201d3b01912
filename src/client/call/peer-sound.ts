/** What a call at this page needs of its sound by WebRTC; `peer.ts` is one, tests bring their own. */
import type { PageEvent } from "../../legs/wire.ts";

export interface PeerSound {
  /** First sound of an utterance at the ear, `performance.now()` ms. */
  onFirstSound: (item_id: string, at: number) => void;
  /** Luna's voice sounds, or is about to. */
  readonly busy: boolean;
  /** Loudness of Luna's voice, RMS 0..1. */
  readonly level: number;
  /** One event of the call. True where nobody else here is to speak it. */
  event(event: PageEvent): boolean;
  /** Silence now; the provider is told to stop by the call. */
  hush(): void;
  /** Lets the caller be heard, or not. */
  listen(on: boolean): void;
  close(): void;
}
