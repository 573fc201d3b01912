/** A clock that runs five times as fast from the moment the Worker was bundled; imported before anything that looks at it. */
import { TIMES_FASTER } from "../tempo.ts";

/** Unix ms; esbuild puts the number here. */
declare const BUNDLED_AT: number;

const now = Date.now;
Date.now = () => BUNDLED_AT + (now() - BUNDLED_AT) * TIMES_FASTER;

/** From here on timers watch over a line (a session that does not come, an answer that stalls), and lines are no faster than else. */
const WATCHES_MS = 3_000;
const { setTimeout: later, setInterval: often } = globalThis;
const sooner = (ms: number) => (ms < WATCHES_MS ? ms / TIMES_FASTER : ms);
globalThis.setTimeout = ((run: () => void, ms = 0) => later(run, sooner(ms))) as typeof setTimeout;
globalThis.setInterval = ((run: () => void, ms = 0) => often(run, ms / TIMES_FASTER)) as typeof setInterval;
const wait = scheduler.wait.bind(scheduler);
scheduler.wait = (ms, options) => wait(ms / TIMES_FASTER, options);

/** Alarms are rung by the real clock. */
export function alarmsOf(storage: DurableObjectStorage): void {
  const set = storage.setAlarm.bind(storage);
  const get = storage.getAlarm.bind(storage);
  storage.setAlarm = (at, options) => set(BUNDLED_AT + (Number(at) - BUNDLED_AT) / TIMES_FASTER, options);
  storage.getAlarm = async (options) => {
    const at = await get(options);
    return at === null ? null : BUNDLED_AT + (at - BUNDLED_AT) * TIMES_FASTER;
  };
}
