/**
 * Who comes in over `/v1`: a Luna API key, a client secret, or, on localhost as long as no key has been made, any word at all.
 * Every refusal reads the same, whether a key is unknown, revoked or has expired, and none repeats what was shown.
 */
import { waitUntil } from "cloudflare:workers";
import { mayGuess, wrongGuess } from "../access/guesses.ts";
import { isLocal } from "../access/local.ts";
import { constantTimeEqual, hashOf } from "../access/secret.ts";
import { signInOf } from "../access/who.ts";
import { WIDENED } from "../call/bound.ts";
import {
  callOf,
  mayBeKnown,
  NOT_KNOWN,
  type Opens,
  type Redeemed,
  sessionOf,
  type Use,
} from "../durable/call/reservation.ts";
import { type Bindings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { ApiKey, Scope } from "../legs/api-keys.ts";
import type { SessionConfig } from "../realtime/session-config.ts";
import { findKey, keyStands, noteUse } from "../store/keys.ts";

export interface Admission {
  /** `open`: localhost without any key configured. */
  kind: "open" | "api_key" | "secret";
  /** The key, or the key that minted the secret: `host`, `open`, `page` or the id of an API key. For the record. */
  id: string;
  /** Whose call this is in the records: `key:<id>`, or for a secret of Luna's own page its browser. */
  visitor: string;
  /** The server's own provider key may be spent. */
  server_key: boolean;
  /** The call that a secret has reserved: connect to this one and no other. */
  call_id?: string;
  /** What the secret is bound to; `within` in `call/bound.ts` says what its client may still change. */
  session?: SessionConfig;
  /** What answers, as the secret has it; the address may repeat it but not change it. */
  model?: string;
  /** What the secret was for. */
  opens?: Opens;
}

export interface Wish {
  /** What a key has to be good for. */
  scope?: Scope;
  /** What a secret has to be good for: any of these. */
  opens?: Opens | Opens[];
  /** What a secret has to be bound to; empty: whatever it is. */
  model?: string;
}

const SUBPROTOCOL = "openai-insecure-api-key.";
/** The longest key that anybody hands out is shorter. */
const KEY = /^[\x21-\x2b\x2d-\x7e]{1,512}$/;

/** The key of a request: `Authorization: Bearer`, else the subprotocol of a browser that cannot set headers. */
export function offeredKey(request: Request): string | undefined {
  const header = request.headers.get("authorization");
  if (header !== null) return plausible(/^bearer +(\S+)$/i.exec(header.trim())?.[1]);
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  return plausible(offered.find((name) => name.startsWith(SUBPROTOCOL))?.slice(SUBPROTOCOL.length));
}

/**
 * Lets a request in, and spends the secret if it came with one.
 * @throws LunaError `token_invalid`; for a secret also `token_used`, `token_expired`; `forbidden` where the key is good but
 *   not for this; `unavailable` where the keys cannot be looked up; `too_many` where the host's token is guessed at.
 */
export async function admit(request: Request, env: Bindings, wish: Wish = {}): Promise<Admission> {
  const { scope = "realtime", opens = "session", model } = wish;
  const shown = offeredKey(request);
  if (shown === undefined) throw unknownKey();
  const call_id = callOf(shown);
  if (call_id !== undefined)
    return bySecret(shown, call_id, scope, { opens, ...(model === undefined ? {} : { model }) }, env);
  const settings = readSettings(env);
  const { hostToken } = settings;
  if (hostToken !== undefined && mayGuess(request, "API key") && constantTimeEqual(shown, hostToken))
    return byKey("host");
  const { key, any } = await lookUp(env.DB, shown);
  if (key) return byApiKey(key, scope, env.DB);
  const open = hostToken === undefined && signInOf(settings, request.url) === "open" && isOpen(request);
  if (!any && open) return { ...byKey("open"), kind: "open" };
  if (hostToken !== undefined) await wrongGuess(env, request, "API key");
  throw unknownKey();
}

function byKey(id: string): Admission {
  return { kind: "api_key", id, visitor: `key:${id}`, server_key: true };
}

function byApiKey(key: ApiKey, scope: Scope, db: D1Database): Admission {
  if (!key.scopes.includes(scope)) {
    throw new LunaError("forbidden", `This API key does not have the scope "${scope}".`);
  }
  waitUntil(noteUse(db, key, Date.now()).catch(() => undefined));
  return byKey(key.id);
}

async function bySecret(shown: string, call_id: string, scope: Scope, use: Use, env: Bindings): Promise<Admission> {
  if (scope !== "realtime") throw new LunaError("forbidden", "A client secret opens one session and nothing else.");
  if (!mayBeKnown(call_id, Date.now())) throw new LunaError("token_invalid", NOT_KNOWN);
  const redeemed = await env.CALLS.getByName(call_id).redeem(await hashOf(shown), use);
  if (!redeemed.ok) throw notRedeemed(redeemed);
  const { reservation } = redeemed;
  const { minted_by, visitor, server_key, model } = reservation;
  if (isApiKeyId(minted_by) && !(await stands(env.DB, minted_by))) throw unknownKey();
  const session = sessionOf(reservation);
  const bound = session ? { session } : {};
  return { kind: "secret", id: minted_by, visitor, server_key, call_id, model, opens: reservation.opens, ...bound };
}

/**
 * Any word does on localhost until the host has made a key. Pages of other sites, which a browser on this machine may have open,
 * are not meant: their sockets and forms carry an origin. A developer's page on another local port is.
 */
function isOpen(request: Request): boolean {
  const origin = request.headers.get("origin");
  return isLocal(request.url) && (origin === null || isLocal(origin));
}

async function lookUp(db: D1Database, shown: string) {
  try {
    return await findKey(db, await hashOf(shown), Date.now());
  } catch {
    throw cannotLookUp();
  }
}

async function stands(db: D1Database, id: string): Promise<boolean> {
  try {
    return await keyStands(db, id, Date.now());
  } catch {
    throw cannotLookUp();
  }
}

/** A secret that is good, but not for this model, is none the worse for it. */
function notRedeemed({ kind, detail }: Extract<Redeemed, { ok: false }>): LunaError {
  return kind === "invalid_request" ? new LunaError(kind, detail, "model", WIDENED) : new LunaError(kind, detail);
}

/** `host`, `open` and `page` are no keys that can be revoked. */
function isApiKeyId(minted_by: string): boolean {
  return minted_by.startsWith("lkey_");
}

function plausible(key: string | undefined): string | undefined {
  return key !== undefined && KEY.test(key) ? key : undefined;
}

function unknownKey(): LunaError {
  return new LunaError(
    "token_invalid",
    "Incorrect API key provided. The host of this Luna makes keys in its settings.",
  );
}

function cannotLookUp(): LunaError {
  return new LunaError("unavailable", "Keys cannot be checked right now. Try again in a moment.");
}
