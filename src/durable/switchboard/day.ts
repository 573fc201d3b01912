/**
 * One day (UTC) of a link: how often it was opened, how many tries were logged, and the salt that addresses are hashed with.
 * The salt is thrown away with the day, and then nothing leads from a mark in the log back to an address.
 */
import { dayOf } from "../../store/spending.ts";

const DAY_MS = 24 * 3_600_000;

interface Day {
  day: string;
  salt: string;
  opened: number;
  logged: number;
}

export class LinkDay {
  readonly #storage: DurableObjectStorage;
  readonly #turned: () => void;

  /** @param turned called when a new day has begun. */
  constructor(storage: DurableObjectStorage, turned: () => void) {
    this.#storage = storage;
    this.#turned = turned;
  }

  /** The mark of an address, today and at this link: 16 hex digits. */
  async mark(address: string, now: number): Promise<string> {
    const { salt } = this.#of(now);
    const bytes = new TextEncoder().encode(`${salt} ${address}`);
    return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex().slice(0, 16);
  }

  /** Calls opened today. */
  opened(now: number): number {
    return this.#of(now).opened;
  }

  noteOpened(now: number): void {
    const day = this.#of(now);
    this.#storage.kv.put("day", { ...day, opened: day.opened + 1 });
  }

  /** Whether one more line may go into today's log. */
  mayLog(now: number, most: number): boolean {
    const day = this.#of(now);
    if (day.logged >= most) return false;
    this.#storage.kv.put("day", { ...day, logged: day.logged + 1 });
    return true;
  }

  #of(now: number): Day {
    const day = dayOf(now);
    const known = this.#storage.kv.get<Day>("day");
    if (known?.day === day) return known;
    const fresh = { day, salt: crypto.getRandomValues(new Uint8Array(16)).toHex(), opened: 0, logged: 0 };
    this.#storage.kv.put("day", fresh);
    if (known) this.#turned();
    return fresh;
  }
}

/** The next midnight, UTC. */
export function tomorrow(now: number): number {
  return Math.floor(now / DAY_MS) * DAY_MS + DAY_MS;
}
