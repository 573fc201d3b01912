/**
 * What a call leaves behind: its record in D1, its cost in the day's sum, its sound in R2. D1 and R2 may be away for as long as
 * they like: what they have not taken stays in the object, and is brought to them again. Only when both have everything is
 * the call forgotten here.
 */
import { type Bindings, readSettings } from "../../env.ts";
import { log } from "../../log.ts";
import { saveCall } from "../../store/calls.ts";
import { addSpending } from "../../store/spending.ts";
import type { Live } from "./live.ts";
import type { CallMemory, Opened } from "./record.ts";
import { Recorder } from "./recorder.ts";
import type { Wakes } from "./wakes.ts";

/** Turns wait this long at most before they go to D1, and again after D1 has refused. */
const SAVE_WITHIN_MS = 10_000;
/** R2 gives up an upload after seven days: from then on there is nothing to wait for. */
const SOUND_WAITS_MS = 7 * 24 * 3_600_000;

export interface FilingContext {
  ctx: DurableObjectState;
  env: Bindings;
  memory: CallMemory;
  wakes: Wakes;
}

export class Filing {
  readonly #context: FilingContext;
  #recorder: Recorder | undefined;

  constructor(context: FilingContext) {
    this.#context = context;
  }

  /** Only the sound of calls that travels through here can be kept; a scripted call's never leaves the page. */
  recorderOf(opened: Opened): Recorder | undefined {
    const { method = "relay" } = opened.settings;
    if (opened.mode === "scripted" || method !== "relay") return undefined;
    const { ctx, env } = this.#context;
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
  async now(live?: Pick<Live, "meter">): Promise<void> {
    const { ctx, memory } = this.#context;
    const { opened, ended } = memory;
    if (!opened) return;
    const saved = !(memory.unsaved || ended) || (await this.#save(live));
    if (!ended) return;
    if (saved && (await this.#finishSound(opened))) await ctx.storage.deleteAll();
  }

  async #save(live: Pick<Live, "meter"> | undefined): Promise<boolean> {
    const { env, memory, wakes } = this.#context;
    const record = memory.record();
    if (!record) return true;
    memory.unsaved = false;
    try {
      await saveCall(env.DB, record);
      await this.#charge(live);
      return true;
    } catch (thrown) {
      log.error("Record not saved, will try again", { call: record.id, error: (thrown as Error).name });
      memory.unsaved = true;
      wakes.alarmBy(Date.now() + SAVE_WITHIN_MS);
      return false;
    }
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
