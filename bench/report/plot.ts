/** One SVG: p99 and processor time over the number of calls, a panel for each frame length. Lines are medians, bars are ranges. */
import { PEERS } from "../peers.ts";
import type { EchoResult } from "../profiles/echo.ts";
import { figure, type Results, roundsOf } from "../results.ts";

const WIDTH = 400;
const HEIGHT = 230;
const LEFT = 52;
const TOP = 46;
const BOTTOM = 34;
const RIGHT = 14;
const LABEL = 170;
const LEGEND_LINE = 20;

interface Measure {
  title: string;
  of: (result: EchoResult) => number;
  /** The direct way has no relay to spend processor time. */
  direct: boolean;
}

const MEASURES: Measure[] = [
  { title: "round trip p99, ms", of: (result) => result.p99, direct: true },
  { title: "CPU per frame pair, ms", of: (result) => result.cpuMs, direct: false },
];

export function plot(results: Results): string {
  const frames = [...new Set(results.rounds.map((round) => round.frameMs))];
  const width = frames.length * WIDTH;
  const perLine = Math.floor((width - LEFT) / LABEL);
  const head = Math.ceil(PEERS.length / perLine) * LEGEND_LINE;
  const panels = MEASURES.flatMap((measure, row) =>
    frames.map((frameMs, column) => {
      const at = `translate(${column * WIDTH} ${row * HEIGHT + head})`;
      return `<g transform="${at}">${panel(results, measure, frameMs)}</g>`;
    }),
  );
  const height = head + MEASURES.length * HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">
<title>Round trip p99 and processor time by number of calls</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${legend(perLine)}
${panels.join("\n")}
</svg>
`;
}

function legend(perLine: number): string {
  return PEERS.map((peer, index) => {
    const x = LEFT + (index % perLine) * LABEL;
    const y = Math.floor(index / perLine) * LEGEND_LINE;
    const label = peer.label.split(" (")[0];
    return `<rect x="${x}" y="${y + 9}" width="14" height="4" fill="${peer.colour}"/><text x="${x + 19}" y="${y + 15}" fill="#222">${label}</text>`;
  }).join("");
}

function panel(results: Results, measure: Measure, frameMs: number): string {
  const calls = [...new Set(results.rounds.filter((round) => round.frameMs === frameMs).map((round) => round.calls))];
  const lines = PEERS.filter((peer) => measure.direct || peer.relay).map((peer) => ({
    peer,
    points: calls.flatMap((count, index) => {
      const value = figure(roundsOf(results, count, frameMs).rounds, peer.name, measure.of);
      return value ? [{ x: xOf(index, calls.length), ...value }] : [];
    }),
  }));
  const values = lines
    .flatMap(({ points }) => points.flatMap(({ low, high }) => [low, high]))
    .filter((value) => value > 0);
  const scale = logScale(Math.min(...values), Math.max(...values));
  const drawn = lines.map(({ peer, points }) => {
    const path = points.map(({ x, median }) => `${x},${scale.y(median)}`).join(" ");
    const bars = points
      .map(({ x, low, high }) => `<path d="M${x} ${scale.y(low)}V${scale.y(high)}" opacity=".5"/>`)
      .join("");
    return `<g stroke="${peer.colour}" fill="none" stroke-width="2"><polyline points="${path}"/><g stroke-width="5">${bars}</g></g>`;
  });
  const numbers = calls.map(
    (count, index) =>
      `<text x="${xOf(index, calls.length)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${count}</text>`,
  );
  const title = `<text x="${LEFT}" y="${TOP - 14}" fill="#222" font-weight="600">${measure.title}, frames of ${frameMs} ms, by number of calls</text>`;
  return `${title}<g fill="#555">${scale.grid}${numbers.join("")}</g>${drawn.join("")}`;
}

function xOf(index: number, of: number): number {
  return Math.round(LEFT + 16 + (index * (WIDTH - LEFT - RIGHT - 32)) / Math.max(1, of - 1));
}

/** Steps 1, 2, 5 of every power of ten that fit between lowest and highest. */
function logScale(low: number, high: number): { y: (value: number) => number; grid: string } {
  const [from, to] = [Math.log10(low) - 0.05, Math.log10(high) + 0.05];
  const y = (value: number) =>
    Math.round(HEIGHT - BOTTOM - ((Math.log10(Math.max(value, low)) - from) / (to - from)) * (HEIGHT - BOTTOM - TOP));
  const marks: number[] = [];
  for (let power = Math.floor(from); power <= to; power++) {
    for (const step of [1, 2, 5]) {
      const value = step * 10 ** power;
      if (Math.log10(value) >= from && Math.log10(value) <= to) marks.push(Number(value.toPrecision(1)));
    }
  }
  const grid = marks.map(
    (mark) =>
      `<path d="M${LEFT} ${y(mark)}H${WIDTH - RIGHT}" stroke="#e3e3e3"/><text x="${LEFT - 6}" y="${y(mark) + 4}" text-anchor="end">${mark}</text>`,
  );
  return { y, grid: grid.join("") };
}
