/** How long nobody must be heard until a server's voice activity detection takes a turn for ended. */
import { type SessionWish, turnDetection } from "./session.ts";

/** Semantic detection looks for the end of the thought, and waits for it this long at most. */
const EAGERNESS_MS = { low: 8_000, medium: 4_000, high: 2_000, auto: 4_000 } as const;
/** Beyond what was set: sound is looked at in whole windows. */
const SPARE_MS = 300;

/** Silence that certainly ends a turn, ms. @param vad as it was asked for; absent: as every session has it. */
export function endOfTurnMs(vad: SessionWish["vad"]): number {
  const detection = turnDetection(vad);
  const waits = detection.type === "semantic_vad" ? EAGERNESS_MS[detection.eagerness] : detection.silence_duration_ms;
  return waits + SPARE_MS;
}
