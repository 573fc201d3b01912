/** The last seconds of both voices as bars, one colour a speaker. Decoration: the line's word says the same. */
import { useEffect, useRef } from "preact/hooks";
import { levels } from "../call/current.ts";
import { call, inCall, theme } from "../state/store.ts";
import { everyFrame, stillness } from "./frames.ts";
import { loudness } from "./moon.tsx";

const BAR = 3;
const STEP = 5;
type Side = "caller" | "luna" | "specialist";

export function Waveform() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const live = inCall.value;
  const look = theme.value;
  useEffect(() => {
    const paper = canvas.current;
    if (paper === null) return;
    const drawing = new Drawing(paper);
    drawing.draw();
    if (!live || stillness()) return;
    return everyFrame(() => {
      const { mic, luna } = levels();
      const speaker: Side = call.peek().engine?.speaker ?? "luna";
      const other = loudness(luna);
      const own = loudness(mic);
      drawing.push(other >= own ? { level: other, side: speaker } : { level: own, side: "caller" });
      drawing.draw();
    });
  }, [live, look]);
  return (
    <div class="waveform" aria-hidden="true">
      <canvas ref={canvas} />
    </div>
  );
}

class Drawing {
  readonly #canvas: HTMLCanvasElement;
  readonly #bars: { level: number; side: Side }[] = [];
  readonly #colours: Record<Side | "quiet", string>;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    const style = getComputedStyle(canvas);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    this.#colours = {
      caller: colour("--wave-caller"),
      luna: colour("--wave-luna"),
      specialist: colour("--wave-specialist"),
      quiet: colour("--wave-quiet"),
    };
  }

  push(bar: { level: number; side: Side }): void {
    this.#bars.push(bar);
    if (this.#bars.length > 200) this.#bars.shift();
  }

  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const scale = Math.min(3, devicePixelRatio);
    const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
    if (this.#canvas.width !== w || this.#canvas.height !== h) [this.#canvas.width, this.#canvas.height] = [w, h];
    const context = this.#canvas.getContext("2d");
    if (context === null) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    const count = Math.floor(width / STEP);
    for (let index = 0; index < count; index++) {
      const bar = this.#bars[this.#bars.length - count + index];
      const level = bar?.level ?? 0;
      const tall = Math.max(BAR, level * (height - 4));
      context.fillStyle = level < 0.04 || bar === undefined ? this.#colours.quiet : this.#colours[bar.side];
      context.globalAlpha = fade(index / count);
      context.beginPath();
      context.roundRect(index * STEP + 1, (height - tall) / 2, BAR, tall, BAR / 2);
      context.fill();
    }
    context.globalAlpha = 1;
  }
}

/** Both ends fade out. */
function fade(at: number): number {
  return Math.min(1, at * 6, (1 - at) * 12 + 0.15);
}
