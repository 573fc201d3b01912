/**
 * The check before a call: opens the line, listens for a moment and names what is wrong, one fault at a time and the most
 * basic first. The line stays open, ready for the call.
 */
import type { LineOptions } from "./context.ts";
import type { AudioLine } from "./line.ts";
import { FAULTS, type Fault, LineTrouble } from "./trouble.ts";

/** How long the microphone is listened to, ms. */
const LISTEN = 1500;
const GLANCE = 50;
/** Even a quiet room with noise suppression is above this RMS (-76 dB) now and then; a switched-off microphone never is. */
const SILENT = 0.00015;

export interface Precheck {
  /** What is wrong, worst first; empty when all is well. */
  faults: Fault[];
  /** The microphone works, or could not be told to be silent. */
  canSpeak: boolean;
  /** Loudest RMS (0..1) heard while listening; 0 when nothing could be heard. */
  loudest: number;
}

type CheckedLine = Pick<AudioLine, "open" | "levels" | "devices">;

/**
 * Checks `line` (just unlocked, not opened yet). Never rejects: what goes wrong is in `faults`. `onLevel` shows the level
 * while listening; `pause` is for tests.
 */
export async function precheck(
  line: CheckedLine,
  options: Omit<LineOptions, "microphone">,
  onLevel: (rms: number) => void = () => {},
  pause: (ms: number) => Promise<void> = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
): Promise<Precheck> {
  const faults: Fault[] = [];
  let loudest = 0;
  try {
    await line.open({ ...options, microphone: true });
    for (let waited = 0; waited < LISTEN; waited += GLANCE) {
      await pause(GLANCE);
      const { mic } = line.levels();
      loudest = Math.max(loudest, mic);
      onLevel(mic);
    }
    if (loudest < SILENT) faults.push(FAULTS.microphone_silent);
  } catch (error) {
    faults.push(FAULTS[error instanceof LineTrouble ? error.code : "microphone_failed"]);
  }
  const hears = faults.length === 0;
  if (await noOutput(line)) faults.push(FAULTS.no_output);
  return { faults, canSpeak: hears, loudest };
}

/** Only a browser that lists microphones with names and could list speakers, but has none, is believed. */
async function noOutput(line: CheckedLine): Promise<boolean> {
  if (!("setSinkId" in (globalThis.HTMLMediaElement?.prototype ?? {}))) return false;
  const { inputs, outputs } = await line.devices();
  return inputs.some((device) => device.id !== "") && outputs.length === 0;
}
