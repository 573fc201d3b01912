/**
 * What ties a call to others: the link it came by, which counts it and its cost, and its line among those on the server's own
 * key. Both are let go when it is over. Either may not answer for a while: the call goes on, and tells them later.
 */
import type { Leave } from "../../call/allowance.ts";
import type { Bindings } from "../../env.ts";
import { log } from "../../log.ts";
import { inTime } from "../../store/in-time.ts";
import { boardOf, linesOf } from "../switchboard/names.ts";
import type { Live } from "./live.ts";
import type { CallMemory } from "./record.ts";

/** Set once both have been let go. */
const LOOSE = "ties_loose";
/**
 * The switchboard has so long to answer, ms, and is asked twice, a moment apart: an object that was put away is there again by
 * then. A call that has used up what was set aside for it and still hears nothing takes no more: a cap that is not known is not
 * passed.
 */
const ANSWERS_MS = 850;
const TRIES = 2;
const AGAIN_MS = 250;

export interface TiesContext {
  ctx: DurableObjectState;
  env: Bindings;
  memory: CallMemory;
  /** Whoever watches has been told all there was. */
  told(): Promise<void>;
  /** It is known what the call may cost from here on. */
  capped(): void;
}

export class Ties {
  readonly #context: TiesContext;
  #reporting: Promise<void> | undefined;
  /** More was charged while a report was under way. */
  #more = false;

  constructor(context: TiesContext) {
    this.#context = context;
  }

  /**
   * The guest is there: now the use counts for good.
   * @param gallery looks in where somebody watches the link.
   * @param closed called where the link knows this call no more.
   */
  connected(gallery: { lookIn(): void }, closed: (why: "revoked" | "expired") => void): void {
    const { ctx, env, memory } = this.#context;
    const { opened } = memory;
    if (!opened?.link) return;
    const told = boardOf(env, opened.link.hash).connected(opened.id);
    const take = (told: { watched: boolean; closed: "revoked" | "expired" | null }) => {
      if (told.watched) gallery.lookIn();
      if (told.closed) closed(told.closed);
    };
    // The switchboard asks by itself after a call that it hears nothing of.
    ctx.waitUntil(told.then(take).catch(() => log.warn("Link not told of its guest", { call: opened.id })));
  }

  /** Something may have been charged: the link is told, and says how much more it may be. */
  charged(live: Live): void {
    if (!live.opened.link || !live.meter.untold) return;
    if (this.#reporting) {
      this.#more = true;
      return;
    }
    this.#reporting = this.#report(live).finally(() => {
      this.#reporting = undefined;
      if (this.#more) this.charged(live);
    });
    this.#context.ctx.waitUntil(this.#reporting);
  }

  async #report({ opened, meter }: Live): Promise<void> {
    this.#more = false;
    const { charge } = meter;
    const leave = opened.link ? await this.#ask(opened.link.hash, opened.id, charge) : null;
    if (leave !== undefined) meter.linkLeaves(leave);
    meter.linkAsked(charge);
    this.#context.capped();
  }

  /** Undefined where there is no answer: the next bill is told all the same. */
  async #ask(hash: string, call_id: string, charge: number): Promise<Leave | null | undefined> {
    for (let tried = 0; tried < TRIES; tried++) {
      if (tried > 0) await scheduler.wait(AGAIN_MS);
      try {
        const answer = boardOf(this.#context.env, hash).report(call_id, charge, false);
        const late = scheduler.wait(ANSWERS_MS).then(() => {
          throw new Error("late");
        });
        return await Promise.race([answer, late]);
      } catch (thrown) {
        log.warn("Link not told of a cost", { call: call_id, error: (thrown as Error).name });
      }
    }
    return undefined;
  }

  /** The call is over. Gives false where somebody could not be told: to be tried again. */
  async letGo(): Promise<boolean> {
    const { ctx, env, memory } = this.#context;
    const { opened, progress } = memory;
    if (!opened || (!opened.link && !opened.line) || ctx.storage.kv.get<boolean>(LOOSE)) return true;
    try {
      await this.#reporting;
      // The end of the call goes before the news that no call is on.
      await this.#context.told();
      const charge = progress?.counts.tally.charge_usd ?? 0;
      if (opened.line) await inTime(linesOf(env).giveLine(opened.id));
      if (opened.link) await inTime(boardOf(env, opened.link.hash).report(opened.id, charge, true));
      ctx.storage.kv.put(LOOSE, true);
      return true;
    } catch (thrown) {
      log.warn("End of a call not told, will try again", { call: opened.id, error: (thrown as Error).name });
      return false;
    }
  }
}
