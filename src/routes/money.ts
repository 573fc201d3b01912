/** What costs money at the rim: how often calls may be opened, and how much of the host's is left to spend. */

import { addressOf } from "../access/address.ts";
import { capFor } from "../call/money.ts";
import { linesOf } from "../durable/switchboard/names.ts";
import type { Bindings, LunaSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { log } from "../log.ts";
import { spentToday } from "../store/spending.ts";

/** After this long the brake lets go: the `period` of `OPENING` in wrangler.toml, s. */
export const BRAKE_PERIOD_S = 60;

/** @throws LunaError `too_many` */
export async function brake(env: Bindings, request: Request): Promise<void> {
  const { success } = await env.OPENING.limit({ key: addressOf(request) });
  if (success) return;
  log.warn("Too many calls from one address");
  throw new LunaError("too_many", "Too many calls from here in the last minute. Wait a minute and call again.");
}

/** What is no call and costs all the same: rows, a round through what is kept, a relay. Each is counted by itself. */
type Costs = "say" | "health" | "bank" | "deletion" | "turn";

/** @throws LunaError `too_many` */
export async function slow(env: Bindings, request: Request, what: Costs): Promise<void> {
  const { success } = await env.SAYING.limit({ key: `${what} ${addressOf(request)}` });
  if (!success) throw new LunaError("too_many", "Too many requests from here in the last minute. Wait a minute.");
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

/** A call that begins is on until then at the latest: its longest time, and what it may take to come to its end. */
const OVERTIME_MS = 5 * 60_000;

/**
 * One of the calls at the same time that the server's own key is good for. `busy`: all are taken, and the built-in Luna answers;
 * also where nobody can tell.
 */
export async function takeLine(
  env: Bindings,
  call_id: string,
  { callsAtOnce, maxCallMs }: LunaSettings,
): Promise<"taken" | "busy" | "none needed"> {
  if (callsAtOnce === null) return "none needed";
  const until = Date.now() + maxCallMs + OVERTIME_MS;
  const taken = await linesOf(env)
    .takeLine(call_id, callsAtOnce, until)
    .catch(() => false);
  if (!taken) log.warn("All lines on the server's key are taken", { call: call_id, most: callsAtOnce });
  return taken ? "taken" : "busy";
}

/**
 * Opens a call. One that does not come to be holds no line; where that cannot be told either, the line is free again when the call
 * would have been over.
 */
export async function orGiveLine<T>(
  env: Bindings,
  { id, line }: { id: string; line?: true },
  open: () => Promise<T>,
): Promise<T> {
  try {
    return await open();
  } catch (thrown) {
    await giveLine(env, { id, ...(line && { line }) });
    throw thrown;
  }
}

/** Nobody has come to be on it, and no object of a call knows of it. */
export async function giveLine(env: Bindings, { id, line }: { id: string; line?: true }): Promise<void> {
  const lost = () => log.warn("Line not given back", { call: id });
  if (line) await linesOf(env).giveLine(id).catch(lost);
}
