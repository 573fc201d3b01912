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

/** What the others have left of the link's money for one call, in all. Null is no limit. */
export function shareOf(cap_usd: number | null, spent_usd: number, own_usd: number): number | null {
  return cap_usd === null ? null : Math.max(0, cap_usd - (spent_usd - own_usd));
}

/** One call in the books of its link. */
export interface Purse {
  /** What it has told that it has cost. */
  usd: number;
  /** Set aside for it: it may cost so much in all, whatever the others do meanwhile. */
  granted_usd: number;
}

/** The most that is set aside at a time: about what one turn of a voice model costs, so that little lies idle. */
const PORTION_USD = 0.05;
const LEAST_PORTION_USD = 0.01;
/** Of a small cap less is set aside, so that several calls at a time find something. */
const PORTIONS = 20;

/** How much of a link's money is set aside for a call beyond what it has cost, while there is so much. */
export function portionOf(cap_usd: number): number {
  return Math.min(PORTION_USD, Math.max(LEAST_PORTION_USD, cap_usd / PORTIONS));
}

/**
 * What one call may cost in all from here on. All that is set aside is never more than the cap, and what was set aside for a
 * call stays its own until it is over: so an answer that comes late, twice, out of order or never promises nothing twice.
 * @param past_usd calls that are over
 * @param others calls that are on
 */
export function grantFor(cap_usd: number, past_usd: number, own: Purse, others: readonly Purse[]): number {
  const taken = others.reduce((sum, { usd, granted_usd }) => sum + Math.max(usd, granted_usd), past_usd);
  // Rounded, so that sums leave no dust that looks like money.
  const free = Math.round((cap_usd - taken - own.usd) * 1e9) / 1e9;
  return Math.max(own.granted_usd, own.usd + Math.min(portionOf(cap_usd), free));
}

/** What a call has been told of its link's money. */
export interface Leave {
  /** What is set aside for it: it may cost so much in all. */
  may_usd: number;
  /** What the others had left for it when it was told. Only ever less of it. */
  share_usd: number;
}

/** Where a call stands with its link's money. Null is no limit. */
export interface Allowed {
  may_usd: number | null;
  share_usd: number | null;
  /** What it had cost when it was last told how much it may, or was not told in time although it had asked. */
  asked_usd: number;
}

/**
 * Whether a call that has cost so much takes no other turn. Beyond what was set aside for it, it asks for more first; beyond
 * what the others have left there is nothing to ask for.
 */
export function isUsedUp(charge_usd: number, { may_usd, share_usd, asked_usd }: Allowed): boolean {
  if (share_usd !== null && charge_usd >= share_usd) return true;
  return may_usd !== null && charge_usd >= may_usd && asked_usd >= charge_usd;
}

/** The lowest of several caps; null where none of them limits anything. */
export function lowest(...caps: (number | null | undefined)[]): number | null {
  const known = caps.filter((cap) => cap !== null && cap !== undefined);
  return known.length === 0 ? null : Math.min(...known);
}

/** This many wrong PINs in a row are mistakes; from then on each one locks the door. */
const FREE_TRIES = 5;
/** And so many in one day, also where right ones come between: on a busy day those are many. */
const FREE_A_DAY = 20;
const FIRST_LOCK_MS = 30_000;
const LONGEST_LOCK_MS = 6 * 3_600_000;

/**
 * How long nobody is let in after so many wrong PINs, ms. It doubles with each: the ten thousand PINs of four digits take years.
 * @param wrong in a row
 * @param today since midnight, these included
 */
export function lockAfter(wrong: number, today: number): number {
  const beyond = Math.max(wrong - FREE_TRIES, today - FREE_A_DAY);
  return beyond < 0 ? 0 : Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(30, beyond));
}
