/** What costs money at the rim: how often calls may be opened, and who may spend the server's own key. */

import { capFor } from "../call/money.ts";
import type { Bindings, LunaSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { spentToday } from "../store/spending.ts";

/** After this long the brake lets go: the `period` of `OPENING` in wrangler.toml, s. */
export const BRAKE_PERIOD_S = 60;

/** @throws LunaError `too_many` */
export async function brake(env: Bindings, request: Request): Promise<void> {
  const address = request.headers.get("cf-connecting-ip") ?? "local";
  const { success } = await env.OPENING.limit({ key: address });
  if (!success)
    throw new LunaError("too_many", "Too many calls from here in the last minute. Wait a minute and call again.");
}

/**
 * What a call that begins now may cost the host, US dollars; null where nothing is limited, 0 when the day's money is spent,
 * or when nobody can tell how much of it is.
 */
export async function capNow(env: Bindings, settings: LunaSettings): Promise<number | null> {
  const { caps } = settings;
  return capFor(
    caps,
    caps.day === null ? 0 : await spentToday(env.DB, Date.now()).catch(() => Number.POSITIVE_INFINITY),
  );
}

const LOCAL_HOSTS = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The server's key is money: only the host may spend it. */
export function mayUseServerKey(request: Request, settings: LunaSettings): boolean {
  return isHost(request, settings);
}

/** @throws LunaError `forbidden` for anybody but the host: figures over all calls are the host's. */
export function hostOnly(request: Request, settings: LunaSettings): void {
  if (isHost(request, settings)) return;
  throw new LunaError("forbidden", "Only the host sees this. Send the host token in the header luna-host-token.");
}

/** On localhost everybody is the host, elsewhere who shows the host token. */
function isHost(request: Request, settings: LunaSettings): boolean {
  if (isLocal(request.url)) return true;
  const shown = request.headers.get("luna-host-token");
  return settings.hostToken !== undefined && shown !== null && constantTimeEqual(shown, settings.hostToken);
}

/** This machine, at any port. */
export function isLocal(url: string): boolean {
  return URL.canParse(url) && LOCAL_HOSTS.has(new URL(url).hostname);
}

export function constantTimeEqual(a: string, b: string): boolean {
  const left = new TextEncoder().encode(a);
  const right = new TextEncoder().encode(b);
  // Comparing `left` with itself keeps the time the same where the lengths differ.
  return left.length === right.length
    ? crypto.subtle.timingSafeEqual(left, right)
    : !crypto.subtle.timingSafeEqual(left, left);
}
