/**
 * The audit trail of a host: a chain of deeds in one object, written one after the other. Nothing here changes or removes a
 * deed. Whoever reaches into the storage by other means is seen by `verify`: a changed, moved or missing deed breaks the chain,
 * and a chain that was cut at its end no longer reaches the head that was copied to D1 (and to the log) with each deed.
 */
import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../env.ts";
import { log } from "../log.ts";
import {
  asLine,
  CHAIN_START,
  chained,
  type Deed,
  type DeedRow,
  type Head,
  knownHead,
  moveHead,
  type Verdict,
} from "../store/audit.ts";

/** D1 is told again after this long where it could not be told at once. */
const AGAIN_MS = 10_000;
/** Deeds that are held in memory at a time while the chain is walked. */
const STRIDE = 500;
/** Of the deeds that were proved before, so many are walked again with each look: a long trail is gone through bit by bit. */
const WALKED_AGAIN = 5_000;
const BEGINNING: Head = { count: 0, hash: CHAIN_START };
/** What is noted once in this time, however often it is done. */
const ONCE_IN_MS = 3_600_000;

export class AuditTrail extends DurableObject<Bindings> {
  /** One deed after the other: hashing waits, and the next needs the hash of the one before. */
  #queue: Promise<unknown> = Promise.resolve();
  /** D1 is being told. */
  #telling = false;
  /** A deed was noted since. */
  #untold = false;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    ctx.storage.sql.exec(`
      CREATE TABLE IF NOT EXISTS deeds (
        seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, did TEXT NOT NULL, subject TEXT,
        previous TEXT NOT NULL, hash TEXT NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS lately (deed TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT`);
  }

  /**
   * Appends a deed. Resolves when it is written here; D1 learns of the new head soon after. @param once not if the same was done
   * within the hour: what anybody can do as often as they like must not fill the trail.
   */
  async note(deed: Deed, once = false): Promise<void> {
    const written = this.#queue.then(() => (once && this.#wasNoted(deed) ? undefined : this.#append(deed, once)));
    this.#queue = written.catch(() => undefined);
    const head = await written;
    if (!head) return;
    log.info("Deed noted", { did: deed.did, count: head.count, hash: head.hash });
    this.ctx.waitUntil(this.#tellHead());
  }

  #wasNoted(deed: Deed): boolean {
    const { sql } = this.ctx.storage;
    sql.exec("DELETE FROM lately WHERE until <= ?", Date.now());
    return sql.exec("SELECT 1 FROM lately WHERE deed = ?", sameAs(deed)).toArray().length > 0;
  }

  async #append(deed: Deed, once: boolean): Promise<Head> {
    const { who, did, subject } = deed;
    const { count, hash: previous } = this.#head();
    const row = {
      seq: count + 1,
      at: Date.now(),
      who: asLine(who),
      did,
      subject: subject === null ? null : asLine(subject),
    };
    const hash = await chained(previous, row);
    this.ctx.storage.sql.exec(
      "INSERT INTO deeds (seq, at, who, did, subject, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
      ...[row.seq, row.at, row.who, row.did, row.subject, previous, hash],
    );
    // In the same moment as the deed: neither is there without the other.
    if (once) {
      const until = row.at + ONCE_IN_MS;
      this.ctx.storage.sql.exec("INSERT INTO lately (deed, until) VALUES (?, ?)", sameAs(deed), until);
    }
    return { count: row.seq, hash };
  }

  #head(): Head {
    const [last] = this.#rows("SELECT * FROM deeds ORDER BY seq DESC LIMIT 1");
    return last ? { count: last.seq, hash: last.hash } : BEGINNING;
  }

  /** Deeds, newest first. @param before only those with a lower number; null from the end. */
  read(before: number | null, most: number): DeedRow[] {
    return this.#rows(
      "SELECT * FROM deeds WHERE seq < ? ORDER BY seq DESC LIMIT ?",
      before ?? Number.MAX_SAFE_INTEGER,
      most,
    );
  }

  /** Deeds, oldest first, from the one after `after` on. */
  readOn(after: number, most: number): DeedRow[] {
    return this.#rows("SELECT * FROM deeds WHERE seq > ? ORDER BY seq LIMIT ?", after, most);
  }

  /**
   * Holds the chain against itself and against the head that D1 knows. Every deed is walked when it is new; of the older ones
   * `again` with each look, in turn, so that what is changed behind the proved end is found as well, if later.
   */
  async verify(again = WALKED_AGAIN): Promise<Verdict> {
    await this.#queue;
    const known = await knownHead(this.env.DB);
    const proved = this.#proved;
    const from = this.#stands(proved) ? proved : BEGINNING;
    const older = await this.#walkAgain(from, again);
    if (!older.intact) return older;
    const walked = await this.#walk(from, Number.POSITIVE_INFINITY);
    if (!walked.intact) return walked;
    const { count, hash } = walked;
    if (known && known.count > count) return { count, hash, intact: false, broken_at: null, why: "cut" };
    if (known && !this.#stands(known)) return broken(walked, known.count, "changed");
    this.#proved = { count, hash };
    return walked;
  }

  /** Some of the deeds up to the proved end, from where it was left the last time. */
  async #walkAgain(end: Head, most: number): Promise<Verdict> {
    const { kv } = this.ctx.storage;
    const left = kv.get<number>("walked_again") ?? 0;
    const after = left < end.count ? left : 0;
    const [row] = this.#rows("SELECT * FROM deeds WHERE seq = ?", after);
    const to = Math.min(end.count, after + most);
    const walked = await this.#walk(row ? { count: row.seq, hash: row.hash } : BEGINNING, to);
    if (walked.intact) kv.put("walked_again", walked.count);
    return walked;
  }

  /** The chain from behind this deed up to that one, or to its end. */
  async #walk(from: Head, to: number): Promise<Verdict> {
    let last = from;
    while (last.count < to) {
      const rows = this.readOn(last.count, Math.min(STRIDE, to - last.count));
      if (rows.length === 0) break;
      const hashes = await Promise.all(rows.map((row) => chained(row.previous, row)));
      for (const [k, row] of rows.entries()) {
        if (row.seq !== last.count + 1) return broken(last, last.count + 1, "missing");
        if (row.previous !== last.hash || row.hash !== hashes[k]) return broken(last, row.seq, "changed");
        last = { count: row.seq, hash: row.hash };
      }
    }
    return { ...last, intact: true, broken_at: null, why: null };
  }

  /** This deed is there, with this hash. */
  #stands({ count, hash }: Head): boolean {
    const [row] = this.#rows("SELECT * FROM deeds WHERE seq = ?", count);
    return row?.hash === hash;
  }

  /** Up to here every deed has been walked. */
  get #proved(): Head {
    return this.ctx.storage.kv.get<Head>("proved") ?? BEGINNING;
  }
  set #proved(head: Head) {
    this.ctx.storage.kv.put("proved", head);
  }

  /** D1 has not been told of the last deeds. */
  override async alarm(): Promise<void> {
    await this.#tellHead();
  }

  /** One telling at a time; what is noted meanwhile is told by the next round. */
  async #tellHead(): Promise<void> {
    this.#untold = true;
    if (this.#telling) return;
    this.#telling = true;
    try {
      while (this.#untold) {
        this.#untold = false;
        await this.#tellOnce();
      }
    } catch (thrown) {
      log.warn("Head of the audit trail not copied, will try again", { error: (thrown as Error).name });
      await this.ctx.storage.setAlarm(Date.now() + AGAIN_MS);
    } finally {
      this.#telling = false;
    }
  }

  async #tellOnce(): Promise<void> {
    const head = this.#head();
    if (head.count === 0) return;
    const known = await knownHead(this.env.DB);
    if (known?.hash === head.hash) return;
    if (!this.#continues(known)) return log.error("Audit trail does not reach its known head", { count: head.count });
    await moveHead(this.env.DB, known, head);
  }

  /** A head that is not part of this chain stays where it is: from then on `verify` finds the break. */
  #continues(known: Head | null): boolean {
    return known === null || this.#stands(known);
  }

  #rows(query: string, ...binds: number[]): DeedRow[] {
    return this.ctx.storage.sql.exec(query, ...binds).toArray() as unknown as DeedRow[];
  }
}

function sameAs({ who, did, subject }: Deed): string {
  return JSON.stringify([who, did, subject]);
}

function broken({ count, hash }: Head, broken_at: number, why: "changed" | "missing"): Verdict {
  return { count, hash, intact: false, broken_at, why };
}
