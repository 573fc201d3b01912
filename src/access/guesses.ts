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

/** As what a token was shown. */
export type ShownAs = "host token" | "API key";

/** Until when what an address shows is not judged, Unix ms. Of this isolate; the count itself is the account's. */
const closed = new Map<string, number>();

/** Whether a token from there is compared at all. */
export function mayGuess(request: Request, what: ShownAs): boolean {
  const until = closed.get(doorOf(request, what));
  return until === undefined || until <= Date.now();
}

/** A program that tries again with a revoked key must not shut the host out who is behind the same address. */
const doorOf = (request: Request, what: ShownAs) => `${what} ${addressOf(request)}`;

/**
 * A token was shown that is not the host's, or was not compared. @param what it was shown as. @throws LunaError `too_many` where
 * there were too many from this address
 */
export async function wrongGuess(env: Bindings, request: Request, what: ShownAs): Promise<void> {
  if (!mayGuess(request, what)) throw tooMany();
  const door = doorOf(request, what);
  const { success } = await env.OPENING.limit({ key: door });
  await noteOnce(env, { who: "stranger", did: "sign_in_failed", subject: what });
  if (success) return;
  if (closed.size >= REMEMBERED) closed.clear();
  closed.set(door, Date.now() + CLOSED_MS);
  log.warn("Wrong tokens are not looked at for a while", { what });
  throw tooMany();
}

function tooMany(): LunaError {
  return new LunaError("too_many", "Too many wrong tokens from here. Wait a minute, then try again.");
}
