/** How long a call waits for its page, and how long it may take at most. */
import type { LunaSettings } from "../../env.ts";
import type { CallEnded } from "../../legs/wire.ts";
import type { Opened, Progress } from "./record.ts";
import { READER_GRACE_MS } from "./say.ts";

/** A page that is gone may come back: a changed network, a reload, the lid of a laptop. */
export const GRACE_MS = 60_000;

/**
 * An outbound socket keeps its object in memory for 15 minutes at most, and a page that gates silence sends nothing; so a
 * call with a provider on the line wakes itself on purpose. One row written a minute.
 */
export const AWAKE_MS = 60_000;

/** Where a call is: `held` until somebody comes; `over` also where there never was one. */
export type Standing = "held" | "on" | "over";

export function standingOf({
  progress,
  ended,
}: {
  progress: Progress | undefined;
  ended: object | undefined;
}): Standing {
  if (!progress || ended) return "over";
  return progress.status === "open" ? "held" : "on";
}

/** Unix ms. */
export interface Moments {
  /** Until then the page is waited for; 0 where nobody has come, null while somebody is there. */
  left: number | null;
  last: number;
}

/** When this call ends by itself. The alarm of a call that nobody has come to is set for the moment its token is worth nothing. */
export function momentsOf(opened: Opened, progress: Progress, settings: LunaSettings): Moments {
  const { status, left_at } = progress;
  const grace = opened.text ? READER_GRACE_MS : GRACE_MS;
  const waits = left_at === null ? null : left_at + grace;
  const longest = Math.min(settings.maxCallMs, opened.link?.max_ms ?? settings.maxCallMs);
  // Nobody has come; or it is over, and storage did not take how it ended.
  return { left: status === "live" ? waits : 0, last: opened.opened_at + longest };
}

export function overBecause({ left, last }: Moments, now: number): CallEnded["reason"] | undefined {
  if (left === 0) return "caller_left";
  if (now >= last) return "too_long";
  return left !== null && now >= left ? "caller_left" : undefined;
}
