/**
 * Hour: a whole hour of talk, played five times as fast, to see whether a call's memory grows. A turn every five seconds of
 * the call's own time, 90,000 frames each way for every call, and at 55 minutes the change to another session of the provider.
 */
import { type Heap, openHeap } from "../heap.ts";
import { inRoom, pause, type Setting, sessionOf, settled } from "../run-calls.ts";
import { Pace } from "../simulator/pace.ts";
import type { Session } from "../simulator/upstream.ts";
import { TIMES_FASTER } from "../tempo.ts";

const TURN_EVERY_MS = 5_000;

export interface HourResult {
  calls: number;
  /**
   * Minutes of the call's own time, and then for each call, MB: what is alive in the Worker's heap, and the memory of the process
   * beyond an idle one.
   */
  memory: { minute: number; live: number; mbPerCall: number }[];
  frames: number;
  lost: number;
}

/**
 * @param minutes of the call's own time.
 * @throws when the Worker falls: nobody waits for the rest of the hour.
 */
export function hour(setting: Setting, minutes = 60): Promise<HourResult> {
  const { calls, frameMs } = setting;
  let arrived = 0;
  const ears = {
    upstream: { onAppend: (session: Session, base64: string) => void session.play(base64) },
    onFrame() {
      arrived++;
    },
  };
  return inRoom({ ...setting, faster: TIMES_FASTER }, ears, async (room) => {
    const pace = new Pace(room.callers, frameMs / TIMES_FASTER, () => {});
    const turns = setInterval(() => {
      for (let call = 0; call < calls; call++) sessionOf(room, call).turn();
    }, TURN_EVERY_MS / TIMES_FASTER);
    const memory: HourResult["memory"] = [];
    let heap: Heap | undefined;
    try {
      heap = room.relay?.inspector === undefined ? undefined : await openHeap(room.relay.inspector);
      for (let minute = minutes / 6; minute <= minutes; minute += minutes / 6) {
        await pause((minutes / 6) * (60_000 / TIMES_FASTER));
        const live = ((await heap?.liveMb()) ?? 0) / calls;
        memory.push({ minute, live, mbPerCall: ((room.relay?.rssMb() ?? 0) - room.idleMb) / calls });
      }
    } finally {
      heap?.close();
      clearInterval(turns);
      await pace.stop();
    }
    await settled(() => pace.sent - arrived);
    return { calls, memory, frames: pace.sent, lost: pace.sent - arrived };
  });
}
