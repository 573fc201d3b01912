/**
 * What a call leaves behind: its record in D1, its cost in the day's sum, its sound in R2. D1 and R2 may be away for as long as
 * they like: what they have not taken stays in the object, and is brought to them again. Only when both have everything is
 * the call forgotten here.
 */
import { TOOL_LOST_MS } from "../../call/tool-calls.ts";
import { type Deployed, readSettings } from "../../env.ts";
import { log } from "../../log.ts";
import { type CameBy, saveCall } from "../../store/calls.ts";
import { addSpending } from "../../store/spending.ts";
import { standingOf } from "./limits.ts";
import type { Live } from "./live.ts";
import type { CallMemory, Opened } from "./record.ts";
import { Recorder } from "./recorder.ts";
import { forgetCall } from "./reservation.ts";
import { Taken } from "./taken.ts";
import type { Ties } from "./ties.ts";
import type { Wakes } from "./wakes.ts";
import { within } from "./within.ts";

/** Turns wait this long at most before they go to D1, and again after D1 has refused. */
const SAVE_WITHIN_MS = 10_000;
/** Set once all of a call is to be deleted: from then on nothing of it is written anywhere. */
const FORGOTTEN = "forgotten";
const DAY_MS = 24 * 3_600_000;
/** R2 gives up an upload after seven days: from then on there is nothing to wait for. */
const SOUND_WAITS_MS = 7 * 24 * 3_600_000;

export interface FilingContext {
  ctx: DurableObjectState;
  env: Deployed;
  memory: CallMemory;
  wakes: Wakes;
  ties: Ties;
  /** Resolves when no tool of this call is running. */
  toolsIdle(): Promise<void>;
}

