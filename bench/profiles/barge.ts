/**
 * Barge-in: while sound is playing, the upstream hears the caller and says so, with five more deltas of the dead answer close
 * behind, as happens on a real line. Timed until the relay tells the caller's side to be silent (`luna.flush`, Twilio's
 * `clear`; on a bare copy the event itself). Sound of the dead answer that arrives after that command is stale.
 */
import { watchCores } from "../process.ts";
import { inRoom, pause, type Setting, sessionOf, settled } from "../run-calls.ts";
import { FrameMaker } from "../simulator/frames.ts";
import { Pace } from "../simulator/pace.ts";
import type { Session } from "../simulator/upstream.ts";
import { percentile } from "../statistics.ts";

const EVERY_MS = 1_000;
const TIMES = 6;
/** Rounds before those, which are not counted: what is done for the first time is compiled first. */
const WARM = 2;
const DEAD_DELTAS = 5;
/** Numbers of the dead deltas: far above those of frames. */
const DEAD = 0x8000_0000;
/** The caller speaks for so long; then the next answer begins. */
const SPEAKS_MS = 300;

export interface BargeResult {
  p50: number;
  p99: number;
  barges: number;
  /** Barges after which no command came. */
  unanswered: number;
  stale: number;
  /** Share of the two cores that other programs took meanwhile, the larger of both. */
  foreign: number;
}

/** The caller spoke into an answer. */
interface Interruption {
  /** `performance.now()`. */
  began: number;
  /** Not one of the warm rounds, whenever its command comes. */
  counts: boolean;
}

export function barge(setting: Setting): Promise<BargeResult> {
  const { calls, frameMs, peer } = setting;
  const dead = new FrameMaker(20 * peer.bytesPerMs).base64(DEAD);
  /** Barges of each call that wait for their command, the oldest first: one can come later than the next barge. */
  const waiting: Interruption[][] = Array.from({ length: calls }, () => []);
  /** The barge whose command has come, until the next one begins. */
  const silenced = new Array<Interruption | undefined>(calls).fill(undefined);
  const took: number[] = [];
  let barges = 0;
  let stale = 0;
  let counting = false;

  const interrupt = async (session: Session) => {
    const { call, answering } = session;
    if (!answering) return;
    if (counting) barges++;
    silenced[call] = undefined;
    waiting[call]?.push({ began: performance.now(), counts: counting });
    session.hearSpeech();
    for (let n = 0; n < DEAD_DELTAS; n++) session.play(dead);
    session.finish("cancelled");
    await pause(SPEAKS_MS);
    session.endSpeech();
    session.answer();
  };
  const ears = {
    upstream: { onAppend: (session: Session, base64: string) => void session.play(base64) },
    onFrame(caller: number, number: number) {
      if (number >= DEAD && silenced[caller]?.counts) stale++;
    },
    onFlush(caller: number, at: number) {
      const barge = waiting[caller]?.shift();
      if (barge?.counts) took.push(at - barge.began);
      if (barge && waiting[caller]?.length === 0) silenced[caller] = barge;
    },
  };
  return inRoom(setting, ears, async (room) => {
    const pace = new Pace(room.callers, frameMs, () => {});
    await pause(1_000);
    const spent = watchCores(room.relay);
    for (let n = 0; n < WARM + TIMES; n++) {
      counting = n >= WARM;
      for (let call = 0; call < calls; call++) {
        setTimeout(() => void interrupt(sessionOf(room, call)), EVERY_MS * 0.6 * (call / calls));
      }
      await pause(EVERY_MS);
    }
    const { foreign } = spent();
    await pace.stop();
    // Stale sounds of the last barge come behind its command.
    await pause(500);
    await settled(() => barges - took.length);
    return {
      p50: percentile(took, 0.5),
      p99: percentile(took, 0.99),
      barges,
      unanswered: barges - took.length,
      stale,
      foreign,
    };
  });
}
