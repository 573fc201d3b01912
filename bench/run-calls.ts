/** Sets up one run: upstream, relay, and N calls that have been answered; takes all of it down again. */
import type { Peer } from "./peers.ts";
import { type Relay, startRelay } from "./process.ts";
import type { Caller } from "./simulator/caller.ts";
import { FrameMaker } from "./simulator/frames.ts";
import { type Session, startUpstream, type Upstream, type UpstreamEar } from "./simulator/upstream.ts";

/** Number of the sound that greets a caller; frames count from 1. */
const GREETING = 0;
/** Nothing came for so long: what is missing is lost. */
const QUIET_MS = 3_000;
const GREETED_WITHIN_MS = 15_000;
/** Calls are opened one after another; a relay that is slow at this is not yet late with frames. */
const BETWEEN_DIALS_MS = 10;

export interface Room {
  upstream: Upstream;
  relay: Relay | undefined;
  callers: Caller[];
  /** From dialling to the first sound of the upstream at the caller, ms, one for each call. */
  dialMs: number[];
  /** Relay's memory before the first call, MB. */
  idleMb: number;
  /** Callers whose connection went away by itself. */
  gone: Set<number>;
}

/** What a profile does with what arrives. */
export interface Ears {
  upstream: UpstreamEar;
  onFrame(caller: number, number: number, at: number): void;
  onFlush?(caller: number, at: number): void;
}

export interface Setting {
  peer: Peer;
  calls: number;
  frameMs: number;
  /** Sound comes so many times as fast as real time, and Luna's time passes with it. */
  faster?: number;
  /** Folder of the bundled Workers. */
  workers: string;
}

/** Opens the room, lets `during` use it, and closes it whatever happens. */
export async function inRoom<Result>(
  setting: Setting,
  ears: Ears,
  during: (room: Room) => Promise<Result>,
): Promise<Result> {
  const { peer, calls, faster = 1 } = setting;
  const greeting = new FrameMaker(20 * peer.bytesPerMs).base64(GREETING);
  const upstream = await startUpstream({
    ...ears.upstream,
    onAnswering(session) {
      ears.upstream.onAnswering?.(session);
      session.play(greeting);
    },
  });
  let relay: Relay | undefined;
  const callers: Caller[] = [];
  try {
    const env = {
      BENCH_UPSTREAM_PORT: String(upstream.port),
      BENCH_WORKERS: setting.workers,
      TMPDIR: setting.workers,
      OPENAI_AGENTS_DISABLE_TRACING: "1",
      BENCH_LUNA: faster === 1 ? "luna" : "hour",
      BENCH_INSPECTED: faster === 1 ? "0" : "1",
    };
    relay = peer.relay ? await startRelay(peer.relay, env) : undefined;
    const room: Room = { upstream, relay, callers, dialMs: [], idleMb: relay?.rssMb() ?? 0, gone: new Set() };
    const address = relay?.address ?? `ws://127.0.0.1:${upstream.port}/v1/realtime`;
    for (let call = 0; call < calls; call++) {
      await dialOne(room, setting, address, call, ears);
      await pause(BETWEEN_DIALS_MS);
    }
    return await during(room);
  } finally {
    for (const caller of callers) caller.close();
    await relay?.stop();
    await upstream.stop();
  }
}

async function dialOne(
  room: Room,
  { peer, frameMs, faster }: Setting,
  address: string,
  call: number,
  ears: Ears,
): Promise<void> {
  const dialled = performance.now();
  let greeted: (at: number) => void = () => {};
  const heard = new Promise<number>((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`${peer.name}: call ${call} heard nothing for ${GREETED_WITHIN_MS} ms`)),
      GREETED_WITHIN_MS,
    );
    greeted = (at) => {
      clearTimeout(late);
      resolve(at);
    };
  });
  // Who cannot dial has said so; this is not said once more, to nobody, when the time is over.
  heard.catch(() => undefined);
  const dialling = peer.dial(
    address,
    call,
    { frameMs, ...(faster === undefined ? {} : { faster }) },
    {
      onFrame: (number, at) => (number === GREETING ? greeted(at) : ears.onFrame(call, number, at)),
      onFlush: (at) => ears.onFlush?.(call, at),
      onGone: () => room.gone.add(call),
    },
  );
  room.callers.push(await Promise.race([dialling, heard.then(() => dialling)]));
  room.dialMs.push((await heard) - dialled);
}

export function sessionOf(room: Room, call: number): Session {
  const session = room.upstream.sessions.get(call);
  if (!session) throw new Error(`call ${call} never reached the upstream`);
  return session;
}

/** Waits until all has arrived, or nothing more does: what is late is not lost. */
export async function settled(missing: () => number): Promise<void> {
  for (let quiet = 0, before = missing(); before > 0 && quiet < QUIET_MS; ) {
    await pause(50);
    const now = missing();
    quiet = now === before ? quiet + 50 : 0;
    before = now;
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
