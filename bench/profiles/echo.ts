/**
 * Echo: every frame a caller sends comes back as one audio delta of the same bytes; the time there and back is the relay's,
 * twice. Every five seconds the caller takes a turn (a new answer, a transcript, for Luna a row in the record).
 */
import { watchCores } from "../process.ts";
import { inRoom, pause, type Setting, sessionOf, settled } from "../run-calls.ts";
import { Pace } from "../simulator/pace.ts";
import { percentile } from "../statistics.ts";

const TURN_EVERY_MS = 5_000;
/** A frame that much later than the one before it, beyond the distance they were sent at, is a hole in the sound. */
const GAP_MS = 40;

export interface EchoResult {
  p50: number;
  p95: number;
  p99: number;
  /** Frames sent while it was measured. */
  frames: number;
  lost: number;
  gaps: number;
  /**
   * Relay's processor time for one frame there and back, ms: over the ways, there or back, that frames made meanwhile, whenever they
   * were sent. What still waits in a relay that has fallen behind has cost nothing yet. NaN where none came, or the relay fell.
   */
  cpuMs: number;
  /** Memory the relay has taken on for each call, MB. */
  mbPerCall: number;
  /** Dial to first sound, median over the calls, ms. */
  dialMs: number;
  /** How late the simulator itself was, 99th percentile, ms. */
  simulatorLate: number;
  /** Share of the two cores that other programs took meanwhile, the larger of both. */
  foreign: number;
  crashed: boolean;
}

export interface EchoTimes {
  warmMs: number;
  measureMs: number;
}

export function echo(setting: Setting, times: EchoTimes): Promise<EchoResult> {
  const { calls, frameMs } = setting;
  /** When each frame left, by caller and number. */
  const sentAt: number[][] = Array.from({ length: calls }, () => [0]);
  const before: { sent: number; arrived: number }[] = Array.from({ length: calls }, () => ({ sent: 0, arrived: 0 }));
  const trips: number[] = [];
  let measuring = false;
  let counted = 0;
  let arrived = 0;
  /** Ways that frames made while it was measured, to the upstream or back to the caller. */
  let ways = 0;
  let gaps = 0;
  /** First number of each caller that counts; the last that does is where it stands when measuring ends. */
  const from: number[] = [];
  const to: number[] = [];

  const ears = {
    upstream: {
      onAppend(session: { play(base64: string): boolean }, base64: string) {
        if (measuring) ways++;
        session.play(base64);
      },
    },
    onFrame(caller: number, number: number, at: number) {
      const left = sentAt[caller]?.[number] ?? 0;
      const last = before[caller];
      if (last && last.arrived > 0 && at - last.arrived - (left - last.sent) > GAP_MS && measuring) gaps++;
      before[caller] = { sent: left, arrived: at };
      if (measuring) ways++;
      if (number < (from[caller] ?? Infinity) || number > (to[caller] ?? Infinity)) return;
      arrived++;
      trips.push(at - left);
    },
  };
  return inRoom(setting, ears, async (room) => {
    const pace = new Pace(room.callers, frameMs, (caller, number) => {
      sentAt[caller]?.push(performance.now());
      if (measuring && number >= (from[caller] ?? 0)) counted++;
    });
    const turns = setInterval(
      () => everyTurn(room.callers.length, (call) => sessionOf(room, call).turn()),
      TURN_EVERY_MS,
    );
    await pause(times.warmMs);
    for (let caller = 0; caller < calls; caller++) from[caller] = sentAt[caller]?.length ?? 1;
    measuring = true;
    pace.late.length = 0;
    const spent = watchCores(room.relay);
    await pause(times.measureMs);
    const { relayMs, foreign } = spent();
    const pairs = ways / 2;
    const rss = room.relay?.rssMb() ?? 0;
    const late = percentile(pace.late, 0.99);
    for (let caller = 0; caller < calls; caller++) to[caller] = (sentAt[caller]?.length ?? 1) - 1;
    const frames = counted;
    measuring = false;
    clearInterval(turns);
    await pace.stop();
    await settled(() => frames - arrived);
    return {
      p50: percentile(trips, 0.5),
      p95: percentile(trips, 0.95),
      p99: percentile(trips, 0.99),
      frames,
      lost: frames - arrived,
      gaps,
      cpuMs: pairs > 0 ? relayMs / pairs : Number.NaN,
      mbPerCall: (rss - room.idleMb) / calls,
      dialMs: percentile(room.dialMs, 0.5),
      simulatorLate: late,
      foreign,
      crashed: room.gone.size > 0 || room.relay?.alive() === false,
    };
  });
}

/** Calls take their turns spread over a second, not all at once. */
function everyTurn(calls: number, turn: (call: number) => void): void {
  for (let call = 0; call < calls; call++) setTimeout(() => turn(call), (1_000 * call) / calls);
}
