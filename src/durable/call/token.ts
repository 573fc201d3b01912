/**
 * The call token: 256 random bits, good for one socket. The first is good for a minute; with each socket comes another one,
 * which brings the page back to its call when that socket is lost. The object keeps only the hash of the newest.
 */
import { constantTimeEqual, hashOf, randomText } from "../../access/secret.ts";
import { LunaError } from "../../errors.ts";

/** From "Call" to the socket: page load, microphone prompt and a slow phone network fit in a minute. */
export const TOKEN_LIVES_MS = 60_000;

/** What is kept of a token. */
export interface TokenState {
  /** SHA-256, hex. */
  hash: string;
  /** Unix ms. */
  expires_at: number;
  used: boolean;
  /**
   * The one before it, SHA-256, hex. Good until the socket that came with the new one has said something: a page that was
   * cut off before it had the new one comes back with this. After that it means another tab.
   */
  before?: { hash: string; good: boolean };
  /** Another way in: asked for by the same browser in another tab, good once while its minute lasts. SHA-256, hex; Unix ms. */
  beside?: { hash: string; expires_at: number };
  /** The newest of the tab that the call was taken from by that way. SHA-256, hex. */
  left?: string;
}

/** @param lives_ms how long it is good for. */
export async function newToken(now: number, lives_ms = TOKEN_LIVES_MS): Promise<{ token: string; state: TokenState }> {
  const token = randomText(32);
  return { token, state: { hash: await hashOf(token), expires_at: now + lives_ms, used: false } };
}

const OPEN_ELSEWHERE = "This call is already open in another tab. Go on there, or start a new call here.";

/**
 * Takes a hash and not the token, because hashing waits and between looking and marking nothing may come.
 * @throws LunaError `token_invalid`, `token_expired` or `token_used`, each with what to do.
 */
export function spend(hash: string, state: TokenState | undefined, now: number): TokenState {
  if (state?.before && constantTimeEqual(hash, state.before.hash)) {
    if (state.before.good) return { ...state, used: true };
    throw new LunaError("token_used", OPEN_ELSEWHERE);
  }
  if (state?.left !== undefined && constantTimeEqual(hash, state.left)) {
    throw new LunaError("token_used", OPEN_ELSEWHERE);
  }
  const fits = cameBeside(hash, state) ? state?.beside : state;
  if (!state || !fits || !constantTimeEqual(hash, fits.hash)) {
    throw new LunaError("token_invalid", "This call token is not known. Start the call again.");
  }
  if (fits === state && state.used) {
    throw new LunaError("token_used", OPEN_ELSEWHERE);
  }
  if (now > fits.expires_at) {
    throw new LunaError("token_expired", "The line waited too long for you. Start the call again.");
  }
  return { ...state, used: true };
}

function cameBeside(hash: string, state: TokenState | undefined): boolean {
  return state?.beside !== undefined && constantTimeEqual(hash, state.beside.hash);
}

/**
 * Spends a token that a page shows, and gives the one it can come back with.
 * @param lives_ms how long that is good for.
 * @throws LunaError as `spend` does.
 */
export async function exchange(
  shown: string,
  memory: { token: TokenState | undefined },
  lives_ms: number,
): Promise<string> {
  const [hash, next] = await Promise.all([hashOf(shown), newToken(Date.now(), lives_ms)]);
  const { token: known } = memory;
  const { beside, left, hash: newest } = spend(hash, known, Date.now());
  const other = cameBeside(hash, known);
  // A tab that asked for the other way in still has its minute where the first one only came back.
  const ways = other ? { left: newest } : { ...(beside ? { beside } : {}), ...(left === undefined ? {} : { left }) };
  memory.token = { ...next.state, before: { hash, good: true }, ...ways };
  return next.token;
}

/** Lets another tab of the same browser in; the one that has the call keeps its own way back until then. */
export async function tokenBeside(memory: { token: TokenState | undefined }): Promise<string | null> {
  const { token, state } = await newToken(Date.now());
  const { token: known } = memory;
  if (!known) return null;
  memory.token = { ...known, beside: { hash: state.hash, expires_at: state.expires_at } };
  return token;
}
