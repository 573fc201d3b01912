/**
 * Guesses at the host's token. It is chosen by a person, who may have chosen a short one: so an address that has shown so many wrong
 * ones is not judged for a while, whatever it shows. What was shown is never written down.
 */
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { log } from "../log.ts";
import { noteOnce } from "../store/audit.ts";
import { addressOf } from "./address.ts";

/** So long nothing from this address is judged. */
const CLOSED_MS = 60_000;
/** Addresses that are remembered here at a time. */
const REMEMBERED = 1_000;

/** Until when an address is not judged, Unix ms. Of this isolate; the count itself is the account's. */
const closed = new Map<string, number>();

/** Whether a token from there is compared at all. */
export function mayGuess(request: Request): boolean {
  const until = closed.get(addressOf(request));
  return until === undefined || until <= Date.now();
}

/**
 * A token was shown that is not the host's, or was not compared. @param what it was shown as. @throws LunaError `too_many` where
 * there were too many from this address
 */
export async function wrongGuess(env: Bindings, request: Request, what: "host token" | "API key"): Promise<void> {
  if (!mayGuess(request)) throw tooMany();
  const address = addressOf(request);
  const { success } = await env.OPENING.limit({ key: `token ${address}` });
  await noteOnce(env, { who: "stranger", did: "sign_in_failed", subject: what });
  if (success) return;
  if (closed.size >= REMEMBERED) closed.clear();
  closed.set(address, Date.now() + CLOSED_MS);
  log.warn("Wrong tokens are not looked at for a while", { what });
  throw tooMany();
}

function tooMany(): LunaError {
  return new LunaError("too_many", "Too many wrong tokens from here. Wait a minute, then try again.");
}
