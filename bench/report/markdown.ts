/** The figures as Markdown tables. A cell is the median of the repetitions, with the lowest and highest in brackets. */

import { cpus } from "node:os";
import { PEERS, type Peer, type PeerName, version } from "../peers.ts";
import type { EchoTimes } from "../profiles/echo.ts";
import {
  added,
  calmOf,
  capacity,
  everyRoundOf,
  figure,
  isDisturbed,
  isVoid,
  type Profiles,
  type Results,
  ratio,
  roundsFallen,
  roundsOf,
  tookPart,
} from "../results.ts";
import { type Spread, spread } from "../statistics.ts";
import { TIMES_FASTER } from "../tempo.ts";

export interface About {
  minutes: number;
  pinned: boolean;
  /** What is written lies in memory, and nobody waits for the disk. */
  inMemory: boolean;
  repeat: number;
  times: EchoTimes;
}

export function report(results: Results, about: About): string {
  return [
    head(results, about),
    "### Luna (page wire, SDK wire) and the agents SDK against the Node splice of the same round\n",
    ratiosTable(results),
    "### Round trip of a frame, processor time, memory\n",
    ...[...new Set(results.rounds.map((round) => round.frameMs))].map((frameMs) => echoTable(results, frameMs)),
    capacityLine(results),
    ...otherTables(results),
    failures(results),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function head(results: Results, { minutes, pinned, inMemory, repeat, times }: About): string {
  const voided = results.rounds.filter(isVoid).length;
  const others = results.profiles.flatMap(({ talk, barge, tool, die }) =>
    [talk, barge, tool, { die }].flatMap((kind) => Object.values(kind)).filter((result) => result !== undefined),
  );
  const disturbed = others.filter(isDisturbed).length;
  const parts = [
    `Node ${process.versions.node}, workerd ${version("workerd")}, miniflare ${version("miniflare")}`,
    pinned ? "relay alone on core 0, callers and upstream on core 1" : "**not pinned: compare with care**",
    inMemory ? "what is written lies in memory" : "**what is written goes to the disk, and Luna waits for it**",
    `${repeat} repetitions of ${times.measureMs / 1_000} s after ${times.warmMs / 1_000} s of warming up`,
  ];
  const sentences = [
    `Taken ${new Date().toISOString().slice(0, 10)} in ${Math.round(minutes)} minutes on ${cpus().length} cores of ${cpus()[0]?.model ?? "?"}; ${parts.join("; ")}.`,
    `${voided} of ${results.rounds.length} rounds void (direct p99 over 10 ms, or other programs took 30 % of a core), and other programs took as much from ${disturbed} of ${others.length} runs of the other profiles: left out where others count, shown with † where none does.`,
    "What was lost or left undone is told of all of them.",
  ];
  return `${sentences.join(" ")}\n`;
}

function settings(results: Results): { calls: number; frameMs: number }[] {
  const seen = new Map(results.rounds.map(({ calls, frameMs }) => [`${frameMs}/${calls}`, { calls, frameMs }]));
  return [...seen.values()];
}

/** Ratios survive a slow machine; the absolute figures below do not. */
export function ratiosTable(results: Results): string {
  const rows = settings(results).map(({ calls, frameMs }) => {
    const { rounds, allVoid } = roundsOf(results, calls, frameMs);
    const cell = (peer: PeerName, of: Parameters<typeof ratio>[3]) => times(ratio(rounds, peer, "splice", of));
    return [
      `${calls} x ${frameMs} ms${allVoid ? " †" : ""}`,
      cell("luna", added("p50")),
      cell("luna", added("p99")),
      cell("luna", (result) => result.cpuMs),
      cell("sdk", added("p50")),
      cell("sdk", added("p99")),
      cell("sdk", (result) => result.cpuMs),
      cell("agents", added("p50")),
      cell("agents", (result) => result.cpuMs),
      times(ratio(rounds, "luna", "agents", (result) => result.cpuMs)),
    ];
  });
  return table(
    [
      "calls x frame",
      "page: added p50",
      "page: added p99",
      "page: CPU",
      "SDK: added p50",
      "SDK: added p99",
      "SDK: CPU",
      "agents: added p50",
      "agents: CPU",
      "page CPU : agents CPU",
    ],
    rows,
  );
}

function echoTable(results: Results, frameMs: number): string {
  const rows: string[][] = [];
  for (const { calls } of settings(results).filter((setting) => setting.frameMs === frameMs)) {
    const { rounds, allVoid } = roundsOf(results, calls, frameMs);
    const every = everyRoundOf(results, calls, frameMs);
    for (const peer of PEERS.filter(({ name }) => tookPart(every, name))) {
      const of = (pick: Parameters<typeof figure>[2]) => figure(rounds, peer.name, pick);
      rows.push([
        `${calls}${allVoid ? " †" : ""}`,
        peer.label.split(" (")[0] ?? "",
        ms(of((result) => result.p50)),
        ms(of((result) => result.p95)),
        ms(of((result) => result.p99)),
        peer.relay ? ms(of((result) => result.cpuMs)) : "–",
        peer.relay ? ms(of((result) => result.mbPerCall)) : "–",
        ms(of((result) => result.dialMs)),
        String(figure(every, peer.name, (result) => result.lost)?.high ?? "–"),
        `${roundsFallen(every, peer.name)} of ${every.length}`,
        String(of((result) => result.gaps)?.median ?? "–"),
      ]);
    }
  }
  const columns = [
    "calls",
    "relay",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "CPU ms per pair",
    "MB per call",
    "dial ms",
    "lost",
    "fell in",
    "gaps",
  ];
  return `Frames of ${frameMs} ms:\n\n${table(columns, rows)}`;
}

function capacityLine(results: Results): string {
  const frames = [...new Set(results.rounds.map((round) => round.frameMs))];
  const of = (peer: Peer) =>
    frames.map((frameMs) => `${capacity(results, peer.name, frameMs)} at ${frameMs} ms`).join(", ");
  const parts = PEERS.filter((peer) => peer.relay && tookPart(results.rounds, peer.name)).map(
    (peer) => `${peer.label.split(" (")[0]} ${of(peer)}`,
  );
  if (results.rounds.length === 0) return "";
  return `Calls held on one core with p99 less than 20 ms above the direct way and nothing lost (of those tried): ${parts.join("; ")}.\n`;
}

function otherTables(results: Results): string[] {
  const { profileCalls: calls, profileFrameMs: frameMs } = results;
  /** `over` are the repetitions that count; `all` the disturbed ones as well. */
  const rows = <Kind extends "talk" | "barge" | "tool">(
    kind: Kind,
    cells: (
      over: Over<NonNullable<Profiles[Kind][PeerName]>>,
      all: Over<NonNullable<Profiles[Kind][PeerName]>>,
    ) => string[],
  ) =>
    PEERS.flatMap((peer) => {
      const every = results.profiles.flatMap(
        (one) => (one[kind][peer.name] ?? []) as NonNullable<Profiles[Kind][PeerName]>[],
      );
      if (every.length === 0) return [];
      const { found, disturbed } = calmOf(every);
      return [[`${peer.label.split(" (")[0]}${disturbed ? " †" : ""}`, ...cells(over(found), over(every))]];
    });
  return [
    section(
      `Talk (${calls} calls, three seconds of sound in 300 ms; one way)`,
      ["relay", "down p50 ms", "down p99 ms", "up p50 ms", "up p99 ms", "pieces lost", "caller frames lost"],
      rows("talk", (of, all) => [
        ms(of((one) => one.downP50)),
        ms(of((one) => one.downP99)),
        ms(of((one) => one.upP50)),
        ms(of((one) => one.upP99)),
        String(all((one) => one.lost).high),
        String(all((one) => one.lostUp).high),
      ]),
    ),
    section(
      `Barge-in (${calls} calls, ${frameMs} ms frames): from \`speech_started\` to the command to be silent`,
      ["relay", "p50 ms", "p99 ms", "without a command", "stale sounds after it"],
      rows("barge", (of, all) => [
        ms(of((one) => one.p50)),
        ms(of((one) => one.p99)),
        String(all((one) => one.unanswered).high),
        String(all((one) => one.stale).high),
      ]),
    ),
    section(
      "Tool of 5 s while sound goes on (5 calls, 20 ms frames)",
      ["relay", "longest hole ms", "holes over 20 ms", "outputs given", "slowest beyond the tool itself ms"],
      rows("tool", (of, all) => [
        ms(of((one) => one.longestMs)),
        String(of((one) => one.holes).median),
        `${all((one) => one.outputs).low} of ${all((one) => one.calls).low}`,
        ms(of((one) => one.overheadMs)),
      ]),
    ),
    dieTable(results),
    hourTable(results),
  ];
}

/** A figure of the repetitions of one profile. */
type Over<Result> = (pick: (one: Result) => number) => Spread;

function over<Result>(found: Result[]): Over<Result> {
  return (pick) => spread(found.map(pick));
}

function dieTable(results: Results): string {
  const every = results.profiles.flatMap((one) => one.die ?? []);
  if (every.length === 0) return "";
  const { found, disturbed } = calmOf(every);
  const [of, all] = [over(found), over(every)];
  return section(
    `Die: the upstream closes every call with 1001 in mid-answer (Luna)${disturbed ? " †" : ""}`,
    [
      "resumed",
      "configured again p50 ms",
      "slowest ms",
      "caller heard again p50 ms",
      "caller frames lost",
      "callers dropped",
    ],
    [
      [
        `${all((one) => one.resumed).low} of ${all((one) => one.calls).low}`,
        ms(of((one) => one.configuredP50)),
        ms(of((one) => one.configuredMost)),
        ms(of((one) => one.heardP50)),
        String(all((one) => one.lostFrames).high),
        String(all((one) => one.dropped).high),
      ],
    ],
  );
}

function hourTable({ hour }: Results): string {
  if (!hour) return "";
  return section(
    `An hour of talk at ${TIMES_FASTER} times the pace (Luna, ${hour.calls} calls, ${hour.frames} frames, ${hour.lost} lost): memory per call`,
    ["", ...hour.memory.map(({ minute }) => `minute ${Math.round(minute)}`)],
    [
      ["alive in the heap", ...hour.memory.map(({ live }) => `${live.toFixed(1)} MB`)],
      ["process", ...hour.memory.map(({ mbPerCall }) => `${mbPerCall.toFixed(1)} MB`)],
    ],
  );
}

function failures(results: Results): string {
  if (results.failures.length === 0) return "";
  return `Did not finish: ${results.failures.join("; ")}.\n`;
}

function section(title: string, columns: string[], rows: string[][]): string {
  return rows.length === 0 ? "" : `### ${title}\n\n${table(columns, rows)}`;
}

function table(columns: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  return `${[line(columns), line(columns.map(() => "---")), ...rows.map(line)].join("\n")}\n`;
}

function ms(value: Spread | undefined): string {
  return value ? cell(value, "") : "–";
}

function times(value: Spread | undefined): string {
  return value ? cell(value, "x") : "–";
}

function cell({ median, low, high }: Spread, unit: string): string {
  if (!Number.isFinite(median)) return "–";
  const range = low === high ? "" : ` (${rounded(low)}–${rounded(high)})`;
  return `${rounded(median)}${unit}${range}`;
}

function rounded(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}
