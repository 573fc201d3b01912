/**
 * What a link still allows. Pure: facts of the link, what has been used of it, and the time in; what holds now out.
 * Money is in US dollars, times are Unix ms.
 */

/** What the host has granted. Null is no limit. */
export interface Grant {
  expires_at: number | null;
  revoked_at: number | null;
  max_calls: number | null;
  cap_usd: number | null;
}

export interface Used {
  /** Calls that count: held, on, and those that were connected. */
  calls: number;
  usd: number;
}

/** How a link stands for who comes now. What the host has done goes before what has come of it. */
export function linkState(grant: Grant, used: Used, now: number): "open" | "expired" | "revoked" | "used_up" | "spent" {
  if (grant.revoked_at !== null) return "revoked";
  if (grant.expires_at !== null && now >= grant.expires_at) return "expired";
  if (grant.max_calls !== null && used.calls >= grant.max_calls) return "used_up";
  if (grant.cap_usd !== null && used.usd >= grant.cap_usd) return "spent";
  return "open";
}

/** What one call may cost in all: what the others have left of the link's money. Null is no limit. */
export function shareOf(cap_usd: number | null, spent_usd: number, own_usd: number): number | null {
  return cap_usd === null ? null : Math.max(0, cap_usd - (spent_usd - own_usd));
}

/** The lowest of several caps; null where none of them limits anything. */
export function lowest(...caps: (number | null | undefined)[]): number | null {
  const known = caps.filter((cap) => cap !== null && cap !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}

/** This many wrong PINs are mistakes; from then on each one locks the door. */
const FREE_TRIES = 5;
const FIRST_LOCK_MS = 30_000;
const LONGEST_LOCK_MS = 6 * 3_600_000;

/**
 * How long nobody is let in after so many wrong PINs in a row, ms. It doubles with each: the ten thousand PINs of four digits
 * take years.
 */
export function lockAfter(wrong: number): number {
  return wrong < FREE_TRIES ? 0 : Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(30, wrong - FREE_TRIES));
}
