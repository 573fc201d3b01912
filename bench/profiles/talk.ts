/**
 * Talk: as a real provider speaks. Every five seconds the caller's turn ends, and 300 ms later three seconds of sound come
 * within 300 ms, in pieces of 100 ms. The callers' frames keep going up meanwhile. Both ways are timed one way, on one clock.
 */
import { watchCores } from "../process.ts";
import { inRoom, pause, type Setting, sessionOf, settled } from "../run-calls.ts";
import { FrameMaker, numberAt } from "../simulator/frames.ts";
import { Pace } from "../simulator/pace.ts";
import type { Session } from "../simulator/upstream.ts";
import { percentile } from "../statistics.ts";

const TURN_EVERY_MS = 5_000;
const TURNS = 2;
const THINK_MS = 300;
const PIECES = 30;
const PIECE_MS = 100;
/** Three pieces every 30 ms: 300 ms of sound in 30 ms. */
const PIECES_AT_ONCE = 3;
const BETWEEN_MS = 30;

export interface TalkResult {
  /** Upstream to caller, ms. */
  downP50: number;
  downP99: number;
  /** Caller to upstream, ms. */
  upP50: number;
  upP99: number;
  pieces: number;
  /** Pieces that the callers never got, and frames of theirs that the upstream never got. */
  lost: number;
  lostUp: number;
  /** Share of the two cores that other programs took meanwhile, the larger of both. */
  foreign: number;
}

export function talk(setting: Setting): Promise<TalkResult> {
  const { calls, frameMs, peer } = setting;
  const sound = new FrameMaker(PIECE_MS * peer.bytesPerMs);
  const leftCaller: number[][] = Array.from({ length: calls }, () => [0]);
  const leftUpstream: number[][] = Array.from({ length: calls }, () => [0]);
  const up: number[] = [];
  const down: number[] = [];
  /** Callers' frames that have arrived, from the first on. */
  let upward = 0;

  const speak = async (session: Session) => {
    const sent = leftUpstream[session.call];
    session.finish();
    session.hearSpeech();
    session.endSpeech();
    await pause(THINK_MS);
    session.answer();
    for (let piece = 0; piece < PIECES && sent; piece++) {
      if (piece > 0 && piece % PIECES_AT_ONCE === 0) await pause(BETWEEN_MS);
      const number = sent.push(performance.now()) - 1;
      session.play(sound.base64(number));
    }
  };
  const ears = {
    upstream: {
      onAppend(session: Session, base64: string) {
        const left = leftCaller[session.call]?.[numberAt(base64, 0)];
        if (!left) return;
        upward++;
        up.push(performance.now() - left);
      },
    },
    onFrame(caller: number, number: number, at: number) {
      const left = leftUpstream[caller]?.[number];
      if (left) down.push(at - left);
    },
  };
  return inRoom(setting, ears, async (room) => {
    const pace = new Pace(room.callers, frameMs, (caller) => leftCaller[caller]?.push(performance.now()));
    await pause(500);
    up.length = 0;
    const spent = watchCores(room.relay);
    for (let turn = 0; turn < TURNS; turn++) {
      for (let call = 0; call < calls; call++) {
        setTimeout(() => void speak(sessionOf(room, call)), (TURN_EVERY_MS / 2) * (call / calls));
      }
      await pause(TURN_EVERY_MS);
    }
    const { foreign } = spent();
    await pace.stop();
    const missing = () => ({ lost: calls * TURNS * PIECES - down.length, lostUp: pace.sent - upward });
    await settled(() => missing().lost + missing().lostUp);
    return {
      downP50: percentile(down, 0.5),
      downP99: percentile(down, 0.99),
      upP50: percentile(up, 0.5),
      upP99: percentile(up, 0.99),
      pieces: calls * TURNS * PIECES,
      ...missing(),
      foreign,
    };
  });
}
