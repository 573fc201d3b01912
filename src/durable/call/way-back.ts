/** The way back into a call for the browser that made it, when the tab it was in is gone. */
import type { Mode } from "../../legs/wire.ts";
import { GRACE_MS, standingOf } from "./limits.ts";
import type { CallMemory } from "./record.ts";
import { tokenBeside } from "./token.ts";

export interface WayBack {
  /** Opens the call's socket once, within a minute. */
  token: string;
  /** How long the call waits for its page, ms. */
  grace_ms: number;
  mode: Mode;
}

/** Null: no such call of this browser is on. */
export async function wayBack(memory: CallMemory, visitor: string): Promise<WayBack | null> {
  const { opened } = memory;
  if (opened?.visitor !== visitor || standingOf(memory) === "over") return null;
  const token = await tokenBeside(memory);
  return token === null ? null : { token, grace_ms: GRACE_MS, mode: opened.mode };
}
