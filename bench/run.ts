/**
 * `npm run bench`: Luna beside other relays, on this machine, now. Writes the figures into `docs/performance.md` and
 * `docs/performance.svg`, the raw ones into `test-results/bench.json`. `npm run bench -- --quick` takes under two minutes and
 * only prints. Only 127.0.0.1, no key, bounded in time. Fails when Luna lost sound, dropped a call or crashed, never over a time.
 */
import { mkdir, mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundleWorkers } from "./bundle.ts";
import { PEERS, type Peer, type PeerName } from "./peers.ts";
import { pinBench } from "./process.ts";
import { barge } from "./profiles/barge.ts";
import { die } from "./profiles/die.ts";
import { type EchoTimes, echo } from "./profiles/echo.ts";
import { hour } from "./profiles/hour.ts";
import { talk } from "./profiles/talk.ts";
import { tool } from "./profiles/tool.ts";
import { ratiosTable, report } from "./report/markdown.ts";
import { writeReport } from "./report/write.ts";
import { faultsOfLuna, isVoid, type Profiles, type Results, type Round } from "./results.ts";

const ROOT = join(import.meta.dirname, "..");
/**
 * Where objects and D1 keep what they write, if there is such a place. workerd waits for the disk (fsync) in the thread that carries
 * everybody's sound, 1 to 6 ms each here; on Cloudflare a write waits for other machines, and sound of other calls for nothing.
 */
const IN_MEMORY = "/dev/shm";
/** Containers have 64 MB of it by default: writes of eighty calls would fail there, and Luna would be measured without records. */
const ROOM_BYTES = 2 ** 30;
/** A round in which the machine was busy is taken again, so often at most. */
const AGAIN = 2;

const { values: given } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    write: { type: "boolean" },
    peers: { type: "string" },
    calls: { type: "string" },
    frames: { type: "string" },
    repeat: { type: "string" },
    seconds: { type: "string" },
    profiles: { type: "string" },
  },
});
const numbers = (text: string) => text.split(",").map(Number);
const quick = given.quick;
const wanted = (given.peers ?? (quick ? "direct,splice,agents,luna" : PEERS.map((peer) => peer.name).join())).split(
  ",",
);
const peers = PEERS.filter((peer) => wanted.includes(peer.name));
const calls = numbers(given.calls ?? (quick ? "1,20" : "1,10,20,40,80"));
const frames = numbers(given.frames ?? (quick ? "20" : "20,40"));
const repeat = Number(given.repeat ?? (quick ? 1 : 5));
const times: EchoTimes = {
  warmMs: quick ? 1_000 : 3_000,
  measureMs: Number(given.seconds ?? (quick ? 3 : 12)) * 1_000,
};
const profiles = (given.profiles ?? (quick ? "echo,barge,tool,die" : "echo,talk,barge,tool,die,hour")).split(",");
const PROFILE_CALLS = quick ? 10 : 20;
const PROFILE_FRAME_MS = 40;

const started = performance.now();
const pinned = pinBench();
const inMemory = await hasRoom(IN_MEMORY);
const folder = await mkdtemp(join(inMemory ? IN_MEMORY : tmpdir(), "luna-bench-"));
const results: Results = {
  rounds: [],
  profiles: [],
  profileCalls: PROFILE_CALLS,
  profileFrameMs: PROFILE_FRAME_MS,
  failures: [],
};
try {
  await bundleWorkers(folder);
  for (let repetition = 0; repetition < repeat; repetition++) {
    if (profiles.includes("echo")) await echoRounds(repetition);
    results.profiles.push(await otherProfiles());
    await keep();
  }
  const luna = peers.find((peer) => peer.name === "luna");
  if (luna && profiles.includes("hour")) {
    const setting = { peer: luna, calls: 4, frameMs: PROFILE_FRAME_MS, workers: folder };
    results.hour = await tried(luna, "hour", () => hour(setting));
    await keep();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

const minutes = (performance.now() - started) / 60_000;
const about = { minutes, pinned, inMemory, repeat, times };
if (given.write ?? !quick) await writeReport(ROOT, results, about);
else console.log(`\n${report(results, about)}`);
if (results.rounds.length > 0) console.log(`\n${ratiosTable(results)}`);
const faults = faultsOfLuna(results);
for (const fault of faults) console.error(`FAULT ${fault}`);
console.log(`took ${minutes.toFixed(1)} min`);
process.exit(faults.length > 0 ? 1 : 0);

/** What there is so far: whatever happens to the rest, this has been measured. */
async function keep(): Promise<void> {
  if (quick) return;
  await mkdir(join(ROOT, "test-results"), { recursive: true });
  await writeFile(join(ROOT, "test-results/bench.json"), JSON.stringify(results));
}

async function hasRoom(place: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(place);
    return bavail * bsize >= ROOM_BYTES;
  } catch {
    return false;
  }
}

/** Peers take turns at every setting, so that a busy minute of the machine meets all of them. */
async function echoRounds(repetition: number): Promise<void> {
  for (const frameMs of frames) {
    for (const count of calls) {
      for (let attempt = 0; attempt <= (quick ? 0 : AGAIN); attempt++) {
        const round: Round = { calls: count, frameMs, repetition, echo: {} };
        for (const peer of peers) {
          const setting = { peer, calls: count, frameMs, workers: folder };
          round.echo[peer.name] = await tried(peer, `echo ${count} x ${frameMs} ms`, () => echo(setting, times));
        }
        results.rounds.push(round);
        if (!isVoid(round)) break;
      }
    }
  }
}

async function otherProfiles(): Promise<Profiles> {
  const found: Profiles = { talk: {}, barge: {}, tool: {} };
  for (const peer of peers) {
    const setting = { peer, calls: PROFILE_CALLS, frameMs: PROFILE_FRAME_MS, workers: folder };
    const name: PeerName = peer.name;
    if (profiles.includes("talk")) found.talk[name] = await tried(peer, "talk", () => talk(setting));
    if (profiles.includes("barge")) found.barge[name] = await tried(peer, "barge", () => barge(setting));
    if (profiles.includes("tool") && peer.runsTools && (!quick || name === "luna")) {
      found.tool[name] = await tried(peer, "tool", () => tool({ ...setting, frameMs: 20, calls: 5 }));
    }
    if (profiles.includes("die") && name === "luna") found.die = await tried(peer, "die", () => die(setting));
  }
  return found;
}

/** A peer that falls is a finding, not the end of the bench. */
async function tried<Result>(peer: Peer, what: string, run: () => Promise<Result>): Promise<Result | undefined> {
  try {
    const result = await run();
    console.log(`${peer.name} ${what} ${shown(result)}`);
    return result;
  } catch (failure) {
    results.failures.push(`${peer.name} ${what}: ${(failure as Error).message}`);
    console.error(`${peer.name} ${what} FAILED: ${(failure as Error).message}`);
    return undefined;
  }
}

function shown(result: unknown): string {
  return JSON.stringify(result, (_, value: unknown) =>
    typeof value === "number" ? Math.round(value * 100) / 100 : value,
  );
}
