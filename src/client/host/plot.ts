/** Drawing of the plots, loaded only where there is one. The numbers stand beside each plot as a table. */
import uPlot from "uplot";

/** Values of one line or row of bars, in US dollars, minutes, ms… as its axis says. */
export interface Line {
  label: string;
  /** A custom property: the colour follows the theme. */
  colour: string;
  values: (number | null)[];
  shape: "bars" | "points" | "line";
}

export interface Drawing {
  /** Unix seconds, rising. */
  at: number[];
  lines: Line[];
  /** The value as the axis shows it. */
  unit: (value: number) => string;
  /** Days are those of UTC; everything else is in the reader's time. */
  utc: boolean;
}

const HEIGHT = 180;

/** Draws into the box and follows its width and the theme. Gives what takes it away. */
export function draw(box: HTMLElement, drawing: Drawing): () => void {
  let plot = make(box, drawing);
  const again = () => {
    plot.destroy();
    plot = make(box, drawing);
  };
  const resized = new ResizeObserver(() => {
    if (Math.abs(plot.width - widthOf(box)) > 1) plot.setSize({ width: widthOf(box), height: HEIGHT });
  });
  resized.observe(box);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", again);
  return () => {
    scheme.removeEventListener("change", again);
    resized.disconnect();
    plot.destroy();
  };
}

function make(box: HTMLElement, { at, lines, unit, utc }: Drawing): uPlot {
  const style = getComputedStyle(box);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const grid = { stroke: colour("--line"), width: 1 };
  const font = `12px ${style.fontFamily}`;
  const axis = { stroke: colour("--ink-3"), grid, ticks: { ...grid, size: 4 }, font };
  const options: uPlot.Options = {
    width: widthOf(box),
    height: HEIGHT,
    ...(utc ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1_000), "Etc/UTC") } : {}),
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 8, 0, 0],
    scales: {
      x: { time: true, range: utc ? wide : around },
      y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] },
    },
    axes: [axis, { ...axis, size: 68, values: (_plot, values) => values.map(unit) }],
    series: [{}, ...lines.map((line) => seriesOf(line, colour(line.colour)))],
  };
  return new uPlot(options, [at, ...lines.map(({ values }) => values)], box);
}

/** Bars of the first and last day are whole. */
function wide(_plot: uPlot, first: number, last: number): [number, number] {
  const half = 43_200;
  return [first - half, last + half];
}

/** A call that is alone has its day around it: left to itself the axis would show years. */
function around(plot: uPlot, first: number, last: number): [number, number] {
  return first === last ? wide(plot, first, last) : [first, last];
}

function seriesOf({ label, shape }: Line, colour: string): uPlot.Series {
  if (shape === "bars") {
    const paths = uPlot.paths.bars?.({ size: [0.6, 40], radius: 0.15 });
    return { label, stroke: colour, fill: colour, points: { show: false }, ...(paths ? { paths } : {}) };
  }
  if (shape === "points") {
    return { label, stroke: colour, paths: () => null, points: { show: true, size: 6, fill: colour, stroke: colour } };
  }
  return { label, stroke: colour, width: 1.5, dash: [6, 4], points: { show: false } };
}

function widthOf(box: HTMLElement): number {
  return Math.max(200, Math.floor(box.clientWidth));
}
