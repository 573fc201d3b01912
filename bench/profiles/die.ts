/**
 * Die: the upstream breaks off every call at once, in the middle of an answer, with code 1001. Timed until Luna has dialled
 * again, configured the new session and told it what was said, and the caller's voice arrives there.
 */
import { watchCores } from "../process.ts";
import { inRoom, pause, type Setting, settled } from "../run-calls.ts";
import { numberAt } from "../simulator/frames.ts";
import { Pace } from "../simulator/pace.ts";
import type { Session } from "../simulator/upstream.ts";
import { percentile } from "../statistics.ts";

/** So long at least it is watched, and then until nothing more comes. */
const WAIT_MS = 5_000;

export interface DieResult {
  calls: number;
  /** Calls that were configured again. */
  resumed: number;
  /** From the break to the new session's configuration, ms. */
  configuredP50: number;
  configuredMost: number;
  /** From the break to the first frame of the caller's voice at the new session. */
  heardP50: number;
  /** Caller frames that neither the old nor the new session got. */
  lostFrames: number;
  sentFrames: number;
  /** Callers whose own connection broke. */
  dropped: number;
  /** Share of the two cores that other programs took meanwhile, the larger of both. */
  foreign: number;
}

export function die(setting: Setting): Promise<DieResult> {
  const { calls, frameMs } = setting;
  const arrived = Array.from({ length: calls }, () => new Set<number>());
  const configured = new Map<number, number>();
  const heard = new Map<number, number>();
  let brokenAt = 0;
  let old: Session[] = [];

  const ears = {
    upstream: {
      onAppend(session: Session, base64: string) {
        arrived[session.call]?.add(numberAt(base64, 0));
        if (brokenAt > 0 && !old.includes(session) && !heard.has(session.call))
          heard.set(session.call, performance.now() - brokenAt);
        session.play(base64);
      },
      onConfigured({ call }: Session) {
        if (brokenAt > 0 && !configured.has(call)) configured.set(call, performance.now() - brokenAt);
      },
    },
    onFrame() {},
  };
  return inRoom(setting, ears, async (room) => {
    const pace = new Pace(room.callers, frameMs, () => {});
    await pause(2_000);
    old = [...room.upstream.sessions.values()];
    const spent = watchCores(room.relay);
    brokenAt = performance.now();
    for (const session of old) session.socket.close(1001, "going away");
    await pause(WAIT_MS);
    const { foreign } = spent();
    await pace.stop();
    const lost = () => pace.sent - arrived.reduce((sum, numbers) => sum + numbers.size, 0);
    await settled(() => calls - configured.size + lost());
    const took = [...configured.values()];
    return {
      calls,
      resumed: took.length,
      configuredP50: percentile(took, 0.5),
      configuredMost: Math.max(...took),
      heardP50: percentile([...heard.values()], 0.5),
      lostFrames: lost(),
      sentFrames: pace.sent,
      dropped: room.gone.size,
      foreign,
    };
  });
}
