/** A relay in a process of its own, on a core of its own, and what it costs there. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const RELAY_CORE = "0";
const BENCH_CORE = "1";
const READY_WITHIN_MS = 30_000;
const STOPPED_WITHIN_MS = 5_000;
/** `sysconf(_SC_CLK_TCK)`: 100 on every Linux that runs Node. */
const MS_PER_TICK = 10;

export interface Relay {
  /** Where callers dial: `ws://...` or, for Luna, `http://...`. */
  address: string;
  /** `ws://...` of the Worker's isolate, where it was asked for. */
  inspector: string | undefined;
  /** Processor time of the process and all it has started, ms. */
  cpuMs(): number;
  /** Resident memory of the process that serves: workerd, where Miniflare has started one, or Node itself. MB. */
  rssMb(): number;
  alive(): boolean;
  stop(): Promise<void>;
}

let pinned = false;

/** Takes this process (callers and upstream) to one core, so that relays have the other to themselves. False where that cannot be. */
export function pinBench(): boolean {
  const enough = availableParallelism() > 1;
  // A thread of Node's that ends in between makes taskset fail: the next try finds the threads that are there then.
  for (let tries = 0; tries < 5 && enough && !pinned; tries++) {
    pinned = spawnSync("taskset", ["-acp", BENCH_CORE, String(process.pid)]).status === 0;
  }
  return pinned;
}

/** @throws when it does not answer in time. */
export async function startRelay(script: string, env: Record<string, string>): Promise<Relay> {
  const command = [process.execPath, join(import.meta.dirname, "relays", script)];
  const [file = "", ...args] = pinned ? ["taskset", "-c", RELAY_CORE, ...command] : command;
  const child = spawn(file, args, {
    env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production", ...env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const stop = () => end(child);
  try {
    const signal = AbortSignal.timeout(READY_WITHIN_MS);
    const [message] = await Promise.race([
      once(child, "message", { signal }),
      once(child, "exit", { signal }).then(() => Promise.reject(new Error(`${script} ended before it listened`))),
    ]);
    const { address, inspector } = message as { address: string; inspector?: string };
    const pid = child.pid ?? 0;
    return {
      address,
      inspector,
      stop,
      alive: () => child.exitCode === null && child.signalCode === null,
      cpuMs: () => sum(family(pid), cpuMsOf),
      rssMb: () => sum(serving(pid), rssMbOf),
    };
  } catch (failure) {
    await stop();
    throw failure;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), STOPPED_WITHIN_MS);
  await exited;
  clearTimeout(late);
}

/** What was spent on the two cores for a while. */
export interface Spent {
  /** Processor time of the relay, ms; NaN where one of its processes has ended meanwhile and taken its time along. */
  relayMs: number;
  /** Share of the two cores that other programs took, the larger of both; 0 unpinned. */
  foreign: number;
}

/** Looks at both cores now; what it gives tells, whenever it is asked, what was spent since. */
export function watchCores(relay: Relay | undefined): () => Spent {
  const relayBefore = relay?.cpuMs() ?? 0;
  const [before, own, began] = [coresBusyMs(), process.cpuUsage(), performance.now()];
  return () => {
    const spent = (relay?.cpuMs() ?? 0) - relayBefore;
    const after = coresBusyMs();
    const { user, system } = process.cpuUsage(own);
    // What a relay that fell has used cannot be told from what others did: its core says nothing.
    const onRelayCore = spent < 0 ? 0 : after.relay - before.relay - spent;
    const onBenchCore = after.bench - before.bench - (user + system) / 1_000;
    const foreign = Math.max(0, onRelayCore, onBenchCore) / (performance.now() - began);
    return { relayMs: spent < 0 ? Number.NaN : spent, foreign };
  };
}

/** Where the other programs of this machine are told apart from the bench: busy time of both cores so far, ms; 0 unpinned. */
function coresBusyMs(): { relay: number; bench: number } {
  const text = pinned ? readFileSync("/proc/stat", "utf8") : "";
  const busy = (core: string) => {
    // user, nice, system, idle, iowait, irq, softirq, steal
    const ticks = new RegExp(`^cpu${core} (.*)$`, "m").exec(text)?.[1]?.split(" ").map(Number) ?? [];
    return [0, 1, 2, 5, 6, 7].reduce((sum, field) => sum + (ticks[field] ?? 0), 0) * MS_PER_TICK;
  };
  return { relay: busy(RELAY_CORE), bench: busy(BENCH_CORE) };
}

/** The process and its descendants. */
function family(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    const parent = statOf(Number(name))?.[1];
    if (parent !== undefined) children.set(Number(parent), [...(children.get(Number(parent)) ?? []), Number(name)]);
  }
  const found = [pid];
  for (const one of found) found.push(...(children.get(one) ?? []));
  return found;
}

/** Those of them that hold calls: Miniflare's own process only reads the configuration, and gives back 100 MB of that when it likes. */
function serving(pid: number): number[] {
  const all = family(pid);
  const workerds = all.filter((one) => nameOf(one) === "workerd");
  return workerds.length > 0 ? workerds : all;
}

function nameOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

/** Fields of `/proc/PID/stat` after the name, which may hold blanks: state, parent, ... */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function cpuMsOf(pid: number): number {
  const stat = statOf(pid);
  return (Number(stat?.[11] ?? 0) + Number(stat?.[12] ?? 0)) * MS_PER_TICK;
}

function rssMbOf(pid: number): number {
  try {
    const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function sum(pids: number[], of: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + of(pid), 0);
}
