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
      ) STRICT`);
  }

  /** Appends a deed. Resolves when it is written here; D1 learns of the new head soon after. */
  async note(deed: Deed): Promise<void> {
    const written = this.#queue.then(() => this.#append(deed));
    this.#queue = written.catch(() => undefined);
    const head = await written;
    log.info("Deed noted", { did: deed.did, count: head.count, hash: head.hash });
    this.ctx.waitUntil(this.#tellHead());
  }

  async #append({ who, did, subject }: Deed): Promise<Head> {
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
    return { count: row.seq, hash };
  }

  #head(): Head {
    const [last] = this.#rows("SELECT * FROM deeds ORDER BY seq DESC LIMIT 1");
    return last ? { count: last.seq, hash: last.hash } : { count: 0, hash: CHAIN_START };
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

  /** Walks the whole chain and holds it against the head that D1 knows. */
  async verify(): Promise<Verdict> {
    await this.#queue;
    const known = await knownHead(this.env.DB);
    let last: Head = { count: 0, hash: CHAIN_START };
    let metKnown = known === null;
    for (;;) {
      const rows = this.readOn(last.count, STRIDE);
      if (rows.length === 0) break;
      const hashes = await Promise.all(rows.map((row) => chained(row.previous, row)));
      for (const [k, row] of rows.entries()) {
        if (row.seq !== last.count + 1) return broken(last, last.count + 1, "missing");
        if (row.previous !== last.hash || row.hash !== hashes[k]) return broken(last, row.seq, "changed");
        last = { count: row.seq, hash: row.hash };
        if (row.seq === known?.count) {
          if (row.hash !== known.hash) return broken(last, row.seq, "changed");
          metKnown = true;
        }
      }
    }
    if (!metKnown) return { ...last, intact: false, broken_at: null, why: "cut" };
    return { ...last, intact: true, broken_at: null, why: null };
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
    if (known === null) return true;
    const [row] = this.#rows("SELECT * FROM deeds WHERE seq = ?", known.count);
    return row?.hash === known.hash;
  }

  #rows(query: string, ...binds: number[]): DeedRow[] {
    return this.ctx.storage.sql.exec(query, ...binds).toArray() as unknown as DeedRow[];
  }
}

function broken({ count, hash }: Head, broken_at: number, why: "changed" | "missing"): Verdict {
  return { count, hash, intact: false, broken_at, why };
}
