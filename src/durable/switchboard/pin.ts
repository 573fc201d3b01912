/**
 * The PIN of a link. One try after the other, whatever number comes at the same moment: so that no two of them are judged by the
 * same count. The lock grows with each wrong one and is the same for everybody, because an address costs an attacker nothing.
 */
import { constantTimeEqual } from "../../access/secret.ts";
import { lockAfter } from "../../call/allowance.ts";
import { dayOf } from "../../store/spending.ts";

/** Salted and stretched; hex. */
export interface PinKept {
  salt: string;
  hash: string;
}

interface Tries {
  /** In a row. */
  wrong: number;
  /** On `day`, UTC, whatever right ones came between; absent where that came later than the link. */
  today?: number;
  day?: string;
  /** Unix ms; 0 where nothing is locked. */
  locked_until: number;
}

export type PinVerdict =
  | { ok: true }
  | { ok: false; why: "pin_wrong" | "pin_locked" | "too_many"; until: number | null };

const ROUNDS = 10_000;
/** Tries that wait for their turn; more are a flood. */
const MOST_WAITING = 60;

async function stretched(pin: string, salt: string): Promise<string> {
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", bytes.encode(pin), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes.encode(salt), iterations: ROUNDS };
  return new Uint8Array(await crypto.subtle.deriveBits(how, key, 256)).toHex();
}

export async function keepPin(pin: string): Promise<PinKept> {
  const salt = crypto.getRandomValues(new Uint8Array(16)).toHex();
  return { salt, hash: await stretched(pin, salt) };
}

export class PinDoor {
  readonly #storage: DurableObjectStorage;
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
  }

  /** Until when nobody is let in, Unix ms; null where that time is over. */
  lockedUntil(now: number): number | null {
    const { locked_until } = this.#tries;
    return locked_until > now ? locked_until : null;
  }

  check(pin: string, kept: PinKept): Promise<PinVerdict> {
    if (this.#waiting >= MOST_WAITING) return Promise.resolve({ ok: false, why: "too_many", until: null });
    this.#waiting += 1;
    const verdict = this.#turn
      .then(() => this.#check(pin, kept))
      .finally(() => {
        this.#waiting -= 1;
      });
    this.#turn = verdict.catch(() => undefined);
    return verdict;
  }

  async #check(pin: string, kept: PinKept): Promise<PinVerdict> {
    const now = Date.now();
    const locked = this.lockedUntil(now);
    if (locked !== null) return { ok: false, why: "pin_locked", until: locked };
    // Counted before it is judged: an object that dies in between has counted it.
    const before = this.#tries;
    const day = dayOf(now);
    const past = before.day === day ? (before.today ?? 0) : 0;
    const wrong = before.wrong + 1;
    const today = past + 1;
    this.#tries = { wrong, today, day, locked_until: 0 };
    if (constantTimeEqual(await stretched(pin, kept.salt), kept.hash)) {
      this.#tries = { wrong: 0, today: past, day, locked_until: 0 };
      return { ok: true };
    }
    const lock = lockAfter(wrong, today);
    if (lock === 0) return { ok: false, why: "pin_wrong", until: null };
    const until = Date.now() + lock;
    this.#tries = { wrong, today, day, locked_until: until };
    return { ok: false, why: "pin_wrong", until };
  }

  get #tries(): Tries {
    return this.#storage.kv.get<Tries>("tries") ?? { wrong: 0, locked_until: 0 };
  }
  set #tries(tries: Tries) {
    this.#storage.kv.put("tries", tries);
  }
}
