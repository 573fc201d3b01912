/**
 * A client secret is a reserved call. `ek_<call id>_<256 random bits>` names the object that answers for it, and that object
 * keeps the hash, the end, and what the secret is good for. It is spent there, between one read and one write with nothing in
 * between, so that of any number of uses at the same moment one wins.
 */
import { decodeTime } from "ulid";
import { constantTimeEqual, hashOf, randomText } from "../../access/secret.ts";
import { type ErrorKind, LunaError } from "../../errors.ts";
import type { CallSettings } from "../../legs/open-call.ts";
import type { SessionConfig } from "../../realtime/session-config.ts";
import type { Wakes } from "./wakes.ts";

/** `session`: a conversation, over a WebSocket or by WebRTC. `sound`: the sound of a call that is open already, by WebRTC. */
export type Opens = "session" | "sound";

/** What somebody comes with a secret for. */
export interface Use {
  /** Any of these. */
  opens: Opens | Opens[];
  /** What a session's client expects to answer; absent or empty: whoever the secret names. */
  model?: string;
}

/** What a secret is bound to. */
export interface Reservation {
  opens: Opens;
  /** API key that minted it, `host`, `open` (localhost without keys), or `page` (a browser, for itself). */
  minted_by: string;
  /** Whose call it becomes: the browser that asked for the secret, else `key:<minted_by>`. */
  visitor: string;
  /** The server's own key may be spent on it. */
  server_key: boolean;
  /** An agent's, scenario's or provider model's name. */
  model: string;
  /** The bound configuration as JSON (RPC carries no open types); null where the client makes it. */
  session: string | null;
  /** How an agent listens and sounds. */
  settings?: CallSettings;
}

export interface ReservationState {
  /** SHA-256 of the whole secret, hex. */
  hash: string;
  /** Unix ms. */
  expires_at: number;
  used: boolean;
  reservation: Reservation;
}

/** Over RPC an error would lose its kind, so what went wrong is an answer. */
export type Redeemed = { ok: true; reservation: Reservation } | { ok: false; kind: ErrorKind; detail: string };

/** So long a late or second use is told as what it is; after that the secret is as unknown as one that never was. */
const REMEMBERED_MS = 10 * 60_000;
const SECRET = /^ek_([0-9A-HJKMNP-TV-Z]{26})_[\w-]{43}$/;

/** The longest life of a secret, as the routes have it. */
const LONGEST_LIFE_MS = 7_200_000;
/** Two machines' clocks. */
const CLOCKS_MS = 5 * 60_000;

/** A new secret of this call; only its hash is kept. */
export async function newSecret(callId: string): Promise<{ secret: string; hash: string }> {
  const secret = `ek_${callId}_${randomText(32)}`;
  return { secret, hash: await hashOf(secret) };
}

const ELSEWHERE: Record<Opens, string> = {
  session: "This client secret opens a session over a WebSocket: for WebRTC this Luna has no AI provider.",
  sound: "This client secret opens the sound of its call by WebRTC and nothing else.",
};

export const NOT_KNOWN = "This client secret is not known.";

/** The call that a secret names, or undefined for what cannot be one. */
export function callOf(secret: string): string | undefined {
  return SECRET.exec(secret)?.[1];
}

/** A secret of this call may be known: its id says when it was made. Any other is unknown, and no object has to be woken to say so. */
export function mayBeKnown(call_id: string, now: number): boolean {
  let made: number;
  try {
    made = decodeTime(call_id);
  } catch {
    return false;
  }
  return made <= now + CLOCKS_MS && now <= made + LONGEST_LIFE_MS + REMEMBERED_MS + CLOCKS_MS;
}

/** The bound configuration. */
export function sessionOf({ session }: Reservation): SessionConfig | undefined {
  return session === null ? undefined : (JSON.parse(session) as SessionConfig);
}

/**
 * The state after this use.
 * @throws LunaError `token_invalid`, `token_used` or `token_expired`; `invalid_request` for another model, which spends nothing
 */
export function spendSecret(
  hash: string,
  state: ReservationState | undefined,
  { opens, model = "" }: Use,
  now: number,
): ReservationState {
  if (!state || !constantTimeEqual(hash, state.hash)) throw new LunaError("token_invalid", NOT_KNOWN);
  if (state.used) throw new LunaError("token_used", "This client secret has been used. Mint a new one.");
  if (now > state.expires_at) throw new LunaError("token_expired", "This client secret has expired. Mint a new one.");
  if (![opens].flat().includes(state.reservation.opens))
    throw new LunaError("token_invalid", ELSEWHERE[state.reservation.opens]);
  if (state.reservation.opens === "session" && model !== "" && model !== state.reservation.model)
    throw new LunaError("invalid_request", `This client secret is bound to the model '${state.reservation.model}'.`);
  return { ...state, used: true };
}

/** What is left of a reservation that was used: nobody learns anything from it but that. */
const USED_UP: Reservation = {
  opens: "session",
  minted_by: "",
  visitor: "",
  server_key: false,
  model: "",
  session: null,
};

/** A call is forgotten, all but the hash of the secret that opened it: who comes with it again is told so for a while. */
export async function forgetCall(storage: DurableObjectStorage, wakes: Wakes, now: number): Promise<void> {
  const state = storage.kv.get<ReservationState>("reservation");
  await storage.deleteAll();
  if (!state?.used || now >= state.expires_at + REMEMBERED_MS) return;
  const left: ReservationState = { ...state, reservation: USED_UP };
  storage.kv.put("reservation", left);
  wakes.alarmBy(state.expires_at + REMEMBERED_MS);
}

/** The reservation in the object's storage. */
export class Reserved {
  readonly #storage: DurableObjectStorage;
  readonly #wakes: Wakes;

  constructor(storage: DurableObjectStorage, wakes: Wakes) {
    this.#storage = storage;
    this.#wakes = wakes;
  }

  keep(state: ReservationState): void {
    this.#storage.kv.put("reservation", state);
    this.#wakes.alarmBy(state.expires_at + REMEMBERED_MS);
  }

  /** No `await` between looking and marking. */
  redeem(hash: string, use: Use, now: number): Redeemed {
    try {
      const state = spendSecret(hash, this.#state, use, now);
      this.#storage.kv.put("reservation", state);
      return { ok: true, reservation: state.reservation };
    } catch (thrown) {
      if (thrown instanceof LunaError) return { ok: false, kind: thrown.kind, detail: thrown.message };
      throw thrown;
    }
  }

  /** The alarm of a call that nobody has opened: a secret that nobody came with leaves nothing behind. */
  async forget(now: number): Promise<void> {
    const state = this.#state;
    if (!state || now >= state.expires_at + REMEMBERED_MS) return this.#storage.deleteAll();
    this.#wakes.alarmBy(state.expires_at + REMEMBERED_MS);
  }

  /** What a secret that has been spent was bound to. */
  get spent(): Reservation | undefined {
    const state = this.#state;
    return state?.used ? state.reservation : undefined;
  }

  get #state(): ReservationState | undefined {
    return this.#storage.kv.get<ReservationState>("reservation");
  }
}
