/**
 * What a call leaves behind: its record in D1, its cost in the day's sum, its sound in R2. D1 and R2 may be away for as long as
 * they like: what they have not taken stays in the object, and is brought to them again. Only when both have everything is
 * the call forgotten here.
 */
import { WARN_AT } from "../../call/money.ts";
import { TOOL_LOST_MS } from "../../call/tool-calls.ts";
import { type Deployed, readSettings } from "../../env.ts";
import { log } from "../../log.ts";
import { type CameBy, saveCall } from "../../store/calls.ts";
import { inTime } from "../../store/in-time.ts";
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

/** The first that is new of a call, or is after a quiet minute, waits this long before it goes to D1. */
const SAVE_WITHIN_MS = 10_000;
/**
 * And what is said from then on this long: D1 is one database for all calls, nothing is lost that waits in the object, and only the
 * lists of calls that are on look at it meanwhile.
 */
const SAVE_EVERY_MS = 60_000;
/** D1 or R2 that refuses is left alone for ten seconds, doubled each time, and so long at most. */
const LONGEST_WAIT_MS = 80_000;
/** What has been refused for an hour is brought once an hour. */
const HOPELESS = 50;
const HOPELESS_WAIT_MS = 3_600_000;
/** How often in a row they have; an object that waits is put away in between. */
const REFUSED = "refused";
/** Set once all of a call is to be deleted: from then on nothing of it is written anywhere. */
const FORGOTTEN = "forgotten";
/** A call that is on waits for D1 this long at most: until its alarm has come back, it does not ring again. */
const ALARM_WAITS_MS = 2_000;
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
  /** When the last was taken, Unix ms; null while none was, in the life of this object. */
  #saved: number | null = null;
  /** The cap of the day is near: every call tells its cost as often as at first, for the day goes over by what is spent in between. */
  #nearCap = false;
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

  /** Something was written down. It goes to D1 with what comes in the next seconds; never throws: whoever says so has more to do. */
  soon(): void {
    const { memory, wakes } = this.#context;
    try {
      if (memory.unsaved) return;
      memory.unsaved = true;
    } catch (thrown) {
      log.error("Not marked as unsaved, the next turn is", { error: (thrown as Error).name });
    }
    wakes.alarmBy(this.#next(Date.now()));
  }

  /** When a call that is on brings to D1 what is new. */
  #next(now: number): number {
    const soonest = now + SAVE_WITHIN_MS;
    if (this.#saved === null || this.#nearCap) return soonest;
    // Of a clock that has been set back, the last save may lie ahead.
    return Math.max(soonest, Math.min(this.#saved, now) + SAVE_EVERY_MS);
  }

  /** When it is tried again, if it is refused now. Not all calls at the same time, for they are refused together. */
  get #again(): number {
    const refusals = this.#refusals;
    const wait = refusals > HOPELESS ? HOPELESS_WAIT_MS : Math.min(SAVE_WITHIN_MS * 2 ** refusals, LONGEST_WAIT_MS);
    return Date.now() + wait * (0.5 + Math.random() / 2);
  }

  get #refusals(): number {
    try {
      return this.#context.ctx.storage.kv.get<number>(REFUSED) ?? 0;
    } catch (thrown) {
      // What asks sets an alarm: that has to be set all the same.
      log.error("Refusals not read", { error: (thrown as Error).name });
      return 0;
    }
  }

  #refused(): void {
    this.#context.wakes.alarmBy(this.#again);
    this.#context.ctx.storage.kv.put(REFUSED, this.#refusals + 1);
  }

  /**
   * Brings what there is to D1; after the end also the sound to R2, and then forgets the call. Of a call that is on, it goes on
   * by itself where D1 is slow.
   */
  now(live?: Pick<Live, "meter">): Promise<void> {
    const { memory, wakes } = this.#context;
    const over = memory.ended !== undefined;
    // Nobody else would come back to a call that is over and loses its object in the middle of this.
    if (over) wakes.alarmBy(this.#again);
    // Whoever else is away: the last seconds of sound are nowhere but in memory.
    const kept = over ? this.#recorder?.close() : undefined;
    const done = Promise.all([this.#writing, kept]).then(() => this.#now(live));
    this.#writing = done.catch(() => undefined);
    return over ? done : within(ALARM_WAITS_MS, done);
  }

  /**
   * From here on nothing of this call is written anywhere, also not by an object that is rebuilt, and what there is is deleted.
   * `nothing`: there was no call here, or one to which nobody ever came; `later`: some of it is still there, and is tried again.
   */
  async erase(end: () => void): Promise<"deleted" | "nothing" | "later"> {
    const { ctx, memory } = this.#context;
    if (memory.opened === undefined) return "nothing";
    const wasCall = memory.ended !== undefined || standingOf(memory) === "on";
    // First: a call that goes on, because storage did not give what its end needs, must not lose all under its caller.
    end();
    ctx.storage.kv.put(FORGOTTEN, true);
    await this.now();
    if (memory.opened !== undefined) return "later";
    return wasCall ? "deleted" : "nothing";
  }

  /** Sound before storage: with that goes the knowledge of what is with R2, and of what the day's sum is still to be told. */
  async #delete(opened: Opened): Promise<void> {
    const { ctx } = this.#context;
    try {
      await this.recorderOf(opened)?.discard();
      await inTime(this.#charge(undefined));
      await ctx.storage.deleteAll();
    } catch (thrown) {
      log.error("Call not deleted, will try again", { call: opened.id, error: (thrown as Error).name });
      this.#refused();
    }
  }

  async #now(live: Pick<Live, "meter"> | undefined): Promise<void> {
    const { ctx, env, memory, ties, wakes } = this.#context;
    const { opened, ended } = memory;
    if (!opened) return;
    const loose = ended === undefined || (await ties.letGo());
    if (ctx.storage.kv.get<boolean>(FORGOTTEN)) return loose ? this.#delete(opened) : this.#refused();
    memory.flush();
    // What was begun before the call ended does its work, and is in the record. One that hangs holds up nobody for ever.
    if (ended) await within(TOOL_LOST_MS, this.#context.toolsIdle());
    if (!ended && !memory.unsaved) return;
    const now = Date.now();
    const next = this.#next(now);
    // The alarm has rung for something else.
    if (!ended && next > now + SAVE_WITHIN_MS) return wakes.alarmBy(next);
    // After that D1 would not keep it any longer either.
    const late = ended !== undefined && now > opened.opened_at + readSettings(env).retentionDays * DAY_MS;
    const saved = late || (await this.#save(live));
    if (!saved || (ended && !((await this.#finishSound(opened)) && loose))) return this.#refused();
    if (ended) return forgetCall(ctx.storage, wakes, now);
    if (this.#refusals > 0) ctx.storage.kv.delete(REFUSED);
  }

  async #save(live: Pick<Live, "meter"> | undefined): Promise<boolean> {
    const { env, memory } = this.#context;
    const whole = memory.record();
    if (!whole) return true;
    const record = this.#taken.news(whole);
    memory.unsaved = false;
    try {
      // The cap of the day holds whatever becomes of the record.
      await inTime(this.#charge(live));
      await inTime(saveCall(env.DB, record, this.#cameBy(record.id)));
      this.#taken.note(record);
      this.#saved = Date.now();
      return true;
    } catch (thrown) {
      log.error("Record not saved, will try again", { call: record.id, error: (thrown as Error).name });
      memory.unsaved = true;
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
    const { caps } = readSettings(env);
    this.#nearCap = caps.day !== null && today >= caps.day * WARN_AT;
    live?.meter.today(today, caps);
  }

  async #finishSound(opened: Opened): Promise<boolean> {
    const recorder = this.recorderOf(opened);
    const now = Date.now();
    if (!recorder || (await recorder.finish(now))) return true;
    if (now > opened.opened_at + SOUND_WAITS_MS) return true;
    // What has been refused for an hour waits for its own hour.
    if (recorder.again !== null && this.#refusals <= HOPELESS) this.#context.wakes.alarmBy(recorder.again);
    return false;
  }
}
