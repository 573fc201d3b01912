/** The host's password: compared in constant time, and only a few times from one address. */
import type { Bindings } from "../env.ts";
import { countTry, forgiveTries, sealNow, type Tried, type TryLimits } from "../store/sign-in.ts";
import { countedAs } from "./address.ts";
import { unlessAway } from "./away.ts";
import { constantTimeEqual } from "./secret.ts";

/** Five mistakes are a forgetful person; 200 in an hour from everywhere together are a machine with many addresses. */
export const TRIES: TryLimits = { each: 5, eachMs: 15 * 60_000, all: 200, allMs: 3_600_000 };

const UNCOUNTED = "Nobody can sign in right now: tries cannot be counted. Try again in a moment.";

export type Verdict = { ok: true } | { ok: false; kind: "wrong" | "too_many"; tried: Tried };

/**
 * Whether this is the password. The try is counted before it is judged, so that many at once are no way around the count.
 * @param address of who tries, as `cf-connecting-ip` has it
 * @throws LunaError `unavailable` where tries cannot be counted: then nobody may try.
 */
export async function judge(env: Bindings, password: string, shown: string, address: string): Promise<Verdict> {
  const key = await unlessAway(hashed(env, address), UNCOUNTED);
  const tried = await unlessAway(countTry(env.DB, key, TRIES, Date.now()), UNCOUNTED);
  if (!tried.allowed) return { ok: false, kind: "too_many", tried };
  // The same letters can be composed in two ways, depending on the keyboard.
  if (!constantTimeEqual(shown.normalize("NFC"), password.normalize("NFC"))) return { ok: false, kind: "wrong", tried };
  await unlessAway(forgiveTries(env.DB, key, Date.now()), UNCOUNTED);
  return { ok: true };
}

/** Hashed with the seal: whose address it is cannot be read in the table. */
async function hashed(env: Bindings, address: string): Promise<string> {
  const text = new TextEncoder();
  const how = { name: "HMAC", hash: "SHA-256" };
  const seal = text.encode(await sealNow(env.DB, Date.now()));
  const key = await crypto.subtle.importKey("raw", seal, how, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, text.encode(countedAs(address)))).toHex();
}
