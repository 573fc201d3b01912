/**
 * Barge-in: while sound is playing, the upstream hears the caller and says so, with five more deltas of the dead answer close
 * behind, as happens on a real line. Timed until the relay tells the caller's side to be silent (`luna.flush`, Twilio's
 * `clear`; on a bare copy the event itself). Sound of the dead answer that arrives after that command is stale.
 */
import { inRoom, pause, type Setting, sessionOf } from "../run-calls.ts";
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
}

export function barge(setting: Setting): Promise<BargeResult> {
  const { calls, frameMs, peer } = setting;
  const dead = new FrameMaker(20 * peer.bytesPerMs).base64(DEAD);
  /** When the barge that waits for its command began; 0: none waits. */
  const since = new Array<number>(calls).fill(0);
  /** The command has come, and the next answer has not begun. */
  const silenced = new Array<boolean>(calls).fill(false);
  const took: number[] = [];
  let barges = 0;
  let stale = 0;
  let counting = false;

  const interrupt = async (session: Session) => {
    const { call, answering } = session;
    if (!answering) return;
    if (counting) barges++;
    silenced[call] = false;
    since[call] = performance.now();
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
      if (number >= DEAD && silenced[caller] && counting) stale++;
    },
    onFlush(caller: number, at: number) {
      const began = since[caller] ?? 0;
      if (began > 0 && counting) took.push(at - began);
      since[caller] = 0;
      silenced[caller] = true;
    },
  };
  return inRoom(setting, ears, async (room) => {
    const pace = new Pace(room.callers, frameMs, () => {});
    await pause(1_000);
    for (let n = 0; n < WARM + TIMES; n++) {
      counting = n >= WARM;
      for (let call = 0; call < calls; call++) {
        setTimeout(() => void interrupt(sessionOf(room, call)), EVERY_MS * 0.6 * (call / calls));
      }
      await pause(EVERY_MS);
    }
    await pace.stop();
    await pause(500);
    return {
      p50: percentile(took, 0.5),
      p99: percentile(took, 0.99),
      barges,
      unanswered: barges - took.length,
      stale,
    };
  });
}
