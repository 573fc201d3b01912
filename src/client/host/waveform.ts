/** The waveform and its player, loaded only where there is a sound. */
import WaveSurfer from "wavesurfer.js";
import type { Sound } from "./timing.ts";

/** Bars of one side, at most: a screen shows no more. */
const MOST_BARS = 1_500;
const BAR = { barWidth: 2, barGap: 1, barRadius: 1, barAlign: undefined };

export interface Wave {
  destroy(): void;
}

/**
 * Draws both sides, the caller above Luna, over the media element that plays them. A click or a drag moves the play head.
 * @param nonce of the page's style policy: the player styles its shadow tree with an element.
 */
export function drawWave(
  box: HTMLElement,
  media: HTMLMediaElement,
  sound: Sound,
  seconds: number,
  nonce: string,
): Wave {
  const colour = (name: string) => getComputedStyle(box).getPropertyValue(name).trim();
  const side = (name: string, played: string) => ({ ...BAR, waveColor: colour(name), progressColor: colour(played) });
  const wave = WaveSurfer.create({
    container: box,
    media,
    peaks: [peaks(sound.caller), peaks(sound.luna)],
    duration: seconds,
    height: 56,
    maxPeak: 1,
    cursorColor: colour("--ink"),
    cursorWidth: 2,
    dragToSeek: true,
    cspNonce: nonce,
    splitChannels: [side("--line-strong", "--caller"), side("--line-strong", "--luna")],
  });
  return { destroy: () => wave.destroy() };
}

/** Loud parts stay visible however long the call is; a quiet side is drawn as high as a loud one. */
function peaks(loudness: Uint8Array): Float32Array {
  const bars = Math.min(MOST_BARS, Math.max(1, loudness.length));
  const most = Math.max(
    24,
    loudness.reduce((peak, value) => Math.max(peak, value), 0),
  );
  const drawn = new Float32Array(bars);
  for (const [index, value] of loudness.entries()) {
    const bar = Math.floor((index * bars) / loudness.length);
    drawn[bar] = Math.max(drawn[bar] ?? 0, value / most);
  }
  return drawn;
}