export class Filing {
  readonly #context: FilingContext;
  readonly #taken = new Taken();
  #recorder: Recorder | undefined;
  /** What is being written: the next waits for it. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(context: FilingContext) {
    this.#context = context;
  }

  /** Only the sound of calls that travels through here can be kept; a scripted call's never leaves the page. */
  recorderOf(opened: Opened): Recorder | undefined {
    const { method = "relay" } = opened.settings;
    if (opened.mode === "scripted" || method !== "relay") return undefined;
    const { ctx, env } = this.#context;
    // Deployed to an account without R2.
    if (env.RECORDINGS === undefined) return undefined;
    this.#recorder ??= new Recorder({
      storage: ctx.storage,
      bucket: env.RECORDINGS,
      callId: opened.id,
      startedAt: opened.opened_at,
      later: (work) => ctx.waitUntil(work()),
    });
    return this.#recorder;
  }

  /** Something was written down. It goes to D1 with what comes in the next seconds. */
  soon(): void {
    const { memory, wakes } = this.#context;
    if (memory.unsaved) return;
    memory.unsaved = true;
    wakes.alarmBy(Date.now() + SAVE_WITHIN_MS);
  }

  /** Brings what there is to D1; after the end also the sound to R2, and then forgets the call. */
  now(live?: Pick<Live, "meter">): Promise<void> {
    const { memory, wakes } = this.#context;
    const over = memory.ended !== undefined;
    // Nobody else would come back to a call that is over and loses its object in the middle of this.
    if (over) wakes.alarmBy(Date.now() + SAVE_WITHIN_MS);
    // Whoever else is away: the last seconds of sound are nowhere but in memory.
    const kept = over ? this.#recorder?.close() : undefined;
    const done = Promise.all([this.#writing, kept]).then(() => this.#now(live));
    this.#writing = done.catch(() => undefined);
    return done;
  }

  /**
   * From here on nothing of this call is written anywhere, also not by an object that is rebuilt, and what there is is deleted.
   * `nothing`: there was no call here, or one to which nobody ever came; `later`: some of it is still there, and is tried again.
   */
  async erase(end: () => void): Promise<"deleted" | "nothing" | "later"> {
    const { ctx, memory } = this.#context;
    if (memory.opened === undefined) return "nothing";
    const wasCall = memory.ended !== undefined || standingOf(memory) === "on";
    ctx.storage.kv.put(FORGOTTEN, true);
    end();
    await this.now();
    if (memory.opened !== undefined) return "later";
    return wasCall ? "deleted" : "nothing";
  }

  /** Sound first: with the storage goes the knowledge of what is with R2. */
  async #delete(opened: Opened): Promise<void> {
    const { ctx, wakes } = this.#context;
    try {
      await this.recorderOf(opened)?.discard();
      await ctx.storage.deleteAll();
    } catch (thrown) {
      log.error("Call not deleted, will try again", { call: opened.id, error: (thrown as Error).name });
      wakes.alarmBy(Date.now() + SAVE_WITHIN_MS);
    }
  }

  async #now(live: Pick<Live, "meter"> | undefined): Promise<void> {
    const { ctx, memory } = this.#context;
    const { opened, ended } = memory;
    if (!opened) return;
    const loose = ended === undefined || (await this.#letGo());
    if (ctx.storage.kv.get<boolean>(FORGOTTEN)) return this.#delete(opened);
    // What was begun before the call ended does its work, and is in the record. One that hangs holds up nobody for ever.
    if (ended) await within(TOOL_LOST_MS, this.#context.toolsIdle());
    const saved = !(memory.unsaved || ended) || (await this.#save(live));
    if (!ended) return;
    if (saved && (await this.#finishSound(opened)) && loose) {
      await forgetCall(ctx.storage, this.#context.wakes, Date.now());
    }
  }

  async #letGo(): Promise<boolean> {
    const { ties, wakes } = this.#context;
    if (await ties.letGo()) return true;
    wakes.alarmBy(Date.now() + SAVE_WITHIN_MS);
    return false;
  }

  async #save(live: Pick<Live, "meter"> | undefined): Promise<boolean> {
    const { env, memory, wakes } = this.#context;
    const whole = memory.record();
    if (!whole) return true;
    const record = this.#taken.news(whole);
    memory.unsaved = false;
    try {
      await saveCall(env.DB, record, this.#cameBy(record.id));
      this.#taken.note(record);
      await this.#charge(live);
      return true;
    } catch (thrown) {
      log.error("Record not saved, will try again", { call: record.id, error: (thrown as Error).name });
      memory.unsaved = true;
      wakes.alarmBy(Date.now() + SAVE_WITHIN_MS);
      return false;
    }
  }

  /** The link the call came by, and what its guest keeps of it. */
  #cameBy(call_id: string): CameBy | undefined {
    const { env, memory } = this.#context;
    const { opened } = memory;
    if (!opened?.link) return undefined;
    const { id, host_name, postcard, keep_days } = opened.link;
    const days = Math.min(keep_days ?? Number.POSITIVE_INFINITY, readSettings(env).retentionDays);
    const kept_until = opened.opened_at + days * DAY_MS;
    return { link_id: id, postcard: { hash: postcard, call_id, host_name, kept_until } };
  }

  /** The host pays: what this call has cost goes into the day's sum, and what is left of the day is left for this call. */
  async #charge(live: Pick<Live, "meter"> | undefined): Promise<void> {
    const { env, memory } = this.#context;
    const { opened, progress } = memory;
    const charge = progress?.counts.tally.charge_usd ?? 0;
    if (!opened?.server_key || charge === 0) return;
    const today = await addSpending(env.DB, opened.id, charge, Date.now());
    live?.meter.today(today, readSettings(env).caps);
  }

  async #finishSound(opened: Opened): Promise<boolean> {
    const recorder = this.recorderOf(opened);
    const now = Date.now();
    if (!recorder || (await recorder.finish(now))) return true;
    if (now > opened.opened_at + SOUND_WAITS_MS) return true;
    this.#context.wakes.alarmBy(recorder.again ?? now + SAVE_WITHIN_MS);
    return false;
  }
}
